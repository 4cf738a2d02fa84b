/** The provider ships no types; these are those of what the test uses. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";
  import type { JsonWebKey } from "node:crypto";

  interface Account {
    accountId: string;
    claims: () => { sub: string; email: string };
  }

  interface Configuration {
    clients: Record<string, unknown>[];
    jwks: { keys: JsonWebKey[] };
    cookies: { keys: string[] };
    pkce: { required: () => boolean };
    features: { devInteractions: { enabled: boolean } };
    findAccount: (context: unknown, id: string) => Account;
  }

  export default class Provider {
    constructor(issuer: string, configuration: Configuration);
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
  }
}
