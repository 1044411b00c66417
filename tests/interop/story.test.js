// A foreign ActivityPub server lives through what its people would: it finds the collective, follows
// it, sees a need answered and fulfilled, and writes back. Nothing here knows our server's insides:
// only its addresses, its command line and its pages.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { parseDecimal } from "@fedify/vocab-runtime";
import { Temporal } from "@js-temporal/polyfill";
import {
  Accept,
  Announce,
  Application,
  Create,
  Delete,
  Follow,
  Intent,
  Like,
  Measure,
  Mention,
  Note,
  OrderedCollection,
  Organization,
  Proposal,
  PUBLIC_COLLECTION,
  Tombstone,
  Undo,
  Update,
} from "@fedify/vocab";
import { engines } from "../harness/engines.js";
import { Server } from "../harness/server.js";
import { Session } from "../harness/session.js";
import { eventually } from "../harness/wait.js";
import { Peer } from "./peer.js";

const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

for (const engine of engines) {
  describe(`a Fedify server beside ours on ${engine}`, () => {
    let server;
    let ana;
    let ring;
    let member;
    let follow;
    let need;
    let reply;

    before(async () => {
      [server, ana] = await Promise.all([Server.start({ engine }), Peer.start()]);
      const [rosa] = await server.cli("member", "add", "Rosa");
      await server.cli("member", "add", "Milo");
      member = new Session(server.base);
      await member.signIn(rosa.sign_in);
    });

    after(async () => {
      await ana?.stop();
      assert.equal(await server?.stop(), 0, "the server ends well when asked to");
    });

    /** The proposal's page as a signed-in member sees it. */
    const page = async () => (await member.get(`/@ring/${need.id}`)).html;

    const followers = async () => (await ana.find(`${server.actor}/followers`)).totalItems;

    it("finds the collective by its handle", async () => {
      ring = await ana.find(`@ring@${server.host}`);
      assert.ok(ring instanceof Organization);
      assert.equal(ring.id.href, server.actor);
      assert.equal(String(ring.name), "Ring Street");
      assert.equal((await ring.getPublicKey(ana.context)).ownerId.href, server.actor);
    });

    it("reads the instance actor and the collections", async () => {
      assert.ok((await ana.find(`${server.base}/actor`)) instanceof Application);
      for (const address of [ring.outboxId, ring.followersId, ring.followingId, ring.featuredId]) {
        assert.ok((await ana.find(address)) instanceof OrderedCollection, address.href);
      }
    });

    it("follows, and the Accept comes back signed", async () => {
      follow = new Follow({ id: ana.id("follows"), actor: ana.actor, object: ring.id });
      await ana.send(ring, follow);
      const { activity, headers } = await ana.received(Accept);
      assert.equal(activity.actorId.href, server.actor);
      assert.equal(activity.objectId.href, follow.id.href);
      const [, signed] = /headers="([^"]+)"/.exec(headers.signature);
      for (const name of ["(request-target)", "host", "date", "digest", "content-type"]) {
        assert.ok(signed.split(" ").includes(name), `${name} is signed`);
      }
      assert.equal(await followers(), 1);
    });

    it("receives a new need", async () => {
      need = await server.make(
        ...["need", "post", "--title", "Warm blankets", "--text", "Clean, any size."],
        ...["--amount", "20", "--unit", "one", "--place", "Mill Road area", "--by", "Rosa"],
      );
      const { activity, json } = await ana.received(Create);
      const note = await activity.getObject(ana.context);
      assert.ok(note instanceof Note);
      assert.equal(note.id.href, server.note(need.id));
      assert.match(String(note.content), /Need: 20 warm blankets/);
      assert.equal(json.object.purpose, "request");
      assert.equal(json.object.publishes.availableQuantity.hasNumericalValue, "20");
      assert.doesNotMatch(JSON.stringify(json), /Rosa/, "a need never carries a person's name");
    });

    it("can fetch the need, its Create and the outbox", async () => {
      assert.ok((await ana.find(server.note(need.id))) instanceof Note);
      assert.ok((await ana.find(`${server.note(need.id)}/create`)) instanceof Create);
      const listed = (await ana.list(ring.outboxId)).map((activity) => activity.id.href);
      assert.ok(listed.includes(`${server.note(need.id)}/create`));
    });

    it("sees a promise as an edit of the same note", async () => {
      const promise = await server.make(
        ...["promise", "make", need.id, "--amount", "12", "--by", "Milo"],
      );
      const { activity, json } = await ana.received(Update);
      assert.equal((await activity.getObject(ana.context)).id.href, server.note(need.id));
      assert.equal(json.object.publishes.availableQuantity.hasNumericalValue, "8");
      assert.ok(json.object.updated > json.object.published);
      assert.doesNotMatch(JSON.stringify(json), /Milo/);
      need.promise = promise.id;
    });

    it("sees what came", async () => {
      await server.cli("fulfilment", "confirm", need.promise, "--by", "Milo", "--amount", "12");
      await server.cli("fulfilment", "confirm", need.promise, "--by", "Rosa", "--amount", "12");
      const { activity, json } = await ana.received(Create, (_, raw) => raw.object.satisfies);
      const note = await activity.getObject(ana.context);
      assert.equal(note.replyTargetId.href, server.note(need.id));
      assert.equal(json.object.resourceQuantity.hasNumericalValue, "12");
      assert.doesNotMatch(JSON.stringify(json), /Milo|Rosa/, "the deed is the collective's");
      assert.ok((await ana.find(note.id)) instanceof Note);
    });

    it("writes a reply that members can read", async () => {
      reply = ana.publish(Note, {
        content: "<p>I have <b>six</b> blankets in the attic.</p><script>alert(1)</script>",
        replyTarget: new URL(server.note(need.id)),
        published: Temporal.Now.instant(),
        to: PUBLIC_COLLECTION,
        cc: ring.id,
        tags: [new Mention({ href: ring.id, name: `@ring@${server.host}` })],
      });
      await ana.send(ring, envelope(Create, reply));
      await eventually("the reply on the page", async () => (await page()).includes("in the attic"));
      assert.doesNotMatch(await page(), /alert\(1\)/);
      const stranger = await new Session(server.base).get(`/@ring/${need.id}`);
      assert.doesNotMatch(stranger.html, /in the attic/, "replies are for members");
    });

    it("edits the reply", async () => {
      const edited = reply.clone({
        content: "<p>I have nine blankets in the cellar.</p>",
        updated: Temporal.Now.instant(),
      });
      await ana.send(ring, envelope(Update, edited));
      await eventually("the edit on the page", async () => (await page()).includes("in the cellar"));
      assert.doesNotMatch(await page(), /in the attic/);
    });

    it("likes and boosts the need without a fault", async () => {
      const object = new URL(server.note(need.id));
      await ana.send(ring, new Like({ id: ana.id("likes"), actor: ana.actor, object }));
      const to = PUBLIC_COLLECTION;
      await ana.send(ring, new Announce({ id: ana.id("boosts"), actor: ana.actor, object, to }));
    });

    it("deletes the reply, which goes from the page", async () => {
      await ana.send(ring, envelope(Delete, new Tombstone({ id: reply.id })));
      await eventually("the reply gone", async () => !(await page()).includes("in the cellar"));
    });

    it("may send what nobody has heard of", async () => {
      const json = {
        "@context": "https://www.w3.org/ns/activitystreams",
        id: ana.id("juggles").href,
        type: "Juggle",
        actor: ana.actor.href,
        object: { type: "Club", colour: "red" },
      };
      assert.equal(await ana.post(ring.inboxId, json), 202);
      assert.equal(await ana.post(`${server.base}/inbox`, json), 202);
    });

    it("is taken in with a signature of either kind, and refused without one", async () => {
      const like = new Like({
        id: ana.id("likes"),
        actor: ana.actor,
        object: new URL(server.note(need.id)),
      });
      const json = await like.toJsonLd(ana.context);
      assert.equal(await ana.post(ring.inboxId, json, null), 401);
      assert.equal(await ana.post(ring.inboxId, json, "rfc9421"), 202);
      assert.equal(await ana.post(ring.inboxId, json), 202);
    });

    it("is followed, and its offer stands on our board until it is deleted", async () => {
      await server.cli("follow", "add", ana.actor.href);
      const { activity } = await ana.received(Follow);
      assert.equal(activity.actorId.href, server.actor);
      const state = () => server.cli("follow", "list").then((lines) => JSON.stringify(lines));
      await eventually("the follow accepted", async () => /accepted/.test(await state()));

      const offer = ana.publish(Proposal, {
        purpose: "offer",
        name: "A ladder to borrow",
        content: "<p>Four metres long.</p>",
        to: PUBLIC_COLLECTION,
        cc: new URL(`${ana.actor.href}/followers`),
        published: Temporal.Now.instant(),
        publishes: new Intent({
          id: ana.id("intents"),
          action: "transferCustody",
          resourceQuantity: new Measure({ unit: "one", numericalValue: parseDecimal("1") }),
        }),
      });
      await ana.send(ring, envelope(Create, offer));
      const board = async () => (await member.get("/board?from=neighbours")).html;
      await eventually("the offer on the board", async () => (await board()).includes("A ladder"));
      await ana.send(ring, envelope(Delete, new Tombstone({ id: offer.id })));
      await eventually("the offer gone", async () => !(await board()).includes("A ladder"));
    });

    it("hears that a need is withdrawn, and finds it gone", async () => {
      await server.cli("proposal", "withdraw", need.id);
      // Its fulfilment is taken back with it.
      const isNeed = (_, raw) => raw.object.id === server.note(need.id);
      await ana.received(Delete, isNeed);
      const answer = await server.document(`/n/${need.id}`);
      assert.equal(answer.status, 410);
      assert.equal((await answer.json()).type, "Tombstone");
    });

    it("can leave again", async () => {
      await ana.send(ring, envelope(Undo, follow));
      await eventually("nobody following", async () => (await followers()) === 0);
      const heard = ana.deliveries.length;
      const later = await server.make("need", "post", "--title", "Chairs", "--by", "Rosa");
      await eventually("the queue to be empty", async () => {
        const hosts = await server.cli("queue", "status");
        return hosts.every((line) => !line.pending);
      });
      assert.ok((await server.document(`/n/${later.id}`)).ok);
      assert.equal(ana.deliveries.length, heard, "nothing is sent to those who left");
    });

    it("got every delivery in a form that Fedify takes", () => {
      const refused = ana.deliveries.filter((each) => each.status !== 202);
      assert.deepEqual(refused, []);
      const types = ana.deliveries.map((each) => each.headers["content-type"]);
      assert.deepEqual([...new Set(types)], ["application/activity+json"]);
      const audiences = ana.deliveries.filter((each) => each.json.type === "Create");
      assert.ok(audiences.every((each) => each.json.to.includes(PUBLIC)));
    });

    function envelope(Type, object) {
      const audience = { to: PUBLIC_COLLECTION, cc: ring.id };
      return new Type({ id: ana.id("activities"), actor: ana.actor, object, ...audience });
    }
  });
}
