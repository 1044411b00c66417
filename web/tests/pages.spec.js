import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";
import { pages } from "./site.js";

const LIGHT_ENOUGH = 150_000;

for (const row of pages) {
  test(row.title, async ({ browse, site, language }) => {
    const page = await browse(row.as, { colorScheme: "light" });
    const requests = [];
    page.on("request", (request) => requests.push(request));
    const address = new URL(row.path(site), site.server.base);
    const response = await page.goto(address.href);

    expect.soft(response.status()).toBe(row.status);
    await expect.soft(page.locator("html")).toHaveAttribute("lang", language);
    expect.soft(await page.content()).not.toMatch(/Unknown localization/);

    const foreign = requests.map((each) => each.url()).filter((url) => !url.startsWith("data:"));
    expect.soft(foreign.filter((url) => new URL(url).origin !== address.origin)).toEqual([]);
    expect.soft(await weight(requests)).toBeLessThan(LIGHT_ENOUGH);

    const wider = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    expect.soft(await page.evaluate(wider), "nothing sticks out to the side").toBeLessThanOrEqual(0);

    // A label points to the first element with its id, be it an icon far away.
    const unlabelled = () =>
      [...document.querySelectorAll("input:not([type=hidden], [aria-hidden=true]), select, textarea")]
        .filter((field) => field.labels.length === 0)
        .map((field) => field.name);
    expect.soft(await page.evaluate(unlabelled), "every field has a label").toEqual([]);

    expect.soft(await violations(page), "light colours").toEqual([]);
    // Only the colours are others in the dark.
    await page.emulateMedia({ colorScheme: "dark" });
    expect.soft(await violations(page, ["color-contrast"]), "dark colours").toEqual([]);
  });
}

/** What went over the line for one visit with nothing cached. */
async function weight(requests) {
  const arrived = requests.filter((request) => !request.failure());
  const sizes = await Promise.all(arrived.map((request) => request.sizes()));
  return sizes.reduce((sum, each) => sum + each.responseBodySize + each.responseHeadersSize, 0);
}

/** What axe finds by all of its rules, or by some. In one document: there are no frames here. */
async function violations(page, rules) {
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations: found } = await (rules ? axe.withRules(rules) : axe).analyze();
  return found
    .filter((each) => each.impact === "serious" || each.impact === "critical")
    .flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.html} ${node.failureSummary}`));
}
