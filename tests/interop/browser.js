import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const pictures = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));

/** A phone with a real browser on it, for people who open the links that reach them. */
export class Phones {
  static async start() {
    const phones = new this();
    phones.browser = await chromium.launch({
      // Debian's own: Playwright would bring one from a host that nobody here needs to trust.
      executablePath: process.env.TEST_BROWSER || "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
    });
    return phones;
  }

  async stop() {
    await this.browser?.close();
  }

  /** Somebody's own phone: nobody else's cookies, and no JavaScript, as on many an old one. */
  async take() {
    const context = await this.browser.newContext({
      viewport: { width: 360, height: 740 },
      deviceScaleFactor: 2,
      javaScriptEnabled: false,
      locale: "en",
    });
    context.setDefaultTimeout(20_000);
    return context.newPage();
  }
}

/** Shows what the person sees, for the README, when pictures are wanted. Servers of tests have no
 * names: on the picture, and only there, the collective is ring.example and another one social.example. */
export async function picture(page, name, engine) {
  if (process.env.TEST_SCREENSHOTS !== "1" || engine !== "sqlite") return;
  await mkdir(pictures, { recursive: true });
  await page.evaluate(nameHosts);
  await page.screenshot({ path: `${pictures}${name}.png` });
  await page.evaluate(() => globalThis.shown.forEach(([node, text]) => (node.data = text)));
}

function nameHosts() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  globalThis.shown = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const named = node.data
      .replaceAll(location.host, "ring.example")
      .replace(/127\.0\.0\.1:\d+/g, "social.example");
    if (named !== node.data) {
      globalThis.shown.push([node, node.data]);
      node.data = named;
    }
  }
}
