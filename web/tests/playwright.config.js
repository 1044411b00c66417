import { defineConfig } from "@playwright/test";

const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const desktop = { viewport: { width: 1280, height: 900 } };
const everywhere = [/story/, /duties/, /rounds/, /mutuality/, /set-up/];
// Each page is looked at twice: on a phone in the language with the longer words, and on a desk.
const pages = [/pages/];
const screenshots = process.env.TEST_SCREENSHOTS === "1" ? [/screenshots/] : [];

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.js",
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  // Generous, because machines are slow at times: what is slow is measured elsewhere.
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // The browser is foreign, and stumbles now and then by itself; what passes at the second try is
  // counted as flaky in the summary.
  retries: 1,
  reporter: "list",
  use: {
    // Debian's own browser: Playwright would bring one of its own from a host we do not need to trust.
    launchOptions: {
      executablePath: process.env.TEST_BROWSER || "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "phone, English", use: { ...phone, language: "en" }, testMatch: everywhere },
    { name: "phone, Spanish", use: { ...phone, language: "es" }, testMatch: [...everywhere, ...pages] },
    {
      name: "desktop, English",
      use: { ...desktop, language: "en" },
      testMatch: [...everywhere, ...pages, /keyboard/, /foreign/, /passkeys/, ...screenshots],
    },
    { name: "desktop, Spanish", use: { ...desktop, language: "es" }, testMatch: everywhere },
    {
      name: "phone without JavaScript",
      use: { ...phone, language: "en", javaScriptEnabled: false },
      testMatch: [/story/, /duties/, /set-up/],
    },
  ],
});
