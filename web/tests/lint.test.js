// What the server sends is well-formed HTML, and the style sheets have no slips.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "node:test";
import { HtmlValidate } from "html-validate";
import stylelint from "stylelint";
import { Server } from "../../tests/harness/server.js";
import { pages, openSite } from "./site.js";

const html = new HtmlValidate({
  extends: ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
  rules: {
    // Every button of ours stands in a form and sends it, which is what a bare button does.
    "no-implicit-button-type": "off",
    // Our own style sheet comes from where the page comes from.
    "require-sri": ["error", { target: "crossorigin" }],
  },
});

describe("pages", () => {
  let site;

  before(async () => {
    site = await openSite();
  });

  after(() => site?.stop());

  for (const page of pages) {
    for (const language of ["en", "es"]) {
      it(`${page.title} in ${language}`, async () => {
        const cookie = [
          ...site.cookies[page.as].map(({ name, value }) => `${name}=${value}`),
          `mutuals_language=${language}`,
        ].join("; ");
        const url = new URL(page.path(site), site.server.base);
        const answer = await fetch(url, { headers: { cookie, accept: "text/html" } });
        const text = await answer.text();
        assert.equal(answer.status, page.status);
        assert.match(text, new RegExp(`<html lang="${language}"`));
        const report = await html.validateString(text);
        const found = report.results.flatMap((each) => each.messages);
        assert.deepEqual(found.map((each) => `${each.line}: ${each.message} (${each.ruleId})`), []);
      });
    }
  }
});

describe("setting up", () => {
  let server;

  before(async () => {
    server = await Server.bare();
  });

  after(() => server?.stop());

  const send = async (step, fields) => {
    const headers = { origin: server.base };
    const body = new URLSearchParams(fields);
    const options = { method: "POST", headers, body, redirect: "manual" };
    return (await fetch(`${server.link}/${step}`, options)).status;
  };

  const check = async (path, status, language) => {
    const headers = { "accept-language": language };
    const answer = await fetch(`${server.link}${path}`, { headers, redirect: "manual" });
    const text = await answer.text();
    assert.equal(answer.status, status, path);
    assert.match(text, new RegExp(`<html lang="${language}"`));
    const report = await html.validateString(text);
    const found = report.results.flatMap((each) => each.messages);
    assert.deepEqual(found.map((each) => `${each.line}: ${each.message} (${each.ruleId})`), [], path);
  };

  it("every page, in both languages", async () => {
    const house = { name: "Ring Street", address: server.base, language: "en" };
    assert.equal(await send("house", house), 303);
    const ways = { time_zone: "UTC", area: "", keep_days: "30", covenant: "first", mode: "open" };
    assert.equal(await send("ways", ways), 303);
    assert.equal(await send("people", { steward: "Rosa", second: "Ida" }), 303);
    for (const language of ["en", "es"]) {
      for (const step of ["house", "ways", "people", "key"]) await check(`/${step}`, 200, language);
      await check("-no-longer", 404, language);
    }
    const key = await (await fetch(`${server.link}/key`)).text();
    const last = /AGE-SECRET-KEY-1[0-9A-Z]*([0-9A-Z]{6})</.exec(key)[1];
    assert.equal(await send("key", { last }), 303);
    for (const language of ["en", "es"]) await check("/open", 200, language);
  });
});

describe("style sheets", () => {
  const folder = fileURLToPath(new URL("../static/", import.meta.url));
  const rules = [
    "at-rule-no-unknown",
    "block-no-empty",
    "color-no-invalid-hex",
    "custom-property-no-missing-var-function",
    "declaration-block-no-duplicate-custom-properties",
    "declaration-block-no-duplicate-properties",
    "declaration-block-no-shorthand-property-overrides",
    "declaration-property-value-no-unknown",
    "font-family-no-duplicate-names",
    "function-calc-no-unspaced-operator",
    "function-no-unknown",
    "media-feature-name-no-unknown",
    "no-duplicate-selectors",
    "property-no-unknown",
    "selector-pseudo-class-no-unknown",
    "selector-pseudo-element-no-unknown",
    "selector-type-no-unknown",
    "unit-no-unknown",
  ];

  for (const file of readdirSync(folder).filter((name) => name.endsWith(".css"))) {
    it(file, async () => {
      const config = { rules: Object.fromEntries(rules.map((rule) => [rule, true])) };
      const { results } = await stylelint.lint({ files: folder + file, config });
      const found = results.flatMap((each) => each.warnings);
      assert.deepEqual(found.map((each) => `${each.line}: ${each.text}`), []);
    });
  }
});
