// A collective with something of everything on its pages, and a neighbour, for the tests to look at.
import { Server } from "../../tests/harness/server.js";
import { Session } from "../../tests/harness/session.js";
import { eventually } from "../../tests/harness/wait.js";

/** Every page there is, whose eyes it is seen with, and what status it has (200 unless said). */
export const pages = [
  { name: "front", path: () => "/" },
  { name: "about", path: () => "/about" },
  { name: "board", path: () => "/board" },
  { name: "board, filtered", path: () => "/board?purpose=need&kind=bedding" },
  { name: "board, nothing found", path: () => "/board?place=nowhere" },
  { name: "need", path: (site) => `/@ring/${site.need}` },
  { name: "offer", path: (site) => `/@ring/${site.offer}` },
  { name: "closed need", path: (site) => `/@ring/${site.closed}` },
  { name: "neighbour's need", path: (site) => site.neighbours },
  { name: "sign in", path: () => "/sign-in" },
  { name: "one-time link", path: (site) => site.link },
  { name: "nothing here", path: () => "/nowhere", status: 404 },
  { name: "withdrawn need", path: (site) => `/@ring/${site.withdrawn}`, status: 410 },
  { name: "front", as: "member", path: () => "/" },
  { name: "board", as: "member", path: () => "/board" },
  { name: "ask", as: "member", path: () => "/needs/new" },
  { name: "bring", as: "member", path: () => "/offers/new" },
  { name: "need", as: "member", path: (site) => `/@ring/${site.need}` },
  { name: "own need", as: "author", path: (site) => `/@ring/${site.need}` },
  { name: "edit", as: "author", path: (site) => `/proposals/${site.need}/edit` },
  { name: "own page", as: "author", path: () => "/me" },
  { name: "own page", as: "member", path: () => "/me" },
  { name: "password", as: "member", path: () => "/password" },
  { name: "steward's page", as: "steward", path: () => "/steward" },
  { name: "other collectives", as: "member", path: () => "/neighbours" },
  { name: "other collectives", as: "steward", path: () => "/neighbours" },
  { name: "nobody found", as: "steward", path: () => "/neighbours?look=nobody", status: 422 },
  { name: "servers", as: "steward", path: () => "/steward/hosts" },
  { name: "servers", as: "member", path: () => "/steward/hosts", status: 403 },
].map((page) => ({ as: "stranger", status: 200, ...page, title: title(page) }));

function title({ name, as = "stranger" }) {
  return `${name} (${as})`;
}

export async function openSite() {
  const [server, neighbour] = await Promise.all([
    Server.start({ handle: "ring", name: "Ring Street" }),
    Server.start({ handle: "mill", name: "Mill Lane" }),
  ]);
  const site = { server, stop: () => Promise.all([server.stop(), neighbour.stop()]) };
  try {
    site.cookies = { stranger: [], ...(await people(server)) };
    await proposals(site, server);
    await visit(site, server, neighbour);
    await quarrel(server, neighbour);
  } catch (error) {
    await site.stop();
    throw error;
  }
  return site;
}

async function people(server) {
  const links = { steward: server.steward };
  for (const [role, name] of [["author", "Rosa"], ["member", "Milo"], ["third", "Ines"]]) {
    links[role] = (await server.make("member", "add", name)).sign_in;
  }
  const cookies = {};
  for (const [role, link] of Object.entries(links)) {
    const session = new Session(server.base);
    await session.signIn(link);
    cookies[role] = session.cookies;
  }
  return cookies;
}

async function proposals(site, server) {
  const post = async (...args) => (await server.make(...args)).id;
  const end = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  site.need = await post(
    ...["need", "post", "--title", "Warm blankets", "--kind", "bedding", "--by", "Rosa"],
    ...["--text", "For the **night shelter**, clean, any size.", "--place", "Mill Road area"],
    ...["--amount", "20", "--unit", "one", "--minimum", "1", "--until", end],
  );
  site.offer = await post(
    ...["offer", "post", "--title", "Bike repair on Saturdays", "--kind", "repair"],
    ...["--amount", "6", "--unit", "hour", "--by", "Milo"],
  );
  site.closed = await post("need", "post", "--title", "A wheelchair for a week", "--by", "Rosa");
  site.withdrawn = await post("need", "post", "--title", "A van on Sunday", "--by", "Rosa");
  await server.cli("proposal", "close", site.closed, "--reason", "fulfilled");
  await server.cli("proposal", "withdraw", site.withdrawn);

  // More than is needed, so that somebody waits in reserve; and not all that was sent came.
  const first = await server.make("promise", "make", site.need, "--amount", "12", "--by", "Milo");
  await server.cli("promise", "make", site.need, "--amount", "10", "--by", "Ines");
  await server.cli("fulfilment", "confirm", first.id, "--by", "Milo", "--amount", "12");
  const thanks = ["--note", "They are on the beds already."];
  await server.cli("fulfilment", "confirm", first.id, "--by", "Rosa", "--amount", "11", ...thanks);
  site.link = new URL((await server.make("member", "add", "Noor")).sign_in).pathname;
}

/** Follows the neighbour, and waits until what it asks for is on the board. */
async function visit(site, server, neighbour) {
  await neighbour.cli("member", "add", "Ida");
  await server.cli("follow", "add", `@mill@${neighbour.host}`);
  await eventually("the neighbour's Accept", async () => {
    return /accepted/.test(JSON.stringify(await server.cli("follow", "list")));
  });
  await neighbour.make("need", "post", "--title", "Jam jars with lids", "--by", "Ida");
  const stranger = new Session(server.base);
  site.neighbours = await eventually("the neighbour's need on the board", async () => {
    const { html } = await stranger.get("/board?from=neighbours");
    return /href="(\/neighbours\/[^"]+)"/.exec(html)?.[1];
  });
}

/** The neighbour follows, and then is away: something waits for it, and somebody else is blocked. */
async function quarrel(server, neighbour) {
  await neighbour.cli("follow", "add", `@ring@${server.host}`);
  await eventually("a follower", async () => {
    return /mill/.test(JSON.stringify(await server.cli("follower", "list")));
  });
  await neighbour.stop();
  await server.make("need", "post", "--title", "A ladder", "--by", "Rosa");
  await server.cli("host", "block", "evil.example", "--reason", "Sends advertisements");
  await eventually("a delivery that is not taken", async () => {
    return (await server.cli("queue", "status")).some((line) => line.pending && line.why);
  });
}
