#!/usr/bin/env bash
# Runs a command of this project on a bare Debian, made in a folder: does it bring along all that it needs? What it leaves in
# $OUT stays, in build/debian/SUITE. Needs root and the package debootstrap.
# Usage: tests/debian.sh SUITE COMMAND…     e.g. tests/debian.sh trixie tests/run.sh
set -euo pipefail
[ $# -ge 2 ] || { sed -n 's/^# //p' "$0" | tail -n +2 >&2; exit 2; }
suite=$1
shift
project=$(cd "$(dirname "$0")/.." && pwd)
root=$(mktemp -d "${TMPDIR:-/tmp}/boxfeed-$suite-XXXXXX")
sources=/etc/apt/sources.list.d/debian.sources
mirror=$(sed -n 's/^URIs: *//p' "$sources" 2> /dev/null | head -n 1)

clean_up() {
  umount --lazy "$root/proc" "$root/dev" "$root/out" 2> /dev/null || true
  rm -rf --one-file-system "$root"
}
trap clean_up EXIT

debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" "${mirror:-http://deb.debian.org/debian}" > /dev/null
cp /etc/resolv.conf "$root/etc/"
cp -n /etc/apt/apt.conf.d/99* "$root/etc/apt/apt.conf.d/" 2> /dev/null || true
mkdir -p "$root/home/boxfeed" "$root/out" "$project/build/debian/$suite"
git -C "$project" archive HEAD | tar -x -C "$root/home/boxfeed"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$project/build/debian/$suite" "$root/out"
chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 OUT=/out \
  bash -c 'cd /home/boxfeed && exec "$@"' bash "$@"
