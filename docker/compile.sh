#!/bin/sh
# Builds the program statically, for the machine that it runs on, into /out. Used by the Dockerfile,
# twice: for the crates alone, and for all.
set -eu

machine="$(uname -m)"
target="$machine-unknown-linux-musl"
export "CC_${machine}_unknown_linux_musl=musl-gcc"
# On arm64 gcc leaves atomics to a helper in libgcc that asks glibc what the processor can do.
[ "$machine" != aarch64 ] || export CFLAGS_aarch64_unknown_linux_musl=-mno-outline-atomics

# With TLS for PostgreSQL: whoever lets somebody else look after theirs reaches it in no other way.
cargo auditable build --release --locked --target "$target" --package mutuals \
  --features postgres-tls
mkdir -p /out
cp "target/$target/release/mutuals" /out/mutuals
