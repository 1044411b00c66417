import { fileURLToPath } from "node:url";
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
