import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createSecureContext } from "node:tls";
import { makeCertificate } from "../../../shared/certificate.ts";
import { CountingListener } from "../../support/counting_listener.ts";
import { EncryptedSocket } from "../../../server/net/encryption.ts";
import { Refused } from "../../../server/net/foreign.ts";
import { Identity } from "../../../server/net/identity.ts";
import { listenNatively } from "../../../server/net/native_listener.ts";
import { IrcClient } from "../../support/irc_client.ts";
import { clientHello, SecureSocket } from "../../support/secure_socket.ts";
import { type Overrides, TestServer } from "../../support/server.ts";
import { Relay } from "../../support/relay.ts";

const CERTIFICATE = await makeCertificate({ names: ["localhost"], days: 1 });

function secureServer(changes: Overrides = {}): Promise<TestServer> {
  return TestServer.start(changes, { identity: new Identity(CERTIFICATE) });
}

Deno.test("TLS clients and plaintext clients share one port", async () => {
  await using server = await secureServer();
  const bob = await server.register("bob", { join: "#a" });
  const ada = await server.encrypted();
  ada.read();
  await ada.introduce({ nick: "ada", join: "#a" });
  await ada.send("PRIVMSG #a :tea?");
  assertEquals((await bob.until("PRIVMSG")).params, ["#a", "tea?"]);
  await bob.send("PRIVMSG #a :yes");
  assertEquals((await ada.until("PRIVMSG")).params, ["#a", "yes"]);
});

Deno.test("a client whose user checks the certificate during the handshake has time to register", async () => {
  await using server = await secureServer({ limits: { registrationSeconds: 30 } });
  using relay = new Relay(server.port, 16 * 1024);
  const bob = await server.register("bob");
  relay.flows = false;
  const connecting = SecureSocket.connect(relay.port);
  // The server has answered the first message of TLS, and the client does not continue the
  // handshake.
  await server.until(() => relay.holds, bob);
  for (let second = 0; second < 29; second++) {
    await bob.heard();
    server.clock.advance(1000);
  }
  relay.flows = true;
  const ada = new IrcClient(await connecting);
  ada.read();
  await ada.send("CAP LS 302");
  await ada.until("CAP");
  server.clock.advance(29_000);
  await ada.introduce({ nick: "ada", caps: "batch" });
  assertEquals((await bob.ask("WHOIS ada"))[0]?.split(" ")[1], "311");
  await ada.close();
});

Deno.test("WHOIS shows a secure connection only of clients that use TLS", async () => {
  await using server = await secureServer();
  const bob = await server.register("bob");
  const ada = await server.encrypted();
  ada.read();
  await ada.introduce({ nick: "ada" });
  const secure = (lines: readonly string[]) => lines.filter((line) => line.includes(" 671 "));
  assertEquals(secure(await bob.ask("WHOIS ada")), [
    ":chat.test 671 bob ada :is using a secure connection",
  ]);
  assertEquals(secure(await ada.ask("WHOIS bob")), []);
});

Deno.test("a user with several clients is secure if all of them use TLS", async () => {
  await using server = await secureServer();
  const bob = await server.register("bob");
  const login = ["ada", "tea at four"] as const;
  const phone = await server.encrypted();
  phone.read();
  await phone.introduce({ nick: "ada" });
  await phone.ask(`REGISTER * * :${login[1]}`);
  assert((await bob.ask("WHOIS ada")).some((line) => line.includes(" 671 ")));
  const desk = await server.connect();
  await desk.introduce({ nick: "ada", login });
  assert(!(await bob.ask("WHOIS ada")).some((line) => line.includes(" 671 ")));
});

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  Deno.test(`the server speaks ${version} with its own certificate`, async () => {
    await using server = await secureServer();
    const options = { minVersion: version, maxVersion: version };
    const socket = await SecureSocket.connect(server.port, options);
    assertEquals(socket.version, version);
    assertEquals(socket.fingerprint, CERTIFICATE.fingerprint);
    socket.close();
  });
}

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  Deno.test(`WHOIS shows a client certificate (${version}) to its owner and to operators only`, async () => {
    // The server does not verify it, so it may have expired.
    const { key, cert, fingerprint } = await makeCertificate({ names: [], days: -1 });
    const operators = [{ name: "root", password: "secret" }];
    await using server = await secureServer({ operators });
    const bob = await server.register("bob");
    const root = await server.register("root");
    await root.ask("OPER root secret");
    const ada = await server.encrypted({ key, cert, minVersion: version, maxVersion: version });
    ada.read();
    await ada.introduce({ nick: "ada" });
    const shown = (lines: readonly string[]) => lines.filter((line) => line.includes(" 276 "));
    const text = `ada :has client certificate fingerprint ${fingerprint}`;
    assertEquals(shown(await ada.ask("WHOIS ada")), [`:chat.test 276 ada ${text}`]);
    assertEquals(shown(await root.ask("WHOIS ada")), [`:chat.test 276 root ${text}`]);
    assertEquals(shown(await bob.ask("WHOIS ada")), []);
    assertEquals(shown(await root.ask("WHOIS bob")), []);
  });
}

Deno.test("many long lines arrive whole in both directions", async () => {
  await using server = await secureServer();
  const bob = await server.register("bob");
  const ada = await server.encrypted();
  ada.read();
  await ada.introduce({ nick: "ada" });
  const texts = Array.from({ length: 500 }, (_, i) => `${i} ${"x".repeat(400)}`);
  await ada.send(
    ...texts.map((text) => `PRIVMSG bob :${text}`),
    ...texts.map((text) => `PRIVMSG ada :${text}`),
  );
  for (const text of texts) assertEquals((await bob.expect("PRIVMSG")).params[1], text);
  for (const text of texts) assertEquals((await ada.expect("PRIVMSG")).params[1], text);
});

Deno.test("a client that has ended its sending side still gets all replies", async () => {
  await using server = await secureServer();
  const ada = await server.encrypted();
  ada.read();
  await ada.send("PING 1", "PING 2");
  await ada.endSending();
  assertEquals(await ada.untilEnd(), [
    ":chat.test PONG chat.test 1",
    ":chat.test PONG chat.test 2",
  ]);
});

Deno.test("shutdown sends ERROR to TLS clients too", async () => {
  await using server = await secureServer();
  const ada = await server.encrypted();
  ada.read();
  await ada.introduce({ nick: "ada" });
  const closed = server.server.close();
  assertEquals((await ada.untilEnd()).at(-1), "ERROR :The server is shutting down");
  await closed;
});

/** The beginning of a TLS record that never completes. */
const BEGINNING = Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3);

Deno.test("an invalid handshake is closed at once, and disturbs no other client", async () => {
  await using server = await secureServer();
  const bob = await server.register("bob");
  for (
    const rest of ["", "hello", "\x03\x01\x00\x05hello", "\x03\x01\xff\xff" + "x".repeat(9000)]
  ) {
    const stranger = await server.connect();
    await stranger.sendBytes(Uint8Array.of(0x16, ...new TextEncoder().encode(rest)));
    await stranger.endSending();
    await stranger.untilEnd();
    await server.until(() => server.server.counts.connections === 1, bob);
  }
});

Deno.test("a failed handshake is logged with its reason", async () => {
  await using server = await secureServer();
  const bob = await server.register("bob");
  const failed = async (text: string): Promise<unknown> => {
    const stranger = await server.connect();
    await stranger.sendBytes(new TextEncoder().encode(text));
    await stranger.endSending();
    await stranger.untilEnd();
    await server.until(() => server.server.counts.connections === 1, bob);
    return server.log.splice(0).find(([message]) => message === "refused")?.[1].reason;
  };
  assertEquals(await failed("\x16"), "TLS handshake failed: the connection was closed");
  assertMatch(String(await failed("\x16\x03\x01\x00\x05hello")), /^TLS handshake failed: ./);
});

Deno.test("shutdown does not wait for unfinished handshakes", async () => {
  await using server = await secureServer();
  const stalled = await server.connect();
  await stalled.sendBytes(BEGINNING);
  const bob = await server.register("bob");
  await bob.heard();
  const closed = server.server.close();
  await bob.untilEnd();
  server.clock.advance(2000);
  await closed;
});

Deno.test("TLS works one byte at a time", async () => {
  await using server = await secureServer();
  using relay = new Relay(server.port, 1);
  await using ada = new IrcClient(await SecureSocket.connect(relay.port));
  ada.read();
  assertEquals(await ada.ask("PING 1"), [":chat.test PONG chat.test 1"]);
});

Deno.test("a second layer of TLS is refused", async () => {
  await using server = await secureServer();
  const ada = await server.encrypted();
  await ada.sendBytes(BEGINNING);
  ada.read();
  await ada.untilEnd();
  const bob = await server.connect();
  await server.until(
    () => server.log.some(([, { reason }]) => reason === "The client speaks TLS"),
    bob,
  );
});

Deno.test("a TLS client whose lines wait costs only a little memory", async () => {
  const { listen, sockets } = new CountingListener();
  await using server = await TestServer.start(
    { limits: { commandBurst: 1000 } },
    { identity: new Identity(CERTIFICATE), listen },
  );
  const ada = await server.encrypted();
  ada.read();
  await ada.introduce({ nick: "ada" });
  const [socket] = sockets;
  assert(socket);
  // The clock stands still, so no line is taken after the first ones.
  const flood = ada.sendBytes(new TextEncoder().encode("PONG x\r\n".repeat(4_000_000))).catch(
    () => {},
  );
  const bob = await server.register("bob");
  // This is often enough for the server to have read everything, if it reads.
  for (let i = 0; i < 100; i++) await bob.heard();
  assert(socket.bytesRead < 256 * 1024, `${socket.bytesRead} bytes were taken`);
  await ada.close();
  await flood;
});

Deno.test("a handshake of which nothing can be decrypted fails, with that reason", async () => {
  const listener = await listenNatively({ host: "127.0.0.1", port: 0 });
  using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const hello = await clientHello();
  await client.write(hello);
  const accepted = await listener.accept();
  const stream = accepted.release?.(new Uint8Array());
  assert(stream);
  const { key, cert } = CERTIFICATE;
  const socket = EncryptedSocket.begin(stream, hello, createSecureContext({ key, cert }));
  socket.giveUp();
  const error = await assertRejects(() => socket.handshake, Refused);
  assertEquals(error.message, "TLS handshake failed: what was received cannot be decrypted");
  listener.close();
});
