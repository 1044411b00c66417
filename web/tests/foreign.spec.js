// What others wrote, in a real browser: nothing of it acts, and nothing is there that could.
import { readFileSync } from "node:fs";
import { eventually } from "../../tests/harness/wait.js";
import { Account } from "./account.js";
import { expect, test } from "./fixtures.js";

const corpus = readFileSync(new URL("../../tests/fixtures/hostile_html.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("## "));

/** Ends whatever it stands in, and acts. */
const hostile = `</title></h1>"'--><script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>`;

/** Somebody who means harm with every word. */
class Stranger extends Account {
  words = {
    name: hostile,
    summary: hostile,
    url: "javascript:alert(1)",
    icon: { type: "Image", url: "javascript:alert(1)" },
  };

  need(name, content) {
    const resourceQuantity = { hasUnit: hostile, hasNumericalValue: "5" };
    const publishes = { type: "Intent", action: "transfer", name: `${name} ${content}`, resourceQuantity };
    const location = { type: "Place", name: content };
    const contentMap = { [hostile]: content };
    const words = { name: content, summary: content, content, contentMap, location };
    return this.note(name, { ...words, url: "javascript:alert(1)", purpose: "request", publishes });
  }
}

/** The collective follows the stranger, who sends the corpus as needs and as replies. */
async function fill(site, stranger) {
  const { server } = site;
  await server.cli("follow", "add", stranger.actor);
  const follow = await eventually("the Follow", () => {
    return stranger.received.find((each) => each.type === "Follow");
  });
  await stranger.send(server, "Accept", follow);
  await eventually("the Accept", async () => {
    const listed = await server.cli("follow", "list");
    return listed.some((each) => each.handle?.includes("eve@") && each.state === "accepted");
  });
  // All of it in one post, and some of it in one each, so that nothing hides behind another.
  const chunks = [corpus.join("\n"), ...corpus.filter((_, number) => number % 8 === 0)];
  for (const [number, content] of chunks.entries()) {
    await stranger.send(server, "Create", stranger.need(`need-${number}`, content));
  }
  for (const [number, content] of corpus.entries()) {
    const inReplyTo = server.note(site.need);
    await stranger.send(server, "Create", stranger.note(`reply-${number}`, { inReplyTo, content }));
  }
  return chunks.length;
}

/** What stands in a page that could act, and what came from somewhere else. */
function harmful() {
  const found = [];
  const ours = (url) => new URL(url, location.href).origin === location.origin;
  for (const element of document.querySelectorAll("*")) {
    const tag = element.tagName.toLowerCase();
    const banned = ["script", "iframe", "object", "embed", "base", "img", "style", "math", "template", "video"];
    if (banned.includes(tag)) found.push(element.outerHTML.slice(0, 200));
    if (tag === "form" && !ours(element.action)) found.push(element.action);
    if (tag === "meta" && element.httpEquiv) found.push(element.outerHTML);
    for (const { name, value } of element.attributes) {
      const acts = name.startsWith("on") || ["style", "srcdoc", "formaction"].includes(name);
      if (acts || /^\s*(javascript|data|vbscript|blob):/i.test(value)) found.push(`${tag} ${name}=${value}`);
    }
  }
  return found;
}

test("nothing that others wrote acts in a browser", async ({ browse, site }) => {
  test.setTimeout(120_000);
  const stranger = await Stranger.start("eve");
  try {
    const count = await fill(site, stranger);
    for (const role of ["stranger", "member", "steward"]) {
      const page = await browse(role);
      const alerts = [];
      const elsewhere = [];
      page.on("dialog", (dialog) => alerts.push(dialog.message()) && dialog.dismiss());
      page.on("request", (request) => request.url().startsWith(site.server.base) || elsewhere.push(request.url()));
      const look = async (path) => {
        await page.goto(path);
        expect(await page.evaluate(harmful), `${role} ${path}`).toEqual([]);
        expect(new URL(page.url()).origin, `${role} ${path}`).toBe(site.server.base);
      };
      await page.goto("/board?from=neighbours");
      const theirs = page.locator('a[href^="/neighbours/"]');
      await eventually("the needs on the board", async () => {
        await page.reload();
        return (await theirs.count()) > 1;
      });
      const links = await theirs.evaluateAll((all) => all.map((each) => each.getAttribute("href")));
      const paths = ["/", "/board", "/board?from=neighbours", `/@ring/${site.need}`, ...new Set(links)];
      if (role === "steward") paths.push("/steward");
      for (const path of role === "stranger" ? paths : paths.slice(0, 8).concat(paths.at(-1))) await look(path);
      expect(links.length, "the needs were taken in").toBeGreaterThan(Math.min(count, 10) - 1);
      if (role !== "stranger") {
        await page.goto(`/@ring/${site.need}`);
        expect(await page.locator(".prose").count(), "the replies are shown").toBeGreaterThan(40);
      }
      expect(alerts, role).toEqual([]);
      expect(elsewhere, role).toEqual([]);
    }
  } finally {
    stranger.stop();
  }
});
