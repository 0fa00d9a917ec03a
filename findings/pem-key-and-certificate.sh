#!/usr/bin/env bash
# A file in PEM may have a private key and its certificate (RFC 7468, section 2: parsers should ignore
# what is outside of the block they look for). In Deno 2.9.6, createPrivateKey of node:crypto throws for
# such a file in either order, and new X509Certificate throws if the key comes first. Node 22 reads both,
# and so does createSecureContext of node:tls in both.
# Needs npm and openssl.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm i --loglevel=error deno@2.9.6 node@22.12.0 >/dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem \
  -days 1 -subj /CN=localhost 2>/dev/null
cat >read.mjs <<'END'
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(name, "utf8"));
const attempt = (action) => {
  try {
    action();
    return "works";
  } catch {
    return "throws";
  }
};
for (const [name, text] of [["key, certificate", key + cert], ["certificate, key", cert + key]]) {
  console.log(`${name}: createPrivateKey`, attempt(() => createPrivateKey(text)));
  console.log(`${name}: X509Certificate`, attempt(() => new X509Certificate(text)));
  console.log(`${name}: createSecureContext`, attempt(() => createSecureContext({ key: text, cert: text })));
}
END
echo "Deno $(node_modules/.bin/deno eval 'console.log(Deno.version.deno)')"
node_modules/.bin/deno run -A read.mjs | tee deno.out
echo "Node $(node_modules/.bin/node --version)"
node_modules/.bin/node read.mjs | tee node.out
diff - deno.out <<'END'
key, certificate: createPrivateKey throws
key, certificate: X509Certificate throws
key, certificate: createSecureContext works
certificate, key: createPrivateKey throws
certificate, key: X509Certificate works
certificate, key: createSecureContext works
END
[ "$(grep -c works node.out)" = 6 ]
