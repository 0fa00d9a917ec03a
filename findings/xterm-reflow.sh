#!/usr/bin/env bash
# xterm.js 6.0.0 moves the cursor out of its row when rows below it wrap.
#
# When the terminal becomes narrower, xterm.js inserts rows for lines that are too wide, and moves the
# cursor down by each of them, also by those below the cursor. It leaves only the line of the cursor
# alone. A program that draws rows below its cursor avoids that if these rows continue the row of the
# cursor, as text does that wraps at the edge.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --silent @xterm/headless@6.0.0 >>npm.log
cat >reflow.mjs <<'JS'
import xterm from "@xterm/headless";
async function rowOfCursor(text) {
  const terminal = new xterm.Terminal({ cols: 20, rows: 8, allowProposedApi: true, scrollback: 50 });
  await new Promise((done) => terminal.write(text, done));
  terminal.resize(10, 8);
  const { active } = terminal.buffer;
  const row = active.getLine(active.baseY + active.cursorY).translateToString(true);
  terminal.dispose();
  return row;
}
const below = "b".repeat(15);
const apart = await rowOfCursor(`the cursor\r\n${below}\r\n${below}\x1b[2A`);
const continued = await rowOfCursor(`the cursor\x1b[9999C  \r${below}\x1b[9999C  \r${below}\x1b[2A`);
console.log(`rows apart:     the cursor is in "${apart}"`);
console.log(`rows continued: the cursor is in "${continued}"`);
JS
echo "@xterm/headless 6.0.0"
node reflow.mjs | tee out
grep -qx 'rows apart:     the cursor is in "bbbbbbbbbb"' out
grep -qx 'rows continued: the cursor is in "the cursor"' out
