#!/usr/bin/env bash
# nats-server 2.9.10: after kill -9 of all three servers of a cluster, a stream with three copies
# takes no message for at least 8 seconds after they are back, though the files are whole. The
# servers elect a leader of the cluster first (4 to 9 seconds); only then does the stream begin its
# own election (4 to 9 seconds again).
# Runs on Debian 12 with Node 20 or later.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill -9 ${servers:-} 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download nats-server=2.9.10-1+b3
dpkg -x ./*.deb .
usr/sbin/nats-server --version
npm install --silent --no-fund --no-audit @nats-io/transport-node@3.4.0 @nats-io/jetstream@3.4.0
base=$((20000 + RANDOM % 10000))
start() {
  servers=
  routes=nats://127.0.0.1:$((base + 10)),nats://127.0.0.1:$((base + 11)),nats://127.0.0.1:$((base + 12))
  for i in 0 1 2; do
    usr/sbin/nats-server -n "n$i" -a 127.0.0.1 -p $((base + i)) -js -sd "$PWD/store$i" \
      --cluster_name test --cluster "nats://127.0.0.1:$((base + 10 + i))" --routes "$routes" \
      >"log$i" 2>&1 &
    servers="$servers $!"
  done
}
cat >publish.mjs <<END
import { connect } from "@nats-io/transport-node";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
const servers = [0, 1, 2].map((i) => "127.0.0.1:" + ($base + i));
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
const start = Date.now();
let nc;
while (!nc) nc = await connect({ servers }).catch(pause);
const publish = async () => {
  if (process.argv[2] === "create") {
    const manager = await jetstreamManager(nc, { timeout: 2000, checkAPI: false });
    await manager.streams.add({ name: "log", subjects: ["log"], num_replicas: 3 });
  }
  return jetstream(nc, { timeout: 500 }).publish("log", "hello", { msgID: process.argv[2] });
};
for (;;) {
  try {
    const { seq } = await publish();
    console.log(seq, Date.now() - start);
    break;
  } catch {
    await pause();
  }
}
await nc.close();
END
start
timeout 90 node publish.mjs create
kill -9 $servers
wait $servers || true
start
read -r seq ms < <(timeout 90 node publish.mjs again)
echo "message $seq was stored $ms ms after the restart"
test "$seq" -eq 2
test "$ms" -ge 8000
