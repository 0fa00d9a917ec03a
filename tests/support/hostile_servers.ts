import type { Peer } from "./fake_server.ts";
import { Random } from "./random.ts";

/** The capabilities that hostile servers offer: all that a client uses. */
export const HOSTILE_CAPS = "account-tag away-notify batch chghost draft/channel-rename " +
  "draft/chathistory draft/message-redaction draft/multiline=max-bytes=4096,max-lines=24 " +
  "draft/read-marker echo-message labeled-response message-tags multi-prefix server-time " +
  "soju.im/search standard-replies userhost-in-names";

/** A server that does what no server should, once the client is in `#a` as `ann`. */
export interface HostileServer {
  /** A phrase for the content that it sends, which follows "a server that sends". */
  readonly name: string;
  /** Sends this content. */
  readonly attack: (peer: Peer) => Promise<void>;
  /** Returns the lines that answer a line of the client; a PING is answered anyway. */
  readonly answer?: (line: string) => readonly string[];
}

const ME = ":ann!u@h";
const BOB = ":bob!u@h";
const IRC = ":irc.test";
const LONG = "long ".repeat(800);
/** Sequences that would change a terminal, and characters that would reorder a line. */
const CONTROLS =
  "\x1b[2J\x1b]0;title\x07\x1b]52;c;cGFzdGU=\x1b\\\x9b31m\x90q\x9c\x07\x08\x0e\x1b(0\x7f\u202e\u2066\u200b";

/** Returns `count` lines, or groups of lines. */
function lines(count: number, line: (index: number) => string | readonly string[]): string[] {
  return Array.from({ length: count }, (_, index) => line(index)).flat();
}

/** Returns a server that sends lines. */
function sends(name: string, makeLines: () => readonly string[]): HostileServer {
  return { name, attack: (peer) => peer.send(...makeLines()) };
}

/** Returns a server that sends bytes. */
function sendsBytes(name: string, makeBytes: () => Uint8Array): HostileServer {
  return { name, attack: (peer) => peer.sendBytes(makeBytes()) };
}

const text = (length: number, character = "x") => character.repeat(length);

/** Returns the bytes of `line`, followed by the bytes `after`. */
function bytesOf(line: string, after: readonly number[] = []): Uint8Array {
  return Uint8Array.from([...new TextEncoder().encode(line), ...after]);
}

const COMMANDS =
  ("PRIVMSG NOTICE TAGMSG JOIN PART QUIT NICK KICK MODE TOPIC INVITE BATCH CAP ACCOUNT AWAY " +
    "CHGHOST RENAME REDACT MARKREAD FAIL WARN NOTE WALLOPS PONG AUTHENTICATE METADATA").split(" ");

const NUMERICS = lines(900, (index) => String(index + 100)).filter((each) => each !== "464");

/** A server whose history never ends: each page is full, and none is like another. */
function endlessHistory(): HostileServer {
  let pages = 0;
  const answer = (line: string) => {
    const [, target = "#a"] = /CHATHISTORY \w+ (\S+)/.exec(line) ?? [];
    if (!line.includes("CHATHISTORY ")) return [];
    const page = ++pages;
    const label = /^@label=(\S+)/.exec(line)?.[1];
    const opening = label === undefined ? IRC : `@label=${label} ${IRC}`;
    return [
      `${opening} BATCH +h${page} chathistory ${target}`,
      ...lines(
        100,
        (index) =>
          `@batch=h${page};msgid=p${page}-${index};time=2026-01-01T00:00:00.000Z ${BOB} PRIVMSG ${target} :again`,
      ),
      `${IRC} BATCH -h${page}`,
    ];
  };
  return {
    name: "history that never ends",
    attack: (peer) => peer.send(...lines(200, () => [`${ME} PART #a`, `${ME} JOIN #a`])),
    answer,
  };
}

/** The kinds of hostile servers. */
export const HOSTILE_SERVERS: readonly HostileServer[] = [
  sends("control sequences in every place", () => [
    `:${CONTROLS}!${CONTROLS}@${CONTROLS} PRIVMSG #a :${CONTROLS}`,
    ...COMMANDS.filter((each) => !["QUIT", "CAP"].includes(each)).map((each) =>
      `${BOB} ${each} ${CONTROLS} ${CONTROLS} :${CONTROLS}`
    ),
    ...NUMERICS.map((each) => `${IRC} ${each} ann #${CONTROLS} ${CONTROLS} :${CONTROLS}`),
    `@time=${CONTROLS};msgid=${CONTROLS};account=${CONTROLS} ${BOB} PRIVMSG ann :${CONTROLS}`,
    `${BOB} TOPIC #a :${CONTROLS}`,
    `${BOB} PRIVMSG #a :\x01ACTION ${CONTROLS}\x01`,
  ]),
  sendsBytes(
    "a line without an end",
    () => new TextEncoder().encode(`${BOB} PRIVMSG #a :${text(1_000_000)}\r\n`),
  ),
  sendsBytes("random bytes", () => {
    const random = new Random(7);
    return Uint8Array.from({ length: 200_000 }, () => random.below(256)).map((byte) =>
      // Without `E`, no line is an ERROR, which would end the connection.
      byte === 0x45 ? 0x46 : byte
    );
  }),
  sendsBytes("halves of characters", () => {
    const half = (bytes: readonly number[]) => bytesOf(`${BOB} PRIVMSG #a :`, [...bytes, 13, 10]);
    const bad = [[0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xed, 0xa0, 0x80], [0xc0, 0x80], [
      0xff,
    ]];
    return Uint8Array.from(bad.flatMap((bytes) => [...half(bytes)]));
  }),
  sendsBytes(
    "NUL, and CR without LF",
    () => bytesOf(`${BOB} PRIVMSG #a :a\0b\rc\r\r\n\r\r\n\n\n\0\r\n`),
  ),
  sends("lines of the greatest length", () => lines(500, () => `${BOB} PRIVMSG #a :${LONG}`)),
  sends(
    "tags of 8 KB",
    () => lines(200, (index) => `@msgid=t${index};+x=${text(8000)} ${BOB} PRIVMSG #a :tagged`),
  ),
  sends("a huge RPL_ISUPPORT", () => [
    `${IRC} 005 ann ${lines(400, (index) => `TOKEN${index}=${text(8)}`).join(" ")} :are supported`,
    `${IRC} 005 ann PREFIX= CHANTYPES= CHANMODES=,,, CASEMAPPING=klingon NICKLEN=0 MODES=-1 :x`,
    `${IRC} 005 ann CHATHISTORY=-5 LINELEN=1 MONITOR=99999999999999999999 PREFIX=(ov TARGMAX=:,, :x`,
    `${IRC} 005 ann CHATHISTORY=NaN PREFIX=)( CHANTYPES=an STATUSMSG=#a UTF8ONLY -CHANTYPES :x`,
    ...lines(
      300,
      (index) =>
        `${IRC} 005 ann CASEMAPPING=${
          index % 2 ? "ascii" : "rfc1459"
        } CHANTYPES=# PREFIX=(ov)@+ :x`,
    ),
  ]),
  sends(
    "a list of names that never ends",
    () =>
      lines(
        1000,
        (row) => `${IRC} 353 ann = #a :${lines(100, (index) => `@+n${row}-${index}`).join(" ")}`,
      ),
  ),
  sends("thousands of members that come and go", () => [
    ...lines(5000, (index) => `:m${index}!u@h JOIN #a`),
    ...lines(5000, (index) => `:m${index}!u@h QUIT :server${index % 500}.net other.net`),
  ]),
  sends("a batch that never ends", () => [
    `${IRC} BATCH +open chathistory #a`,
    ...lines(20_000, (index) => `@batch=open;msgid=o${index} ${BOB} PRIVMSG #a :batched`),
  ]),
  sends("batches in batches", () => [
    ...lines(2000, (index) => `@batch=n${index - 1} ${IRC} BATCH +n${index} chathistory #a`),
    `@batch=loop ${IRC} BATCH +loop chathistory #a`,
    ...lines(2000, (index) => `@batch=n${index} ${BOB} PRIVMSG #a :nested`),
    ...lines(2000, (index) => `${IRC} BATCH -n${index}`),
  ]),
  sends("batches with the same name", () =>
    lines(2000, (index) => [
      `${IRC} BATCH +same ${index % 2 ? "chathistory" : "draft/multiline"} #a`,
      `@batch=same;msgid=s${index} ${BOB} PRIVMSG #a :same`,
      `${IRC} BATCH -same`,
      `${IRC} BATCH -same`,
    ])),
  sends("wrong labels", () =>
    lines(2000, (index) => [
      `@label=${index} ${IRC} ACK`,
      `@label=l${index} ${BOB} PRIVMSG #a :labelled`,
      `@label=${text(300)} ${IRC} FAIL * CODE :no`,
      `@label=x ${IRC} BATCH +l${index} labeled-response`,
    ])),
  endlessHistory(),
  {
    name: "one byte after the other",
    async attack(peer) {
      for (const byte of new TextEncoder().encode(`${BOB} PRIVMSG #a :slowly 🎉\r\n`.repeat(20))) {
        await peer.sendBytes(Uint8Array.of(byte));
      }
    },
  },
  sends("thousands of CAP NEW and DEL", () =>
    lines(3000, (index) => [
      `${IRC} CAP ann NEW :cap${index} sasl echo-message draft/chathistory batch`,
      `${IRC} CAP ann DEL :cap${index} echo-message batch`,
      `${IRC} CAP ann ACK :-batch never-asked`,
      `${IRC} CAP ann LS * :more`,
    ])),
  sends("a new nick in each line", () => [
    ...lines(3000, (index) => `:${index === 0 ? "ann" : `ann${index}`}!u@h NICK ann${index + 1}`),
    `:ann3000!u@h NICK ann`,
    `${BOB} NICK ann`,
    `${ME} NICK :`,
    `${ME} NICK ann`,
  ]),
  sends("redirections to other rooms", () =>
    lines(500, (index) => [
      `${IRC} 470 ann #a #r${index} :Forwarding`,
      `${ME} JOIN #r${index}`,
      `${ME} PART #r${index}`,
    ])),
  sends(
    "times that no clock shows",
    () =>
      [
        "",
        "never",
        "275760-09-13T00:00:00.000Z",
        "9999-99-99T99:99:99.999Z",
        "-000001-01-01T00:00:00Z",
        "1e9",
        "2026-01-01T00:00:00.000+99:99",
      ].flatMap((time) => [
        `@time=${time} ${BOB} PRIVMSG #a :at ${time}`,
        `${IRC} MARKREAD #a timestamp=${time}`,
        `@time=${time} ${BOB} TOPIC #a :at ${time}`,
      ]),
  ),
  sends("a flood of metadata", () =>
    lines(2000, (index) => [
      `${IRC} METADATA bob key${index} * :${text(100)}`,
      `${IRC} 761 ann bob key${index} * :${text(100)}`,
    ])),
  sends(
    "echoes of what nobody said",
    () =>
      lines(
        2000,
        (index) => `@msgid=e${index} ${ME} PRIVMSG ${index % 2 ? "#a" : "bob"} :never said`,
      ),
  ),
  sends(
    "a kick after each join",
    () =>
      lines(300, () => [`${BOB} KICK #a ann :out`, `${ME} JOIN #a`, `${IRC} 366 ann #a :End`])
        .flat(),
  ),
  sends("modes without meaning", () => [
    `${BOB} MODE #a +${text(2000, "o")} ${lines(1000, (index) => `n${index}`).join(" ")}`,
    `${BOB} MODE #a +-+-+-`,
    `${BOB} MODE #a ${text(3000, "~")}`,
    `${IRC} 324 ann #a +${text(3000, "k")}`,
    `${IRC} MODE ann :+${text(3000, "x")}`,
  ]),
  sends("reactions and deletions without end", () => [
    `@msgid=one ${BOB} PRIVMSG #a :one`,
    ...lines(5000, (index) => `@+draft/reply=one;+draft/react=r${index} :r${index}!u@h TAGMSG #a`),
    ...lines(1000, (index) => [
      `@msgid=c${index + 1};+draft/reply=c${index} ${BOB} PRIVMSG #a :edit ${index}`,
      `${BOB} REDACT #a c${index} :edited`,
    ]),
    ...lines(3000, (index) => `${BOB} REDACT #a unknown${index} :gone`),
  ]),
  sends(
    "notices of typing by thousands",
    () => lines(10_000, (index) => `@+typing=active :t${index}!u@h TAGMSG #a`),
  ),
  sends("topics of 4 KB", () => lines(200, (index) => `${BOB} TOPIC #a :${index} ${LONG}`)),
  sends("lists that nobody asked for", () => [
    ...lines(3000, (index) => `${IRC} 372 ann :- ${index}`),
    ...lines(3000, (index) => `${IRC} 322 ann #list${index} 5 :topic`),
    ...lines(1000, (index) => `${IRC} 311 ann who${index} u h * :name`),
    ...lines(5000, (index) => `${IRC} 367 ann #a *!*@ban${index} bob 1`),
  ]),
  sends("a flood of PING", () => lines(20_000, (index) => `PING :${index}`)),
  sends("commands without parameters", () => [
    ...COMMANDS.filter((each) => each !== "QUIT").map((each) => `${BOB} ${each}`),
    ...COMMANDS.filter((each) => each !== "QUIT").map((each) => `${ME} ${each}`),
    ...NUMERICS.map((each) => `${IRC} ${each}`),
    ...NUMERICS.map((each) => `${IRC} ${each} ann`),
  ]),
  sends("names with spaces", () => [
    `${ME} JOIN :#a b`,
    `${ME} JOIN ::`,
    `::c!u@h PRIVMSG ann :a colon`,
    `${ME} NICK :a nn`,
    `${BOB} RENAME #a :#a b`,
    `${IRC} 001 :an n`,
    `${BOB} PRIVMSG :#a b :a space`,
    `@msgid=a\\sb ${BOB} PRIVMSG #a :an id with a space`,
    `@msgid=a\\sb ${BOB} PRIVMSG ann :an id with a space`,
    `${ME} PART #a`,
    `${ME} JOIN #a`,
  ]),
  sends("invitations without end", () => lines(5000, (index) => `${BOB} INVITE ann #i${index}`)),
  sends(
    "private messages of five thousand persons",
    () => lines(5000, (index) => `:p${index}!u@h PRIVMSG ann :psst`),
  ),
  sends("thousands of marks on one letter", () => [
    ...lines(50, () => `${BOB} PRIVMSG #a :a${text(2000, "\u0301")}`),
    ...lines(50, () => `${BOB} PRIVMSG #a :${text(900, "\u{1f468}\u200d")}`),
    ...lines(50, () => `${BOB} PRIVMSG #a :${text(1000, "*`_")}`),
    ...lines(50, () => `${BOB} PRIVMSG #a :${text(150, "https://a.example/?")}`),
  ]),
];

/** Answers the lines of the client until it leaves. */
export async function answerAll(
  peer: Pick<Peer, "line" | "send">,
  answer: HostileServer["answer"],
): Promise<void> {
  for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
    const [, token] = /(?:^|\s)PING :?(\S+)/.exec(line) ?? [];
    const answers = token === undefined ? answer?.(line) : [`${IRC} PONG irc.test :${token}`];
    if (answers?.length) await peer.send(...answers).catch(() => {});
  }
}
