/** A real OpenID Connect provider on this machine: npm `oidc-provider`, with its own pages for signing in and consenting. */
import { generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import OidcProvider from "oidc-provider";

export interface Client {
  id: string;
  secret: string | null;
  /** How it proves who it is. */
  method: "client_secret_basic" | "client_secret_post" | "none";
  /** What its tokens are signed with. */
  algorithm: "RS256" | "PS256" | "ES256" | "EdDSA";
}

export class Provider {
  private constructor(readonly issuer: string, readonly server: Server) {}

  /** At a name other than the board's address, so that a browser takes them for different sites, as they are in life. */
  static async start(clients: (Client & { redirectUri: string })[]): Promise<Provider> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
    const provider = new OidcProvider(issuer, {
      clients: clients.map(({ id, secret, method, algorithm, redirectUri }) => ({
        client_id: id, ...(secret !== null && { client_secret: secret }), token_endpoint_auth_method: method, id_token_signed_response_alg: algorithm,
        redirect_uris: [redirectUri], response_types: ["code"], grant_types: ["authorization_code"],
      })),
      jwks: { keys: [key("rsa", "r1", "RS256"), key("rsa", "p1", "PS256"), key("ec", "e1"), key("ed25519", "o1")] },
      cookies: { keys: ["for this test"] },
      pkce: { required: () => true },
      features: { devInteractions: { enabled: true } },
      findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, email: "lin.fang@grid.example" }) }),
    });
    server.on("request", provider.callback());
    return new Provider(issuer, server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

/** `algorithm` where a kind of key has several. */
function key(kind: "rsa" | "ec" | "ed25519", kid: string, algorithm?: Client["algorithm"]): JsonWebKey {
  const made = kind === "rsa" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : kind === "ec" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("ed25519");
  return { ...made.privateKey.export({ format: "jwk" }), kid, use: "sig", ...(algorithm && { alg: algorithm }) };
}
