#!/bin/sh
# Writes empty sources for every target of the workspace, so that its crates can be built before
# anything of our own is there. Used by the Dockerfile; tests/deploy/check notices a missing one.
set -eu

mkdir -p schema/src server/src server/benches tests/fuzz tests/integration tests/load/src
: >schema/src/lib.rs
: >server/src/lib.rs
for main in server/src/main.rs server/benches/backup.rs server/benches/hot.rs \
  server/benches/mutuality.rs tests/fuzz/main.rs tests/integration/main.rs tests/load/src/main.rs; do
  echo 'fn main() {}' >"$main"
done
