import { expect } from "@playwright/test";

/**
 * A member at a browser. Everything is found by the words that stand on the page, in its language,
 * as a person would find it; what those words are is read from the locale files.
 */
export class Person {
  constructor(page, words, { name, link }) {
    Object.assign(this, { page, words, name, link });
  }

  button(id) {
    return this.page.getByRole("button", { name: this.words.t(id), exact: true });
  }

  go(id) {
    return this.page.getByRole("link", { name: this.words.t(id), exact: true }).first().click();
  }

  field(id) {
    return this.page.getByLabel(this.words.like(id));
  }

  /** Signs in with the one-time link, and goes on without a password. */
  async enter() {
    await this.page.goto(this.link);
    await this.button("link-button").click();
    await this.go("password-skip");
    await expect(this.page.getByRole("heading", { level: 1 })).toHaveText(this.words.like("me-title"));
  }

  /** Signs in with the one-time link, and chooses a password. */
  async enterWith(password) {
    await this.page.goto(this.link);
    await this.button("link-button").click();
    await this.field("password-new").fill(password);
    await this.button("password-button").click();
    await expect(this.page.getByRole("status")).toBeVisible();
  }

  async leave() {
    await this.page.getByRole("button", { name: this.words.like("sign-out") }).click();
  }

  async signIn(password) {
    await this.go("nav-sign-in");
    await this.field("sign-in-name").fill(this.name);
    await this.field("sign-in-password").fill(password);
    await this.button("sign-in-button").click();
  }

  /** Asks for something, and ends up on its page. */
  async ask({ title, text, amount, place }) {
    await this.go("nav-ask");
    await this.field("form-title-need").fill(title);
    await this.page.locator("#text").fill(text);
    await this.field("form-amount").fill(amount);
    // Units are suggestions in the reader's language: take the first, whichever it is.
    const unit = await this.page.locator("#units option").first().getAttribute("value");
    await this.field("form-place").fill(place);
    await this.field("form-unit").fill(unit);
    await this.field("form-unit").press("Escape");
    await this.button("form-publish").click();
    await expect(this.page).toHaveURL(/\/@ring\/[0-9A-Z]{13}$/);
  }

  async find(title) {
    await this.page.goto("/board");
    await this.open(title);
  }

  async open(title) {
    await this.page.getByRole("link", { name: title, exact: true }).click();
    await expect(this.page.getByRole("heading", { level: 1 })).toHaveText(title);
  }

  async promise(amount) {
    await this.field("promise-amount").fill(amount);
    const names = ["promise-button-need", "promise-button-reserve"].map((id) => this.words.t(id));
    await this.page.getByRole("button", { name: new RegExp(`^(${names.join("|")})$`) }).click();
  }

  async takeBack() {
    await this.page.getByRole("button", { name: this.words.like("release-button-long") }).click();
  }

  async confirm(amount) {
    await this.page.getByText(this.words.t("confirm-open"), { exact: true }).first().click();
    await this.field("confirm-amount").first().fill(amount);
    await this.button("confirm-button").first().click();
  }

  /** What the page says about how much is still open and how much is promised. */
  get coverage() {
    return this.page.locator("main .coverage-words").first();
  }
}
