import { createHash, randomUUID } from "node:crypto";

const FORM = "application/x-www-form-urlencoded";

/**
 * The door of a server of Mastodon's family, in the shape of Mastodon 4.4: whoever knocks is ana,
 * and says yes.
 */
export class Door {
  /** Tokens that can do something still. */
  tokens = new Set();
  #clients = new Map();
  #codes = new Map();

  constructor(base, actor) {
    Object.assign(this, { base, actor });
  }

  /** The answer to a request that is for the door; none if it is for somebody else. */
  answer(request, body) {
    const url = new URL(request.url);
    const form = new URLSearchParams(
      request.headers.get("content-type")?.startsWith(FORM) ? String(body) : "",
    );
    const asked = `${request.method} ${url.pathname}`;
    if (asked === "GET /.well-known/oauth-authorization-server") return json(this.#describe());
    if (asked === "POST /api/v1/apps") return this.#register(form);
    if (asked === "GET /oauth/authorize") return this.#authorize(url.searchParams);
    if (asked === "POST /oauth/token") return this.#token(form);
    if (asked === "GET /oauth/userinfo") return this.#userinfo(request);
    if (asked === "POST /oauth/revoke") {
      this.tokens.delete(form.get("token"));
      return json({});
    }
    return null;
  }

  #describe() {
    return {
      issuer: `${this.base}/`,
      authorization_endpoint: `${this.base}/oauth/authorize`,
      token_endpoint: `${this.base}/oauth/token`,
      userinfo_endpoint: `${this.base}/oauth/userinfo`,
      revocation_endpoint: `${this.base}/oauth/revoke`,
      scopes_supported: ["read", "profile", "write"],
      response_types_supported: ["code"],
      grant_types_supported: ["authorization_code", "client_credentials"],
      code_challenge_methods_supported: ["S256"],
      app_registration_endpoint: `${this.base}/api/v1/apps`,
    };
  }

  #register(form) {
    const id = randomUUID();
    const client = { secret: randomUUID(), redirect: form.get("redirect_uris") };
    this.#clients.set(id, client);
    return json({ client_id: id, client_secret: client.secret, redirect_uri: client.redirect });
  }

  #authorize(query) {
    const client = this.#clients.get(query.get("client_id"));
    if (client?.redirect !== query.get("redirect_uri")) return json({ error: "invalid_client" }, 401);
    const code = randomUUID();
    this.#codes.set(code, { client, challenge: query.get("code_challenge") });
    const back = new URL(client.redirect);
    back.searchParams.set("code", code);
    back.searchParams.set("state", query.get("state"));
    return new Response(null, { status: 302, headers: { location: back.href } });
  }

  #token(form) {
    const client = this.#clients.get(form.get("client_id"));
    if (client?.secret !== form.get("client_secret")) return json({ error: "invalid_client" }, 401);
    const token = randomUUID();
    if (form.get("grant_type") === "authorization_code") {
      const code = this.#codes.get(form.get("code"));
      this.#codes.delete(form.get("code"));
      const verifier = createHash("sha256").update(form.get("code_verifier")).digest("base64url");
      if (code?.client !== client || code.challenge !== verifier) {
        return json({ error: "invalid_grant" }, 400);
      }
      this.tokens.add(token);
    }
    return json({ access_token: token, token_type: "Bearer", scope: "profile" });
  }

  #userinfo(request) {
    const token = request.headers.get("authorization")?.replace(/^Bearer /, "");
    if (!this.tokens.has(token)) return json({ error: "The access token is invalid" }, 401);
    return json({ iss: `${this.base}/`, sub: this.actor.href, preferred_username: "ana" });
  }
}

function json(value, status = 200) {
  return Response.json(value, { status });
}
