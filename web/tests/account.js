// Somebody with an account elsewhere: a server of their own with nobody else on it.
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

/** A server with one actor, who writes whatever a test wants. */
export class Account {
  #keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  #count = 0;
  received = [];

  /** What its document says of the actor besides what every actor's does. */
  words = {};

  static async start(name) {
    const account = new this();
    account.name = name;
    account.server = createServer((request, response) => account.#answer(request, response));
    account.server.listen(0, "127.0.0.1");
    await once(account.server, "listening");
    account.base = `http://127.0.0.1:${account.server.address().port}`;
    account.actor = `${account.base}/${name}`;
    return account;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #answer(request, response) {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    // Whoever asks whether there is a door for people gets no for an answer.
    if (request.method === "POST" && request.url.startsWith("/api/")) {
      return response.writeHead(404).end();
    }
    if (request.method === "POST") {
      this.received.push(JSON.parse(body));
      return response.writeHead(202).end();
    }
    const { pathname } = new URL(request.url, this.base);
    if (pathname !== `/${this.name}`) return response.writeHead(404).end();
    const publicKeyPem = this.#keys.publicKey.export({ type: "spki", format: "pem" });
    const publicKey = { id: `${this.actor}#key`, owner: this.actor, publicKeyPem };
    const inbox = `${this.actor}/inbox`;
    const actor = { type: "Person", id: this.actor, preferredUsername: this.name, inbox, publicKey };
    response.writeHead(200, { "content-type": "application/activity+json" });
    return response.end(JSON.stringify({ ...actor, ...this.words }));
  }

  /** Sends an activity, signed after draft-cavage-http-signatures-12. */
  async send(server, type, object) {
    const id = `${this.actor}/activities/${(this.#count += 1)}`;
    const body = JSON.stringify({ id, type, actor: this.actor, object });
    const digest = `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
    const date = new Date().toUTCString();
    const kind = "application/activity+json";
    const lines = [
      "(request-target): post /inbox",
      `host: ${server.host}`,
      `date: ${date}`,
      `digest: ${digest}`,
      `content-type: ${kind}`,
    ];
    const made = sign("sha256", lines.join("\n"), this.#keys.privateKey).toString("base64");
    const names = lines.map((line) => line.slice(0, line.indexOf(": "))).join(" ");
    const signature = `keyId="${this.actor}#key",algorithm="rsa-sha256",headers="${names}",signature="${made}"`;
    const headers = { date, digest, signature, "content-type": kind };
    const answer = await fetch(`${server.base}/inbox`, { method: "POST", body, headers });
    if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
  }

  note(name, more) {
    const to = ["https://www.w3.org/ns/activitystreams#Public"];
    const published = new Date().toISOString();
    return { id: `${this.actor}/${name}`, type: "Note", attributedTo: this.actor, to, published, ...more };
  }
}
