import { test as base } from "@playwright/test";
import { Person } from "./person.js";
import { openSite } from "./site.js";
import { words } from "./words.js";

export { expect } from "@playwright/test";

export const test = base.extend({
  language: ["en", { option: true }],

  /** The collective, its seeds and its neighbour: made once for each worker. */
  site: [
    async ({}, use) => {
      const site = await openSite();
      await use(site);
      await site.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  baseURL: ({ site }, use) => use(site.server.base),

  words: ({ language }, use) => use(words(language)),

  /** Opens a browser of one's own for one of the site's people, in the project's language. */
  browse: async ({ browser, site, language }, use) => {
    const contexts = [];
    await use(async (role, options = {}) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      const { base } = site.server;
      await context.addCookies([{ name: "mutuals_language", value: language, url: base }]);
      await context.addCookies(site.cookies[role]);
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
  },

  /** Lets a new member in, with a name that nobody has yet, and a one-time link in hand. */
  welcome: async ({ browse, site, words }, use) => {
    await use(async (name) => {
      const unique = `${name} ${Math.random().toString(36).slice(2, 8)}`;
      const member = await site.server.make("member", "add", unique);
      return new Person(await browse("stranger"), words, { name: unique, link: member.sign_in });
    });
  },
});
