#!/bin/sh
# Puts together what the image holds besides its settings: rootfs.sh PROGRAM FOLDER [ROOTS]
#
# ROOTS is a file with certificates in PEM; without it, those of Debian's package ca-certificates.
set -eu

program="$1"
folder="$2"
roots="${3:-}"

mkdir -p "$folder/root/usr/local/bin" "$folder/root/etc/ssl/certs" "$folder/root/usr/share" \
  "$folder/root/tmp" "$folder/volume/data/backups"
chmod 1777 "$folder/root/tmp"
# The folder for backups is there from the start, so that one can be made by hand before the first night.
chmod 0700 "$folder/volume/data" "$folder/volume/data/backups"
install -m 0755 "$program" "$folder/root/usr/local/bin/mutuals"

# The client trusts what the system trusts, and without a list it reaches no other server at all.
list="$folder/root/etc/ssl/certs/ca-certificates.crt"
if [ -n "$roots" ]; then
  cp "$roots" "$list"
else
  # Not the finished list of this machine: somebody may have added their own to it.
  found=/usr/share/ca-certificates/mozilla
  [ -d "$found" ] || { echo "No $found here: name a file with certificates" >&2; exit 1; }
  cat "$found"/*.crt >"$list"
fi
chmod 0644 "$list"

# The program brings no time zones along.
[ -d /usr/share/zoneinfo ] || { echo "No /usr/share/zoneinfo here: install tzdata" >&2; exit 1; }
cp -R /usr/share/zoneinfo "$folder/root/usr/share/"
# The same zones again for other programs, and those that count leap seconds.
rm -rf "$folder/root/usr/share/zoneinfo/posix" "$folder/root/usr/share/zoneinfo/right"
# Debian lets it point at the time of the machine.
rm -f "$folder/root/usr/share/zoneinfo/localtime"

printf 'mutuals:x:10001:10001::/data:/sbin/nologin\n' >"$folder/root/etc/passwd"
printf 'mutuals:x:10001:\n' >"$folder/root/etc/group"
