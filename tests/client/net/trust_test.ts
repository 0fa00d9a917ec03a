import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { UserError } from "../../../shared/errors.ts";
import { makeCertificate } from "../../../shared/certificate.ts";
import { Authority } from "../../support/authority.ts";
import { hello, serve, serveSilent, User } from "../../support/client_user.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { Pipes } from "../../support/pipes.ts";
import { Screen } from "../../support/screen.ts";
import { fingerprintIn, type KeyPair, TlsServer } from "../../support/tls_server.ts";

const AUTHORITY = await Authority.make();
const AUTHORITIES = [AUTHORITY.certificate];

/** Both names of this machine, so that no certificate is refused because of its name. */
const NAMES = ["localhost", "127.0.0.1"];

/** The certificates of the intended server and of an attacker in between. */
const RIGHT = await makeCertificate({ names: NAMES, days: 3650 });
const WRONG = await makeCertificate({ names: NAMES, days: 3650 });
const EXPIRED = await makeCertificate({ names: NAMES, days: -1 });
const VOUCHED = await AUTHORITY.issue({ name: "localhost", days: 90 });
const VOUCHED_EXPIRED = await AUTHORITY.issue({ name: "localhost", days: -1 });
const VOUCHED_OTHER = await AUTHORITY.issue({ name: "other.example", days: 90 });

/** A server that the client must trust. */
interface Trusted {
  readonly name: string;
  readonly pair: KeyPair;
  /** The rest of the URL after `chat://HOST:PORT/a`. */
  readonly query?: string;
  readonly host?: string;
  /** The server's entry in the list of known servers before, and its entries afterwards. */
  readonly known?: string;
  readonly remembered: readonly string[];
}

const TRUSTED: readonly Trusted[] = [
  {
    name: "at the first connection",
    pair: RIGHT,
    remembered: [RIGHT.fingerprint],
  },
  {
    name: "with the remembered fingerprint",
    pair: RIGHT,
    known: RIGHT.fingerprint,
    remembered: [RIGHT.fingerprint],
  },
  {
    name: "with a remembered certificate that has expired",
    pair: EXPIRED,
    known: EXPIRED.fingerprint,
    remembered: [EXPIRED.fingerprint],
  },
  {
    name: "with the fingerprint in the URL, even if another is remembered",
    pair: RIGHT,
    query: `?fp=${RIGHT.fingerprint}`,
    known: WRONG.fingerprint,
    remembered: [WRONG.fingerprint],
  },
  {
    name: "with an expired certificate whose fingerprint is in the URL",
    pair: EXPIRED,
    query: `?fp=${EXPIRED.fingerprint}`,
    remembered: [],
  },
  {
    name: "with an authority's certificate",
    pair: VOUCHED,
    host: "localhost",
    remembered: ["authority"],
  },
  {
    name: "with an authority's certificate as before",
    pair: VOUCHED,
    host: "LOCALHOST",
    known: "authority",
    remembered: ["authority"],
  },
  {
    name: "with an authority's certificate in place of a remembered one",
    pair: VOUCHED,
    host: "localhost",
    known: RIGHT.fingerprint,
    remembered: [RIGHT.fingerprint, "authority"],
  },
  {
    name: "with an authority's certificate for another name, at the first connection",
    pair: VOUCHED_OTHER,
    host: "localhost",
    remembered: [fingerprintIn(VOUCHED_OTHER)],
  },
];

for (const { name, pair, query = "", host = "127.0.0.1", known, remembered } of TRUSTED) {
  Deno.test(`a server ${name} is trusted`, async () => {
    using user = new User(AUTHORITIES);
    await using server = await TlsServer.start(pair);
    const line = (mark: string) => `${host.toLowerCase()}:${server.port} ${mark}\n`;
    if (known !== undefined) user.known = line(known);
    const exitCode = user.connect(`chat://${host}:${server.port}/a${query}`);
    await serve(await server.accept());
    assertEquals(await exitCode, 0);
    assertEquals(user.known, remembered.map(line).join(""));
  });
}

/** An attacker between client and server, or a server that looks like one. */
interface Attack {
  readonly name: string;
  readonly pair: KeyPair;
  readonly query?: string;
  readonly host?: string;
  readonly known?: string;
  /** Parts of the error that the user gets. */
  readonly message: readonly string[];
}

const ATTACKS: readonly Attack[] = [
  {
    name: "a changed certificate",
    pair: WRONG,
    known: RIGHT.fingerprint,
    message: [RIGHT.fingerprint, WRONG.fingerprint, "remove line 1 of ", "known_servers"],
  },
  {
    name: "the right name with a wrong key, against the fingerprint in the URL",
    pair: WRONG,
    query: `?fp=${RIGHT.fingerprint}`,
    message: [RIGHT.fingerprint, WRONG.fingerprint],
  },
  {
    name: "a remembered wrong key, against the fingerprint in the URL",
    pair: WRONG,
    query: `?fp=${RIGHT.fingerprint}`,
    known: WRONG.fingerprint,
    message: [RIGHT.fingerprint, WRONG.fingerprint],
  },
  {
    name: "an authority's certificate, against the fingerprint in the URL",
    pair: VOUCHED,
    host: "localhost",
    query: `?fp=${RIGHT.fingerprint}`,
    message: [RIGHT.fingerprint, fingerprintIn(VOUCHED)],
  },
  {
    name: "the right name with a wrong key, after an authority's certificate",
    pair: WRONG,
    host: "localhost",
    known: "authority",
    message: ["no authority vouches", WRONG.fingerprint, "remove line 1 of "],
  },
  {
    name: "an authority's certificate for another name, after one for the right name",
    pair: VOUCHED_OTHER,
    host: "localhost",
    known: "authority",
    message: ["no authority vouches", "remove line 1 of "],
  },
  {
    name: "an expired certificate, after a valid one of an authority",
    pair: VOUCHED_EXPIRED,
    host: "localhost",
    known: "authority",
    message: ["no authority vouches", "remove line 1 of "],
  },
  {
    name: "an authority's expired certificate",
    pair: VOUCHED_EXPIRED,
    host: "localhost",
    message: ["expired on 20", fingerprintIn(VOUCHED_EXPIRED)],
  },
  {
    name: "the server's own expired certificate",
    pair: EXPIRED,
    message: ["expired on 20", EXPIRED.fingerprint],
  },
  {
    name: "an invalid fingerprint in the known servers",
    pair: RIGHT,
    known: RIGHT.fingerprint.slice(1),
    message: [RIGHT.fingerprint, "remove line 1 of "],
  },
];

for (const { name, pair, query = "", host = "127.0.0.1", known, message: parts } of ATTACKS) {
  Deno.test(`${name}: nothing is sent`, async () => {
    using user = new User(AUTHORITIES);
    await using server = await TlsServer.start(pair);
    const before = known === undefined ? "" : `${host}:${server.port} ${known}\n`;
    user.known = before;
    const { message, exitCode } = await assertRejects(
      () => user.connect(`chat://${host}:${server.port}/a${query}`),
      UserError,
    );
    await server.closed();
    assertEquals([server.received, server.handshakes, exitCode], ["", 1, 1]);
    for (const part of [...parts, "Nothing was sent"]) assertStringIncludes(message, part);
    assertEquals(user.known, before);
  });
}

Deno.test("another key at a reconnect ends the client at once, and nothing is sent", async () => {
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
  assertStringIncludes(pipes.err.text, "may not have reached #a: hello");
  assertEquals(clock.pending, 0);
});

Deno.test("the same key at a reconnect is trusted without another notice", async () => {
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
  const notices = pipes.err.lines.filter((line) => line.includes("fingerprint"));
  assertEquals(notices, [`chat: new server: remembered its fingerprint ${RIGHT.fingerprint}`]);
  assertEquals(pipes.out.text, "");
});

Deno.test("a terminal shows a new server's fingerprint, and another key ends the client at once", async () => {
  using user = new User(AUTHORITIES);
  await using screen = new Screen();
  await using server = await TlsServer.start(RIGHT);
  const clock = new FakeClock(Date.now());
  const left = assertRejects(
    () => user.connect(`chat://127.0.0.1:${server.port}/a`, screen, clock),
    UserError,
    "someone may be intercepting",
  );
  const peer = await server.accept();
  await peer.welcome({ password: "sesame" });
  await peer.join("#a");
  await screen.shows("new server: remembered its fingerprint");
  server.present(WRONG);
  const { received } = server;
  peer.close();
  await screen.shows("offline");
  screen.type("not for everybody\r");
  await screen.shows("queued for");
  clock.advance(1000);
  await left;
  assertEquals(server.received, received);
  assertStringIncludes(screen.all.join(""), "not sent to #a: not for everybody");
  assertEquals(screen.isRaw, false);
});

Deno.test("without a folder for known servers, only a server with a fingerprint in the URL is trusted", async () => {
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

Deno.test("a truncated fingerprint is refused before the client connects", async () => {
  using user = new User(AUTHORITIES);
  await using server = await TlsServer.start(RIGHT);
  for (const query of [`?fp=${RIGHT.fingerprint.slice(0, 63)}`, "?fp=", "?fp"]) {
    const { exitCode } = await assertRejects(
      () => Promise.try(() => user.connect(`chat://127.0.0.1:${server.port}/a${query}`)),
      UserError,
      "is not valid",
    );
    assertEquals(exitCode, 2);
  }
  await server.closed();
  assertEquals(server.handshakes, 0);
});
