// J14: a crisis that becomes standing, on the pages, as two who look after the house and a member see
// it; and the poster and the sheet on a telephone and on paper.
import { expect, test } from "./fixtures.js";
import { Person } from "./person.js";

test("a round is opened by two, asked in, and closed with its sheet", async ({ welcome, browse, site, words }) => {
  const mark = Date.now();
  const house = async (name) => {
    const unique = `${name} ${Math.random().toString(36).slice(2, 8)}`;
    const { sign_in } = await site.server.make("member", "add", unique, "--steward");
    return new Person(await browse("stranger"), words, { name: unique, link: sign_in });
  };
  const [ida, tove, rosa] = await Promise.all([house("Ida"), house("Tove"), welcome("Rosa")]);
  await Promise.all([ida.enter(), tove.enter(), rosa.enter()]);

  // One asks for it, and it waits for a second person.
  await ida.page.goto("/rounds");
  await ida.page.locator("summary", { hasText: words.t("round-new") }).click();
  await ida.field("round-title").fill(`Flood ${mark}`);
  await ida.page.locator("#text").fill("The hall is dry and open.");
  await ida.field("round-days").fill("30");
  await ida.button("round-new-button").click();
  await expect(ida.page.getByRole("heading", { level: 1 })).toHaveText(`Flood ${mark}`);
  await expect(ida.button("round-open-button")).toHaveCount(0);
  const round = new URL(ida.page.url()).pathname;
  await tove.page.goto(round);
  await tove.button("round-open-button").click();
  await expect(tove.page.getByText(words.t("round-provisional"))).toBeVisible();

  // Whoever asks now finds it chosen, and may say no.
  for (const title of [`Sandbags ${mark}`, `Childcare ${mark}`]) {
    await rosa.go("nav-ask");
    await expect(rosa.page.locator("#round option:checked")).toHaveText(`Flood ${mark}`);
    await rosa.field("form-title-need").fill(title);
    await rosa.button("form-publish").click();
    await expect(rosa.page.getByRole("link", { name: words.like("proposal-round") })).toBeVisible();
  }

  // A poster: one address, one code, one number of a page.
  await rosa.page.goto(`${round}/poster`);
  await expect(rosa.page.getByRole("img", { name: words.like("round-poster-code") })).toBeVisible();
  await rosa.page.emulateMedia({ media: "print" });
  await expect(rosa.page.getByText(words.t("round-poster-hint"))).toBeHidden();
  await expect(rosa.page.getByText(words.t("round-poster-ask"))).toBeVisible();
  await expect(rosa.page.getByRole("navigation").first()).toBeHidden();
  await rosa.page.emulateMedia({ media: "screen" });

  // It is over, and each line becomes something.
  await ida.page.goto(round);
  await ida.page.locator("summary", { hasText: words.t("round-end") }).click();
  await ida.button("round-end-button").click();
  await expect(ida.page.getByRole("heading", { name: words.t("round-sheet") })).toBeVisible();
  await ida.page.emulateMedia({ media: "print" });
  await expect(ida.page.getByText(`☐ ${words.t("round-paper-finished")}`).first()).toBeVisible();
  await expect(ida.button("round-close-button")).toBeHidden();
  await ida.page.emulateMedia({ media: "screen" });
  await ida.button("round-close-button").click();
  await expect(ida.page.getByText(words.t("refusal-round-undecided"))).toBeVisible();
  await ida.page.goto(round);
  const row = (title) => ida.page.getByRole("listitem").filter({ hasText: title });
  await row(`Sandbags ${mark}`).getByRole("button").click();
  await expect(row(`Sandbags ${mark}`).getByText(words.t("round-line-finished"))).toBeVisible();
  await row(`Childcare ${mark}`).getByRole("link", { name: words.like("round-line-other-name") }).click();
  await ida.page.locator("#cause").selectOption({ index: 1 });
  await ida.page.locator("#kind").selectOption("demand");
  await ida.page.locator("#response").fill("The school opens its hall");
  await ida.button("round-fate-cause-button").click();
  await expect(row(`Childcare ${mark}`).getByText(words.like("round-line-cause"))).toBeVisible();
  await ida.button("round-close-button").click();
  await expect(ida.page.getByText(words.t("round-closed-done"))).toBeVisible();

  // Whoever took part hears once how it goes on; which cause a need has is not for them.
  await rosa.page.goto("/notices");
  await expect(rosa.page.getByText(words.t("notice-round-closed")).first()).toBeVisible();
  await rosa.page.goto(round);
  await expect(rosa.page.getByRole("link", { name: words.t("round-goes-on-turn") })).toBeVisible();
  await expect(rosa.page.getByText(words.t("round-line-some-cause"))).toBeVisible();
});

test("a stranger asks on a telephone without an account", async ({ browse, words }) => {
  const page = await browse("stranger", { viewport: { width: 360, height: 640 } });
  await page.goto("/");
  await page.getByRole("link", { name: words.t("front-need") }).click();
  await page.getByLabel(words.t("ask-text"), { exact: true }).fill("Food for two this week");
  await page.getByLabel(words.t("ask-reach"), { exact: true }).fill("555 0101");
  await page.getByRole("button", { name: words.t("ask-button"), exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(words.t("ask-done-title"));
});
