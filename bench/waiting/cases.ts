/**
 * The inputs whose effect on other clients is measured: the costliest inputs of each command, and
 * others.
 *
 * @module
 */

import { WORST_INPUTS } from "../costs/worst_inputs.ts";
import type { Role } from "../costs/world.ts";
import { TALK_ROOM } from "../costs/state.ts";

/** An operator of the servers. */
export const OPERATOR = { name: "root", password: "secret" };
/** One of the rooms in which all clients are. */
export const CROWD = "#big0";

/** The lines that one client sends, repeatedly. */
export interface Case {
  readonly name: string;
  readonly role: Role;
  /** The lines that the client sends first. They are not measured. */
  readonly setup?: readonly string[];
  /** Returns the lines of one attempt. */
  readonly lines: (attempt: number) => readonly string[];
}

/**
 * Parts of the names of inputs that are left out: they need a prepared server, or end the client.
 */
const LEFT_OUT = ["with messages that waited", "DROP", "QUIT"];

const PARAGRAPH = "x".repeat(120);

/** The commands by which an operator of the server becomes an owner of rooms with full lists. */
const RULING = Array.from(
  { length: 90 },
  (_, i) => [`JOIN #guarded${i}`, `MODE #guarded${i} +q operator`],
).flat();

/** Further inputs: inputs of several commands, and inputs that reach all clients. */
const OTHERS: readonly Case[] = [
  { name: "nothing", role: "guest", lines: () => [] },
  {
    name: "messages to all",
    role: "member",
    lines: (n) => [`PRIVMSG ${CROWD} :${n} ${PARAGRAPH}`],
  },
  {
    name: "messages of 32 lines to all",
    role: "member",
    lines: () => [
      `BATCH +m draft/multiline ${CROWD}`,
      ...Array.from({ length: 32 }, () => `@batch=m PRIVMSG ${CROWD} :${PARAGRAPH}`),
      "BATCH -m",
    ],
  },
  {
    name: "long tags to all",
    role: "member",
    lines: () => [`@+a=${"x".repeat(4000)} TAGMSG ${CROWD}`],
  },
  {
    name: "JOIN and PART of the room of all",
    role: "guest",
    lines: () => [`JOIN ${CROWD}`, `PART ${CROWD}`],
  },
  { name: "NICK, seen by all", role: "member", lines: (n) => [`NICK member${n}`] },
  { name: "AWAY, seen by all", role: "member", lines: (n) => [`AWAY :${n}`, "AWAY"] },
  { name: "metadata, seen by all", role: "member", lines: (n) => [`METADATA * SET k :${n}`] },
  {
    name: "JOIN of new rooms and JOIN 0",
    role: "founder",
    lines: (n) => [`JOIN #x${n},#y${n}`, "JOIN 0"],
  },
  {
    name: "wrong passwords",
    role: "guest",
    lines: (n) => [`NS IDENTIFY owner wrong${n}`],
  },
  { name: "lines that are too long", role: "guest", lines: () => [`PRIVMSG ${"x".repeat(4000)}`] },
  {
    name: "CAP REQ of another set each time",
    role: "guest",
    lines: (
      n,
    ) => [`CAP REQ :${n % 2 ? "-" : ""}away-notify`, `CAP REQ :${n % 3 ? "-" : ""}chghost`],
  },
  {
    name: "CHATHISTORY from any point",
    role: "member",
    lines: (n) => [`CHATHISTORY AFTER ${TALK_ROOM} timestamp=2025-01-01T0${n % 5}:00:00.000Z 100`],
  },
  {
    name: "CHATHISTORY of every room",
    role: "owner",
    lines: (n) => [`CHATHISTORY LATEST #guarded${n % 90} * 100`],
  },
  {
    name: "modes of many rooms with full lists",
    role: "operator",
    setup: RULING,
    lines: (n) => [`MODE #guarded${n % 90} ${n % 180 < 90 ? "+" : "-"}m`],
  },
  {
    name: "WHOIS of different users",
    role: "guest",
    lines: (n) => [`WHOIS u${n},u${n + 1},u${n + 2}`],
  },
];

/** All cases. */
export const CASES: readonly Case[] = [
  ...OTHERS,
  ...Object.entries(WORST_INPUTS).flatMap(([command, inputs]) =>
    inputs.map(({ name = "", role, before = [], line }) => ({
      name: `${command} ${name}`.trim(),
      role,
      lines: (n: number) => [...before, typeof line === "string" ? line : line(n)],
    }))
  ).filter(({ name }) => !LEFT_OUT.some((each) => name.includes(each))),
];
