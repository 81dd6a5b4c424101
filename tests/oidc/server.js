// A certified OpenID provider on loopback. argv[2]: JSON {port, keys, client, users}. Prints its issuer.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const said = JSON.parse(process.argv[2]);
const server = createServer();
server.listen(said.port, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [said.client],
    jwks: { keys: said.keys },
    cookies: { keys: ["only for tests"] },
    pkce: { required: () => true },
    claims: {
      openid: ["sub"],
      profile: ["preferred_username"],
      email: ["email", "email_verified"],
      groups: ["groups"],
    },
    findAccount: (_context, id) =>
      said.users[id] && {
        accountId: id,
        claims: () => ({ sub: id, ...said.users[id] }),
      },
    // Nobody is asked whether this program may know them: it is their own firm's.
    loadExistingGrant: async (context) => {
      const { client, session, provider } = context.oidc;
      const grant = new provider.Grant({
        clientId: client.clientId,
        accountId: session.accountId,
      });
      grant.addOIDCScope("openid profile email groups");
      await grant.save();
      return grant;
    },
  });
  // Each test has a service of its own, on another port.
  const [known] = said.client.redirect_uris;
  provider.Client.prototype.redirectUriAllowed = (uri) =>
    uri.replace(/^(http:\/\/127\.0\.0\.1):\d+/, "$1") === known;
  server.on("request", provider.callback());
  process.stdout.write(`${issuer}\n`);
});
// Whoever started it is gone.
process.stdin.resume().on("end", () => process.exit());
