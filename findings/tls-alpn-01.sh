#!/usr/bin/env bash
# TLS servers in Deno 2.9.6 cannot present a certificate with a critical extension that Deno does not
# know, such as the acmeIdentifier of RFC 8737 (the proof tls-alpn-01 of ACME). node:tls takes the
# certificate, and each handshake fails with "unsupported protocol", which does not name the reason;
# Deno.listenTls refuses the certificate, and names it. If the extension is not critical, both work.
# Needs npm and openssl.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm i --loglevel=error deno@2.9.6 >/dev/null
proof=DER:0420$(printf '00%.0s' {1..32})
for kind in plain critical; do
  prefix=$([ $kind = critical ] && echo critical, || true)
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $kind.key -out $kind.pem \
    -days 1 -subj /CN=localhost -addext basicConstraints=CA:FALSE \
    -addext "1.3.6.1.5.5.7.1.31=$prefix$proof" 2>/dev/null
done
cat >server.js <<'END'
import { createServer } from "node:net";
import { connect, createSecureContext, TLSSocket } from "node:tls";
for (const kind of ["plain", "critical"]) {
  const [key, cert] = ["key", "pem"].map((end) => Deno.readTextFileSync(`${kind}.${end}`));
  const fault = Promise.withResolvers();
  const server = createServer((socket) => {
    const secureContext = createSecureContext({ key, cert });
    new TLSSocket(socket, { isServer: true, secureContext })
      .on("error", (error) => fault.resolve(error.message))
      .on("secure", () => fault.resolve("works"));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  connect({ port: server.address().port, host: "127.0.0.1", rejectUnauthorized: false })
    .on("error", () => {});
  console.log("node:tls", kind, await fault.promise);

  let result = "works";
  try {
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, key, cert }).close();
  } catch (error) {
    result = error.message;
  }
  console.log("Deno.listenTls", kind, result);
}
Deno.exit();
END
node_modules/.bin/deno --version | head -1
node_modules/.bin/deno run -A server.js | tee out
grep -qx 'node:tls plain works' out
grep -qx 'Deno.listenTls plain works' out
grep -qx 'node:tls critical unsupported protocol' out
grep -q 'Deno.listenTls critical .*UnsupportedCriticalExtension' out
