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

/** Shows what the person sees, for the README, when pictures are wanted. */
export async function picture(page, name, engine) {
  if (process.env.TEST_SCREENSHOTS !== "1" || engine !== "sqlite") return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}${name}.png` });
}
