import { createServer } from "node:http";
import { once } from "node:events";
import { randomUUID } from "node:crypto";
import {
  createFederation,
  generateCryptoKeyPair,
  MemoryKvStore,
  signRequest,
} from "@fedify/fedify";
import {
  Accept,
  Activity,
  Endpoints,
  Follow,
  Note,
  Person,
  isActor,
} from "@fedify/vocab";
import { getDocumentLoader } from "@fedify/vocab-runtime";
import { eventually } from "../harness/wait.js";
import { Door } from "./door.js";

// Fedify asks for handles by https only, and nothing on loopback has a certificate. Changing the
// scheme down here leaves the whole look-up (WebFinger, its links, the actor) to Fedify's own code.
const outside = globalThis.fetch;
globalThis.fetch = (target, options) => {
  const loopback = target instanceof URL && target.href.startsWith("https://127.0.0.1:");
  return outside(loopback ? target.href.replace("https:", "http:") : target, options);
};

/** A small server of other people's making, with one person on it: ana. */
export class Peer {
  /** What reached an inbox: the raw JSON, how Fedify answered, and the headers it came with. */
  deliveries = [];
  /** What Fedify accepted: signature verified, and parsed by its vocabulary. */
  activities = [];
  #notes = new Map();
  #federation;
  #listener;
  // Fedify's usual loader remembers documents for minutes; a test wants to see what is there now.
  #fresh = { documentLoader: getDocumentLoader({ allowPrivateAddress: true }) };

  static async start() {
    const peer = new Peer();
    const keys = await Promise.all(["RSASSA-PKCS1-v1_5", "Ed25519"].map(generateCryptoKeyPair));
    peer.#federation = peer.#build(keys);
    peer.#listener = createServer((request, response) => peer.#answer(request, response));
    peer.#listener.listen(0, "127.0.0.1");
    await once(peer.#listener, "listening");
    peer.host = `127.0.0.1:${peer.#listener.address().port}`;
    peer.base = `http://${peer.host}`;
    peer.actor = peer.context.getActorUri("ana");
    peer.door = new Door(peer.base, peer.actor);
    return peer;
  }

  get context() {
    return this.#federation.createContext(new URL(this.base), undefined);
  }

  /** An id on this peer that nothing has had before. */
  id(kind) {
    return new URL(`/${kind}/${randomUUID()}`, this.base);
  }

  /** Finds something by handle or address, and reads it with Fedify's vocabulary. */
  async find(what) {
    const found = await this.context.lookupObject(what, this.#fresh);
    if (!found) throw new Error(`Fedify finds nothing at ${what}`);
    return found;
  }

  /** All things in a collection, through its pages. */
  async list(address) {
    const things = this.context.traverseCollection(await this.find(address), this.#fresh);
    return Array.fromAsync(things);
  }

  /** Makes a note or proposal of ana's, which its address then serves. */
  publish(Type, values) {
    const id = this.context.getObjectUri(Note, { note: randomUUID() });
    const note = new Type({ id, attribution: this.actor, url: id, ...values });
    this.#notes.set(id.pathname.split("/").at(-1), note);
    return note;
  }

  /** Sends an activity the way Fedify does: RFC 9421 first, the older draft if that is refused. */
  async send(recipient, activity) {
    if (!isActor(recipient)) throw new Error("an activity goes to an actor");
    await this.context.sendActivity({ identifier: "ana" }, recipient, activity, {
      immediate: true,
    });
  }

  /** Posts any JSON at all, signed by ana, and gives the answer's status. */
  async post(inbox, json, spec = "draft-cavage-http-signatures-12") {
    const request = new Request(inbox, {
      method: "POST",
      headers: { "content-type": "application/activity+json" },
      body: JSON.stringify(json),
    });
    const [rsa] = await this.context.getActorKeyPairs("ana");
    const signed = spec ? await signRequest(request, rsa.privateKey, rsa.keyId, { spec }) : request;
    return (await fetch(signed)).status;
  }

  /** Waits for a verified activity of a type that `test` agrees to; its raw JSON comes along. */
  async received(Type, test = () => true) {
    return eventually(`a ${Type.name} at ${this.base}`, async () => {
      for (const activity of this.activities) {
        if (!(activity instanceof Type)) continue;
        const raw = this.deliveries.find((each) => each.json.id === activity.id.href);
        if (await test(activity, raw.json)) return { activity, ...raw };
      }
      return null;
    });
  }

  async stop() {
    this.#listener.closeAllConnections();
    this.#listener.close();
    await once(this.#listener, "close");
  }

  #build(keys) {
    const federation = createFederation({
      kv: new MemoryKvStore(),
      allowPrivateAddress: true,
    });
    federation
      .setActorDispatcher("/users/{identifier}", async (context, identifier) => {
        if (identifier !== "ana") return null;
        const [rsa, ed25519] = await context.getActorKeyPairs(identifier);
        return new Person({
          id: context.getActorUri(identifier),
          preferredUsername: identifier,
          name: "Ana",
          url: context.getActorUri(identifier),
          inbox: context.getInboxUri(identifier),
          followers: context.getFollowersUri(identifier),
          endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
          publicKey: rsa.cryptographicKey,
          assertionMethods: [rsa.multikey, ed25519.multikey],
        });
      })
      .setKeyPairsDispatcher(() => keys);
    federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [] }));
    // One address serves notes and proposals alike: a reader learns the type from the document.
    federation.setObjectDispatcher(Note, "/notes/{note}", (_, { note }) => this.#notes.get(note));
    federation
      .setInboxListeners("/users/{identifier}/inbox", "/inbox")
      .on(Follow, async (context, follow) => {
        this.activities.push(follow);
        const follower = await follow.getActor(context);
        const accept = new Accept({ id: this.id("accepts"), actor: this.actor, object: follow });
        await this.send(follower, accept);
      })
      .on(Activity, (_, activity) => {
        this.activities.push(activity);
      });
    return federation;
  }

  async #answer(incoming, outgoing) {
    const chunks = await incoming.toArray();
    const body = Buffer.concat(chunks);
    const request = new Request(new URL(incoming.url, this.base), {
      method: incoming.method,
      headers: incoming.headers,
      body: body.length ? body : undefined,
    });
    const fromDoor = this.door.answer(request, body);
    const response =
      fromDoor ?? (await this.#federation.fetch(request, { contextData: undefined }));
    if (incoming.method === "POST" && !fromDoor) {
      this.deliveries.push({
        json: JSON.parse(body),
        headers: incoming.headers,
        status: response.status,
      });
    }
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  }
}
