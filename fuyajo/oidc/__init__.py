"""OpenID Connect: where people sign in elsewhere. The only importer of Authlib."""
