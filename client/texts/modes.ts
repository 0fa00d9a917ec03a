/**
 * The sentences about changes of modes, so that users need not know the letters. A letter that is
 * not in the tables is shown as it is, because servers give it different meanings.
 *
 * @module
 */

/** One change of a mode. */
export interface ModeChange {
  /** The letter of the mode. */
  readonly letter: string;
  /** True if the mode is set, false if it is unset. */
  readonly has: boolean;
  /** The parameter, if the mode takes one. */
  readonly param?: string;
  /** The prefix that a member gets or loses, if the mode is a rank of members. */
  readonly prefix?: string;
  /** True if the parameter is the nick of the user. */
  readonly own?: true;
}

/**
 * Returns a sentence about a mode of `room`. `subject` is the parameter of the mode, or empty if
 * there is none. For the user of this client, `subject` is `you`, and `isYou` is true.
 */
type Sentence = (room: string, subject: string, isYou: boolean) => string;

/** The sentences for setting and for unsetting a mode. */
type Pair = readonly [set: Sentence, unset: Sentence];

/** Ranks of members. */
const RANKS: Readonly<Record<string, Pair>> = {
  q: [
    (_room, who, isYou) => `${who} ${isYou ? "own" : "owns"} this room now`,
    (_room, who, isYou) => `${who} no longer ${isYou ? "own" : "owns"} this room`,
  ],
  a: [
    (_room, who) => `${who} cannot be removed from this room now`,
    (_room, who) => `${who} can be removed from this room again`,
  ],
  o: [
    (_room, who) => `${who} can run this room now`,
    (_room, who) => `${who} can no longer run this room`,
  ],
  h: [
    (_room, who) => `${who} can moderate this room now`,
    (_room, who) => `${who} can no longer moderate this room`,
  ],
  v: [
    (_room, who) => `${who} may speak`,
    (_room, who) => `${who} may speak only while everyone may`,
  ],
};

const MUTED: Pair = [
  (room, who) => `${who} cannot speak in ${room} now`,
  (room, who) => `${who} can speak in ${room} again`,
];

/** Lists of masks. */
const LISTS: Readonly<Record<string, Pair>> = {
  b: [
    (room, who) => `${who} is banned from ${room}`,
    (room, who) => `${who} is no longer banned from ${room}`,
  ],
  e: [
    (room, who) => `no ban keeps ${who} out of ${room} now`,
    (room, who) => `bans can keep ${who} out of ${room} again`,
  ],
  I: [
    (room, who) => `${who} may join ${room} without an invitation`,
    (room, who) => `${who} needs an invitation to ${room} again`,
  ],
  q: MUTED,
};

/** The settings of a room. */
const SETTINGS: Readonly<Record<string, Pair>> = {
  C: [
    (room) => `requests to programs (CTCP) are not allowed in ${room} now`,
    (room) => `requests to programs (CTCP) are allowed in ${room} again`,
  ],
  M: [
    (room) => `only people with an account can speak in ${room} now`,
    (room) => `people without an account can speak in ${room} again`,
  ],
  R: [
    (room) => `only people with an account can join ${room} now`,
    (room) => `people without an account can join ${room} again`,
  ],
  c: [
    (room) => `colors are not allowed in ${room} now`,
    (room) => `colors are allowed in ${room} again`,
  ],
  i: [
    (room) => `only invited people can join ${room} now`,
    (room) => `everyone can join ${room} now`,
  ],
  k: [
    (room, key) => `${room} needs ${key === "" || key === "*" ? "a key" : `the key ${key}`} now`,
    (room) => `${room} needs no key any more`,
  ],
  l: [
    (room, count) => `at most ${count} people can be in ${room} now`,
    (room) => `any number of people can be in ${room} now`,
  ],
  m: [
    (room) => `only people with a voice can speak in ${room} now`,
    (room) => `everyone can speak in ${room} now`,
  ],
  n: [
    (room) => `only members can write to ${room} now`,
    (room) => `people outside ${room} can write to it now`,
  ],
  p: [
    (room) => `${room} is in no list of rooms now`,
    (room) => `${room} is in the list of rooms again`,
  ],
  s: [
    (room) => `${room} is hidden from people outside it now`,
    (room) => `${room} is no longer hidden`,
  ],
  t: [
    (room) => `only those who run ${room} can set its topic now`,
    (room) => `everyone can set the topic of ${room} now`,
  ],
};

const SLOW: Pair = [
  (room, count) => `each member can write to ${room} once every ${secondsInWords(count)} now`,
  (room) => `members can write to ${room} as often as they want again`,
];

/** Returns a number of seconds in words: `10 seconds`, `5 minutes`, `second`. */
function secondsInWords(count: string): string {
  const seconds = Number(count);
  const [divisor, unit] = seconds % 3600 === 0
    ? [3600, "hour"]
    : seconds % 60 === 0
    ? [60, "minute"]
    : [1, "second"];
  const whole = seconds / divisor;
  return whole === 1 ? unit : `${whole} ${unit}s`;
}

/** Modes of the user. */
const OWN: Readonly<Record<string, readonly [set: string, unset: string]>> = {
  B: ["you are marked as a bot now", "you are no longer marked as a bot"],
  i: [
    "people who share no room with you do not see you now",
    "people who share no room with you see you now",
  ],
  o: [
    "you are an operator of this server now",
    "you are no longer an operator of this server",
  ],
  s: ["you get the notices for operators now", "you get no notices for operators any more"],
  w: ["you get messages to all operators now", "you get no messages to all operators any more"],
  x: ["your address is hidden now", "your address is no longer hidden"],
};

/** The commands that undo the setting and the unsetting of a mode; a mask or a nick follows. */
const UNDO: Readonly<Record<string, readonly [set: string, unset: string]>> = {
  b: ["/unban", "/ban"],
  o: ["/deop", "/op"],
  v: ["/devoice", "/voice"],
};

const UNDO_MUTE = ["/unmute", "/mute"] as const;

/** The commands that undo the setting and the unsetting of a mode without a mask. */
const UNDO_SETTING: Readonly<Record<string, readonly [set: string, unset: string | undefined]>> = {
  W: ["/room slow off", undefined],
  i: ["/room anyone", "/room invite"],
  k: ["/room no-key", undefined],
  l: ["/room no-limit", undefined],
  m: ["/room talk", "/room quiet"],
  n: ["/room outsiders", "/room members-only"],
  p: ["/room shown", undefined],
  s: ["/room shown", "/room hidden"],
  t: ["/room topic-free", "/room topic-locked"],
};

/** The largest number of commands that are named to undo several changes. */
const MAX_UNDO = 2;

/** Matches a ban that only mutes, such as `m:bob` or `~quiet:bob`; the rest is the mask. */
const MUTING_BAN = /^[~$]?(?:m|q|mute|quiet):(.+)$/;

/** Matches a ban of an account, such as `a:bob` or `~account:bob`; the rest is its name. */
const ACCOUNT_BAN = /^[~$]?(?:a|account):(.+)$/;

/** Returns the sentences about the changes that the user `nick` has made in `room`, as one text. */
export function modeText(
  { nick, own, room, changes }: {
    readonly nick: string;
    readonly own: boolean;
    readonly room: string;
    readonly changes: readonly ModeChange[];
  },
): string {
  const told = changes.filter((change) => !isImplied(change, changes));
  const sentences = [...new Set(told.map((change) => sentence(change, room)))];
  // A nick has no dot: only the name of a server has one.
  if (!own) return sentences.join("; ") + (nick.includes(".") ? "" : ` (by ${nick})`);
  const undo = [...new Set(told.map(undoOf))];
  const isTold = undo.length <= MAX_UNDO && !undo.includes(undefined);
  return `${sentences.join("; ")} (by you${isTold ? `; undo: ${undo.join(", ")}` : ""})`;
}

/** Returns the sentences about changes of the user's own modes, as one text. */
export function ownModeText(changes: readonly ModeChange[]): string {
  return changes.map((change) => OWN[change.letter]?.[change.has ? 0 : 1] ?? letterOf(change))
    .join("; ");
}

/** Returns the sentences about the modes that a room has, as one text. */
export function roomModeText(room: string, changes: readonly ModeChange[]): string {
  const sentences = changes.map((change) => sentence(change, room).replace(/ now$/, ""));
  return sentences.length === 0
    ? `${room} has no restrictions`
    : `${sentences.join("; ")} (+${changes.map(({ letter }) => letter).join("")})`;
}

/** Returns the command that undoes a change, if there is one. */
function undoOf({ letter, has, param, prefix, own }: ModeChange): string | undefined {
  if (own) return undefined;
  const at = has ? 0 : 1;
  const [, muted] = letter === "b" ? MUTING_BAN.exec(param ?? "") ?? [] : [];
  if (muted !== undefined) return `${UNDO_MUTE[at]} ${muted}`;
  if (letter === "q" && prefix === undefined && param) return `${UNDO_MUTE[at]} ${param}`;
  const command = UNDO[letter]?.[at];
  if (command !== undefined) return param && `${command} ${personOf(param)}`;
  return UNDO_SETTING[letter]?.[at];
}

/**
 * Returns true for a rank that a member gets or loses together with operator status: one sentence
 * is enough.
 */
function isImplied(change: ModeChange, all: readonly ModeChange[]): boolean {
  if (change.prefix === undefined || change.letter === "o") return false;
  return all.some(({ letter, prefix, has, param }) =>
    letter === "o" && prefix !== undefined && has === change.has && param === change.param
  );
}

function sentence(change: ModeChange, room: string): string {
  const { letter, has, param = "", prefix, own = false } = change;
  const [, muted] = letter === "b" ? MUTING_BAN.exec(param) ?? [] : [];
  const isForward = letter === "f" && (param.startsWith("#") || (!has && param === ""));
  // Another server may have another meaning for this letter.
  const isSlow = letter === "W" && (has ? /^[1-9][0-9]*$/.test(param) : param === "");
  const pair = muted !== undefined
    ? MUTED
    : isSlow
    ? SLOW
    : prefix !== undefined
    ? RANKS[letter]
    : isForward
    ? FORWARD
    : SETTINGS[letter] ?? (param === "" ? undefined : LISTS[letter]);
  const subject = muted ?? param;
  if (!pair) return letterOf(change);
  return pair[has ? 0 : 1](room, own ? "you" : personOf(maskInWords(subject)), own);
}

const FORWARD: Pair = [
  (room, other) => `people who cannot join ${room} come to ${other} now`,
  (room) => `people who cannot join ${room} are not sent elsewhere any more`,
];

/** Returns a mask without the parts that match everything: `bob!*@*` gives `bob`. */
function personOf(mask: string): string {
  return mask.replace(/^([^!*?@]+)!\*@\*$/, "$1");
}

/** Returns the mask of an account in words, and any other mask as it is. */
export function maskInWords(mask: string): string {
  return mask.replace(ACCOUNT_BAN, "the account $1");
}

function letterOf({ letter, has, param }: ModeChange): string {
  return `mode ${has ? "+" : "-"}${letter}${param === undefined ? "" : ` ${param}`}`;
}
