// The peer itself, against a second one: when this fails, the fault is not in our server.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Accept, Create, Follow, Note, PUBLIC_COLLECTION } from "@fedify/vocab";
import { Peer } from "./peer.js";

describe("two Fedify servers", () => {
  let ana;
  let other;

  before(async () => {
    [ana, other] = await Promise.all([Peer.start(), Peer.start()]);
  });

  after(() => Promise.all([ana?.stop(), other?.stop()]));

  it("follow each other by handle", async () => {
    const person = await ana.find(`@ana@${other.host}`);
    assert.equal(person.id.href, other.actor.href);
    const id = ana.id("follows");
    await ana.send(person, new Follow({ id, actor: ana.actor, object: person.id }));
    const { activity } = await ana.received(Accept);
    assert.equal(activity.objectId.href, id.href);
  });

  it("send each other notes that can be fetched", async () => {
    const person = await ana.find(other.actor);
    const note = ana.publish(Note, { content: "<p>Hello</p>", to: PUBLIC_COLLECTION });
    const create = new Create({ id: ana.id("creates"), actor: ana.actor, object: note });
    await ana.send(person, create);
    const { status } = await other.received(Create);
    assert.equal(status, 202);
    assert.equal(String((await other.find(note.id)).content), "<p>Hello</p>");
  });

  it("refuse what nobody signed", async () => {
    const like = {
      "@context": "https://www.w3.org/ns/activitystreams",
      type: "Like",
      id: ana.id("likes").href,
      actor: ana.actor.href,
      object: other.actor.href,
    };
    assert.equal(await ana.post(`${other.base}/inbox`, like, null), 401);
    assert.equal(await ana.post(`${other.base}/inbox`, like), 202);
  });
});
