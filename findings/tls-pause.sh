#!/usr/bin/env bash
# In Deno 2.9.6, a paused TLSSocket on a socket of node:net does not slow down its peer: it goes on to
# receive and decrypt all that the peer sends, and keeps it in memory. Under Node 22, the peer has to
# wait.
# Needs npm and openssl.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm i --loglevel=error deno@2.9.6 node@22.22.0 >/dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem \
  -days 1 -subj /CN=localhost 2>/dev/null
cat >pause.mjs <<'END'
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { connect, createSecureContext, TLSSocket } from "node:tls";
import process from "node:process";
const SENT = 20 * 1024 * 1024;
const secureContext = createSecureContext({
  key: readFileSync("key.pem"),
  cert: readFileSync("cert.pem"),
});
const server = createServer((socket) => {
  const secure = new TLSSocket(socket, { isServer: true, secureContext });
  secure.on("error", () => {});
  secure.once("data", () => {
    secure.pause();
    setTimeout(() => {
      console.log(secure.bytesRead < SENT / 2 ? "the peer waits" : "all is taken");
      process.exit();
    }, 2000);
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  const client = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  client.on("error", () => {});
  client.on("secureConnect", () => client.write(Buffer.alloc(SENT)));
});
END
node_modules/.bin/deno --version | head -1
node_modules/.bin/deno run -A pause.mjs | tee deno.out
node_modules/.bin/node --version
node_modules/.bin/node pause.mjs | tee node.out
grep -qx 'all is taken' deno.out
grep -qx 'the peer waits' node.out
