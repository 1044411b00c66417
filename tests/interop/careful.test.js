// Spam comes while the stewards sleep (mission, J12): strangers are held and not answered, members
// see nothing, and whoever really asks is answered once a steward looked.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Create } from "@fedify/vocab";
import { engines } from "../harness/engines.js";
import { Server } from "../harness/server.js";
import { Session } from "../harness/session.js";
import { eventually } from "../harness/wait.js";
import { Peer } from "./peer.js";

const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

for (const engine of engines) {
  describe(`spam at night, on ${engine}`, () => {
    let ring;
    let strangers;
    let steward;
    let posts = 0;

    before(async () => {
      [ring, ...strangers] = await Promise.all([
        Server.start({ engine }),
        Peer.start(),
        Peer.start(),
        Peer.start(),
      ]);
      steward = new Session(ring.base);
      await steward.signIn(ring.steward);
    });

    after(async () => {
      await Promise.all(strangers.map((peer) => peer.stop()));
      assert.equal(await ring?.stop(), 0, "the server ends well when asked to");
    });

    /** Posts as Mastodon would, naming the collective. */
    const write = async (peer, text, tags = []) => {
      posts += 1;
      const id = `${peer.base}/users/ana/statuses/${posts}`;
      const mention = { type: "Mention", href: ring.actor, name: `@ring@${ring.host}` };
      const envelope = { to: [PUBLIC], cc: [`${peer.actor.href}/followers`, ring.actor] };
      const object = {
        id,
        type: "Note",
        published: new Date().toISOString(),
        url: `${peer.base}/@ana/${posts}`,
        attributedTo: peer.actor.href,
        ...envelope,
        content: `<p><a href="${ring.base}/@ring" class="u-url mention">@<span>ring</span></a> ${text}</p>`,
        tag: [mention, ...tags],
      };
      const create = {
        "@context": "https://www.w3.org/ns/activitystreams",
        id: `${id}/activity`,
        type: "Create",
        actor: peer.actor.href,
        ...envelope,
        object,
      };
      assert.equal(await peer.post(`${ring.actor}/inbox`, create), 202);
      return id;
    };

    const held = async () => (await ring.cli("careful", "show"))[0].held;

    it("holds the same words from three servers, and answers nobody", async () => {
      for (let number = 0; number < 9; number += 1) {
        const text = `everybody comes to our new place, have a look at it this week, number ${number}`;
        await write(strangers[number % 3], text);
      }
      await eventually("nine held", async () => (await held()) === 9);
      const page = await steward.get("/steward/held");
      assert.match(page.html, /9 alike from 3 servers/);
      assert.doesNotMatch((await steward.get("/messages")).html, /have a look at it/);
    });

    it("is careful when somebody says so: also who asks is held, and nobody joins", async () => {
      const [careful] = await ring.cli("careful", "on", "--for", "48h");
      assert.equal(careful.careful, true);
      const [peer] = strangers;
      const need = { type: "Hashtag", href: "https://social.example/tags/need", name: "#need" };
      const post = await write(peer, "we need a pram by Friday #need", [need]);
      await eventually("ten held", async () => (await held()) === 10);
      assert.match((await new Session(ring.base).get("/join")).html, /with an invitation only/);
      assert.ok(!peer.deliveries.some(({ json }) => json.object?.inReplyTo === post));

      const page = await steward.get("/steward/held");
      assert.ok(page.html.indexOf("pram by Friday") < page.html.indexOf("9 alike"));
      await steward.submit(page, /value="message:[^"]+"[\s\S]*value="let-in"/, { act: "let-in" });
      await peer.received(Create, (_, json) => json.object.inReplyTo === post);
    });

    it("puts the wave aside with one act, and is as usual again", async () => {
      const page = await steward.get("/steward/held");
      const done = await steward.submit(page, /value="alike:[^"]+"[\s\S]*value="aside"/, { act: "aside" });
      assert.match(done.html, /Put aside: 9/);
      assert.equal(await held(), 0);
      await ring.cli("careful", "off");
      assert.doesNotMatch((await new Session(ring.base).get("/join")).html, /with an invitation only/);
    });

    it("is careful by itself when very much comes and no steward was ever there", async () => {
      const alone = await Server.start({ engine });
      try {
        const mention = { type: "Mention", href: alone.actor, name: `@ring@${alone.host}` };
        const post = async (peer, number) => {
          const id = `${peer.base}/users/ana/statuses/night${number}`;
          const create = {
            "@context": "https://www.w3.org/ns/activitystreams",
            id: `${id}/activity`,
            type: "Create",
            actor: peer.actor.href,
            to: [PUBLIC],
            cc: [alone.actor],
            object: {
              id,
              type: "Note",
              published: new Date().toISOString(),
              attributedTo: peer.actor.href,
              to: [PUBLIC],
              cc: [alone.actor],
              content: `<p>@ring look at https://coins.example/${number} and tell all of your friends</p>`,
              tag: [mention],
            },
          };
          assert.equal(await peer.post(`${alone.actor}/inbox`, create), 202);
        };
        const state = async () => (await alone.cli("careful", "show"))[0];
        assert.equal((await state()).careful, false);
        for (let number = 0; number < 75; number += 1) await post(strangers[number % 3], number);
        const now = await eventually("it is careful", async () => {
          const now = await state();
          return now.careful && now;
        });
        assert.equal(now.by_itself, true);
        const late = new Session(alone.base);
        await late.signIn(alone.steward);
        assert.match((await late.get("/steward/held")).html, /none of you was here: we are careful until/);
        assert.match((await new Session(alone.base).get("/join")).html, /with an invitation only/);
      } finally {
        assert.equal(await alone.stop(), 0);
      }
    });
  });
}
