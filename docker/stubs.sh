#!/bin/sh
# Writes empty sources for every target of the workspace, so that its crates can be built before
# anything of our own is there. Used by the Dockerfile; tests/deploy/check notices a missing one.
set -eu

mkdir -p server/src server/benches tests/fuzz tests/integration tests/load/src
: >server/src/lib.rs
for main in server/src/main.rs server/benches/hot.rs tests/fuzz/main.rs tests/integration/main.rs \
  tests/load/src/main.rs; do
  echo 'fn main() {}' >"$main"
done
