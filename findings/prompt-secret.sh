#!/usr/bin/env bash
# promptSecret of @std/cli (in npm deno-std 1.4.0) removes one byte per Backspace, not one character.
# After "é" and Backspace, the secret is U+FFFD and not empty.
# Needs npm and python3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm i --loglevel=error deno@2.9.6 deno-std@1.4.0 >/dev/null
cat >secret.js <<'END'
import { promptSecret } from "./node_modules/deno-std/cli/prompt_secret.js";
console.log("result:", JSON.stringify(promptSecret("Secret")));
END
cat >terminal.py <<'END'
import os, pty, select, sys, termios, time

child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
deadline = time.monotonic() + 30
# Typing starts once the program reads single bytes.
while termios.tcgetattr(terminal)[3] & termios.ICANON and time.monotonic() < deadline:
    time.sleep(0.02)
os.write(terminal, "é".encode() + b"\x7f\r")
output = b""
try:
    while select.select([terminal], [], [], 30)[0] and (data := os.read(terminal, 4096)):
        output += data
except OSError:
    pass  # the program has ended
print(output.decode().splitlines()[-1])
END
deno=node_modules/.bin/deno
$deno --version | head -1
echo "deno-std $(node -p 'require("./node_modules/deno-std/package.json").version')"
echo 'typed: é, Backspace, Enter'
python3 terminal.py $deno run secret.js | tee out
grep -q $'result: "\uFFFD"' out
