// Passkeys in a real browser, with an authenticator that Chromium plays (Web Authentication, 11).
import { Server } from "../../tests/harness/server.js";
import { expect, test } from "./fixtures.js";
import { words } from "./words.js";

const en = words("en");

/** A page in a browser of its own whose device keeps passkeys and knows its owner. */
async function withDevice(browser, base) {
  const context = await browser.newContext({ baseURL: base });
  await context.addCookies([{ name: "mutuals_language", value: "en", url: base }]);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const know = (isUserVerified) =>
    devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  const keys = async () => {
    return (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  };
  return { page, context, know, keys };
}

test.describe("passkeys", () => {
  let server;

  test.beforeAll(async () => {
    // Browsers have no passkeys for machines without a name.
    server = await Server.start({ machine: "localhost" });
  });

  test.afterAll(() => server?.stop());

  const button = (page, id) => page.getByRole("button", { name: en.t(id), exact: true });

  test("a member makes one, signs in with it without a name, and removes it", async ({ browser }) => {
    const { page, know, keys } = await withDevice(browser, server.base);
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    const member = await server.make("member", "add", "Rosa");
    await page.goto(member.sign_in);
    await button(page, "link-button").click();
    await page.getByRole("link", { name: en.t("password-skip") }).click();
    await page.getByRole("link", { name: en.t("passkeys-me"), exact: true }).click();
    await page.getByLabel(en.t("passkeys-name"), { exact: true }).fill("My phone");
    await button(page, "passkeys-add-button").click();
    await expect(page.getByRole("status")).toContainText("My phone");
    expect(await keys()).toHaveLength(1);
    expect((await keys())[0].isResidentCredential).toBe(true);

    await page.getByRole("button", { name: en.like("sign-out") }).click();
    await page.goto("/sign-in");
    // A device that does not know who holds it opens nothing.
    await know(false);
    await button(page, "passkeys-sign-in-button").click();
    await expect(page.getByText(en.t("passkeys-failed"))).toBeVisible();
    await know(true);
    // Chromium keeps its own window about the device open for a while, and draws no page behind it.
    await page.goto("/sign-in");
    await button(page, "passkeys-sign-in-button").click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Rosa");

    await page.goto("/me/passkeys");
    await page.getByRole("button", { name: /My phone/ }).click();
    await expect(page.getByText(en.t("passkeys-empty"))).toBeVisible();
    await page.getByRole("button", { name: en.like("sign-out") }).click();
    await page.goto("/sign-in");
    await button(page, "passkeys-sign-in-button").click();
    await expect(page.getByText(en.t("refusal-passkey-wrong"))).toBeVisible();
    // The last answer is a 422, which browsers report; nothing was kept from loading.
    expect(complaints.filter((text) => !/status of 422/.test(text))).toEqual([]);
  });

  test("nothing of it is shown without a script", async ({ browser }) => {
    const context = await browser.newContext({ baseURL: server.base, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto("/sign-in");
    await expect(page.getByText(en.t("passkeys-sign-in"), { exact: true })).toBeHidden();
    await expect(button(page, "sign-in-button")).toBeVisible();
    await context.close();
  });
});
