#!/bin/sh
# This file is a script, followed by chat's runtime and its modules in compressed form. The first start
# unpacks both into the user's cache: into a temporary file and a temporary folder, which get their
# final names, made from a hash of the content, only when they are complete. So a file or folder with
# a final name is always complete, even if several processes unpack at once.
set -eu

fail() {
  echo "chat: $1" >&2
  exit 1
}

cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
[ -n "$cache" ] || fail 'no folder to unpack to: set HOME, or set XDG_CACHE_HOME to a folder of yours'
cache=$cache/chat

# begin OPTION…: makes the temporary $part, a file or a folder.
begin() {
  (umask 077 && mkdir -p "$cache") 2>/dev/null &&
    part=$(mktemp "$@" "$cache/part.XXXXXX" 2>/dev/null) ||
    fail "cannot write to $cache: set XDG_CACHE_HOME to a folder of yours"
  trap 'rm -rf "$part"' EXIT
  trap 'exit 1' HUP INT TERM
}

cannot_unpack() {
  fail "cannot unpack to $cache: free some space, or download this file again if it is damaged"
}

# extract END SIZE: decompresses SIZE bytes of this file, from END bytes before its end, and prints them.
extract() {
  tail -c "$1" "$0" | head -c "$2" | gzip -dc 2>/dev/null
}

unpack_runtime() {
  begin
  extract @RUNTIME_END@ @RUNTIME_SIZE@ >"$part" || cannot_unpack
  chmod 500 "$part"
  # The content is on the disk before the file gets its name: a power failure cannot leave half a file.
  sync "$part" 2>/dev/null || :
  mv -f "$part" "$runtime"
}

unpack_program() {
  begin -d
  extract @PROGRAM_END@ @PROGRAM_SIZE@ >"$part/all" || cannot_unpack
  while read -r name end size; do
    tail -c "$end" "$part/all" | head -c "$size" >"$part/$name" || cannot_unpack
    [ "$(wc -c <"$part/$name")" -eq "$size" ] || cannot_unpack
  done <<MODULES
@MODULES@
MODULES
  rm "$part/all"
  sync "$part"/* 2>/dev/null || :
  mv "$part" "$program" 2>/dev/null || [ -e "$program" ] || cannot_unpack
  # If another process was faster, `mv` moved the folder into its folder.
  rm -rf "$part" "$program/${part##*/}"
}

runtime=$cache/@RUNTIME_NAME@
program=$cache/@PROGRAM_NAME@
[ -e "$runtime" ] || unpack_runtime
[ -e "$program" ] || unpack_program

export DENO_DIR="$cache" DENO_NO_UPDATE_CHECK=1
v8_flags=@ENGINE_FLAGS@
case ${1-} in
  @MODES@) v8_flags=$v8_flags,@ENGINE_FLAGS_OF_MODES@ ;;
esac
exec "$runtime" run "--v8-flags=$v8_flags" @FLAGS@ "$program/@ENTRY@" "$@"
# The compressed files follow.
