// A collective with something of everything on its pages, and a neighbour, for the tests to look at.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server } from "../../tests/harness/server.js";
import { Session } from "../../tests/harness/session.js";
import { eventually } from "../../tests/harness/wait.js";
import { Account } from "./account.js";

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
  { name: "shared need", path: (site) => `/@ring/${site.shared}` },
  { name: "sign in", path: () => "/sign-in" },
  { name: "fediverse account", path: () => "/sign-in/fediverse" },
  { name: "turns", path: () => "/duties" },
  { name: "a duty", path: (site) => `/duties/${site.duty}` },
  { name: "a turn", path: (site) => `/turns/${site.turn}` },
  { name: "how we do it", path: (site) => `/duties/${site.duty}/runbook` },
  { name: "joining", path: () => "/join" },
  { name: "one-time link", path: (site) => site.link },
  { name: "a house that was just opened", path: (site) => site.link.replace("/sign-in/", "/welcome/") },
  { name: "what they wrote", path: (site) => site.asked },
  { name: "what they asked for", path: (site) => site.cared },
  { name: "nothing here", path: () => "/nowhere", status: 404 },
  { name: "withdrawn need", path: (site) => `/@ring/${site.withdrawn}`, status: 410 },
  { name: "front", as: "member", path: () => "/" },
  { name: "board", as: "member", path: () => "/board" },
  { name: "ask", as: "member", path: () => "/needs/new" },
  { name: "bring", as: "member", path: () => "/offers/new" },
  { name: "need", as: "member", path: (site) => `/@ring/${site.need}` },
  { name: "own need", as: "author", path: (site) => `/@ring/${site.need}` },
  { name: "edit", as: "author", path: (site) => `/proposals/${site.need}/edit` },
  { name: "shared need", as: "author", path: (site) => `/@ring/${site.shared}` },
  { name: "shared need", as: "member", path: (site) => `/@ring/${site.shared}` },
  { name: "neighbour's need", as: "steward", path: (site) => site.promised },
  { name: "neighbour's need", as: "member", path: (site) => site.promised },
  { name: "promises between us", as: "steward", path: () => "/promises" },
  { name: "promises between us", as: "member", path: () => "/promises" },
  { name: "own page", as: "author", path: () => "/me" },
  { name: "own page", as: "member", path: () => "/me" },
  { name: "what is new", as: "author", path: () => "/notices" },
  { name: "how one is told", as: "author", path: () => "/me/notices" },
  { name: "password", as: "member", path: () => "/password" },
  { name: "passkeys", as: "member", path: () => "/me/passkeys" },
  { name: "leaving", as: "author", path: () => "/me/leave" },
  { name: "turns", as: "member", path: () => "/duties" },
  { name: "a duty", as: "member", path: (site) => `/duties/${site.duty}` },
  { name: "a duty", as: "author", path: (site) => `/duties/${site.duty}` },
  { name: "a turn", as: "member", path: (site) => `/turns/${site.turn}` },
  { name: "a turn", as: "author", path: (site) => `/turns/${site.turn}` },
  { name: "a turn that is under way", as: "author", path: (site) => `/turns/${site.today}` },
  { name: "the pool", as: "member", path: () => "/turns/pool" },
  { name: "sheet for today", as: "member", path: () => "/turns/sheet" },
  { name: "own turns", as: "author", path: () => "/me/turns" },
  { name: "how we do it", as: "author", path: (site) => `/duties/${site.duty}/runbook` },
  { name: "what is other there", as: "author", path: (site) => `/duties/${site.duty}/runbook/origin` },
  { name: "keep something going", as: "steward", path: () => "/duties/new" },
  { name: "change a duty", as: "author", path: (site) => `/duties/${site.duty}/edit` },
  { name: "steward's page", as: "steward", path: () => "/steward" },
  { name: "what people wrote", as: "steward", path: () => "/messages" },
  { name: "what is held back", as: "steward", path: () => "/steward/held" },
  { name: "who is here", as: "member", path: () => "/members" },
  { name: "joining", as: "member", path: () => "/join" },
  { name: "what we owe each other", as: "steward", path: () => "/steward/covenant" },
  { name: "measures", as: "steward", path: () => "/steward/measures" },
  { name: "a new measure", as: "steward", path: (site) => `/members/${site.measured}/measure` },
  { name: "own page", as: "third", path: () => "/me" },
  { name: "what stewards did", as: "member", path: () => "/log" },
  { name: "mutuality, before the first quarter", as: "member", path: () => "/mutuality" },
  { name: "pacts", as: "member", path: () => "/pacts" },
  { name: "pacts", as: "steward", path: () => "/pacts" },
  { name: "other collectives", as: "member", path: () => "/neighbours" },
  { name: "other collectives", as: "steward", path: () => "/neighbours" },
  { name: "nobody found", as: "steward", path: () => "/neighbours?look=nobody", status: 422 },
  { name: "doctor", as: "steward", path: () => "/steward/doctor" },
  { name: "servers", as: "steward", path: () => "/steward/hosts" },
  { name: "servers", as: "member", path: () => "/steward/hosts", status: 403 },
  { name: "rules about servers", as: "steward", path: () => "/steward/domains" },
  { name: "with whom we speak", as: "steward", path: () => "/steward/mode" },
  { name: "backups", as: "steward", path: () => "/steward/backups" },
  { name: "sheet for the day when the server is gone", as: "steward", path: () => "/steward/emergency" },
  { name: "name, place and time", as: "steward", path: () => "/steward/settings" },
  { name: "what is seen from outside", as: "steward", path: () => "/steward/quiet" },
  { name: "asking without an account", path: () => "/ask" },
  { name: "asked at the door", as: "steward", path: () => "/steward/asks" },
  { name: "rounds", as: "member", path: () => "/rounds" },
  { name: "rounds", as: "steward", path: () => "/rounds" },
  { name: "open round", as: "member", path: (site) => `/rounds/${site.round}` },
  { name: "open round", as: "steward", path: (site) => `/rounds/${site.round}` },
  { name: "poster of a round", as: "member", path: (site) => `/rounds/${site.round}/poster` },
  { name: "closing sheet", as: "steward", path: (site) => `/rounds/${site.ended}` },
  { name: "line of a round", as: "steward", path: (site) => `/round-lines/${site.line}` },
  { name: "closed round", as: "author", path: (site) => `/rounds/${site.closed_round}` },
  { name: "need of a round", as: "author", path: (site) => `/@ring/${site.line}` },
  { name: "causes", as: "member", path: () => "/causes" },
  { name: "causes", as: "steward", path: () => "/causes" },
  { name: "response to a cause", as: "steward", path: () => "/causes/0000000000001/respond" },
  { name: "a question after something came", as: "member", path: () => "/moment" },
  { name: "a question after something was brought", as: "member", path: () => "/moment/brought" },
  { name: "why it is like this", path: () => "/why" },
  { name: "why everybody may ask", path: () => "/why/free" },
  { name: "who holds what", path: () => "/power" },
  { name: "what followers are asked", path: (site) => `/decisions/${site.decision}` },
  { name: "who holds what", as: "member", path: () => "/power" },
  { name: "decisions", as: "member", path: () => "/decisions" },
  { name: "propose something", as: "member", path: () => "/decisions/new" },
  { name: "what is to be decided", as: "member", path: (site) => `/decisions/${site.decision}` },
  { name: "what is to be decided", as: "author", path: (site) => `/decisions/${site.decision}` },
  { name: "what was decided", as: "member", path: (site) => `/decisions/${site.decided}` },
  { name: "a role", as: "member", path: (site) => `/roles/${site.role}` },
  { name: "a role", as: "steward", path: (site) => `/roles/${site.role}` },
  { name: "a new role", as: "steward", path: () => "/roles/new" },
  { name: "from outside", as: "member", path: () => "/strings" },
  { name: "book something", as: "member", path: () => "/strings/new" },
  { name: "for the next assembly", as: "member", path: () => "/agenda" },
  { name: "what we owe each other", as: "member", path: () => "/covenant" },
  { name: "an older version", as: "member", path: () => "/covenant/1" },
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
    const sessions = await people(server);
    const cookies = Object.entries(sessions).map(([role, session]) => [role, session.cookies]);
    site.cookies = { stranger: [], ...Object.fromEntries(cookies) };
    await proposals(site, server);
    await keepGoing(site, server, sessions.author);
    await visit(site, server, neighbour);
    await pacts(server, neighbour);
    await promise(site, server, neighbour);
    await quarrel(server, neighbour);
    await letters(site, server);
    await measures(site, server);
    await rounds(site, server);
    await assembly(site, server);
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
  const sessions = {};
  for (const [role, link] of Object.entries(links)) {
    sessions[role] = new Session(server.base);
    await sessions[role].signIn(link);
  }
  return sessions;
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

/** A kitchen that Rosa keeps, with people and a runbook; and something that goes on all day today. */
async function keepGoing(site, server, rosa) {
  const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  const make = (title, first, from, until, ...more) => server.make(
    ...["duty", "add", "--title", title, "--rhythm", "FREQ=DAILY", "--day", first],
    ...["--from", from, "--until", until, "--needed", "3", "--zone", "UTC", ...more],
  );
  const kitchen = await make(
    ...["Kitchen", day(1), "16:00", "20:00", "--audience", "public", "--place", "The hall"],
    ...["--text", "We cook for *the street*.", "--function", "food", "--counts", "meals"],
    ...["--keeper", "Rosa", "--without", day(9)],
  );
  site.duty = kitchen.id;
  const turns = await server.cli("turn", "list", "--duty", "Kitchen");
  site.turn = turns[0].id;
  await server.cli("turn", "take", site.turn, "--by", "Rosa", "--every", "2", "--until", day(40));
  await server.cli("turn", "take", site.turn, "--by", "Milo");
  await server.cli("turn", "take", site.turn, "--by", "Ines", "--learner");
  await server.cli("turn", "give", "Kitchen", "--by", "Milo");
  const watch = await make("Hot line", day(0), "00:00", "00:00", "--keeper", "Milo");
  const [today] = await server.cli("turn", "list", "--duty", watch.title);
  site.today = today.id;
  await server.cli("turn", "take", site.today, "--by", "Rosa");
  const note = "The lid of the big pot is broken.\nMore onions.";
  await server.cli("turn", "keep", site.today, "--came", "2", "--counted", "61", "--note", note);
  await teach(site, rosa);
}

/** Rosa copies how it is done from a file that says where it is from, and makes it her own. */
async function teach(site, rosa) {
  const file = "<!-- copied from https://mill.example/b/01JB000000022 -->\n\nWash hands.\n\nSalt last.";
  const empty = await rosa.get(`/duties/${site.duty}/runbook`);
  const copied = await rosa.submit(empty, /action="[^"]+\/copy"/, { file });
  await rosa.submit(copied, /action="[^"]+\/runbook"/, { text: "Wash hands.\n\nSalt first." });
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

/** A pact with the neighbour. */
async function pacts(server, neighbour) {
  const state = (one) => async () => {
    const lines = await one.cli("pact", "list");
    return lines.find((line) => line.state === "active" || line.state === "asks-us")?.id;
  };
  await server.cli("pact", "propose", `@mill@${neighbour.host}`);
  await neighbour.cli("pact", "accept", await eventually("a proposal", state(neighbour)));
  await eventually("a pact", state(server));
}

/** Promises between the two: some waiting, some agreed, some counted differently. */
async function promise(site, server, neighbour) {
  const need = async (whose, title, amount, by) => {
    const text = ["--title", title, "--amount", amount, "--minimum", "1", "--by", by];
    return (await whose.make("need", "post", ...text)).id;
  };
  const inState = (whose, id, state) =>
    eventually(`a promise that is ${state}`, async () => {
      const listed = await whose.cli("promise", "list", "--outgoing");
      return listed.some((each) => each.id === id && each.state === state);
    });
  const incoming = (whose, how_many) =>
    eventually(`a promise of ${how_many}`, async () => {
      const listed = await whose.cli("promise", "list", "--incoming");
      return listed.find((each) => each.state === "pending" && each.amount === how_many)?.id;
    });
  const make = async (whose, to, ...rest) => (await whose.make("promise", "make", to, ...rest)).id;

  // They promise to us: 25 are agreed and counted, 20 more wait for an answer.
  site.shared = await need(server, "Chairs for the assembly", "40", "Rosa");
  const chairs = server.note(site.shared);
  const first = await make(neighbour, chairs, "--amount", "25", "--note", "We bring them by cart.");
  const agreed = await incoming(server, "25");
  await server.cli("promise", "accept", agreed);
  await inState(neighbour, first, "active");
  await neighbour.cli("promise", "confirm", first, "--amount", "10");
  const counted = ["--amount", "9", "--by", "Rosa", "--note", "One has a loose leg."];
  await server.cli("promise", "confirm", agreed, ...counted);
  await make(neighbour, chairs, "--amount", "20", "--note", "After the market on Friday.");
  await incoming(server, "20");

  // We promise to them: one is agreed, of one they would rather have less.
  const seedlings = await need(neighbour, "Tomato seedlings", "10", "Ida");
  site.promised = await eventually("the seedlings on the board", async () => {
    const { html } = await new Session(server.base).get("/board?from=neighbours");
    return /href="(\/neighbours\/[^"]+)"[^>]*>Tomato/.exec(html)?.[1];
  });
  const four = await make(server, neighbour.note(seedlings), "--amount", "4");
  await neighbour.cli("promise", "accept", await incoming(neighbour, "4"));
  await inState(server, four, "active");
  await server.cli("promise", "confirm", four, "--amount", "3");
  const twelve = await make(server, neighbour.note(seedlings), "--amount", "12");
  await neighbour.cli("promise", "counter", await incoming(neighbour, "12"));
  await inState(server, twelve, "declined");
  const gone = await make(server, neighbour.note(seedlings), "--amount", "1", "--reserve");
  await server.cli("promise", "release", gone);
}

/** The neighbour, which follows since there is a pact, is away: something waits for it, and somebody else is blocked. */
async function quarrel(server, neighbour) {
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

/** A freeze that waits for a second steward. */
async function measures(site, server) {
  const words = ["--clause", "Nobody counts who gave what.", "--reason", "We spoke on Friday."];
  site.measured = (await server.make("member", "freeze", "Ines", ...words)).member;
}

/** A round that is open, one whose sheet waits, and one that is closed; and somebody asked at the door. */
async function rounds(site, server) {
  await server.make("member", "add", "Sol", "--steward");
  const open = async (title) => {
    const wish = ["--title", title, "--text", "The hall is dry.", "--days", "30"];
    return (await server.make("round", "open", ...wish, "--with", "Sol")).id;
  };
  const need = async (title, round) => {
    return (await server.make("need", "post", "--title", title, "--round", round, "--by", "Rosa")).id;
  };
  [site.closed_round, site.ended] = [await open("Heat wave"), await open("Storm")];
  const done = await need("Water for the square", site.closed_round);
  const room = await need("A cool room", site.closed_round);
  site.line = await need("Tarpaulins", site.ended);
  await server.cli("round", "end", site.closed_round);
  await server.cli("round", "end", site.ended);
  await server.cli("round", "line", done, "--finished");
  const answer = ["--response", "demand", "--text", "Trees for the square"];
  await server.cli("round", "line", room, "--cause", "other", ...answer);
  await server.cli("round", "close", site.closed_round);
  site.round = await open("Flood");
  await need("Sandbags", site.round);
  const stranger = new Session(server.base);
  const fields = { text: "Food for two this week", reach: "555 0101" };
  await stranger.submit(await stranger.get("/ask"), /action="\/ask"/, fields);
}

/** Something is to be decided and something was; a role is held, something came from outside, and what we owe each other says something new. */
async function assembly(site, server) {
  const until = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  const propose = async (title, ...args) =>
    (await server.make("decision", "propose", "--until", until, "--title", title, ...args)).id;
  const text = ["--text", "Thursday, **with soup**."];
  site.decision = await propose("A second kitchen day", ...text, "--ask-followers", "--by", "Rosa");
  const why = ["--words", "The stove is too old for that.", "--with-name", "--by", "Milo"];
  await server.cli("decision", "say", site.decision, "object", ...why);
  await server.cli("decision", "paper", site.decision, "--yes", "2", "--by", "Ines");

  const decide = async (title) => {
    const id = await propose(title);
    for (const { name, standing } of await server.cli("member", "list")) {
      if (standing === "member") await server.cli("decision", "say", id, "yes", "--by", name);
    }
    await server.cli("decision", "close", id);
    return id;
  };
  site.decided = await decide("Milo keeps the keys");
  const decides = ["--decides", "Who gets a key *for a day*.", "--holds", "keys", "--holds", "the van"];
  site.role = (await server.make("role", "add", "Kitchen keys", ...decides)).id;
  const term = ["--until", until, "--decision", site.decided];
  await server.cli("role", "give", "Kitchen keys", "Milo", ...term);
  await server.cli("role", "hand-over", "Kitchen keys", "--add", "The spare key");
  const strings = ["--conditions", "A sign at the door", "--reports", "One in May", "--until", until];
  const gift = ["string", "add", "Flour", "--from", "The mill", "--amount", "80", "--unit", "bags"];
  await server.cli(...gift, ...strings, "--decision", await decide("We take the flour"));

  const folder = await mkdtemp(join(tmpdir(), "covenant-"));
  const file = join(folder, "street.md");
  await writeFile(file, (await server.make("covenant", "template", "street")).text);
  await server.cli("covenant", "set", file);
  await rm(folder, { recursive: true });
}

/** Somebody elsewhere writes to us: one thing waits for them, one they published, one is private. */
async function letters(site, server) {
  const amina = await Account.start("amina");
  const write = async (name, content, more = {}) => {
    const us = { type: "Mention", href: server.actor, name: `@ring@${server.host}` };
    const tag = [us, ...(more.tag ?? [])];
    const note = amina.note(name, { content: `<p>@ring ${content}</p>`, ...more, tag });
    await amina.send(server, "Create", note);
    const told = await eventually("an answer in the thread", () => {
      return amina.received.find(({ object }) => object?.inReplyTo === note.id)?.object.content;
    });
    return new URL(/href="([^"]+\/asked\/[^"]+)"/.exec(told)[1]).pathname;
  };
  const tag = [{ type: "Hashtag", href: `${amina.base}/tags/need`, name: "#need" }];
  try {
    site.asked = await write("pram", "I need a pram by Friday #need", { tag });
    await write("food", "I lost my job and need food for two", { to: [server.actor] });
    const link = await write("cot", "I need 1 cot #need", { tag });
    const visitor = new Session(server.base);
    const fields = { title: "A cot", amount: "1", audience: "public", then: "nameless" };
    await visitor.submit(await visitor.get(link), /action="\/asked\//, fields);
    site.cared = await eventually("a link to look after it", () => {
      const said = amina.received.map(({ object }) => object?.content ?? "");
      const links = said.flatMap((text) => /href="([^"]+\/asked\/[^"]+)"/.exec(text)?.[1] ?? []);
      return links.length === 4 && new URL(links[3]).pathname;
    });
  } finally {
    amina.stop();
  }
}
