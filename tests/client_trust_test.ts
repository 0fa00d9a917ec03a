import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connect } from "../client.ts";
import { connectOptions } from "../client/options.ts";
import { UserError } from "../errors.ts";
import { makeCertificate } from "../certificate.ts";
import { Authority } from "./support/authority.ts";
import { hello, serve, serveSilent, User } from "./support/client_user.ts";
import { FakeClock } from "./support/fake_clock.ts";
import { Pipes } from "./support/pipes.ts";
import { Screen } from "./support/screen.ts";
import { fingerprintIn, type KeyPair, TlsServer } from "./support/tls_server.ts";

const AUTHORITY = await Authority.make();
const AUTHORITIES = [AUTHORITY.certificate];

/** For both names of this machine: that a certificate is refused is never because of its name. */
const NAMES = ["localhost", "127.0.0.1"];

/** The server that is meant, and whoever stands in between with a key of their own. */
const RIGHT = await makeCertificate({ names: NAMES, days: 3650 });
const WRONG = await makeCertificate({ names: NAMES, days: 3650 });
const EXPIRED = await makeCertificate({ names: NAMES, days: -1 });
const VOUCHED = await AUTHORITY.issue({ name: "localhost", days: 90 });
const VOUCHED_EXPIRED = await AUTHORITY.issue({ name: "localhost", days: -1 });
const VOUCHED_OTHER = await AUTHORITY.issue({ name: "other.example", days: 90 });

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
    using user = new User(AUTHORITIES);
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
    using user = new User(AUTHORITIES);
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
  using user = new User(AUTHORITIES);
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
  using user = new User(AUTHORITIES);
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
  using user = new User(AUTHORITIES);
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
  await serveSilent(await server.accept(), pipes);
  assertEquals(await exitCode, 0);
});

Deno.test("a fingerprint cut short is refused before there is a connection", async () => {
  using user = new User(AUTHORITIES);
  await using server = await TlsServer.start(RIGHT);
  for (const query of [`?fp=${RIGHT.fingerprint.slice(0, 63)}`, "?fp=", "?fp"]) {
    const { exitCode } = await assertRejects(
      () => Promise.try(() => user.connect(`chat://127.0.0.1:${server.port}/a${query}`)),
      UserError,
      "is not whole",
    );
    assertEquals(exitCode, 2);
  }
  await server.closed();
  assertEquals(server.handshakes, 0);
});
