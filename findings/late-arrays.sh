#!/usr/bin/env bash
# In Deno 2.9.6, a program that reads 1 GB from a socket of node:net and keeps nothing of it grows by
# hundreds of megabytes: V8 frees the arrays of the reads late. With `Deno.listen`, which reads into an
# array of the program, it does not grow.
# Needs npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm i --loglevel=error deno@2.9.6 >/dev/null
cat >read.mjs <<'END'
import { createServer } from "node:net";
const GIB = 1024 ** 3;
let [left, most] = [GIB, 0];
const took = (count) => {
  left -= count;
  most = Math.max(most, Deno.memoryUsage().rss);
  if (left > 0) return;
  const grown = most - start;
  console.log(Deno.args[0], grown > 150e6 ? "grows" : "stays", `(${Math.round(grown / 1e6)} MB)`);
  Deno.exit();
};
const start = Deno.memoryUsage().rss;
let port;
if (Deno.args[0] === "node:net") {
  const server = createServer((socket) => socket.on("data", (bytes) => took(bytes.length)));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = server.address().port;
} else {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  port = listener.addr.port;
  listener.accept().then(async (socket) => {
    for (const into = new Uint8Array(64 * 1024);;) took(await socket.read(into));
  });
}
const client = await Deno.connect({ hostname: "127.0.0.1", port });
for (const zeros = new Uint8Array(256 * 1024);;) await client.write(zeros);
END
node_modules/.bin/deno --version | head -1
for api in node:net Deno.listen; do node_modules/.bin/deno run -A read.mjs "$api"; done | tee out
grep -q '^node:net grows' out
grep -q '^Deno.listen stays' out
