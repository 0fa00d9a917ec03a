import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connect } from "../../../client.ts";
import { dialEncrypted } from "../../../client/net/dial.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { loadOrMakeKey } from "../../../client/net/own_key.ts";
import { UserError } from "../../../shared/errors.ts";
import { makeCertificate } from "../../../shared/certificate.ts";
import { serve, serveSilent, User } from "../../support/client_user.ts";
import { Peer } from "../../support/fake_server.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { inTime } from "../../support/patience.ts";
import { Pipes } from "../../support/pipes.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { fingerprintIn, TlsServer } from "../../support/tls_server.ts";

const RIGHT = await makeCertificate({ names: ["localhost", "127.0.0.1"], days: 3650 });

Deno.test("every server gets the user's one certificate, or none if there is no folder", async () => {
  using user = new User();
  await using one = await TlsServer.start(RIGHT);
  await using other = await TlsServer.start(RIGHT);
  for (const server of [one, one, other]) {
    const exitCode = user.connect(`chat://127.0.0.1:${server.port}/a`);
    await serve(await server.accept());
    assertEquals(await exitCode, 0);
  }
  const own = fingerprintIn(await loadOrMakeKey(user.key));
  assertEquals([one.certificates, other.certificates], [[own, own], [own]]);
  const dial = dialEncrypted({ fingerprint: RIGHT.fingerprint }, { clock: new FakeClock() });
  const socket = await dial("127.0.0.1", other.port, new AbortController().signal);
  await other.accept();
  assertEquals([other.certificates, other.handshakes], [[own], 2]);
  socket.close();
});

Deno.test("connecting fails if the user's key cannot be read", async () => {
  using user = new User();
  await using server = await TlsServer.start(RIGHT);
  user.known = "";
  Deno.writeTextFileSync(user.key, "secret");
  const target = `chat://127.0.0.1:${server.port}/a?fp=${RIGHT.fingerprint}`;
  await assertRejects(() => user.connect(target), UserError, `${user.key}, the key by which`);
  assertEquals(server.handshakes, 0);
});

Deno.test("a link-local address with its zone is dialed, with TLS and without", async () => {
  // The loopback interface is the first one; names of zones work for link-local addresses only.
  using user = new User();
  await using server = await TlsServer.start(RIGHT, "::1");
  const exitCode = user.connect(`chat://[::1%251]:${server.port}/a?fp=${RIGHT.fingerprint}`);
  await serve(await server.accept());
  assertEquals(await exitCode, 0);
  using listener = Deno.listen({ hostname: "::1", port: 0 });
  const plain = user.connect(`irc://[::1%1]:${listener.addr.port}/a`);
  await serve(new Peer(await listener.accept()));
  assertEquals(await plain, 0);
});

Deno.test("aborting closes the connection to a server that does not answer", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const dial = dialEncrypted({ fingerprint: RIGHT.fingerprint }, { clock: new FakeClock() });
  const abort = new AbortController();
  const dialing = dial("127.0.0.1", listener.addr.port, abort.signal);
  using connection = await listener.accept();
  const buffer = new Uint8Array(4096);
  await connection.read(buffer);
  abort.abort();
  await assertRejects(() => inTime(dialing, "the end"), UserError, "did not answer");
  const rest = inTime(connection.read(buffer).catch(() => null), "the end of the connection");
  assertEquals(await rest, null);
});

Deno.test("dialing with an aborted signal does not connect", async () => {
  await using server = await TlsServer.start(RIGHT);
  const dial = dialEncrypted({ fingerprint: RIGHT.fingerprint }, { clock: new FakeClock() });
  const dialing = dial("127.0.0.1", server.port, AbortSignal.abort());
  dialing.then((socket) => socket.close(), () => {});
  await assertRejects(() => inTime(dialing, "the end"), DOMException);
  await server.closed();
  assertEquals(server.handshakes, 0);
});

Deno.test("without a folder for a key, the client connects to a known server and warns once", async () => {
  using folder = new TempFolder();
  const environment = new Map([["XDG_CONFIG_HOME", folder.write("file", "")]]);
  await using server = await TlsServer.start(RIGHT);
  const target = `chat://127.0.0.1:${server.port}/a?fp=${RIGHT.fingerprint}`;
  const options = connectOptions([target, "--nick", "ann"], environment);
  const pipes = new Pipes();
  const clock = new FakeClock();
  const exitCode = connect(options, { stdio: pipes, clock, random: () => 1 });
  const first = await server.accept();
  await first.welcome();
  first.close();
  await pipes.err.has("trying again");
  clock.advance(1000);
  await serveSilent(await server.accept(), pipes);
  assertEquals(await exitCode, 0);
  assertEquals([server.certificates, server.handshakes], [[], 2]);
  const warnings = pipes.err.lines.filter((line) => line.includes("your key cannot be saved"));
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings.join(), `cannot be saved in ${folder.path}/file/chat/key.pem`);
});

Deno.test("without a fingerprint or a folder to remember the server in, the client does not connect", async () => {
  using folder = new TempFolder();
  const environment = new Map([["XDG_CONFIG_HOME", folder.write("file", "")]]);
  await using server = await TlsServer.start(RIGHT);
  const target = `chat://127.0.0.1:${server.port}/a`;
  const options = connectOptions([target, "--nick", "ann"], environment);
  await assertRejects(() => connect(options, { stdio: new Pipes() }), UserError, "known_servers");
  assertEquals(server.received, "");
});

Deno.test("a client with irc:// at a port for TLS says that the port needs TLS", async () => {
  using user = new User();
  await using server = await TlsServer.start(RIGHT);
  const target = `irc://127.0.0.1:${server.port}/a`;
  await assertRejects(() => user.connect(target), UserError, `use ircs://127.0.0.1:${server.port}`);
});

Deno.test("long texts arrive whole in both directions, however slowly they are read", async () => {
  await using server = await TlsServer.start(RIGHT);
  const dial = dialEncrypted({ fingerprint: RIGHT.fingerprint }, { clock: new FakeClock() });
  const socket = await dial("127.0.0.1", server.port, new AbortController().signal);
  const peer = await server.accept();
  const text = "0123456789".repeat(20_000);
  const written = socket.write(new TextEncoder().encode(text));
  await peer.sendBytes(new TextEncoder().encode(text));
  let read = "";
  const into = new Uint8Array(1000);
  while (read.length < text.length) {
    const count = await socket.read(into);
    read += new TextDecoder().decode(into.subarray(0, count ?? 0));
  }
  assertEquals([read === text, await written], [true, text.length]);
  peer.close();
  assertEquals(await socket.read(into).catch(() => null), null);
  socket.close();
});

Deno.test("a server that answers TLS in plain text gets no data", async () => {
  using user = new User();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  for (const query of ["", `?fp=${RIGHT.fingerprint}`]) {
    const refused = assertRejects(
      () => user.connect(`chat://127.0.0.1:${port}/a${query}`),
      UserError,
      `use its port for TLS, often 6697. irc://127.0.0.1:${port} uses plain text`,
    );
    using connection = await listener.accept();
    const greeting = new TextEncoder().encode(":irc.test NOTICE * :Welcome\r\n");
    await connection.write(greeting);
    const received = await new Response(connection.readable).bytes().catch(() => new Uint8Array());
    await refused;
    const text = new TextDecoder().decode(received);
    assertEquals([received[0], /ann|sesame|CAP|NICK/.test(text)], [0x16, false]);
  }
  listener.close();
  assertEquals(user.known, "");
});
