/**
 * A person at a very plain browser: pages, forms and cookies, nothing else. What works here works
 * without JavaScript.
 */
export class Session {
  #cookies = new Map();
  #base;

  constructor(base) {
    this.#base = base;
  }

  /** The cookies as a browser wants them, to go on there as the same person. */
  get cookies() {
    return [...this.#cookies].map(([name, value]) => ({ name, value, url: this.#base }));
  }

  get(address) {
    return this.#open(address, { method: "GET" });
  }

  /** Sends the form of `page` whose markup matches `which`, with its hidden fields kept. */
  submit(page, which, fields = {}) {
    const form = forms(page).find((each) => which.test(each.markup));
    if (!form) throw new Error(`${page.url} has no form like ${which}`);
    const body = new URLSearchParams({ ...form.hidden, ...fields });
    return this.#open(new URL(form.action, page.url), { method: "POST", body });
  }

  /** Uses a one-time sign-in link up: one page with one button, then a password that may wait. */
  async signIn(link) {
    const page = await this.get(link);
    return this.submit(page, /action="[^"]*\/sign-in\//);
  }

  async #open(address, { method, body }) {
    let url = new URL(address, this.#base);
    for (let hops = 0; hops < 5; hops += 1) {
      const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const headers = { accept: "text/html", cookie };
      if (method === "POST") headers.origin = url.origin;
      const answer = await fetch(url, { method, body, headers, redirect: "manual" });
      this.#remember(answer);
      const next = answer.headers.get("location");
      if (!next) return { url, status: answer.status, html: await answer.text() };
      url = new URL(next, url);
      [method, body] = ["GET", undefined];
    }
    throw new Error(`${address} redirects too often`);
  }

  #remember(answer) {
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/max-age=0\b/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}

function forms(page) {
  return [...page.html.matchAll(/<form\b[\s\S]*?<\/form>/g)].map(([markup]) => {
    const hidden = [...markup.matchAll(/<input\b[^>]*type="?hidden[^>]*>/g)].map(([input]) => [
      attribute(input, "name"),
      attribute(input, "value"),
    ]);
    const action = attribute(/<form\b[^>]*>/.exec(markup)[0], "action") || page.url.href;
    return { markup, action, hidden: Object.fromEntries(hidden) };
  });
}

function attribute(tag, name) {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
  return (found?.[1] ?? "").replaceAll("&amp;", "&").replaceAll("&quot;", '"');
}
