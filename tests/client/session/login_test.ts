import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { UserError } from "../../../shared/errors.ts";
import { base64 } from "../../support/irc_client.ts";
import type { Peer } from "../../support/fake_server.ts";
import { inTime } from "../../support/patience.ts";
import { ADA, serverWithAda } from "../../support/people.ts";
import { Recorder } from "../../support/recorder.ts";
import { sessionAt, type Setup, setUp } from "../../support/session.ts";

for (const mechanism of [undefined, "SCRAM-SHA-256", "PLAIN"]) {
  Deno.test(`the client logs in to our server by ${mechanism ?? "the best mechanism"}`, async () => {
    await using server = await serverWithAda();
    const told = new Recorder();
    const login = { ...ADA, ...(mechanism && { mechanism }) };
    const session = sessionAt(server.port, told, { nick: "ada", login });
    await inTime(session.start(), "the end of the login");
    assertEquals((await told.take("connected")).account, "ada");
    session.send("WHOIS", "ada");
    let { text } = await told.take("answer");
    while (!text.includes("logged in")) ({ text } = await told.take("answer"));
    assertStringIncludes(text, "ada (~ada@127.0.0.1), logged in as ada");
    await session.leave("");
  });

  Deno.test(`a wrong password fails to log in by ${mechanism ?? "the best mechanism"}`, async () => {
    await using server = await serverWithAda();
    const login = { ...ADA, password: "wrong", ...(mechanism && { mechanism }) };
    const session = sessionAt(server.port, new Recorder(), { nick: "ada", login });
    const { message } = await assertRejects(() => inTime(session.start(), "the end"), UserError);
    assertStringIncludes(message, "did not log you in as ada (SASL authentication failed: ");
    assertStringIncludes(message, "): check the name and the password");
    assertEquals(server.log.filter(([what]) => what === "connected").length, 1);
  });
}

/** The lines that a server receives, in order, and its replies to each. */
type Script = readonly (readonly [received: RegExp, replies: readonly string[]])[];

/** A server at which Ada's login fails. */
interface Refusal {
  readonly name: string;
  /** The capabilities it offers. */
  readonly caps: string;
  readonly script?: Script;
  /** The mechanism that the user chose; if absent, the best one. */
  readonly mechanism?: string;
  /** Its name, unless it is on this machine. */
  readonly host?: string;
  /** True if the client aborts the exchange. */
  readonly isAborted?: true;
  /** The error that the user gets. */
  readonly error: RegExp;
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
    name: "without SASL",
    caps: "batch",
    error: /cannot log you in: leave out --login/,
  },
  {
    name: "that sends the welcome at once",
    caps: "",
    error: /does not support logins \(SASL\): leave out --login/,
  },
  {
    name: "with other mechanisms only",
    caps: "sasl=EXTERNAL,SCRAM-SHA-1",
    error: /cannot log you in \(it offers EXTERNAL, SCRAM-SHA-1\): leave out --login/,
  },
  {
    name: "without the chosen mechanism",
    caps: "sasl=PLAIN",
    mechanism: "SCRAM-SHA-256",
    error:
      /cannot log you in with SCRAM-SHA-256 \(it offers PLAIN\): .* choose another mechanism with --sasl/,
  },
  {
    name: "that would get the password over an unencrypted connection",
    caps: "sasl=PLAIN",
    host: "irc.test",
    error: /others could read in transit: connect with TLS \(ircs:\/\/\)/,
  },
  {
    name: "that does not list its mechanisms, and has none",
    caps: "sasl",
    script: [
      [/^AUTHENTICATE SCRAM-SHA-256$/, [":irc.test 904 ann :SASL is down."]],
      [/^AUTHENTICATE PLAIN$/, [":irc.test 904 ann :SASL is down."]],
    ],
    error: /cannot log you in \(SASL is down\): leave out --login, or try again later/,
  },
  {
    name: "that lists its mechanisms too late",
    caps: "sasl",
    script: [[/^AUTHENTICATE SCRAM-SHA-256$/, [
      ":irc.test 908 ann EXTERNAL :are available SASL mechanisms",
      ":irc.test 904 ann :SASL authentication failed",
    ]]],
    error: /cannot log you in \(SASL authentication failed; it offers EXTERNAL\)/,
  },
  {
    name: "that refuses the password",
    caps: "sasl=PLAIN",
    script: [PLAIN_BEGINS, [PLAIN_SAYS, [":irc.test 904 ann :No\x1b[31m such\u202e account"]]],
    error: /did not log you in as ada \(No\[31m such account\): check the name and the password$/,
  },
  {
    name: "that does not know the user's key",
    caps: "sasl=PLAIN,EXTERNAL",
    mechanism: "EXTERNAL",
    script: [
      [/^AUTHENTICATE EXTERNAL$/, ["AUTHENTICATE +"]],
      [/^AUTHENTICATE YWRh$/, [":irc.test 904 ann :No such key"]],
    ],
    error:
      /as ada \(No such key\): log in with the password, and register your key with the server$/,
  },
  {
    name: "that refuses with a standard reply",
    caps: "sasl=PLAIN",
    script: [PLAIN_BEGINS, [PLAIN_SAYS, ["FAIL AUTHENTICATE LOCKED :Not today"]]],
    error: /did not log you in as ada \(Not today\)/,
  },
  {
    name: "that rejects SCRAM to get the password by PLAIN",
    caps: "sasl=SCRAM-SHA-256,PLAIN",
    script: [SCRAM_BEGINS, [/^AUTHENTICATE \S+$/, [":irc.test 904 ann :Try another"]]],
    error: /\(Try another\): check the name and the password, or try --sasl plain, which sends/,
  },
  {
    name: "that claims success without proof",
    caps: "sasl=SCRAM-SHA-256",
    script: [SCRAM_BEGINS, [/^AUTHENTICATE \S+$/, SUCCESS]],
    error: /did not prove that it knows the password: it may not be the server/,
  },
  {
    name: "that sends an invalid SCRAM challenge",
    caps: "sasl=SCRAM-SHA-256",
    script: [SCRAM_BEGINS, [/^AUTHENTICATE \S+$/, [`AUTHENTICATE ${base64("hello")}`]]],
    isAborted: true,
    error: /sent a login message that does not answer the client's: it may not be the server/,
  },
  {
    name: "that sends invalid base64",
    caps: "sasl=PLAIN",
    script: [[/^AUTHENTICATE PLAIN$/, ["AUTHENTICATE !"]]],
    isAborted: true,
    error: /sent a malformed login message \(that is not UTF-8 in base64\)/,
  },
  {
    name: "that sends a challenge without an end",
    caps: "sasl=PLAIN",
    script: [[/^AUTHENTICATE PLAIN$/, Array(5).fill(`AUTHENTICATE ${"A".repeat(400)}`)]],
    isAborted: true,
    error: /sent a malformed login message \(that is too long\)/,
  },
];

/** Plays a server until it has offered its capabilities and acknowledged the request for them. */
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
  for (const [received, replies] of script) {
    await peer.expect(received);
    await peer.send(...replies);
  }
}

/** Waits for the client's QUIT, and closes. */
async function expectQuit(peer: Peer): Promise<void> {
  await peer.expect(/^QUIT$/);
  peer.close();
}

for (
  const { name, caps, script = [], mechanism, host = "127.0.0.1", isAborted, error } of REFUSALS
) {
  Deno.test(`the client leaves a server ${name} before registration ends`, async () => {
    await using setup = setUp({ host, login: { ...ADA, ...(mechanism && { mechanism }) } });
    const refused = assertRejects(() => setup.session.start(), UserError);
    const peer = await setup.server.accept();
    await offer(peer, caps);
    await play(peer, script);
    if (isAborted) await peer.expect(/^AUTHENTICATE \*$/);
    if (caps === "") await peer.expectEnd();
    else await expectQuit(peer);
    const { message } = await refused;
    assertMatch(message, error);
    assertEquals(setup.told.events, []);
  });
}

Deno.test("EXTERNAL sends only the account", async () => {
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

Deno.test("the client tries the next mechanism if one turns out to be missing", async () => {
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

Deno.test("the client logs in once, even if the server offers capabilities meanwhile", async () => {
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

Deno.test("a long password is sent in pieces of 400 characters, with an empty piece after a full last one", async () => {
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

/** The script that logs a client in and welcomes it. */
const LOGS_IN: Script = [
  PLAIN_BEGINS,
  [PLAIN_SAYS, SUCCESS],
  [/^CAP END$/, [":irc.test 001 ann :Welcome"]],
];

/** Logs the session in, loses its connection and queues a message. */
async function loseConnection(setup: Setup): Promise<void> {
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

Deno.test("the client logs in again after a reconnect, before it sends messages", async () => {
  await using setup = setUp({ room: "#a", login: ADA });
  await loseConnection(setup);
  setup.clock.advance(1000);
  const peer = await setup.server.accept();
  await offer(peer, "sasl=PLAIN");
  await play(peer, LOGS_IN);
  await peer.answerPing();
  peer.nick = "ann";
  await peer.join("#a");
  await peer.expect(/^PRIVMSG #a :?hello$/);
});

Deno.test("a server that refuses the login and does not close is disconnected", async () => {
  await using setup = setUp({ login: ADA });
  const refused = assertRejects(() => setup.session.start(), UserError, "cannot log you in");
  const peer = await setup.server.accept();
  await offer(peer, "batch");
  await peer.expect(/^QUIT$/);
  setup.clock.advance(1500);
  await refused;
  await peer.expectEnd();
  assertEquals(setup.clock.pending, 0);
});

Deno.test("the session ends if a login after a reconnect is refused, and reports the unsent message", async () => {
  await using setup = setUp({ room: "#a", login: ADA });
  await loseConnection(setup);
  setup.clock.advance(1000);
  const peer = await setup.server.accept();
  await offer(peer, "sasl=PLAIN");
  await play(peer, [PLAIN_BEGINS, [PLAIN_SAYS, [":irc.test 904 ann :No"]]]);
  await expectQuit(peer);
  await assertRejects(() => setup.session.ended, UserError, "did not log you in as ada (No)");
  assertEquals((await setup.told.take("refused")).line?.text, "hello");
});

Deno.test("the client tries again later if a server offers no login after a reconnect", async () => {
  await using setup = setUp({ room: "#a", login: ADA });
  await loseConnection(setup);
  setup.clock.advance(1000);
  const peer = await setup.server.accept();
  await offer(peer, "batch");
  await expectQuit(peer);
  const { reason } = await setup.told.take("retrying");
  assertStringIncludes(reason, "cannot log you in");
});
