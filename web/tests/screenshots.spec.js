import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "../../tests/harness/server.js";
import { Session } from "../../tests/harness/session.js";
import { test } from "./fixtures.js";
import { pages } from "./site.js";

const folder = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const shown = ["front (stranger)", "board (member)", "need (member)", "ask (member)", "steward's page (steward)"];
const sizes = {
  desktop: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 },
};

for (const row of pages.filter((each) => shown.includes(each.title))) {
  for (const [size, options] of Object.entries(sizes)) {
    for (const colorScheme of ["light", "dark"]) {
      test(`${row.title}, ${size}, ${colorScheme}`, async ({ browse, site }) => {
        const page = await browse(row.as, { ...options, colorScheme });
        await page.goto(row.path(site), { waitUntil: "networkidle" });
        const name = row.name.replace(/\W+/g, "-");
        await page.screenshot({ path: `${folder}${name}-${size}-${colorScheme}.png` });
      });
    }
  }
}

for (const name of ["ring_street", "charity_corner"]) {
  test(`which way help goes, ${name}`, async ({ browser }) => {
    const words = ["demo", "--fixture", name, "--json", "--port", String(await freePort())];
    const demo = spawn(process.env.TEST_BIN, words, { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: demo.stdout })[Symbol.asyncIterator]();
    const house = JSON.parse((await lines.next()).value);
    const { url } = JSON.parse((await lines.next()).value);
    const session = new Session(house.url);
    await session.signIn(house.members[0].sign_in);
    const context = await browser.newContext({ viewport: { width: 1000, height: 1100 } });
    await context.addCookies(session.cookies);
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "networkidle" });
    const picture = `${folder}mutuality-${name.replace("_", "-")}.png`;
    await page.locator(".sheet").first().screenshot({ path: picture });
    await context.close();
    demo.kill("SIGINT");
    await once(demo, "exit");
  });
}
