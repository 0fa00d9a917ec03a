/**
 * Commands of IRC at random, for a few users in a few rooms, so that they meet each other often.
 */

import { CAPABILITY_NAMES } from "../../server/irc/capabilities.ts";
import type { Random } from "./random.ts";

/** The number of users. The user `i` is called `p${i}`, with a letter behind it now and then. */
export const USERS = 6;
const ROOMS = ["#a", "#b", "#c"] as const;
const TEXTS = [
  ...["hi", "ätsch €", "\x02bold\x02", "p1: hello", "\x01ACTION waves\x01", "@p2 there"],
  ...["see http://a.b/c", "x".repeat(450), "é".repeat(200)],
] as const;
const PIECES = ["one", "two", "", "é".repeat(150), "x".repeat(400)] as const;
const MODES = [
  ...["", "b", "e", "I", "+i", "-i", "+m", "-m", "+t", "-t", "+s", "-s", "+n", "-n"],
  ...["+c", "-c", "+C", "-C", "+N", "-N", "+R", "-R", "+z", "+Q"],
  ...["+b x!*@*", "-b x!*@*", "+b p4!*@*", "-b p4!*@*", "+e p4!*@*", "-e p4!*@*", "+I p5!*@*"],
  ...["+k key", "-k key", "+l 4", "-l", "+W 1000", "-W", "+H 5", "-H", "+f #b", "-f"],
] as const;
const RANKS = ["+o", "-o", "+v", "-v", "+h", "-h"] as const;
const TIMES = ["2020-01-01", "2021-02-03", "2022-03-04"].map((day) => `${day}T00:00:00.000Z`);
const EVER = "timestamp=2020-01-01T00:00:00.000Z timestamp=2090-01-01T00:00:00.000Z";

/** The capabilities that clients request and drop while they talk. */
export const CHANGING_CAPS = CAPABILITY_NAMES.filter((name) =>
  name !== "cap-notify" && name !== "server-time"
);

/** The choices of one random step. `<n>` names the `n`th message that was seen, from 0. */
export class Choices {
  /** The random numbers. */
  readonly random: Random;
  /** The user who sends the commands. */
  readonly user: number;
  readonly #seen: number;

  /** Begins to choose for `user`. So far, `seen` messages were seen. */
  constructor(random: Random, user: number, seen: number) {
    this.random = random;
    this.user = user;
    this.#seen = seen;
  }

  /** Returns one of `choices`. */
  pick<T>(...choices: readonly T[]): T {
    return this.random.pick(choices);
  }

  /** Returns true once in `times` times. */
  once(times: number): boolean {
    return this.random.below(times) === 0;
  }

  /** A room. */
  get room(): string {
    return this.random.pick(ROOMS);
  }

  /** The nick of a user, who may have another one now. */
  get nick(): string {
    return `p${this.random.below(USERS)}`;
  }

  /** A room or, less often, a user. */
  get target(): string {
    return this.once(3) ? this.nick : this.room;
  }

  /** The name of one of the latest messages. */
  get message(): string {
    return `<${Math.max(0, this.#seen - 1 - this.random.below(12))}>`;
  }

  /** A text, mostly one that was not sent before. */
  get text(): string {
    return `${this.random.pick(TEXTS)}${this.random.below(100)}`;
  }
}

/** Makes the lines of a command. */
type MakeLines = (choices: Choices) => string | readonly string[];

/** The commands, and how often each of them is chosen. */
const COMMANDS: readonly (readonly [weight: number, make: MakeLines])[] = [
  [9, (c) => `JOIN ${c.room}${c.once(6) ? " key" : ""}`],
  [3, (c) => `PART ${c.room} :bye`],
  [12, (c) => `PRIVMSG ${c.target} :${c.text}`],
  [3, (c) => `NOTICE ${c.target} :${c.text}`],
  [3, (c) => `PRIVMSG ${c.room},${c.nick} :${c.text}`],
  [2, (c) => `PRIVMSG ${c.pick("@", "+")}${c.room} :${c.text}`],
  [5, tagged],
  [7, multiline],
  [3, (c) => `KICK ${c.room} ${c.nick} :out`],
  [8, (c) => `MODE ${c.room} ${c.random.pick(MODES)}`],
  [4, (c) => `MODE ${c.room} ${c.random.pick(RANKS)} ${c.nick}`],
  [2, (c) => `TBAN ${c.room} ${c.pick("1h", "0", "2d")} ${c.nick}!*@*`],
  [3, (c) => `TOPIC ${c.room}${c.once(4) ? "" : ` :t${c.random.below(99)}`}`],
  [4, (c) => `AWAY${c.once(2) ? "" : ` :gone${c.random.below(9)}`}`],
  [5, (c) => `MONITOR ${c.pick(`+ ${c.nick},${c.nick},nobody`, `- ${c.nick}`, "C", "S", "L")}`],
  [4, ownMetadata],
  [3, roomMetadata],
  [4, marker],
  [3, (c) => `RENAME ${c.room} ${c.pick("#a", "#b", "#c", "#d")} :why`],
  [5, (c) => `REDACT ${c.target} ${c.message} :oops`],
  [7, history],
  [2, (c) => `SEARCH :${c.pick(`text=hi;in=${c.room}`, `from=${c.nick}`, "text=hello;limit=3")}`],
  [4, (c) => `INVITE ${c.nick} ${c.room}`],
  [1, (c) => `INVITATION ${c.pick("LIST", "REVOKE 1", `${c.room} 0 1h`)}`],
  [2, (c) => `KNOCK ${c.room} :let me`],
  [2, (c) => `SETNAME :name${c.random.below(99)}`],
  [4, capabilities],
  [10, question],
  [3, (c) => `NICK p${c.user}${c.pick("", "x", "y")}`],
  [3, (c) => `MODE p${c.user} ${c.pick("", "+i", "-i", "+R", "-R", "+B", "-B", "+g", "-g", "+s")}`],
  [2, (c) => `ACCEPT ${c.pick("", "-")}${c.nick}`],
  [6, services],
  [1, (c) => `REGISTER * * ${c.pick("sesame1", "x")}`],
  [1, () => "FOO"],
];

const TOTAL = COMMANDS.reduce((sum, [weight]) => sum + weight, 0);

/** Returns the lines of a random command, often with a label. */
export function randomLines(choices: Choices): readonly string[] {
  let left = choices.random.below(TOTAL);
  const [, make] = COMMANDS.find(([weight]) => (left -= weight) < 0) ?? [0, () => "PING x"];
  const made = make(choices);
  const [first = "", ...others] = typeof made === "string" ? [made] : made;
  return choices.once(3)
    ? [labeled(first, choices.random.below(1000)), ...others]
    : [first, ...others];
}

function labeled(line: string, label: number): string {
  return line.startsWith("@") ? `@label=l${label};${line.slice(1)}` : `@label=l${label} ${line}`;
}

function tagged(c: Choices): string {
  const reply = `+draft/reply=${c.message}`;
  const tags = c.pick(
    `+draft/react=x;${reply}`,
    `+draft/unreact=x;${reply}`,
    "+typing=active",
    reply,
  );
  return `@${tags} ${c.pick("TAGMSG", "PRIVMSG", "NOTICE")} ${c.target} :re`;
}

function multiline(c: Choices): string[] {
  const [batch, target] = [`b${c.random.below(3)}`, c.target];
  const lines = c.random.list(1, 4, () => {
    const concat = c.once(3) ? ";draft/multiline-concat" : "";
    return `@batch=${batch}${concat} PRIVMSG ${target} :${c.random.pick(PIECES)}`;
  });
  const begin = `BATCH +${batch} draft/multiline ${target}`;
  // Now and then, a client first sends the end of a batch that it has not begun. But it always ends
  // its own batch: an open batch would time out, at another moment on each server.
  return [begin, ...lines, ...(c.once(12) ? ["BATCH -x"] : []), `BATCH -${batch}`];
}

function ownMetadata(c: Choices): string {
  const value = c.random.below(9);
  const muted = `METADATA ${c.target} SET soju.im/muted ${c.pick("1", "")}`;
  const own = c.pick("SUB avatar color", "UNSUB color", `SET avatar :v${value}`, "SET color");
  return c.pick(muted, `METADATA * ${own}`, `METADATA * ${c.pick("LIST", "SUBS", "CLEAR")}`);
}

function roomMetadata(c: Choices): string {
  const what = c.pick(`SET topicurl :v${c.random.below(9)}`, "LIST", "GET topicurl", "SYNC");
  return `METADATA ${c.target} ${what}`;
}

function marker(c: Choices): string {
  return `MARKREAD ${c.target}${c.once(2) ? "" : ` timestamp=${c.random.pick(TIMES)}`}`;
}

function history(c: Choices): string {
  const at = `${c.target} msgid=${c.message}`;
  return `CHATHISTORY ${
    c.pick(
      `LATEST ${c.target} * ${1 + c.random.below(20)}`,
      `LATEST ${at} 5`,
      `${c.pick("BEFORE", "AFTER", "AROUND")} ${at} 5`,
      `BETWEEN ${at} msgid=${c.message} 7`,
      `TARGETS ${EVER} 10`,
    )
  }`;
}

function capabilities(c: Choices): string {
  const choose = () => `${c.once(3) ? "-" : ""}${c.random.pick(CHANGING_CAPS)}`;
  return `CAP ${c.pick("LIST", ...Array(5).fill(`REQ :${c.random.list(1, 4, choose).join(" ")}`))}`;
}

function question(c: Choices): string {
  return c.pick(
    ...[`WHO ${c.target}`, `WHO ${c.target} %tcuhsnfdlaor,1`, "WHO p*", `WHOIS ${c.nick}`],
    ...[`WHOIS ${c.nick},${c.nick}`, `WHOWAS ${c.nick}`, `NAMES ${c.room}`, `NAMES ${c.room},#b`],
    ...[`ISON ${c.nick} ${c.nick}`, `USERHOST ${c.nick}`, "LIST", "LIST >1", "LIST #a", "LUSERS"],
    ...["INVITE", "MOTD", "VERSION", "ISUPPORT", "STATS m", "WEBPUSH REGISTER x y"],
    ...["UPLOAD", "ADMIN"],
  );
}

function services(c: Choices): string {
  const { nick, room } = c;
  return c.pick(
    ...[`NS STAY ${c.pick("on", "off")}`, "NS INFO", `NS INFO ${nick}`, `NS STATUS ${nick}`],
    ...[`NS ACC ${nick}`, `NS IDENTIFY ${nick} sesame1`, "NS LOGOUT", `NS REGAIN ${nick} sesame1`],
    ...[
      "NS CERT LIST",
      `NS BOT ${c.pick("on", "off")}`,
      `NS GHOST ${nick}`,
      "PRIVMSG NickServ :HELP",
    ],
    ...[`CS INFO ${room}`, `CS OP ${room} ${nick}`, `CS DEOP ${room}`, `CS REGISTER ${room}`],
    ...[`CS TOPIC ${room} :tea`, `CS DROP ${room}`],
  );
}
