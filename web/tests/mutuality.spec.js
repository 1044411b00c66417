// The picture of mutuality with figures in it: a year of a collective that is made up.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import AxeBuilder from "@axe-core/playwright";
import { freePort } from "../../tests/harness/server.js";
import { Session } from "../../tests/harness/session.js";
import { expect, test as base } from "./fixtures.js";

const test = base.extend({
  /** A member's cookies in the demo of a made-up collective, made once for each worker. */
  ring: [
    async ({}, use) => {
      const port = await freePort();
      const words = ["demo", "--fixture", "ring_street", "--json", "--port", String(port)];
      const demo = spawn(process.env.TEST_BIN, words, { stdio: ["ignore", "pipe", "inherit"] });
      const lines = createInterface({ input: demo.stdout })[Symbol.asyncIterator]();
      const house = JSON.parse((await lines.next()).value);
      const { url } = JSON.parse((await lines.next()).value);
      const session = new Session(house.url);
      await session.signIn(house.members[5].sign_in);
      await use({ url, base: house.url, cookies: session.cookies });
      demo.kill("SIGINT");
      await once(demo, "exit");
    },
    { scope: "worker", timeout: 60_000 },
  ],
});

for (const months of [3, 12, 60]) {
  test(`the picture of ${months} months`, async ({ browser, ring, language }) => {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
    await context.addCookies([{ name: "mutuals_language", value: language, url: ring.base }]);
    await context.addCookies(ring.cookies);
    const page = await context.newPage();
    const response = await page.goto(`${ring.url}?months=${months}`);
    expect(response.status()).toBe(200);
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await expect(page.getByRole("heading", { level: 2 })).toHaveCount(5);
    await expect(page.getByRole("img")).not.toHaveCount(0);
    const wider = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    expect.soft(await page.evaluate(wider), "nothing sticks out to the side").toBeLessThanOrEqual(0);
    for (const media of [{ colorScheme: "light" }, { colorScheme: "dark" }, { media: "print" }]) {
      await page.emulateMedia(media);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
      expect.soft(serious.map(({ id }) => id), JSON.stringify(media)).toEqual([]);
    }
    await context.close();
  });
}
