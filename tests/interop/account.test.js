// Somebody who has nothing but an account on another server asks, is answered, signs in, joins and
// leaves, without ever making a password. Their server is Fedify; what it sends has the shape of
// Mastodon's posts. The links that reach them are opened in a real browser, without JavaScript.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Create } from "@fedify/vocab";
import { engines } from "../harness/engines.js";
import { Server } from "../harness/server.js";
import { Session } from "../harness/session.js";
import { eventually } from "../harness/wait.js";
import { unzip } from "../harness/zip.js";
import { Phones, picture } from "./browser.js";
import { Peer } from "./peer.js";

const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

for (const engine of engines) {
  describe(`an account elsewhere is enough, on ${engine}`, () => {
    let ring;
    let amina;
    let joris;
    let steward;
    let phones;
    let need;
    let posts = 0;
    /** What may stand in no line of the log: private words, and whatever opens something. */
    const secrets = new Set(["zeppelin", "Food for two", "I have one"]);

    before(async () => {
      [ring, amina, joris, phones] = await Promise.all([
        Server.start({ engine, settings: { MUTUALS_LOG__LEVEL: "debug" } }),
        Peer.start(),
        Peer.start(),
        Phones.start(),
      ]);
      steward = new Session(ring.base);
      await steward.signIn(ring.steward);
    });

    after(async () => {
      await phones?.stop();
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
      secrets.add(found[1].split("/").at(-1));
      return found[1];
    };

    /** The six digits in an answer. */
    const code = (content) => {
      const [, first, last] = /<strong>(\d{3}) (\d{3})<\/strong>/.exec(content);
      secrets.add(`${first} ${last}`).add(`${first}${last}`);
      return first + last;
    };

    it("asks by a post that mentions the collective, and publishes by a link, without a name", async () => {
      const text = 'need a pram by Friday, can pick up <a href="https://social.example/tags/need">#need</a>';
      const post = await write(amina, text, { ...toEverybody(amina), tags: [hashtag("need")] });
      const content = await answer(amina, post);
      assert.match(content, /Nothing is published yet/);
      assert.deepEqual(await ring.cli("proposal", "list"), []);

      const phone = await phones.take();
      assert.equal((await phone.goto(link(content))).status(), 200);
      assert.match(await phone.locator("#title").inputValue(), /pram/i);
      await phone.locator("#title").fill("A pram");
      assert.equal(await phone.locator("#amount").inputValue(), "1");
      await picture(phone, "account-1-asks", engine);
      await phone.locator("button[value=nameless]").click();
      assert.match(await phone.locator("main").innerText(), /A pram/);
      need = (await ring.cli("proposal", "list"))[0];
      assert.equal(need.title, "A pram");
      const note = await (await ring.document(`/n/${need.id}`)).text();
      assert.doesNotMatch(note, /Ana|users\/ana/);

      const again = await (await phones.take()).goto(link(content));
      assert.notEqual(again.status(), 200, "a link works once");
    });

    it("is answered by somebody else with a reply, and both say that it came", async () => {
      const reply = { ...toEverybody(joris), inReplyTo: ring.note(need.id) };
      const post = await write(joris, "I have one", reply);
      const path = `/@ring/${need.id}`;
      // Nobody knows Joris or his server: a steward looks first.
      const held = await eventually("the reply among what is held", async () => {
        const held = await steward.get("/steward/held");
        return held.html.includes("I have one") && held;
      });
      assert.ok(!(await steward.get(path)).html.includes("I have one"));
      await steward.submit(held, /value="reply:[^"]+"[\s\S]*value="let-in"/, { act: "let-in" });
      const page = await eventually("the reply on the page", async () => {
        const page = await steward.get(path);
        return page.html.includes("I have one") && page;
      });
      await steward.submit(page, /action="\/replies\/[^"]+\/take"/, { amount: "1" });
      const theirs = link(await answer(joris, post));
      const bringing = await phones.take();
      assert.equal((await bringing.goto(theirs)).status(), 200);
      await picture(bringing, "account-2-is-answered", engine);
      await bringing.locator('form[action$="/confirm"] button').click();

      /** The newest link by which Amina looks after it; each works once. */
      const care = (number) =>
        eventually("a link to look after it", async () => {
          const said = amina.deliveries.map(({ json }) => json.object?.content ?? "");
          const links = said.flatMap((text) => /href="([^"]+\/asked\/[^"]+)"/.exec(text)?.[1] ?? []);
          return links[number];
        });
      const asking = await phones.take();
      assert.equal((await asking.goto(await care(1))).status(), 200);
      await asking.locator('form[action$="/came"] button').click();
      await eventually("it came", async () => {
        return (await ring.cli("proposal", "show", need.id))[0].came_low === "1";
      });
      await asking.goto(await care(2));
      await asking.locator('form[action$="/enough"] button').click();
      const note = await (await ring.document(`/n/${need.id}`)).json();
      assert.match(note.content, /Thank you/);
    });

    it("asks in private, and not a word of it goes anywhere", async () => {
      const secret = "I lost my job at the zeppelin works and need food for two";
      const post = await write(amina, secret);
      const content = await answer(amina, post);
      assert.match(content, /administrators of your server and of ours can read/);
      assert.doesNotMatch(content, /zeppelin|food/);
      const phone = await phones.take();
      await phone.goto(link(content));
      assert.doesNotMatch(await phone.content(), /zeppelin/);
      await phone.locator("#title").fill("Food for two, this week");
      await phone.locator("button[value=nameless]").click();
      const [hidden] = (await ring.cli("proposal", "list")).filter((each) => each.id !== need.id);
      assert.equal(hidden.audience, "shift");
      assert.equal((await ring.document(`/n/${hidden.id}`)).status, 404);
      const outbox = await (await ring.document(`${ring.actor}/outbox?page=true`)).text();
      assert.doesNotMatch(outbox, /zeppelin|Food for two/);
      const front = (await new Session(ring.base).get("/board")).html;
      assert.doesNotMatch(front, /Food for two/);
    });

    it("signs in with a code from the thread, joins, and is vouched for", async () => {
      const phone = await phones.take();
      const arrive = async (phone, address) => {
        await phone.goto(`${ring.base}/sign-in`);
        const form = phone.locator('form[action$="/sign-in/fediverse"]');
        await form.locator("[name=address]").fill(address);
        await form.locator("button").click();
      };
      const type = async (phone, code) => {
        const form = phone.locator('form[action$="/sign-in/code"]');
        await form.locator("[name=code]").fill(code);
        await form.locator("button").click();
      };
      await arrive(phone, `@ana@${amina.host}`);
      await picture(phone, "account-3-signs-in", engine);
      const content = await answer(amina, await write(amina, "sign in"));
      const digits = code(content);

      const stranger = await phones.take();
      await arrive(stranger, `@ana@${joris.host}`);
      await type(stranger, digits);
      assert.match(new URL(stranger.url()).pathname, /sign-in\/code/, "it is of use to nobody else");

      await type(phone, digits);
      assert.match(await phone.locator("main").innerText(), /owe each other/i);
      await phone.locator("[name=name]").fill("Amina");
      await picture(phone, "account-4-joins", engine);
      await phone.locator("button[value=agree]").click();
      const of = async (name) => {
        return (await ring.cli("member", "list")).find((each) => each.name === name);
      };
      assert.equal((await of("Amina")).standing, "joining");

      // Two members vouch for her, each on her page.
      const { id } = await of("Amina");
      const lena = new Session(ring.base);
      await lena.signIn((await ring.cli("member", "add", "Lena")).find((line) => line.sign_in).sign_in);
      await lena.submit(await lena.get(`/members/${id}`), /\/vouch"/);
      assert.equal((await of("Amina")).standing, "joining");
      await steward.submit(await steward.get(`/members/${id}`), /\/vouch"/);
      assert.equal((await of("Amina")).standing, "member");
      Object.assign(amina, { phone, arrive, type });
    });

    it("leaves with what is hers, and can come back with a new code", async () => {
      const { phone, arrive, type } = amina;
      await phone.goto(`${ring.base}/me/leave`);
      await picture(phone, "account-5-leaves", engine);
      const taken = await phone.request.get(`${ring.base}/me/data.zip`);
      assert.equal(taken.headers()["content-type"], "application/zip");
      const files = unzip(await taken.body());
      const wanted = ["index.html", "data.json", "needs-and-offers.csv", "promises.csv", "promises.ics"];
      assert.deepEqual([...files.keys()], wanted);
      assert.match(files.get("index.html"), /<h1[\s\S]*Amina/);
      const [person] = JSON.parse(files.get("data.json")).items;
      assert.deepEqual([person.name, person.alsoKnownAs], ["Amina", [`acct:ana@${amina.host}`]]);
      for (const title of ["A pram", "Food for two"]) {
        assert.ok(files.get("data.json").includes(title), title);
        assert.ok(files.get("needs-and-offers.csv").includes(title), title);
        assert.ok(files.get("index.html").includes(title), title);
      }
      assert.match(files.get("data.json"), /zeppelin/, "what she wrote to us is hers");
      assert.match(files.get("promises.ics"), /^BEGIN:VCALENDAR/);
      await phone.locator('form[action$="/me/leave"] button').click();
      assert.match(await phone.locator("main").innerText(), /You have left/);
      const names = async () => (await ring.cli("member", "list")).map((each) => each.name);
      assert.ok(!(await names()).includes("Amina"));

      await arrive(phone, `@ana@${amina.host}`);
      const content = await answer(amina, await write(amina, "sign in"));
      await type(phone, code(content));
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

    it("has written nothing into its log that is private or opens anything", () => {
      assert.match(ring.log, / DEBUG /, "the log is as talkative as it can be");
      assert.ok(secrets.size > 8, "there are secrets to look for");
      for (const secret of secrets) assert.ok(!ring.log.includes(secret), secret);
    });
  });
}
