#!/bin/sh
# Tells the time, privately, to whoever says !time: sh clock.sh HOST/ROOM
# It needs jq.
folder=$(mktemp -d) && mkfifo "$folder/commands" || exit 1
trap 'rm -r "$folder"' EXIT

answer='
  if .type == "result" and .status != "done" then
    "\(.do): \(.reason)\n" | stderr | empty
  elif .type == "message" and (.own | not) and (.text | startswith("!time")) then
    {do: "say", to: .nick, text: (now | strflocaltime("It is %H:%M.")), ref: .id}
  else
    empty
  end'

chat connect "$1" --nick clock --json < "$folder/commands" |
  jq --unbuffered -c "$answer" > "$folder/commands"
