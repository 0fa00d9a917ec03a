#!/bin/sh
# This file is a script, followed by chat's runtime and its modules in compressed form. The first
# start unpacks both into the user's cache. It writes them to a temporary folder, and moves them to
# their final names, which contain a hash of the content, only when they are complete. So a file or
# folder with a final name is always complete, even if several processes unpack at once. The runtime
# is in several pieces, so that all processors unpack it.
set -eu

fail() {
  echo "chat: $1" >&2
  exit 1
}

cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
[ -n "$cache" ] || fail 'no folder to unpack to: set HOME, or set XDG_CACHE_HOME to a folder of yours'
cache=$cache/chat

cannot_unpack() {
  fail "cannot unpack to $cache: free some space, or download this file again if it is damaged"
}

jobs=

# start COMMAND...: runs COMMAND while the script goes on.
start() {
  "$@" 2>/dev/null &
  jobs="$jobs $!"
}

# extract END SIZE FILE: decompresses SIZE bytes of this file, from END bytes before its end, into FILE.
extract() {
  tail -c "$1" "$0" | head -c "$2" | gzip -dc >"$3"
}

extract_modules() {
  extract @PROGRAM_END@ @PROGRAM_SIZE@ "$part/all"
  mkdir "$modules"
  while read -r name size; do
    dd bs="$size" count=1 <&3 >"$modules/$name"
  done 3<"$part/all" <<MODULES
@MODULES@
MODULES
  [ "$(cat "$modules"/* | wc -c)" -eq @PROGRAM_LENGTH@ ]
  # The content is on the disk before a file gets its name: a power failure cannot leave half a file.
  sync "$modules"/* || :
}

unpack() {
  (umask 077 && mkdir -p "$cache") 2>/dev/null &&
    part=$(mktemp -d "$cache/part.XXXXXX" 2>/dev/null) ||
    fail "cannot write to $cache: set XDG_CACHE_HOME to a folder of yours"
  modules=$part/${part##*/}
  trap 'wait; rm -rf "$part"' EXIT
  trap 'exit 1' HUP INT TERM

  pieces=
  if ! [ -e "$runtime" ]; then
    while read -r piece end size; do
      start extract "$end" "$size" "$part/$piece"
      pieces="$pieces $piece"
    done <<PIECES
@PIECES@
PIECES
  fi
  [ -e "$program" ] || start extract_modules
  for job in $jobs; do
    wait "$job" || cannot_unpack
  done

  if [ -n "$pieces" ]; then
    for piece in $pieces; do
      [ "$piece" = 1 ] && continue
      cat "$part/$piece" 2>/dev/null >>"$part/1" || cannot_unpack
      rm "$part/$piece"
    done
    chmod 500 "$part/1"
    sync "$part/1" 2>/dev/null || :
    mv -f "$part/1" "$runtime"
  fi
  if [ -e "$modules" ]; then
    mv "$modules" "$program" 2>/dev/null || [ -e "$program" ] || cannot_unpack
    # If another process was faster, `mv` has moved this folder into the folder of that process.
    rm -rf "$program/${modules##*/}"
  fi
  rm -rf "$part"
}

runtime=$cache/@RUNTIME_NAME@
program=$cache/@PROGRAM_NAME@
[ -e "$runtime" ] && [ -e "$program" ] || unpack

# In DENO_DIR, the runtime keeps compiled code. V8 uses this code only with the flags with which it
# was compiled. So there is a folder for each set of flags: otherwise, a start would replace the
# code of starts with other flags, which would then compile it again.
export DENO_DIR="$cache" DENO_NO_UPDATE_CHECK=1
v8_flags=@ENGINE_FLAGS@
case ${1-} in
  @MODES@)
    v8_flags=$v8_flags,@ENGINE_FLAGS_OF_MODES@
    DENO_DIR=$cache/further-flags
    # glibc keeps less of the memory that is no longer used if all threads share one arena, and if the
    # size from which it returns memory is fixed.
    export MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072
    ;;
esac
exec "$runtime" run "--v8-flags=$v8_flags" @FLAGS@ "$program/@ENTRY@" "$@"
# The compressed files follow.
