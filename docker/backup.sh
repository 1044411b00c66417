#!/bin/sh
# Carries the archives to $RESTIC_REPOSITORY, once a day. Runs in the service `backup`.
set -eu

# shellcheck source=/dev/null # what the target asks for, if anything
. /run/secrets/backup_environment

[ -n "${RESTIC_REPOSITORY:-}" ] || { echo "backup: BACKUP_TARGET is empty" >&2; exit 1; }

carry() {
  restic cat config >/dev/null 2>&1 || restic init || return 1
  # One name for all, because every new container has another.
  restic backup --quiet --host mutuals /data/backups || return 1
  # The server itself removes what is 35 days old (backup.days), and what it removed is gone from here
  # within 7 more. Kept for longer, it would hold what people had erased. And without the last option,
  # restic would leave a twentieth of what nothing needs any more.
  restic forget --quiet --host mutuals --keep-within 7d --prune --max-unused 0 || return 1
}

while :; do
  if ! ls /data/backups/*.backup >/dev/null 2>&1; then
    echo "backup: nothing has been backed up yet" >&2
    wait=600
  elif carry; then
    echo "backup: carried"
    wait=86400
  else
    echo "backup: FAILED, again in an hour" >&2
    wait=3600
  fi
  # So that the container ends at once when it is told to.
  sleep "$wait" &
  trap 'kill $!; exit 0' TERM INT
  wait $!
done
