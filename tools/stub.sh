#!/bin/sh
# This file is chat and the runtime that it needs, compressed, behind this script. The first start
# unpacks the two into the user's cache. Each is moved there whole, under a name made from its
# content: so what is found there is complete, whoever else was unpacking at the same time.
set -eu

fail() {
  echo "chat: $1" >&2
  exit 1
}

cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
[ -n "$cache" ] || fail 'nowhere to unpack to: set HOME, or XDG_CACHE_HOME to a folder of yours'
cache=$cache/chat

# unpack NAME END SIZE: what is SIZE bytes long and begins END bytes before the end of this file.
unpack() {
  [ -e "$cache/$1" ] && return
  (umask 077 && mkdir -p "$cache") 2>/dev/null &&
    part=$(mktemp "$cache/part.XXXXXX" 2>/dev/null) ||
    fail "cannot write to $cache: set XDG_CACHE_HOME to a folder of yours"
  trap 'rm -f "$part"' EXIT
  trap 'exit 1' HUP INT TERM
  tail -c "$2" "$0" | head -c "$3" | gzip -dc >"$part" 2>/dev/null ||
    fail "cannot unpack to $cache: the disk is full, or this file is damaged and to be fetched again"
  chmod 500 "$part"
  # Its bytes before its name, so that a power cut cannot leave a name with half the bytes.
  sync "$part" 2>/dev/null || :
  mv -f "$part" "$cache/$1"
}

unpack @RUNTIME_NAME@ @RUNTIME_END@ @RUNTIME_SIZE@
unpack @PROGRAM_NAME@ @PROGRAM_END@ @PROGRAM_SIZE@

export DENO_DIR="$cache" DENO_NO_UPDATE_CHECK=1
exec "$cache/@RUNTIME_NAME@" run @FLAGS@ "$cache/@PROGRAM_NAME@" "$@"
# The rest is not for the shell.
