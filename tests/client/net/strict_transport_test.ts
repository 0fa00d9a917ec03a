import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { makeCertificate } from "../../../shared/certificate.ts";
import { parseStsPolicy, StsPolicies } from "../../../client/net/strict_transport.ts";
import { UserError } from "../../../shared/errors.ts";
import { Authority } from "../../support/authority.ts";
import { hello, serve, User } from "../../support/client_user.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeServer } from "../../support/fake_server.ts";
import { Pipes } from "../../support/pipes.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { fingerprintIn, type KeyPair, TlsServer } from "../../support/tls_server.ts";

const AUTHORITY = await Authority.make();
const AUTHORITIES = [AUTHORITY.certificate];
const VOUCHED = await AUTHORITY.issue({ name: "localhost", days: 90 });
const VOUCHED_EXPIRED = await AUTHORITY.issue({ name: "localhost", days: -1 });
const VOUCHED_OTHER = await AUTHORITY.issue({ name: "other.example", days: 90 });
const UNVOUCHED = await makeCertificate({ names: ["localhost"], days: 90 });
const WRONG = await makeCertificate({ names: ["localhost"], days: 90 });

/** A time at which today's certificates are valid. */
const NOW = Math.floor(Date.now() / 1000) * 1000;
const DAY = 86_400_000;
const DAY_S = DAY / 1000;

const line = (port: number, until: number) =>
  `localhost ${port} ${new Date(until).toISOString()}\n`;

/** Has a plaintext server send the policy `sts`; the client must send nothing but CAP LS. */
async function demand(server: FakeServer, sts: string): Promise<void> {
  const peer = await server.accept();
  await peer.expect(/^CAP LS 302$/);
  await peer.send(
    ":irc.test NOTICE * :Looking up your host",
    `:irc.test CAP * LS :batch sts=${sts}`,
  );
  await peer.expectEnd();
}

Deno.test("an STS value has a port and a duration, each of which may be missing or invalid", () => {
  const cases: readonly [value: string, stsPolicy: ReturnType<typeof parseStsPolicy>][] = [
    ["port=6697", { port: 6697 }],
    ["duration=0", { seconds: 0 }],
    ["unknown,duration=31536000,foo=bar,port=1", { port: 1, seconds: 31_536_000 }],
    ["duration=999999999999999", { seconds: 3650 * DAY_S }],
    ["port=0,duration=-1", {}],
    ["port=65536,duration=1.5", {}],
    ["port,duration=", {}],
    ["port=1x,duration=1e9", {}],
    ["", {}],
  ];
  for (const [value, stsPolicy] of cases) assertEquals(parseStsPolicy(value), stsPolicy, value);
});

Deno.test("a policy is kept until it expires, and a duration of 0 removes it", () => {
  using folder = new TempFolder();
  const policies = new StsPolicies(`${folder.path}/new/strict_transport`);
  assertEquals(policies.portOf("a.example", NOW), undefined);
  policies.keep("a.example", 6697, DAY_S, NOW);
  policies.keep("b.example", 7000, 2 * DAY_S, NOW);
  assertEquals(policies.portOf("a.example", NOW + DAY - 1), 6697);
  assertEquals(policies.portOf("a.example", NOW + DAY), undefined);
  assertEquals(policies.portOf("b.example", NOW + DAY), 7000);
  policies.keep("b.example", 7000, 0, NOW);
  assertEquals(policies.portOf("b.example", NOW), undefined);
  assertEquals(policies.portOf("a.example", NOW), 6697);
  assertEquals([...Deno.readDirSync(`${folder.path}/new`)].map(({ name }) => name).sort(), [
    "lock",
    "strict_transport",
  ]);
  assertEquals((Deno.statSync(policies.path).mode ?? 0) & 0o777, 0o600);
});

Deno.test("expired policies are removed, and an unreadable line stays and is reported", () => {
  using folder = new TempFolder();
  const path = folder.write("policies", "# mine\n\nx.example 6697  tomorrow\n" + line(1, NOW));
  const policies = new StsPolicies(path);
  assertThrows(() => policies.portOf("x.example", NOW), UserError, `line 3 of ${path}`);
  policies.keep("a.example", 6697, 1, NOW);
  const own = `a.example 6697 ${new Date(NOW + 1000).toISOString()}`;
  assertEquals(Deno.readTextFileSync(path), `# mine\nx.example 6697 tomorrow\n${own}\n`);
  const unusable = new StsPolicies(folder.path);
  assertThrows(() => unusable.portOf("a.example", NOW), UserError, "cannot read");
  assertThrows(() => new StsPolicies(`${path}/x`).keep("a", 1, 1, NOW), UserError, "cannot");
});

Deno.test("a server with an STS policy gets nothing in plain text, and is reached by TLS from then on", async () => {
  using user = new User(AUTHORITIES);
  await using secure = await TlsServer.start(VOUCHED);
  const plain = new FakeServer();
  const target = `irc://LOCALHOST:${plain.port}/a`;
  const exitCode = user.connect(target, hello(), new FakeClock(NOW));
  await demand(plain, `port=${secure.port},duration=1`);
  await serve(await secure.accept(), `sts=duration=${DAY_S},port=1`);
  assertEquals(await exitCode, 0);
  assertEquals(user.policies, line(secure.port, NOW + DAY));
  // The plaintext port is closed, and the client does not need it.
  await plain[Symbol.asyncDispose]();
  const again = user.connect(target, hello(), new FakeClock(NOW + DAY - 1));
  await serve(await secure.accept(), `sts=duration=${2 * DAY_S}`);
  assertEquals(await again, 0);
  assertEquals(user.policies, line(secure.port, NOW + 3 * DAY - 1));
});

Deno.test("a policy without a duration lasts while the client runs", async () => {
  using user = new User(AUTHORITIES);
  await using secure = await TlsServer.start(VOUCHED);
  await using plain = new FakeServer();
  const target = `irc://localhost:${plain.port}/a`;
  const pipes = hello();
  const clock = new FakeClock(NOW);
  const exitCode = user.connect(target, pipes, clock);
  await demand(plain, `port=${secure.port}`);
  const first = await secure.accept();
  await first.welcome({ password: "sesame" });
  first.close();
  await pipes.err.has("trying again");
  clock.advance(1000);
  await serve(await secure.accept());
  assertEquals([await exitCode, user.policies], [0, ""]);
  const again = user.connect(target);
  await serve(await plain.accept());
  assertEquals(await again, 0);
});

Deno.test("a plaintext policy without a port is ignored", async () => {
  using user = new User(AUTHORITIES);
  await using plain = new FakeServer();
  for (const sts of ["duration=100", "port=0", "port"]) {
    const exitCode = user.connect(`irc://localhost:${plain.port}/a`);
    await serve(await plain.accept(), `sts=${sts}`);
    assertEquals([await exitCode, user.policies], [0, ""]);
  }
});

Deno.test("a TLS connection stores the policy too, and its duration starts at the disconnect", async () => {
  using user = new User(AUTHORITIES);
  await using secure = await TlsServer.start(VOUCHED);
  const pipes = new Pipes();
  const clock = new FakeClock(NOW);
  const exitCode = user.connect(`ircs://localhost:${secure.port}/a`, pipes, clock);
  const peer = await secure.accept();
  await peer.welcome({ password: "sesame", caps: `sts=duration=${DAY_S}` });
  await peer.join("#a");
  pipes.input("hello\n");
  await peer.expect(/hello$/);
  await peer.answerPing();
  assertEquals(user.policies, line(secure.port, NOW + DAY));
  await peer.send(`:irc.test CAP ann NEW :sts=duration=${2 * DAY_S}`, "PING a");
  await peer.expect(/^PONG a$/);
  assertEquals(user.policies, line(secure.port, NOW + 2 * DAY));
  // "Clients MUST ignore any attempts" to remove the policy by CAP DEL.
  await peer.send(":irc.test CAP ann DEL :sts", "PING b");
  await peer.expect(/^PONG b$/);
  clock.advance(10_000);
  pipes.endInput();
  await peer.expect(/^QUIT/);
  peer.close();
  assertEquals([await exitCode, user.policies], [0, line(secure.port, NOW + 2 * DAY + 10_000)]);
});

Deno.test("a removed or expired policy no longer applies", async () => {
  using user = new User(AUTHORITIES);
  await using secure = await TlsServer.start(VOUCHED);
  await using plain = new FakeServer();
  const target = `irc://localhost:${plain.port}/a`;
  user.policies = line(secure.port, NOW + DAY);
  const exitCode = user.connect(target, hello(), new FakeClock(NOW));
  await serve(await secure.accept(), "sts=duration=0");
  assertEquals([await exitCode, user.policies], [0, ""]);
  user.policies = line(secure.port, NOW);
  const again = user.connect(target, hello(), new FakeClock(NOW));
  await serve(await plain.accept());
  assertEquals(await again, 0);
});

Deno.test("the policy of a server without an authority's certificate counts from the second connection on", async () => {
  using user = new User(AUTHORITIES);
  await using secure = await TlsServer.start(UNVOUCHED);
  for (const kept of ["", line(secure.port, NOW + DAY)]) {
    const clock = new FakeClock(NOW);
    const exitCode = user.connect(`ircs://localhost:${secure.port}/a`, hello(), clock);
    await serve(await secure.accept(), `sts=duration=${DAY_S}`);
    assertEquals([await exitCode, user.policies], [0, kept]);
  }
  const exitCode = user.connect("irc://localhost/a", hello(), new FakeClock(NOW));
  await serve(await secure.accept());
  assertEquals(await exitCode, 0);
});

Deno.test("the client ends if a policy cannot be stored, and says what to do", async () => {
  using user = new User(AUTHORITIES);
  user.known = "";
  Deno.mkdirSync(`${user.policyFile}/x`, { recursive: true });
  await using secure = await TlsServer.start(VOUCHED);
  const failed = assertRejects(
    () => user.connect(`ircs://localhost:${secure.port}/a`),
    UserError,
    `cannot read ${user.policyFile}, the list`,
  );
  const peer = await secure.accept();
  await peer.expect(/^CAP LS 302$/);
  await peer.send(":irc.test CAP * LS :sts=duration=1");
  await failed;
});

/** An attacker between the client and a server with a policy. */
interface Attack {
  readonly name: string;
  readonly pair: KeyPair;
  /** The entry of the server's TLS port in the list of known servers. */
  readonly known?: string;
  readonly message: readonly string[];
}

const ATTACKS: readonly Attack[] = [
  {
    name: "a self-signed certificate",
    pair: UNVOUCHED,
    message: ["allows TLS only (sts), and TLS failed", "self-signed"],
  },
  {
    name: "a self-signed certificate in place of an authority's",
    pair: UNVOUCHED,
    known: "authority",
    message: ["allows TLS only (sts), and TLS failed"],
  },
  {
    name: "an expired certificate",
    pair: VOUCHED_EXPIRED,
    message: ["allows TLS only (sts), and TLS failed"],
  },
  {
    name: "a certificate for another name",
    pair: VOUCHED_OTHER,
    message: ["allows TLS only (sts), and TLS failed", "other.example"],
  },
  {
    name: "a changed certificate",
    pair: WRONG,
    known: fingerprintIn(UNVOUCHED),
    message: [fingerprintIn(UNVOUCHED), fingerprintIn(WRONG), "remove line 1 of "],
  },
];

for (const { name, pair, known, message: parts } of ATTACKS) {
  for (const source of ["stored", "received in plain text"] as const) {
    Deno.test(`${name} under a policy ${source}: nothing is sent`, async () => {
      using user = new User(AUTHORITIES);
      await using secure = await TlsServer.start(pair);
      await using plain = new FakeServer();
      const before = known === undefined ? "" : `localhost:${secure.port} ${known}\n`;
      user.known = before;
      const policy = source === "stored" ? line(secure.port, NOW + DAY) : "";
      user.policies = policy;
      const refused = assertRejects(
        () => user.connect(`irc://localhost:${plain.port}/a`, hello(), new FakeClock(NOW)),
        UserError,
      );
      if (policy === "") await demand(plain, `port=${secure.port}`);
      const { message, exitCode } = await refused;
      await secure.closed();
      assertEquals([secure.received, exitCode], ["", 1]);
      for (const part of [...parts, "Nothing was sent"]) assertStringIncludes(message, part);
      assertEquals([user.known, user.policies], [before, policy]);
    });
  }
}

Deno.test("a server that answers in plain text despite a policy gets nothing", async () => {
  using user = new User(AUTHORITIES);
  using secure = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  // The plaintext port is open, but the client must not use it.
  await using plain = new FakeServer();
  const target = `irc://localhost:${plain.port}/a`;
  for (const known of ["", `localhost:${secure.addr.port} ${fingerprintIn(VOUCHED)}\n`]) {
    user.known = known;
    user.policies = line(secure.addr.port, NOW + DAY);
    const refused = assertRejects(
      () => user.connect(target, hello(), new FakeClock(NOW)),
      UserError,
      "someone may be intercepting the connection. Nothing was sent",
    );
    using connection = await secure.accept();
    await connection.write(new TextEncoder().encode(":irc.test NOTICE * :Welcome\r\n"));
    const received = await new Response(connection.readable).bytes().catch(() => new Uint8Array());
    const { message } = await refused;
    assertEquals(message.includes("irc://"), false);
    assertEquals(/ann|sesame|CAP|NICK/.test(new TextDecoder().decode(received)), false);
  }
});

Deno.test("the client does not fall back to plain text if the TLS port is closed", async () => {
  using user = new User(AUTHORITIES);
  await using plain = new FakeServer();
  const free = new FakeServer();
  await free[Symbol.asyncDispose]();
  user.policies = line(free.port, NOW + DAY);
  await assertRejects(
    () => user.connect(`irc://localhost:${plain.port}/a`, hello(), new FakeClock(NOW)),
    UserError,
    `nothing is listening on localhost:${free.port}`,
  );
});

Deno.test("another certificate at a reconnect under a policy ends the client at once", async () => {
  using user = new User(AUTHORITIES);
  await using secure = await TlsServer.start(VOUCHED);
  await using plain = new FakeServer();
  const pipes = new Pipes();
  const clock = new FakeClock(NOW);
  const left = assertRejects(
    () => user.connect(`irc://localhost:${plain.port}/a`, pipes, clock),
    UserError,
    "Nothing was sent",
  );
  await demand(plain, `port=${secure.port}`);
  const peer = await secure.accept();
  await peer.welcome({ password: "sesame", caps: `sts=duration=${DAY_S}` });
  await peer.join("#a");
  secure.present(WRONG);
  const { received } = secure;
  peer.close();
  await pipes.err.has("trying again");
  clock.advance(1000);
  await left;
  assertEquals(secure.received, received);
});

Deno.test("a server that lacks CAP, or does not answer it, still gets the registration, sooner if it answers PING", async () => {
  using user = new User();
  await using plain = new FakeServer();
  // The second line of each is the answer to a PING of the client, after a second.
  const cases = [
    ["421 * CAP :Unknown command"],
    ["NOTICE * :Looking up your host", "451 * PING :You have not registered."],
    ["NOTICE * :Looking up your host", "PONG irc.test :probe"],
    ["NOTICE * :Looking up your host", undefined],
  ];
  for (const [answer, toPing] of cases) {
    const clock = new FakeClock(NOW);
    const exitCode = user.connect(`irc://localhost:${plain.port}/a`, hello(), clock);
    const peer = await plain.accept();
    await peer.expect(/^CAP LS 302$/);
    await peer.send(`:irc.test ${answer}`);
    if (answer?.startsWith("NOTICE")) {
      await peer.send("PING a");
      await peer.expect(/^PONG a$/);
      clock.advance(1_000);
      await peer.expect(/^PING probe$/);
      if (toPing === undefined) clock.advance(4_000);
      else await peer.send(`:irc.test ${toPing}`);
    }
    await peer.expect(/^PASS sesame$/);
    peer.nick = "ann";
    await peer.expect(/^NICK ann$/);
    await peer.expect(/^USER /);
    await peer.send(":irc.test 001 ann :Welcome");
    await peer.answerPing();
    await peer.join("#a");
    await peer.expect(/hello$/);
    await peer.answerPing();
    await peer.expect(/^QUIT/);
    peer.close();
    assertEquals(await exitCode, 0);
  }
});
