// Somebody who has nothing but an account on another server asks, is answered, signs in, joins and
// leaves, without ever making a password. Their server is Fedify; what it sends has the shape of
// Mastodon's posts.
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
  describe(`an account elsewhere is enough, on ${engine}`, () => {
    let ring;
    let amina;
    let joris;
    let steward;
    let need;
    let posts = 0;

    before(async () => {
      [ring, amina, joris] = await Promise.all([
        Server.start({ engine }),
        Peer.start(),
        Peer.start(),
      ]);
      steward = new Session(ring.base);
      await steward.signIn(ring.steward);
    });

    after(async () => {
      await amina?.stop();
      await joris?.stop();
      assert.equal(await ring?.stop(), 0, "the server ends well when asked to");
    });

    /** Posts as Mastodon would, to everybody or to those who are mentioned, and gives the id. */
    const write = async (peer, text, { to = [], cc = [], tags = [], inReplyTo = null } = {}) => {
      posts += 1;
      const id = `${peer.base}/users/ana/statuses/${posts}`;
      const mention = { type: "Mention", href: ring.actor, name: `@ring@${ring.host}` };
      const at =
        `<span class="h-card" translate="no"><a href="${ring.base}/@ring" ` +
        `class="u-url mention">@<span>ring</span></a></span>`;
      const object = {
        id,
        type: "Note",
        summary: null,
        inReplyTo,
        published: new Date().toISOString(),
        url: `${peer.base}/@ana/${posts}`,
        attributedTo: peer.actor.href,
        to: to.length ? to : [ring.actor],
        cc,
        sensitive: false,
        content: `<p>${at} ${text}</p>`,
        contentMap: { en: `<p>${at} ${text}</p>` },
        attachment: [],
        tag: [mention, ...tags],
      };
      const create = {
        "@context": "https://www.w3.org/ns/activitystreams",
        id: `${id}/activity`,
        type: "Create",
        actor: peer.actor.href,
        published: object.published,
        to: object.to,
        cc,
        object,
      };
      assert.equal(await peer.post(`${ring.actor}/inbox`, create), 202);
      return id;
    };

    const toEverybody = (peer) => ({ to: [PUBLIC], cc: [`${peer.actor.href}/followers`, ring.actor] });

    const hashtag = (word) => ({
      type: "Hashtag",
      href: `https://social.example/tags/${word}`,
      name: `#${word}`,
    });

    /** What was answered to a post, for its writer alone. */
    const answer = async (peer, post) => {
      const { json } = await peer.received(Create, (_, json) => json.object.inReplyTo === post);
      assert.equal(json.object.directMessage, true);
      assert.deepEqual([json.to, json.cc], [[peer.actor.href], []]);
      return json.object.content;
    };

    const link = (content) => {
      const found = /href="([^"]+\/(?:asked|promised)\/[^"]+)"/.exec(content);
      assert.ok(found, content);
      return found[1];
    };

    it("asks by a post that mentions the collective, and publishes by a link, without a name", async () => {
      const text = 'need a pram by Friday, can pick up <a href="https://social.example/tags/need">#need</a>';
      const post = await write(amina, text, { ...toEverybody(amina), tags: [hashtag("need")] });
      const content = await answer(amina, post);
      assert.match(content, /Nothing is published yet/);
      assert.deepEqual(await ring.cli("proposal", "list"), []);

      const visitor = new Session(ring.base);
      const page = await visitor.get(link(content));
      assert.equal(page.status, 200);
      assert.match(page.html, /value="[^"]*pram/i);
      const fields = { title: "A pram", amount: "1", audience: "public", then: "nameless" };
      const done = await visitor.submit(page, /action="\/asked\//, fields);
      assert.equal(done.status, 200, done.html);
      need = (await ring.cli("proposal", "list"))[0];
      assert.equal(need.title, "A pram");
      const note = await (await ring.document(`/n/${need.id}`)).text();
      assert.doesNotMatch(note, /Ana|users\/ana/);

      const again = await new Session(ring.base).get(link(content));
      assert.notEqual(again.status, 200, "a link works once");
    });

    it("is answered by somebody else with a reply, and both say that it came", async () => {
      const reply = { ...toEverybody(joris), inReplyTo: ring.note(need.id) };
      const post = await write(joris, "I have one", reply);
      const path = `/@ring/${need.id}`;
      const page = await eventually("the reply on the page", async () => {
        const page = await steward.get(path);
        return page.html.includes("I have one") && page;
      });
      await steward.submit(page, /action="\/replies\/[^"]+\/take"/, { amount: "1" });
      const theirs = link(await answer(joris, post));
      const bringing = new Session(ring.base);
      const promised = await bringing.get(theirs);
      assert.equal(promised.status, 200);
      await bringing.submit(promised, /\/promised\/[^"]+\/confirm"/);

      /** The newest link by which Amina looks after it; each works once. */
      const care = (number) =>
        eventually("a link to look after it", async () => {
          const said = amina.deliveries.map(({ json }) => json.object?.content ?? "");
          const links = said.flatMap((text) => /href="([^"]+\/asked\/[^"]+)"/.exec(text)?.[1] ?? []);
          return links[number];
        });
      const asking = new Session(ring.base);
      const looks = await asking.get(await care(1));
      assert.equal(looks.status, 200);
      await asking.submit(looks, /\/asked\/[^"]+\/came"/);
      await eventually("it came", async () => {
        return (await ring.cli("proposal", "show", need.id))[0].came_low === "1";
      });
      await asking.submit(await asking.get(await care(2)), /\/asked\/[^"]+\/enough"/);
      const note = await (await ring.document(`/n/${need.id}`)).json();
      assert.match(note.content, /Thank you/);
    });

    it("asks in private, and not a word of it goes anywhere", async () => {
      const secret = "I lost my job at the zeppelin works and need food for two";
      const post = await write(amina, secret);
      const content = await answer(amina, post);
      assert.match(content, /administrators of your server and of ours can read/);
      assert.doesNotMatch(content, /zeppelin|food/);
      const visitor = new Session(ring.base);
      const page = await visitor.get(link(content));
      assert.doesNotMatch(page.html, /zeppelin/);
      const fields = { title: "Food for two, this week", purpose: "need", then: "nameless" };
      const done = await visitor.submit(page, /action="\/asked\//, fields);
      assert.equal(done.status, 200, done.html);
      const [hidden] = (await ring.cli("proposal", "list")).filter((each) => each.id !== need.id);
      assert.equal(hidden.audience, "shift");
      assert.equal((await ring.document(`/n/${hidden.id}`)).status, 404);
      const outbox = await (await ring.document(`${ring.actor}/outbox?page=true`)).text();
      assert.doesNotMatch(outbox, /zeppelin|Food for two/);
      const front = (await new Session(ring.base).get("/board")).html;
      assert.doesNotMatch(front, /Food for two/);
    });

    it("signs in with a code from the thread, joins, and is vouched for", async () => {
      const browser = new Session(ring.base);
      const door = await browser.get("/sign-in");
      const address = `@ana@${amina.host}`;
      const page = await browser.submit(door, /action="\/sign-in\/fediverse"/, { address });
      assert.match(page.html, /sign in/);
      const content = await answer(amina, await write(amina, "sign in"));
      const [, first, last] = /<strong>(\d{3}) (\d{3})<\/strong>/.exec(content);

      const stranger = new Session(ring.base);
      const other = await stranger.submit(await stranger.get("/sign-in"), /sign-in\/fediverse/, {
        address: `@ana@${joris.host}`,
      });
      const wrong = await stranger.submit(other, /action="\/sign-in\/code"/, { code: first + last });
      assert.equal(wrong.status, 422, "a code is of use to nobody else");

      const joining = await browser.submit(page, /action="\/sign-in\/code"/, { code: first + last });
      assert.match(joining.html, /owe each other/i);
      const fields = { name: "Amina", choice: "agree" };
      const joined = await browser.submit(joining, /name="choice"/, fields);
      assert.equal(joined.status, 200, joined.html);
      const of = async (name) => {
        return (await ring.cli("member", "list")).find((each) => each.name === name);
      };
      assert.equal((await of("Amina")).standing, "joining");

      const { id } = await of("Amina");
      const day = new Date().toISOString().slice(0, 10);
      await steward.submit(await steward.get(`/members/${id}`), /\/visit"/, { day });
      assert.equal((await of("Amina")).standing, "member");
      amina.browser = browser;
    });

    it("leaves with what is hers, and can come back with a new code", async () => {
      const { browser } = amina;
      const page = await browser.get("/me/leave");
      const cookie = browser.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
      const taken = await fetch(`${ring.base}/me/data.zip`, { headers: { cookie } });
      assert.equal(taken.headers.get("content-type"), "application/zip");
      assert.equal(Buffer.from(await taken.arrayBuffer()).subarray(0, 2).toString(), "PK");
      const gone = await browser.submit(page, /action="\/me\/leave"/);
      assert.match(gone.html, /You have left/);
      const names = async () => (await ring.cli("member", "list")).map((each) => each.name);
      assert.ok(!(await names()).includes("Amina"));

      const door = await browser.get("/sign-in");
      const address = `@ana@${amina.host}`;
      const waits = await browser.submit(door, /action="\/sign-in\/fediverse"/, { address });
      const content = await answer(amina, await write(amina, "sign in"));
      const [, first, last] = /<strong>(\d{3}) (\d{3})<\/strong>/.exec(content);
      await browser.submit(waits, /action="\/sign-in\/code"/, { code: first + last });
      assert.ok((await names()).includes("Amina"));
    });

    it("signs in by way of her own server, which keeps no key of ours and gives none", async () => {
      const browser = new Session(ring.base);
      const door = await browser.get("/sign-in");
      const address = `@ana@${amina.host}`;
      const page = await browser.submit(door, /action="\/sign-in\/fediverse"/, { address });
      const [, way] = /class="button wide" href="([^"]+)"/.exec(page.html);
      const there = await fetch(way.replaceAll(/&(amp|#38);/g, "&"), { redirect: "manual" });
      assert.equal(there.status, 302);
      const back = there.headers.get("location");
      const stranger = await new Session(ring.base).get(back);
      assert.equal(stranger.status, 422, "it is of use in no other browser");
      const home = await browser.get(back);
      assert.equal(home.status, 200, home.html);
      assert.match(home.html, /Amina/);
      assert.equal(amina.door.tokens.size, 0);
      assert.equal((await browser.get(back)).status, 422, "it works once");
    });
  });
}
