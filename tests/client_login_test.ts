import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { UserError } from "../errors.ts";
import { base64 } from "./support/irc_client.ts";
import type { Peer } from "./support/fake_server.ts";
import { inTime } from "./support/patience.ts";
import { ADA, serverWithAda } from "./support/people.ts";
import { Recorder } from "./support/recorder.ts";
import { sessionAt, type Setup, setUp } from "./support/session.ts";

for (const mechanism of [undefined, "SCRAM-SHA-256", "PLAIN"]) {
  Deno.test(`at a server of ours, one logs in by ${mechanism ?? "the best that it has"}`, async () => {
    await using server = await serverWithAda();
    const told = new Recorder();
    const login = { ...ADA, ...(mechanism && { mechanism }) };
    const session = sessionAt(server.port, told, { nick: "ada", login });
    await inTime(session.start(), "the end of the login");
    assertEquals((await told.take("connected")).account, "ada");
    session.send("WHOIS", "ada");
    let { text } = await told.take("answer");
    while (!text.includes("logged in")) ({ text } = await told.take("answer"));
    assertEquals(text, "ada is logged in as ada");
    await session.leave("");
  });

  Deno.test(`with a wrong password, one is not let in by ${mechanism ?? "the best way"}`, async () => {
    await using server = await serverWithAda();
    const login = { ...ADA, password: "wrong", ...(mechanism && { mechanism }) };
    const session = sessionAt(server.port, new Recorder(), { nick: "ada", login });
    const { message } = await assertRejects(() => inTime(session.start(), "the end"), UserError);
    assertStringIncludes(message, "did not log us in as ada (SASL authentication failed: ");
    assertStringIncludes(message, "): check the name and the password");
    assertEquals(server.log.filter(([what]) => what === "came").length, 1);
  });
}

/** What a server is told, in order, and what it says to each; then it waits for the client to leave. */
type Script = readonly (readonly [told: RegExp, says: readonly string[]])[];

/** A server that does not log ada in. */
interface Refusal {
  readonly name: string;
  /** What it offers. */
  readonly caps: string;
  readonly script?: Script;
  /** How one wants to log in; the best way, if that is left out. */
  readonly mechanism?: string;
  /** Its name, if it is not on this machine. */
  readonly host?: string;
  /** Whether it is told that nothing comes of this. */
  readonly isAborted?: true;
  /** What the user is told. */
  readonly told: RegExp;
}

const PLAIN_BEGINS = [/^AUTHENTICATE PLAIN$/, ["AUTHENTICATE +"]] as const;
const PLAIN_SAYS = new RegExp(`^AUTHENTICATE ${base64(`ada\0ada\0${ADA.password}`)}$`);
const SCRAM_BEGINS = [/^AUTHENTICATE SCRAM-SHA-256$/, [":irc.test AUTHENTICATE +"]] as const;
const SUCCESS = [
  ":irc.test 900 ann ann!u@h ada :You are now logged in as ada",
  ":irc.test 903 ann :SASL authentication successful",
];

const REFUSALS: readonly Refusal[] = [
  {
    name: "that knows no SASL",
    caps: "batch",
    told: /cannot log us in: leave out --login/,
  },
  {
    name: "that lets one in at once",
    caps: "",
    told: /let us in without a login \(SASL\): leave out --login/,
  },
  {
    name: "that has other mechanisms only",
    caps: "sasl=EXTERNAL,SCRAM-SHA-1",
    told: /cannot log us in \(it offers EXTERNAL, SCRAM-SHA-1\): leave out --login/,
  },
  {
    name: "that lacks the mechanism that was asked for",
    caps: "sasl=PLAIN",
    mechanism: "SCRAM-SHA-256",
    told:
      /cannot log us in by SCRAM-SHA-256 \(it offers PLAIN\): .* choose another way with --sasl/,
  },
  {
    name: "that would be told the password where others can read it",
    caps: "sasl=PLAIN",
    host: "irc.test",
    told: /everybody on the way could read it: connect by TLS \(ircs:\/\/\)/,
  },
  {
    name: "that does not say what it has, and has nothing",
    caps: "sasl",
    script: [
      [/^AUTHENTICATE SCRAM-SHA-256$/, [":irc.test 904 ann :SASL is down."]],
      [/^AUTHENTICATE PLAIN$/, [":irc.test 904 ann :SASL is down."]],
    ],
    told: /cannot log us in \(SASL is down\): leave out --login, or try again later/,
  },
  {
    name: "that says too late what it has",
    caps: "sasl",
    script: [[/^AUTHENTICATE SCRAM-SHA-256$/, [
      ":irc.test 908 ann EXTERNAL :are available SASL mechanisms",
      ":irc.test 904 ann :SASL authentication failed",
    ]]],
    told: /cannot log us in \(SASL authentication failed; it offers EXTERNAL\)/,
  },
  {
    name: "that refuses the password",
    caps: "sasl=PLAIN",
    script: [PLAIN_BEGINS, [PLAIN_SAYS, [":irc.test 904 ann :No\x1b[31m such\u202e account"]]],
    told: /did not log us in as ada \(No\[31m such account\): check the name and the password$/,
  },
  {
    name: "that does not know one's key",
    caps: "sasl=PLAIN,EXTERNAL",
    mechanism: "EXTERNAL",
    script: [
      [/^AUTHENTICATE EXTERNAL$/, ["AUTHENTICATE +"]],
      [/^AUTHENTICATE YWRh$/, [":irc.test 904 ann :No such key"]],
    ],
    told: /as ada \(No such key\): log in with the password, and tell the server of your key$/,
  },
  {
    name: "that refuses with a standard reply",
    caps: "sasl=PLAIN",
    script: [PLAIN_BEGINS, [PLAIN_SAYS, ["FAIL AUTHENTICATE LOCKED :Not today"]]],
    told: /did not log us in as ada \(Not today\)/,
  },
  {
    name: "that wants SCRAM to fail, to be told the password",
    caps: "sasl=SCRAM-SHA-256,PLAIN",
    script: [SCRAM_BEGINS, [/^AUTHENTICATE \S+$/, [":irc.test 904 ann :Try another"]]],
    told: /\(Try another\): check the name and the password, or try --sasl plain, which tells/,
  },
  {
    name: "that claims success without any proof",
    caps: "sasl=SCRAM-SHA-256",
    script: [SCRAM_BEGINS, [/^AUTHENTICATE \S+$/, SUCCESS]],
    told: /does not prove that it knows the password: it may be another server/,
  },
  {
    name: "that speaks no SCRAM",
    caps: "sasl=SCRAM-SHA-256",
    script: [SCRAM_BEGINS, [/^AUTHENTICATE \S+$/, [`AUTHENTICATE ${base64("hello")}`]]],
    isAborted: true,
    told: /answers something that was not asked: it may be another server/,
  },
  {
    name: "that says what is no base64",
    caps: "sasl=PLAIN",
    script: [[/^AUTHENTICATE PLAIN$/, ["AUTHENTICATE !"]]],
    isAborted: true,
    told: /says something else \(that is not UTF-8 in base64\)/,
  },
  {
    name: "that never ends",
    caps: "sasl=PLAIN",
    script: [[/^AUTHENTICATE PLAIN$/, Array(5).fill(`AUTHENTICATE ${"A".repeat(400)}`)]],
    isAborted: true,
    told: /says something else \(that is too long\)/,
  },
];

/** Plays a server up to where it has offered its capabilities and been asked for `sasl`. */
async function offer(peer: Peer, caps: string): Promise<void> {
  for (const command of ["CAP LS 302", "NICK ann", "USER"]) {
    await peer.expect(new RegExp(`^${command}`));
  }
  if (caps === "") return await peer.send(":irc.test 001 ann :Welcome");
  await peer.send(`:irc.test CAP * LS :${caps}`);
  const { params: [, names] } = await peer.expect(/^CAP REQ /);
  await peer.send(`:irc.test CAP * ACK :${names}`);
}

async function play(peer: Peer, script: Script): Promise<void> {
  for (const [told, says] of script) {
    await peer.expect(told);
    await peer.send(...says);
  }
}

/** Hears the client say goodbye, and lets it go. */
async function letGo(peer: Peer): Promise<void> {
  await peer.expect(/^QUIT$/);
  peer.close();
}

for (
  const { name, caps, script = [], mechanism, host = "127.0.0.1", isAborted, told } of REFUSALS
) {
  Deno.test(`a server ${name} is left before it lets one in`, async () => {
    await using setup = setUp({ host, login: { ...ADA, ...(mechanism && { mechanism }) } });
    const refused = assertRejects(() => setup.session.start(), UserError);
    const peer = await setup.server.accept();
    await offer(peer, caps);
    await play(peer, script);
    if (isAborted) await peer.expect(/^AUTHENTICATE \*$/);
    if (caps === "") await peer.expectEnd();
    else await letGo(peer);
    const { message } = await refused;
    assertMatch(message, told);
    assertEquals(setup.told.events, []);
  });
}

Deno.test("by one's key, one says only the account", async () => {
  await using setup = setUp({ room: "#a", login: { ...ADA, mechanism: "EXTERNAL" } });
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await offer(peer, "sasl=PLAIN,EXTERNAL");
  await play(peer, [
    [/^AUTHENTICATE EXTERNAL$/, ["AUTHENTICATE +"]],
    [new RegExp(`^AUTHENTICATE ${base64("ada")}$`), SUCCESS],
    [/^CAP END$/, [":irc.test 001 ann :Welcome"]],
  ]);
  await peer.answerPing();
  await starting;
});

Deno.test("a mechanism that turns out not to be there is followed by the next", async () => {
  await using setup = setUp({ room: "#a", login: ADA });
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await offer(peer, "sasl");
  await play(peer, [
    [/^AUTHENTICATE SCRAM-SHA-256$/, [":irc.test 904 ann :No such mechanism"]],
    PLAIN_BEGINS,
    [PLAIN_SAYS, SUCCESS],
    [/^CAP END$/, [":irc.test 001 ann :Welcome"]],
  ]);
  await peer.answerPing();
  await starting;
  assertEquals((await setup.told.take("connected")).account, "ada");
});

Deno.test("whatever a server offers meanwhile, one logs in once", async () => {
  await using setup = setUp({ login: ADA });
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await offer(peer, "sasl=PLAIN");
  const offers = ":irc.test CAP * NEW :example.org/other";
  await play(peer, [
    [/^AUTHENTICATE PLAIN$/, [offers, "AUTHENTICATE +"]],
    [PLAIN_SAYS, SUCCESS],
    [/^CAP END$/, [":irc.test 001 ann :Welcome"]],
  ]);
  await peer.answerPing();
  await starting;
});

Deno.test("a long password travels in pieces of 400, and an even one has an empty one behind", async () => {
  for (
    const [length, rest] of [[292, /^AUTHENTICATE \+$/], [
      300,
      /^AUTHENTICATE \w{1,399}=*$/,
    ]] as const
  ) {
    await using setup = setUp({ login: { ...ADA, password: "x".repeat(length) } });
    const refused = assertRejects(() => setup.session.start(), UserError);
    const peer = await setup.server.accept();
    await offer(peer, "sasl=PLAIN");
    await play(peer, [PLAIN_BEGINS, [/^AUTHENTICATE [\w+/]{400}$/, []], [rest, []]]);
    peer.close();
    await refused;
  }
});

/** Logs a client in and welcomes it. */
const LOGS_IN: Script = [
  PLAIN_BEGINS,
  [PLAIN_SAYS, SUCCESS],
  [/^CAP END$/, [":irc.test 001 ann :Welcome"]],
];

/** A session that was logged in, has lost its connection, and has something to say. */
async function lost(setup: Setup): Promise<void> {
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await offer(peer, "sasl=PLAIN");
  await play(peer, LOGS_IN);
  await peer.answerPing();
  await starting;
  peer.close();
  await setup.told.take("disconnected");
  setup.session.say("#a", "hello");
}

Deno.test("who comes back logs in again, and says nothing before", async () => {
  await using setup = setUp({ room: "#a", login: ADA });
  await lost(setup);
  setup.clock.advance(1000);
  const peer = await setup.server.accept();
  await offer(peer, "sasl=PLAIN");
  await play(peer, LOGS_IN);
  await peer.answerPing();
  peer.nick = "ann";
  await peer.join("#a");
  await peer.expect(/^PRIVMSG #a :?hello$/);
});

Deno.test("a server that does not log one in, and does not hang up, is left all the same", async () => {
  await using setup = setUp({ login: ADA });
  const refused = assertRejects(() => setup.session.start(), UserError, "cannot log us in");
  const peer = await setup.server.accept();
  await offer(peer, "batch");
  await peer.expect(/^QUIT$/);
  setup.clock.advance(1500);
  await refused;
  await peer.expectEnd();
  assertEquals(setup.clock.pending, 0);
});

Deno.test("who comes back and is refused leaves, and what waited was not said", async () => {
  await using setup = setUp({ room: "#a", login: ADA });
  await lost(setup);
  setup.clock.advance(1000);
  const peer = await setup.server.accept();
  await offer(peer, "sasl=PLAIN");
  await play(peer, [PLAIN_BEGINS, [PLAIN_SAYS, [":irc.test 904 ann :No"]]]);
  await letGo(peer);
  await assertRejects(() => setup.session.ended, UserError, "did not log us in as ada (No)");
  assertEquals((await setup.told.take("refused")).line?.text, "hello");
});

Deno.test("who comes back where one cannot log in for a while tries again later", async () => {
  await using setup = setUp({ room: "#a", login: ADA });
  await lost(setup);
  setup.clock.advance(1000);
  const peer = await setup.server.accept();
  await offer(peer, "batch");
  await letGo(peer);
  const { reason } = await setup.told.take("retrying");
  assertStringIncludes(reason, "cannot log us in");
});
