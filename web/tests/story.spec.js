import { expect, test } from "./fixtures.js";

test("a need is asked for, promised and brought", async ({ welcome, browse, words }) => {
  const title = `Soup for ${Date.now()}`;
  const rosa = await welcome("Rosa");
  const milo = await welcome("Milo");
  await rosa.enterWith("a kettle on the stove");
  await rosa.leave();
  await rosa.signIn("a kettle on the stove");
  await rosa.ask({ title, text: "Hot, for the *night* shift.", amount: "20", place: "The hall" });
  await expect(rosa.page.getByText("The hall")).toBeVisible();
  const address = rosa.page.url();

  await milo.enter();
  await milo.find(title);
  await milo.promise("12");
  await expect(milo.coverage).toContainText("12");
  await expect(milo.coverage.locator("strong")).toContainText("8");
  await milo.confirm("12");

  await rosa.page.goto(address);
  await rosa.confirm("11");
  const came = rosa.page.getByRole("region", { name: words.t("proposal-came-title") });
  await expect(came).toContainText("11");
  await expect(came).toContainText("12");

  const stranger = await browse("stranger");
  await stranger.goto(address);
  await expect(stranger.getByRole("heading", { level: 1 })).toHaveText(title);
  const seen = await stranger.content();
  expect(seen).not.toContain(rosa.name);
  expect(seen).not.toContain(milo.name);
  await expect(stranger.getByText(words.t("conversation-title"))).toHaveCount(0);
});

test("what is too much waits, and moves up when somebody lets go", async ({ welcome }) => {
  const title = `Chairs for ${Date.now()}`;
  const [rosa, milo, ines] = await Promise.all(["Rosa", "Milo", "Ines"].map(welcome));
  await Promise.all([rosa.enter(), milo.enter(), ines.enter()]);
  await rosa.ask({ title, text: "Any kind.", amount: "10", place: "The hall" });
  await milo.find(title);
  await milo.promise("10");
  await ines.find(title);
  await ines.promise("4");
  await expect(ines.page.getByText(ines.words.t("promise-waits"))).toBeVisible();
  await milo.takeBack();
  await ines.page.reload();
  await expect(ines.page.getByText(ines.words.t("promise-waits"))).toHaveCount(0);
  await expect(ines.coverage.locator("strong")).toContainText("6");
});

test("a form that is not filled in says what is missing", async ({ welcome, words }) => {
  const rosa = await welcome("Rosa");
  await rosa.enter();
  await rosa.go("nav-ask");
  await rosa.page.locator("#text").fill("Something, but what?");
  await rosa.button("form-publish").click();
  await expect(rosa.page.getByRole("alert")).toContainText(words.t("form-problems"));
  await expect(rosa.field("form-title-need")).toHaveAttribute("aria-invalid", "true");
  await expect(rosa.page.locator("#text")).toHaveValue("Something, but what?");
});

test("a stranger changes the language, and it stays", async ({ browse, language }) => {
  const page = await browse("stranger");
  const other = language === "en" ? "es" : "en";
  await page.goto("/about");
  await page.locator(`button[name=language][value=${other}]`).click();
  await expect(page.locator("html")).toHaveAttribute("lang", other);
  expect(new URL(page.url()).pathname).toBe("/about");
  await page.goto("/board");
  await expect(page.locator("html")).toHaveAttribute("lang", other);
});
