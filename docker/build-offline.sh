#!/usr/bin/env bash
# Builds the image from a program that was built here, without pulling anything.
set -euo pipefail
place="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

help() {
  cat <<'EOF'
Usage: docker/build-offline.sh [--tag NAME] [--roots FILE] [PROGRAM]

PROGRAM       a static program; without it, the newest one under target (or CARGO_TARGET_DIR):
                rustup target add x86_64-unknown-linux-musl     # and musl-tools from Debian
                CC_x86_64_unknown_linux_musl=musl-gcc cargo build --release --locked \
                  --target x86_64-unknown-linux-musl --package mutuals
                (with --features postgres-tls, it reaches PostgreSQL over TLS)
--tag NAME    what the image is called (mutuals/mutuals:offline)
--roots FILE  the certificates that it trusts, in PEM; without it, those of ca-certificates
EOF
}

fail() { echo "build-offline: $*" >&2; exit 1; }

tag=mutuals/mutuals:offline program="" roots=""
while [ $# -gt 0 ]; do
  case "$1" in
    --tag) tag="${2:?--tag needs a name}"; shift 2 ;;
    --roots) roots="${2:?--roots needs a file}"; shift 2 ;;
    -h | --help) help; exit 0 ;;
    -*) help >&2; exit 2 ;;
    *) program="$1"; shift ;;
  esac
done

newest() {
  local target="${CARGO_TARGET_DIR:-$place/target}"
  [ -d "$target" ] || return 0
  find "$target" -maxdepth 3 -path '*-linux-musl/*' -name mutuals -type f -printf '%T@ %p\n' |
    sort -rn | head -n 1 | cut -d ' ' -f 2-
}

[ -n "$program" ] || program="$(newest)"
[ -n "$program" ] || { help >&2; fail "no static program is under target: build one first"; }
[ -x "$program" ] || fail "$program is not a program"
[ -z "$roots" ] || [ -r "$roots" ] || fail "$roots cannot be read"

# In an empty image there is no loader and no library: the program would not even start.
command -v readelf >/dev/null || fail "readelf is missing; on Debian: apt-get install binutils"
headers="$(readelf -lW "$program" 2>/dev/null)" || fail "$program is not a program for Linux"
case "$headers" in *INTERP*) fail "$program is not static: build it for a -linux-musl target" ;; esac
case "$(readelf -hW "$program")" in
  *X86-64*) platform=linux/amd64 ;;
  *AArch64*) platform=linux/arm64 ;;
  *) fail "$program is for a machine that the image is not made for" ;;
esac

context="$(mktemp -d)"
trap 'rm -rf "$context"' EXIT
sh "$place/docker/rootfs.sh" "$program" "$context/image" "$roots"
# The same instructions as in the ordinary build, only that the files come from here.
sed -n '/^FROM scratch AS runtime/,$p' "$place/docker/Dockerfile" |
  sed '/^COPY/ { s| --from=build||; s| /image/| image/| }' >"$context/Dockerfile"
grep -q -- '--from=' "$context/Dockerfile" && fail "docker/Dockerfile has changed: adapt the lines above"
docker build --platform "$platform" --tag "$tag" "$context"
docker image inspect --format 'Built '"$tag"': {{.Architecture}}, {{.Size}} bytes' "$tag"
