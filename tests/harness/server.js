import { execFile, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createDatabase } from "./engines.js";
import { eventually } from "./wait.js";

const run = promisify(execFile);
const running = new Set();

// A test runner that dies must not leave servers behind.
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/**
 * A port that is free, and stays so until it is used: it is below those that the system gives to
 * connections going out.
 */
export async function freePort() {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    const listener = createServer().listen(port, "127.0.0.1");
    try {
      await once(listener, "listening");
    } catch (error) {
      if (error.code === "EADDRINUSE") continue;
      throw error;
    }
    listener.close();
    await once(listener, "close");
    return port;
  }
}

/** One real server of ours, with its data in a folder that `stop` removes. */
export class Server {
  #binary = process.env.TEST_BIN;
  #child;
  #database;
  #folder;
  #log = "";
  #settings = {};

  /**
   * Initialises and serves a collective; `steward` is its first sign-in link. `machine` is a name
   * for this one, for what browsers do not do with a number; `settings` are variables of its
   * environment.
   */
  static async start(options = {}) {
    const { handle = "ring", name = "Ring Street", engine = "sqlite" } = options;
    const server = await Server.#place(options);
    server.handle = handle;
    server.actor = `${server.base}/c/${handle}`;
    try {
      if (engine === "postgres") server.#database = createDatabase();
      const url = ["--name", name, "--handle", handle, "--url", server.base];
      const made = await server.cli("init", ...url);
      server.steward = made.find((line) => line.sign_in)?.sign_in;
      if (!server.steward) throw new Error("init printed no sign_in link");
      await server.#serve();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Serves with nothing set up; `link` is where somebody sets it up. */
  static async bare(options = {}) {
    const server = await Server.#place(options);
    try {
      await server.#serve();
      const link = () => /"set_up":"([^"]+)"/.exec(server.#log)?.[1];
      server.link = await eventually("a link to set it up", link);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** A folder and a port for a server. */
  static async #place({ machine, settings }) {
    const server = new Server();
    server.#settings = settings ?? {};
    if (!server.#binary) throw new Error("set TEST_BIN to the mutuals program to test");
    server.#folder = mkdtempSync(join(tmpdir(), "mutuals-test-"));
    server.port = await freePort();
    server.host = `${machine ?? "127.0.0.1"}:${server.port}`;
    server.base = `http://${server.host}`;
    return server;
  }

  /** What it has logged so far. */
  get log() {
    return this.#log;
  }

  /** What a note's ActivityPub id is, from the id that the command line prints. */
  note(id) {
    return `${this.base}/n/${id}`;
  }

  /** Runs one command and returns its JSON lines. */
  async cli(...args) {
    const { stdout } = await run(this.#binary, this.#arguments(args), { env: this.#environment() });
    return stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  }

  /** Runs a command that makes one thing and returns that thing. */
  async make(...args) {
    const lines = await this.cli(...args);
    if (!lines[0]?.id) throw new Error(`\`${args.join(" ")}\` printed no id`);
    return lines[0];
  }

  async document(address) {
    const url = new URL(address, this.base);
    return fetch(url, { headers: { accept: "application/activity+json" } });
  }

  /**
   * Stops the server the way an operating system does, and says how it ended. Its log is shown if
   * it ended badly, or if TEST_LOG asks for it.
   */
  async stop() {
    const child = this.#child;
    let code = child?.exitCode ?? null;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
      [code] = await ended;
      clearTimeout(late);
    }
    if (child) running.delete(child);
    if ((child && code !== 0) || process.env.TEST_LOG) process.stderr.write(this.#log);
    this.#database?.drop();
    rmSync(this.#folder, { recursive: true, force: true });
    return code;
  }

  /** Ends the server at once, as a power cut would; its data stays. */
  async kill() {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
    running.delete(this.#child);
  }

  /** Starts it again, on the same port and with the same data. */
  async restart() {
    await this.#serve();
  }

  async #serve() {
    this.#child = spawn(this.#binary, this.#arguments(["serve", "--listen", `127.0.0.1:${this.port}`]), {
      env: this.#environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(this.#child);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (this.#log += text));
    }
    await eventually(`${this.base} to answer`, () => {
      if (this.#child.exitCode === null) return fetch(`${this.base}/.well-known/nodeinfo`);
      return { ok: false };
    });
    if (this.#child.exitCode !== null) throw new Error(`the server ended:\n${this.#log}`);
  }

  #arguments(args) {
    return ["--json", "--data", join(this.#folder, "data"), ...args];
  }

  #environment() {
    // The server refuses MUTUALS_ variables it does not know, and the tests have some of their own.
    const kept = Object.entries(process.env).filter(([key]) => !key.startsWith("MUTUALS_"));
    return {
      ...Object.fromEntries(kept),
      MUTUALS_FEDERATION__ALLOW_HTTP: "true",
      MUTUALS_FEDERATION__ALLOW_PRIVATE: "127.0.0.0/8",
      // Many browsers come from one address here.
      MUTUALS_LIMITS__PAGES_PER_ADDRESS: "0",
      // Many servers run at once.
      MUTUALS_HEALTH__LISTEN: "",
      ...this.#settings,
      ...(this.#database && { MUTUALS_DATABASE__URL: this.#database.url }),
    };
  }
}
