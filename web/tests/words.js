import { readdirSync, readFileSync } from "node:fs";
import { FluentBundle, FluentResource } from "@fluent/bundle";

const ANYTHING = "\u0001";

/** The words that people see in one language, read from the files that the server reads. */
export function words(language) {
  const folder = new URL(`../locales/${language}/`, import.meta.url);
  const bundle = new FluentBundle(language, { useIsolating: false });
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ftl"))) {
    bundle.addResource(new FluentResource(readFileSync(new URL(file, folder), "utf8")));
  }
  const format = (id, values) => {
    const pattern = bundle.getMessage(id)?.value;
    if (!pattern) throw new Error(`${language} has no words for ${id}`);
    return bundle.formatPattern(pattern, values);
  };
  return {
    /** The text of a message without variables. */
    t: (id) => format(id),
    /** A pattern for a message whose variables may hold anything. */
    like: (id) => {
      const text = format(id, wildcards).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      return new RegExp(`^${text.replaceAll(ANYTHING, ".*")}$`);
    },
  };
}

const wildcards = new Proxy({}, {
  get: () => ANYTHING,
  getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: ANYTHING }),
});
