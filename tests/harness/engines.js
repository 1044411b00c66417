import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";

const cluster = process.env.TEST_DATABASE_URL;

/** The database engines to test on: PostgreSQL joins in when there is a cluster to use. */
export const engines = cluster ? ["sqlite", "postgres"] : ["sqlite"];

/** An empty database of its own for one server, so that tests never meet each other's rows. */
export function createDatabase() {
  const name = `mutuals_${randomBytes(6).toString("hex")}`;
  command(`create database ${name}`);
  const url = new URL(cluster);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => command(`drop database if exists ${name} with (force)`),
  };
}

// `psql` is on every machine that has a cluster; a driver from npm would be one more thing to trust.
function command(sql) {
  const url = new URL(cluster);
  url.pathname = "/postgres";
  execFileSync("psql", ["--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-c", sql, url.href], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}
