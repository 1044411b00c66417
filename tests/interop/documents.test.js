// Every document that we send or serve has exactly the keys, and the kinds of values, that the wire
// contract's examples (tests/fixtures/wire) show. Where we differ, the table below says why.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Accept, Create, Delete, Follow, Image, Update } from "@fedify/vocab";
import { engines } from "../harness/engines.js";
import { Server } from "../harness/server.js";
import { differences } from "./differences.js";
import { Peer } from "./peer.js";

/** A picture of one pixel. */
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Differences from the examples, by path: an entry that is no longer true fails the test too. */
const exceptions = {
  actor: {
    icon: "a collective has no picture until a steward sets one",
  },
  instance_actor: {},
  create_need: {},
  create_offer: {
    "object.tag[]": "every public need and offer carries the hashtag",
    "object.contentMap": "the example leaves the language out; we always say it",
    "object.replies": "the example gives only the address; we embed the collection as in a need",
    "object.endTime": "the example's offer stands for ever, ours has an end",
    "object.publishes.due": "the example's offer stands for ever, ours has an end",
  },
  update_need: {},
  create_fulfilment: {
    "object.tag[]": "nobody is mentioned: the deed is the collective's own",
    "object.contentMap": "the example leaves the language out; we always say it",
  },
  delete_need: {},
  peer_follow: {},
  peer_accept: {},
};

for (const engine of engines) {
  describe(`documents on ${engine}`, () => {
    const documents = {};
    let server;
    let ana;

    before(async () => {
      [server, ana] = await Promise.all([Server.start({ engine }), Peer.start()]);
      await server.cli("member", "add", "Rosa");
      await server.cli("member", "add", "Milo");
      await collect(server, ana, documents);
    });

    after(() => Promise.all([ana?.stop(), server?.stop()]));

    for (const [name, allowed] of Object.entries(exceptions)) {
      it(`${name} is as the contract has it`, () => {
        const file = new URL(`../fixtures/wire/${name}.json`, import.meta.url);
        const example = JSON.parse(readFileSync(file, "utf8"));
        const document = documents[name];
        assert.deepEqual(document["@context"], example["@context"], "the context");
        const { unexplained, stale } = differences(example, document, Object.keys(allowed));
        assert.deepEqual(unexplained, [], JSON.stringify(document, null, 2));
        assert.deepEqual(stale, [], "exceptions that no longer are");
      });
    }

    it("shows the picture of an offer to a foreign reader", async () => {
      const note = await documents.offer.getObject();
      const attached = [];
      for await (const each of note.getAttachments()) attached.push(each);
      const [image] = attached;
      assert.ok(image instanceof Image);
      assert.equal(attached.length, 1);
      assert.equal(image.name?.toString(), "A shed with two bicycle stands");
      assert.equal(image.mediaType, "image/jpeg");
      assert.deepEqual([image.width, image.height], [1, 1]);
      const answer = await fetch(image.url);
      assert.equal(answer.headers.get("content-type"), "image/jpeg");
      const bytes = new Uint8Array(await answer.arrayBuffer());
      assert.deepEqual([...bytes.slice(0, 3)], [0xff, 0xd8, 0xff]);
    });

    it("serves each note and activity under its own id, unchanged", () => {
      for (const { id, type, body } of documents.served) {
        assert.equal(body.id, id);
        assert.equal(type, "application/activity+json");
      }
      assert.deepEqual(documents.served.at(-1).body, documents.update_need);
    });

    it("serves a gravestone in place of what was withdrawn", async () => {
      for (const address of [documents.create_need.id, documents.create_need.object.id]) {
        const answer = await server.document(address);
        assert.equal(answer.status, 410);
        assert.equal((await answer.json()).type, "Tombstone");
      }
    });
  });
}

/** Lives a short story with a follower, and keeps what it got under the example's name. */
async function collect(server, ana, documents) {
  const ring = await ana.find(server.actor);
  documents.actor = await (await server.document("/c/ring")).json();
  documents.instance_actor = await (await server.document("/actor")).json();

  await ana.send(ring, new Follow({ id: ana.id("follows"), actor: ana.actor, object: ring.id }));
  documents.peer_accept = (await ana.received(Accept)).json;
  await server.cli("follow", "add", ana.actor.href);
  documents.peer_follow = (await ana.received(Follow)).json;

  const end = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const need = await server.make(
    ...["need", "post", "--title", "Warm blankets", "--text", "Clean, any size."],
    ...["--kind", "bedding", "--amount", "20", "--unit", "one", "--minimum", "1"],
    ...["--until", end, "--place", "Mill Road area", "--by", "Rosa"],
  );
  documents.create_need = (await ana.received(Create)).json;
  const folder = mkdtempSync(join(tmpdir(), "mutuals-picture-"));
  const picture = join(folder, "IMG_2041.png");
  writeFileSync(picture, pixel);
  const offer = await server.make(
    ...["offer", "post", "--title", "Bike repair", "--text", "Bring your own parts."],
    ...["--picture", picture, "--picture-words", "A shed with two bicycle stands"],
    ...["--kind", "repair", "--amount", "6", "--unit", "hour", "--minimum", "1"],
    ...["--until", end, "--place", "The shed", "--by", "Milo"],
  );
  const isOffer = (_, raw) => raw.object.id === server.note(offer.id);
  rmSync(folder, { recursive: true });
  const created = await ana.received(Create, isOffer);
  documents.offer = created.activity;
  documents.create_offer = created.json;

  const promise = await server.make(
    ...["promise", "make", need.id, "--amount", "12", "--by", "Milo"],
  );
  documents.update_need = (await ana.received(Update)).json;
  for (const member of ["Milo", "Rosa"]) {
    await server.cli("fulfilment", "confirm", promise.id, "--by", member, "--amount", "12");
  }
  const isDeed = (_, raw) => raw.object.satisfies;
  documents.create_fulfilment = (await ana.received(Create, isDeed)).json;
  const sent = [documents.create_need, documents.create_offer, documents.create_fulfilment];
  const ids = sent.flatMap((activity) => [activity.id, activity.object.id]);
  documents.served = [];
  for (const id of [...ids, documents.update_need.id]) {
    const answer = await server.document(id);
    const type = answer.headers.get("content-type");
    documents.served.push({ id, type, body: await answer.json() });
  }
  await server.cli("proposal", "withdraw", need.id);
  documents.delete_need = (await ana.received(Delete)).json;
}
