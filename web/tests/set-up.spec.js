// A new house (mission J11): a link, a few short pages, and somebody is in. On a phone, with and
// without JavaScript.
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect } from "@playwright/test";
import { Server } from "../../tests/harness/server.js";
import { words } from "./words.js";

const test = base.extend({
  language: ["en", { option: true }],
  locale: ({ language }, use) => use(language),
  words: ({ language }, use) => use(words(language)),

  /** A server with nothing, for each test. */
  house: async ({}, use) => {
    const house = await Server.bare();
    await use(house);
    await house.stop();
  },
});

/** What every page must be: in the reader's language, as wide as the screen, and for everybody. */
async function look(page, language, javaScriptEnabled) {
  await expect(page.locator("html")).toHaveAttribute("lang", language);
  expect(await page.content()).not.toMatch(/Unknown localization/);
  // Axe is a script, and so is measuring.
  if (javaScriptEnabled === false) return;
  const wider = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
  expect.soft(await page.evaluate(wider), "nothing sticks out to the side").toBeLessThanOrEqual(0);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations
      .filter((each) => each.impact === "serious" || each.impact === "critical")
      .flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.html} ${node.failureSummary}`));
    expect.soft(found, `${colorScheme} colours of ${page.url()}`).toEqual([]);
  }
}

test("five short pages, and somebody is in", async ({ page, house, words, language, javaScriptEnabled }) => {
  const see = () => look(page, language, javaScriptEnabled);
  const heading = page.getByRole("heading", { level: 1 });
  const press = (id) => page.getByRole("button", { name: words.t(id), exact: true }).click();
  const field_of = (name) => page.locator(`[name=${name}]`);

  await page.goto(house.link);
  await expect(heading).toHaveText(words.t("set-up-house"));
  await see();

  // A slip is explained, and nothing that was typed is lost.
  await field_of("name").fill("Ring Street");
  await field_of("address").fill("ring street");
  await field_of("summary").fill("The neighbours.");
  await press("set-up-on");
  await expect(page.getByRole("alert")).toHaveText([words.t("refusal-own-address-unfit")]);
  await expect(field_of("address")).toHaveAttribute("aria-invalid", "true");
  await expect(field_of("name")).toHaveValue("Ring Street");
  await expect(field_of("handle")).toHaveValue("ring_street");
  await see();
  await page.goto(house.link);
  await expect(field_of("summary")).toHaveValue("The neighbours.");
  await field_of("address").fill(house.base);
  await field_of("language").selectOption(language);
  await press("set-up-on");

  await expect(heading).toHaveText(words.t("set-up-ways"));
  await field_of("area").fill("North of the river");
  await page.getByText(words.t("covenant-template-street-title"), { exact: true }).click();
  await see();
  await press("set-up-on");

  await expect(heading).toHaveText(words.t("set-up-people"));
  await field_of("steward").fill("Rosa");
  await press("set-up-on");
  await expect(page.getByRole("alert")).toHaveText([words.t("set-up-second-missing")]);
  await expect(field_of("steward")).toHaveValue("Rosa");
  await see();
  await field_of("second").fill("Ida");
  await press("set-up-on");

  await expect(heading).toHaveText(words.t("set-up-key"));
  await see();
  const key = (await page.locator("#key").textContent()).trim();
  expect(key).toMatch(/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/);
  // Printed, there is the key and nothing to press.
  await page.emulateMedia({ media: "print" });
  await expect(page.locator("#key")).toBeVisible();
  await expect(page.locator("svg.code")).toBeVisible();
  await expect(page.locator("form")).toBeHidden();
  await page.emulateMedia({ media: "screen" });
  await field_of("last").fill("AAAAAA");
  await press("set-up-key-button");
  await expect(page.getByRole("alert")).toHaveText([words.t("set-up-key-wrong")]);
  await expect(page.locator("#key")).toHaveText(key);
  await field_of("last").fill(key.slice(-6).toLowerCase());
  await press("set-up-key-button");

  await expect(heading).toHaveText(words.t("set-up-open"));
  await expect(page.getByText(`@ring_street@${house.host}`)).toBeVisible();
  await expect(page.getByText(words.like("set-up-check-finger-well"))).toBeVisible();
  await see();
  await press("set-up-open-button");

  await expect(heading).toHaveText(words.like("welcome-title"));
  await expect(page.locator(".address")).toContainText(`${house.base}/sign-in/`);
  await see();
  // Whoever reloads loses nothing.
  await page.reload();
  await page.getByRole("link", { name: words.like("welcome-first-button") }).click();
  await press("link-button");
  await expect(page.getByRole("link", { name: words.t("nav-steward"), exact: true })).toBeVisible();
  const gone = await page.goto(house.link);
  expect(gone.status()).toBe(404);
  await page.goto(`${house.base}/steward/settings`);
  await expect(field_of("area")).toHaveValue("North of the river");
});

test("whoever has no link sees that something is being made", async ({ page, house, words, language, javaScriptEnabled }) => {
  const answer = await page.goto(house.base);
  expect(answer.status()).toBe(503);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(words.t("set-up-closed-title"));
  await look(page, language, javaScriptEnabled);
  const wrong = await page.goto(`${house.base}/set-up/wrong`);
  expect(wrong.status()).toBe(404);
  await look(page, language, javaScriptEnabled);
});
