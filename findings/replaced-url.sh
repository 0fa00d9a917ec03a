#!/usr/bin/env bash
# In Chromium 156 of Debian, a page that takes a secret out of its address with history.replaceState
# stays in the list of visited pages (chrome://history) under both addresses. After
# location.replace("#") and history.replaceState, only the last address is listed. The first stays in
# the database in both cases. A visit is listed if its transition has the bit 0x20000000.
# Needs chromium, node and sqlite3.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
cat >server.mjs <<'END'
import { createServer } from "node:http";
const first = { "/state": "", "/both": 'location.replace("#");' };
const server = createServer(({ url }, response) => {
  response.setHeader("Content-Type", "text/html");
  const script = `${first[url] ?? ""} history.replaceState(null, "", "${url}/clean");`;
  response.end(`<!DOCTYPE html><title>t</title><script>${url in first ? script : ""}</script>`);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
END
node server.mjs >port &
until [ -s port ]; do sleep 0.1; done
chromium --version
for path in state both; do
  timeout -s INT 5 chromium --headless=new --no-sandbox --disable-gpu --user-data-dir="$folder/$path" \
    "http://127.0.0.1:$(cat port)/$path#secret" >/dev/null 2>&1 || true
  echo "listed after /$path:"
  sqlite3 "$path/Default/History" "SELECT substr(urls.url, 8) FROM urls, visits
    WHERE visits.url = urls.id AND transition & 0x20000000 AND NOT hidden" |
    sed 's/^[^/]*//' | tee "$path.out"
done
grep -qx '/state#secret' state.out
! grep -q secret both.out
