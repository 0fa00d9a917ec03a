#!/bin/sh
# This file is a script, followed by chat and its runtime in compressed form. The first start unpacks
# both into the user's cache. Each file is moved there when it is complete, under a name made from its
# content, so a file in the cache is always complete, even if several processes unpack at once.
set -eu

fail() {
  echo "chat: $1" >&2
  exit 1
}

cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
[ -n "$cache" ] || fail 'no folder to unpack to: set HOME, or set XDG_CACHE_HOME to a folder of yours'
cache=$cache/chat

# unpack NAME END SIZE: unpacks the SIZE bytes that begin END bytes before the end of this file.
unpack() {
  [ -e "$cache/$1" ] && return
  (umask 077 && mkdir -p "$cache") 2>/dev/null &&
    part=$(mktemp "$cache/part.XXXXXX" 2>/dev/null) ||
    fail "cannot write to $cache: set XDG_CACHE_HOME to a folder of yours"
  trap 'rm -f "$part"' EXIT
  trap 'exit 1' HUP INT TERM
  tail -c "$2" "$0" | head -c "$3" | gzip -dc >"$part" 2>/dev/null ||
    fail "cannot unpack to $cache: free some space, or download this file again if it is damaged"
  chmod 500 "$part"
  # The content reaches the disk before the name, so a power failure cannot leave half a file.
  sync "$part" 2>/dev/null || :
  mv -f "$part" "$cache/$1"
}

unpack @RUNTIME_NAME@ @RUNTIME_END@ @RUNTIME_SIZE@
unpack @PROGRAM_NAME@ @PROGRAM_END@ @PROGRAM_SIZE@

export DENO_DIR="$cache" DENO_NO_UPDATE_CHECK=1
exec "$cache/@RUNTIME_NAME@" run @FLAGS@ "$cache/@PROGRAM_NAME@" "$@"
# The compressed files follow.
