import { expect, test } from "./fixtures.js";

test("the first stop is a way past the menu", async ({ browse, words }) => {
  const page = await browse("stranger");
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: words.t("skip-to-content") })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("a need can be posted with the keyboard alone", async ({ welcome, words }) => {
  const { page, link } = await welcome("Rosa");
  const title = "A ladder, by keyboard";
  const button = (id) => page.getByRole("button", { name: words.t(id), exact: true });
  const anchor = (id) => page.getByRole("link", { name: words.t(id), exact: true }).first();

  await page.goto(link);
  await press(page, button("link-button"));
  await press(page, anchor("password-skip"));
  await press(page, anchor("nav-ask"));
  await reach(page, page.getByLabel(words.t("form-title-need")));
  await page.keyboard.type(title);
  await press(page, button("form-publish"));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
});

/** Goes to something with the Tab key, and sees that it can be seen to have the focus. */
async function reach(page, target) {
  await expect(target).toBeVisible();
  for (let stops = 0; stops < 60; stops += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) {
      const outline = await target.evaluate((element) => getComputedStyle(element).outlineStyle);
      expect(outline, "the focus shows").not.toBe("none");
      return;
    }
  }
  throw new Error(`the Tab key never reaches ${target}`);
}

async function press(page, target) {
  await reach(page, target);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
}
