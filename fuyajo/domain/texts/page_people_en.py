"""The page about one user, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    "page.people.of": "User {user}",
    "page.people.elsewhere": "Signing in elsewhere",
    "page.people.elsewhere_what": "Whoever has one of these accounts at an issuer of "
    "OpenID Connect comes in as {user}.",
    "page.people.subject": "Subject",
    "page.people.issuer": "Issuer",
    "page.people.came": "How it came",
    "page.people.made": "made by signing in",
    "page.people.linked": "linked",
    "page.people.nobody": "Nobody comes in as this user from elsewhere.",
    "page.people.unlink": "Unlink",
    "page.people.unlink_what": "None of these accounts opens this one any more. Tokens that are out go on.",
    "page.people.link": "Link an account",
    "page.people.link_do": "Link",
    "page.people.subject_how": "The subject is what the issuer writes in “sub”. "
    "Who had it before has it no longer.",
    "page.people.tokens": "Tokens",
    "page.people.tokens_what": "What lets a program act for {user}. Their secrets are kept nowhere.",
    "page.people.no_tokens": "There is no token.",
    "page.house.done_linked": "Whoever has that account elsewhere comes in as this user.",
    "page.house.done_unlinked": "Nobody from elsewhere comes in as this user any more.",
}
