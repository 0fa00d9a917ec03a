import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { listenNatively } from "../../../server/net/native_listener.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const zeros = new Uint8Array(256 * KIB);

/** A listener, and a function that connects to it. */
async function listen() {
  const listener = await listenNatively({ host: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const connect = () => Deno.connect({ hostname: "127.0.0.1", port });
  return { listener, connect, [Symbol.dispose]: () => listener.close() };
}

async function send(socket: Deno.TcpConn, bytes: number): Promise<void> {
  for (let left = bytes; left > 0;) {
    left -= await socket.write(zeros.subarray(0, Math.min(left, zeros.length)));
  }
}

Deno.test("reading much needs little memory", async () => {
  using server = await listen();
  using client = await server.connect();
  const socket = await server.listener.accept();
  const before = Deno.memoryUsage().external;
  const sent = send(client, 400 * MIB).then(() => client.closeWrite());
  let [count, most] = [0, 0];
  for (const into = new Uint8Array(64 * KIB);;) {
    const read = await socket.read(into);
    if (read === null) break;
    count += read;
    most = Math.max(most, Deno.memoryUsage().external - before);
  }
  await sent;
  socket.close();
  assertEquals(count, 400 * MIB);
  assert(most < 50 * MIB, `${most}`);
});

Deno.test("of many connections at once, a few are taken in each turn", async () => {
  using server = await listen();
  const clients = await Promise.all(Array.from({ length: 200 }, () => server.connect()));
  let [inTurn, most] = [0, 0];
  for (let i = 0; i < clients.length; i++) {
    const socket = await server.listener.accept();
    if (inTurn++ === 0) setImmediate(() => inTurn = 0);
    most = Math.max(most, inTurn);
    socket.close();
  }
  for (const client of clients) client.close();
  assert(most <= 40, `${most}`);
});
