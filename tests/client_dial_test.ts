import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { connect } from "../client.ts";
import { dialEncrypted } from "../client/dial.ts";
import { connectOptions } from "../client/options.ts";
import { ownKey } from "../client/own_key.ts";
import type { Stdio } from "../client/stdio.ts";
import { UserError } from "../errors.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { makeCertificate } from "../certificate.ts";
import { Authority } from "./support/authority.ts";
import { FakeClock } from "./support/fake_clock.ts";
import type { Peer } from "./support/fake_server.ts";
import { Pipes } from "./support/pipes.ts";
import { Screen } from "./support/screen.ts";
import { TempFolder } from "./support/temp_folder.ts";
import { type KeyPair, TlsServer } from "./support/tls_server.ts";

const AUTHORITY = await Authority.make();

/** For both names of this machine: that a certificate is refused is never because of its name. */
const NAMES = ["localhost", "127.0.0.1"];

/** The server that is meant, and whoever stands in between with a key of their own. */
const RIGHT = await makeCertificate({ names: NAMES, days: 3650 });
const WRONG = await makeCertificate({ names: NAMES, days: 3650 });
const EXPIRED = await makeCertificate({ names: NAMES, days: -1 });
const VOUCHED = await AUTHORITY.issue({ name: "localhost", days: 90 });
const VOUCHED_EXPIRED = await AUTHORITY.issue({ name: "localhost", days: -1 });
const VOUCHED_OTHER = await AUTHORITY.issue({ name: "other.example", days: 90 });

const fingerprintIn = ({ cert }: KeyPair) => fingerprintOf(new X509Certificate(cert).raw);

/** A user's files, and `chat connect` with them. */
class User implements Disposable {
  readonly #folder = new TempFolder();
  readonly key = `${this.#folder.path}/config/chat/key.pem`;
  readonly knownServers = `${this.#folder.path}/config/chat/known_servers`;

  connect(
    target: string,
    stdio: Stdio = hello(),
    clock = new FakeClock(Date.now()),
  ): Promise<number> {
    const environment = new Map([
      ["XDG_CONFIG_HOME", `${this.#folder.path}/config`],
      ["CHAT_PASSWORD", "sesame"],
    ]);
    const options = connectOptions([target, "--nick", "ann"], environment);
    const authorities = [AUTHORITY.certificate];
    return connect(options, { stdio, clock, random: () => 1, authorities });
  }

  /** What was remembered earlier, or is now. */
  get known(): string {
    try {
      return Deno.readTextFileSync(this.knownServers);
    } catch {
      return "";
    }
  }

  set known(text: string) {
    Deno.mkdirSync(this.knownServers.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(this.knownServers, text);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

/** Says "hello", and no more. */
function hello(): Pipes {
  const pipes = new Pipes();
  pipes.input("hello\n");
  pipes.endInput();
  return pipes;
}

/** Lets the client in and hears what it says. */
async function serve(peer: Peer): Promise<void> {
  await peer.welcome({ password: "sesame" });
  await peer.join("#a");
  await peer.expect(/^PRIVMSG #a :?hello$/);
  await peer.answerPing();
  await peer.expect(/^QUIT/);
  peer.close();
}

/** A server that the client is to believe. */
interface Believed {
  readonly name: string;
  readonly shows: KeyPair;
  /** What follows `chat://HOST:PORT/a`. */
  readonly query?: string;
  readonly host?: string;
  /** What was remembered of the server, and what is afterwards. */
  readonly known?: string;
  readonly remembered: readonly string[];
}

const BELIEVED: readonly Believed[] = [
  {
    name: "that is met for the first time",
    shows: RIGHT,
    remembered: [RIGHT.fingerprint],
  },
  {
    name: "that has the fingerprint that is remembered",
    shows: RIGHT,
    known: RIGHT.fingerprint,
    remembered: [RIGHT.fingerprint],
  },
  {
    name: "whose remembered certificate has expired",
    shows: EXPIRED,
    known: EXPIRED.fingerprint,
    remembered: [EXPIRED.fingerprint],
  },
  {
    name: "that has the fingerprint that the URL names, whatever is remembered",
    shows: RIGHT,
    query: `?fp=${RIGHT.fingerprint}`,
    known: WRONG.fingerprint,
    remembered: [WRONG.fingerprint],
  },
  {
    name: "whose certificate, that the URL names, has expired",
    shows: EXPIRED,
    query: `?fp=${EXPIRED.fingerprint}`,
    remembered: [],
  },
  {
    name: "that an authority vouches for",
    shows: VOUCHED,
    host: "localhost",
    remembered: ["authority"],
  },
  {
    name: "that an authority vouches for again",
    shows: VOUCHED,
    host: "LOCALHOST",
    known: "authority",
    remembered: ["authority"],
  },
  {
    name: "that an authority vouches for now",
    shows: VOUCHED,
    host: "localhost",
    known: RIGHT.fingerprint,
    remembered: [RIGHT.fingerprint, "authority"],
  },
  {
    name: "that an authority vouches for under another name, when it is met for the first time",
    shows: VOUCHED_OTHER,
    host: "localhost",
    remembered: [fingerprintIn(VOUCHED_OTHER)],
  },
];

for (const { name, shows, query = "", host = "127.0.0.1", known, remembered } of BELIEVED) {
  Deno.test(`a server ${name} is talked to`, async () => {
    using user = new User();
    await using server = await TlsServer.start(shows);
    const line = (mark: string) => `${host.toLowerCase()}:${server.port} ${mark}\n`;
    if (known !== undefined) user.known = line(known);
    const exitCode = user.connect(`chat://${host}:${server.port}/a${query}`);
    await serve(await server.accept());
    assertEquals(await exitCode, 0);
    assertEquals(user.known, remembered.map(line).join(""));
  });
}

/** Somebody in between, or something that looks like it. */
interface Attack {
  readonly name: string;
  readonly shows: KeyPair;
  readonly query?: string;
  readonly host?: string;
  readonly known?: string;
  /** What the user is told, among other things. */
  readonly told: readonly string[];
}

const ATTACKS: readonly Attack[] = [
  {
    name: "a changed certificate",
    shows: WRONG,
    known: RIGHT.fingerprint,
    told: [RIGHT.fingerprint, WRONG.fingerprint, "remove line 1 of ", "known_servers"],
  },
  {
    name: "the right name with a wrong key, where a fingerprint is given",
    shows: WRONG,
    query: `?fp=${RIGHT.fingerprint}`,
    told: [RIGHT.fingerprint, WRONG.fingerprint],
  },
  {
    name: "a wrong key that is remembered, where a fingerprint is given",
    shows: WRONG,
    query: `?fp=${RIGHT.fingerprint}`,
    known: WRONG.fingerprint,
    told: [RIGHT.fingerprint, WRONG.fingerprint],
  },
  {
    name: "an authority's word, where a fingerprint is given",
    shows: VOUCHED,
    host: "localhost",
    query: `?fp=${RIGHT.fingerprint}`,
    told: [RIGHT.fingerprint, fingerprintIn(VOUCHED)],
  },
  {
    name: "the right name with a wrong key, where an authority vouched before",
    shows: WRONG,
    host: "localhost",
    known: "authority",
    told: ["no authority vouches", WRONG.fingerprint, "remove line 1 of "],
  },
  {
    name: "an authority's certificate for another name, where one vouched before",
    shows: VOUCHED_OTHER,
    host: "localhost",
    known: "authority",
    told: ["no authority vouches", "remove line 1 of "],
  },
  {
    name: "an expired certificate, where an authority vouched before",
    shows: VOUCHED_EXPIRED,
    host: "localhost",
    known: "authority",
    told: ["no authority vouches", "remove line 1 of "],
  },
  {
    name: "an expired certificate of an authority",
    shows: VOUCHED_EXPIRED,
    host: "localhost",
    told: ["expired on 20", fingerprintIn(VOUCHED_EXPIRED)],
  },
  {
    name: "an expired certificate of the server's own",
    shows: EXPIRED,
    told: ["expired on 20", EXPIRED.fingerprint],
  },
  {
    name: "something unreadable in the place of the fingerprint that was remembered",
    shows: RIGHT,
    known: RIGHT.fingerprint.slice(1),
    told: [RIGHT.fingerprint, "remove line 1 of "],
  },
];

for (const { name, shows, query = "", host = "127.0.0.1", known, told } of ATTACKS) {
  Deno.test(`${name}: nothing is sent`, async () => {
    using user = new User();
    await using server = await TlsServer.start(shows);
    const before = known === undefined ? "" : `${host}:${server.port} ${known}\n`;
    user.known = before;
    const { message, exitCode } = await assertRejects(
      () => user.connect(`chat://${host}:${server.port}/a${query}`),
      UserError,
    );
    await server.closed();
    assertEquals([server.received, server.handshakes, exitCode], ["", 1, 1]);
    for (const part of [...told, "Nothing was sent"]) assertStringIncludes(message, part);
    assertEquals(user.known, before);
  });
}

Deno.test("who comes back to a server with another key leaves at once, and nothing is sent", async () => {
  using user = new User();
  await using server = await TlsServer.start(RIGHT);
  const pipes = new Pipes();
  const clock = new FakeClock(Date.now());
  const left = assertRejects(
    () => user.connect(`chat://127.0.0.1:${server.port}/a`, pipes, clock),
    UserError,
    `changed from ${RIGHT.fingerprint} to ${WRONG.fingerprint}`,
  );
  const peer = await server.accept();
  await peer.welcome({ password: "sesame" });
  await peer.join("#a");
  pipes.input("hello\n");
  await peer.expect(/hello$/);
  server.present(WRONG);
  const { received } = server;
  peer.close();
  await pipes.err.has("trying again");
  clock.advance(1000);
  await left;
  await server.closed();
  assertEquals([server.received, server.handshakes], [received, 2]);
  assertStringIncludes(pipes.err.text, "perhaps not said to #a: hello");
  assertEquals(clock.pending, 0);
});

Deno.test("who comes back to the same server goes on, and is told no more of it", async () => {
  using user = new User();
  await using server = await TlsServer.start(RIGHT);
  const pipes = hello();
  const clock = new FakeClock(Date.now());
  const exitCode = user.connect(`chat://127.0.0.1:${server.port}/a`, pipes, clock);
  const first = await server.accept();
  await first.welcome({ password: "sesame" });
  first.close();
  await pipes.err.has("trying again");
  clock.advance(1000);
  await serve(await server.accept());
  assertEquals(await exitCode, 0);
  const told = pipes.err.lines.filter((line) => line.includes("fingerprint"));
  assertEquals(told, [`chat: new server, remembered fingerprint ${RIGHT.fingerprint}`]);
  assertEquals(pipes.out.text, "");
});

Deno.test("in a terminal, a new server is told of, and one with another key ends it at once", async () => {
  using user = new User();
  using screen = new Screen();
  await using server = await TlsServer.start(RIGHT);
  const clock = new FakeClock(Date.now());
  const left = assertRejects(
    () => user.connect(`chat://127.0.0.1:${server.port}/a`, screen, clock),
    UserError,
    "somebody may stand in between",
  );
  const peer = await server.accept();
  await peer.welcome({ password: "sesame" });
  await peer.join("#a");
  await screen.shows("new server, remembered fingerprint");
  server.present(WRONG);
  const { received } = server;
  peer.close();
  await screen.shows("offline");
  screen.type("not for everybody\r");
  await screen.shows("will be said");
  clock.advance(1000);
  await left;
  assertEquals(server.received, received);
  assertStringIncludes(screen.all.join(""), "not said to #a: not for everybody");
  assertEquals(screen.isRaw, false);
});

Deno.test("what is remembered needs a place, and a fingerprint needs none", async () => {
  await using server = await TlsServer.start(RIGHT);
  const target = `chat://127.0.0.1:${server.port}/a`;
  const options = connectOptions([target, "--nick", "ann"], new Map());
  await assertRejects(() => connect(options, { stdio: new Pipes() }), UserError, "set XDG_CONFIG");
  assertEquals(server.received, "");
  const pinned = connectOptions([`${target}?fp=${RIGHT.fingerprint}`, "--nick", "ann"], new Map());
  const pipes = new Pipes();
  const exitCode = connect(pinned, { stdio: pipes, clock: new FakeClock() });
  await server.accept();
  const peer = await server.accept();
  await peer.welcome();
  await peer.join("#a");
  pipes.endInput();
  await peer.expect(/^QUIT/);
  peer.close();
  assertEquals(await exitCode, 0);
});

Deno.test("the user shows the same certificate to every server, and none where there is no folder", async () => {
  using user = new User();
  await using one = await TlsServer.start(RIGHT);
  await using other = await TlsServer.start(RIGHT);
  for (const server of [one, one, other]) {
    const exitCode = user.connect(`chat://127.0.0.1:${server.port}/a`);
    await serve(await server.accept());
    assertEquals(await exitCode, 0);
  }
  const own = fingerprintIn(await ownKey(user.key));
  assertEquals([one.certificates, other.certificates], [[own, own], [own]]);
  const dial = dialEncrypted({ fingerprint: RIGHT.fingerprint }, { clock: new FakeClock() });
  const socket = await dial("127.0.0.1", other.port, new AbortController().signal);
  await other.accept();
  assertEquals([other.certificates, other.handshakes], [[own], 2]);
  socket.close();
});

Deno.test("who cannot use their key does not connect", async () => {
  using user = new User();
  await using server = await TlsServer.start(RIGHT);
  user.known = "";
  Deno.writeTextFileSync(user.key, "secret");
  const target = `chat://127.0.0.1:${server.port}/a?fp=${RIGHT.fingerprint}`;
  await assertRejects(() => user.connect(target), UserError, `${user.key}, the key by which`);
  assertEquals(server.handshakes, 0);
});

Deno.test("long texts arrive whole, both ways, however slowly they are read", async () => {
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

Deno.test("a server that speaks plain text, where TLS is meant: nothing is sent", async () => {
  using user = new User();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  for (const query of ["", `?fp=${RIGHT.fingerprint}`]) {
    const refused = assertRejects(
      () => user.connect(`chat://127.0.0.1:${port}/a${query}`),
      UserError,
      "does not speak TLS",
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

Deno.test("a fingerprint cut short is refused before there is a connection", async () => {
  using user = new User();
  await using server = await TlsServer.start(RIGHT);
  for (const query of [`?fp=${RIGHT.fingerprint.slice(0, 63)}`, "?fp=", "?fp"]) {
    const { exitCode } = await assertRejects(
      // deno-lint-ignore require-await -- what is thrown at once is rejected with as well.
      async () => user.connect(`chat://127.0.0.1:${server.port}/a${query}`),
      UserError,
      "is not whole",
    );
    assertEquals(exitCode, 2);
  }
  await server.closed();
  assertEquals(server.handshakes, 0);
});
