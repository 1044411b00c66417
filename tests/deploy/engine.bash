# shellcheck shell=bash disable=SC2154
# A Docker engine for tests/deploy/image and tests/deploy/measure, which set $work, a folder of their
# own, $install (yes: install an engine), and `engine=""`.

# What it mounted has to be given back before its folder can be removed.
stop_engine() {
  kill "$engine" 2>/dev/null || true
  wait "$engine" 2>/dev/null || true
  # The network of the machine, which a container of the test used, is left behind as a mount.
  umount "$work"/engine/run/netns/* 2>/dev/null || true
}

start_engine() {
  export DOCKER_HOST="unix://$work/engine/socket"
  mkdir -p "$work/engine"
  dockerd --host "$DOCKER_HOST" --data-root "$work/engine/data" --exec-root "$work/engine/run" \
    --pidfile "$work/engine/pid" >"$work/engine/log" 2>&1 &
  engine=$!
  for _ in $(seq 60); do
    docker version >/dev/null 2>&1 && return 0
    kill -0 "$engine" 2>/dev/null || break
    sleep 0.5
  done
  tail -n 5 "$work/engine/log" >&2
  return 1
}

skip() {
  echo "${0##*/}: SKIPPED, $*"
  exit 0
}

need_engine() {
  if [ "$install" = yes ] && ! command -v dockerd >/dev/null; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
      skip "--install needs root on Debian"
    fi
    DEBIAN_FRONTEND=noninteractive apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io >/dev/null
  fi
  command -v docker >/dev/null || skip "docker is not installed"
  ! docker version >/dev/null 2>&1 || return 0
  command -v dockerd >/dev/null || skip "no Docker engine answers, and none is installed"
  [ "$(id -u)" = 0 ] || skip "no Docker engine answers, and only root can start one"
  start_engine || skip "the Docker engine does not start here"
}
