// The Tuesday kitchen (mission J8) and the sheet of a shift (J4), as people see them.
import { expect, test } from "./fixtures.js";

/** The day so many days from now, as forms write it. */
const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

/** A steward keeps something going, by the form; answers its page. */
async function keepGoing(page, words, title, { ahead = 3, needed = "1" } = {}) {
  await page.goto("/duties/new");
  await page.getByLabel(words.t("duty-form-title"), { exact: true }).fill(title);
  await page.getByLabel(words.t("duty-form-rhythm"), { exact: true }).selectOption("weekly");
  await page.getByLabel(words.t("duty-form-day"), { exact: true }).fill(day(ahead));
  await page.getByLabel(words.t("duty-form-from"), { exact: true }).fill("16:00");
  await page.locator("#until").fill("20:00");
  await page.getByLabel(words.t("duty-form-needed"), { exact: true }).fill(needed);
  await page.getByText(words.t("duty-audience-public"), { exact: true }).click();
  await page.getByRole("button", { name: words.t("duty-form-make"), exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
  await expect(page.getByRole("status")).toContainText(words.t("duty-made"));
  return new URL(page.url()).pathname;
}

/** The first of the next turns on the page of a duty. */
const first = (page, words) =>
  page.getByRole("region", { name: words.t("duty-next-title") }).getByRole("listitem").first();

test("the Tuesday kitchen: come, cannot, and somebody from the pool does", async ({ welcome, browse, words }) => {
  const title = `Kitchen ${Date.now()}`;
  const steward = await browse("steward");
  const duty = await keepGoing(steward, words, title);
  const rosa = await welcome("Rosa");
  const milo = await welcome("Milo");
  await rosa.enter();
  await milo.enter();

  await rosa.go("nav-duties");
  await rosa.open(title);
  await first(rosa.page, words).getByRole("button", { name: words.like("turn-take-name") }).click();
  await expect(rosa.page.getByRole("status")).toContainText(words.t("turn-taken"));
  await expect(rosa.page.getByText(words.t("turn-own"), { exact: true })).toBeVisible();
  await expect(rosa.page.getByRole("heading", { level: 2 }).first()).toContainText("1");
  const turn = new URL(rosa.page.url()).pathname;

  await milo.page.goto("/turns/pool");
  await milo.page.getByLabel(words.t("pool-duty"), { exact: true }).selectOption({ label: title });
  await milo.button("pool-give-button").click();
  await expect(milo.page.getByRole("status")).toContainText(words.t("pool-given"));
  expect(await rosa.page.content()).not.toContain(milo.name);

  await rosa.button("turn-release").click();
  await expect(rosa.page.getByRole("status")).toContainText(words.t("turn-released-drawn"));
  await expect(rosa.page.getByText(milo.name)).toBeVisible();
  await milo.page.goto("/notices");
  await expect(milo.page.getByText(words.t("notice-pool-drawn")).first()).toBeVisible();
  await milo.page.goto(turn);
  await expect(milo.page.getByText(words.t("turn-own"), { exact: true })).toBeVisible();

  const stranger = await browse("stranger");
  for (const path of [duty, turn]) {
    await stranger.goto(path);
    const seen = await stranger.content();
    expect(seen).toContain(title);
    expect(seen).not.toContain(rosa.name);
    expect(seen).not.toContain(milo.name);
  }
});

test("every second time until a day, and a break without a reason", async ({ welcome, browse, words }) => {
  const title = `Watch ${Date.now()}`;
  const steward = await browse("steward");
  await keepGoing(steward, words, title, { needed: "2" });
  const ines = await welcome("Ines");
  await ines.enter();
  await ines.go("nav-duties");
  await ines.open(title);
  await first(ines.page, words).getByRole("link").first().click();
  await ines.page.locator("summary", { hasText: words.t("turn-more-often") }).click();
  await ines.page.getByLabel(words.t("turn-how-often"), { exact: true }).selectOption("2");
  await ines.page.locator("#until").fill(day(60));
  await ines.button("turn-take").click();
  await expect(ines.page.getByRole("status")).toContainText(words.t("turns-taken"));

  await ines.page.goto("/me/turns");
  const standing = ines.page.getByRole("region", { name: words.t("my-turns-standing") });
  await expect(standing).toContainText(title);
  await ines.page.getByText(words.t("exempt-half"), { exact: true }).first().click();
  await ines.button("exempt-button").click();
  await expect(ines.page.getByRole("status")).toContainText(words.t("exempt-done"));
  await standing.getByRole("button", { name: words.like("standing-end-name") }).click();
  await expect(ines.page.getByRole("status")).toContainText(words.t("standing-ended"));
  await expect(standing).toHaveCount(0);
});

test("the sheet for today is large and bare on paper", async ({ welcome, site, words }) => {
  const omar = await welcome("Omar");
  await omar.enter();
  const { page } = omar;
  await page.goto("/turns/sheet");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(words.t("sheet-title"));
  await expect(page.getByRole("heading", { name: words.t("sheet-needs") })).toBeVisible();
  await expect(page.locator("main")).toContainText("Warm blankets");
  await expect(page.locator("main")).toContainText("Hot line");
  const code = page.locator("main").getByRole("img", { name: words.like("sheet-code") }).first();
  await expect(code).toBeVisible();
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  await expect(code).toBeVisible();
  await expect(page.locator(".mast nav")).toBeHidden();
  await expect(page.locator(".foot")).toBeHidden();
  await expect(page.getByText(words.t("sheet-hint"))).toBeHidden();
  await expect(page.locator("main")).toContainText("Warm blankets");
  const size = await page.locator(".shift").evaluate((sheet) => parseFloat(getComputedStyle(sheet).fontSize));
  expect(size).toBeGreaterThan(17);
  expect(site.today).toBeTruthy();
});
