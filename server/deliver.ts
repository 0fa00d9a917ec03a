/**
 * From an event to the line that each recipient gets, by its capabilities. A line is encoded once for
 * each kind of recipient, however many there are. This is the only module that knows how an event
 * looks on the wire; it knows no sockets and changes no state.
 *
 * @module
 */

import { casefold, encodeLine, type Message, parseCtcp, type Tags } from "../protocol.ts";
import { printable } from "../text.ts";
import { cap, type Caps } from "./view/capabilities.ts";
import { joinLines, renderLines } from "./view/multiline.ts";
import { type Hearer, PLAIN, type Recipient } from "./recipient.ts";
import type { Event, Joined, ModeChange, Parted, Renamed, Said, Target } from "./events.ts";
import { formatTime } from "./view/server_time.ts";
import type { User } from "./state/state.ts";

const MESSAGE_TAGS = cap("message-tags");
const SERVER_TIME = cap("server-time");
const ACCOUNT_TAG = cap("account-tag");
const TAGS = MESSAGE_TAGS | SERVER_TIME | ACCOUNT_TAG;
const ECHO_MESSAGE = cap("echo-message");
const EXTENDED_JOIN = cap("extended-join");

/** Events that only those are told of who asked to be, and the capabilities they ask with. */
const NEEDS: Partial<Record<Event["type"], Caps>> = {
  LoggedIn: cap("account-notify"), // https://ircv3.net/specs/extensions/account-notify
  LoggedOut: cap("account-notify"),
  AwayChanged: cap("away-notify"), // https://ircv3.net/specs/extensions/away-notify
  AwayShown: cap("away-notify"),
  HostChanged: cap("chghost"), // https://ircv3.net/specs/extensions/chghost
  MarkerMoved: cap("draft/read-marker"), // https://ircv3.net/specs/extensions/read-marker
  Redacted: cap("draft/message-redaction"), // https://ircv3.net/specs/extensions/message-redaction
  Renamed: cap("draft/channel-rename"),
  InvitationShown: cap("invite-notify"), // https://ircv3.net/specs/extensions/invite-notify
  RealnameChanged: cap("setname"), // https://ircv3.net/specs/extensions/setname
};

/**
 * Tells everybody in `audience` what happened; its author too, if among them or asking for echo.
 * Returns how many clients were told, those of the author aside.
 */
export function deliver(
  event: Event,
  audience: readonly Hearer[],
  author: Hearer | undefined,
): number {
  const said = event.type === "Said";
  const inChannel = said && event.to.type === "channel";
  let told = 0;
  let kind = -1;
  let line: Uint8Array | undefined;
  const lines = new Map<Caps, Uint8Array | undefined>();
  const tell = (recipient: Recipient): void => {
    if (!said && recipient.answering) {
      if (isFor(event, recipient.kind)) recipient.send(render(event, recipient.kind));
      return;
    }
    if (recipient.kind !== kind) {
      kind = recipient.kind;
      if (!lines.has(kind)) lines.set(kind, encode(event, kind));
      line = lines.get(kind);
    }
    if (line === undefined) return;
    recipient.outbox.push(line);
    told++;
  };
  for (const hearer of audience) {
    if (inChannel && hearer === author) continue;
    // Nearly everybody has one client: to find it in a list would take as long as all the rest here.
    if (hearer.only) tell(hearer.only);
    else for (const recipient of hearer.recipients) tell(recipient);
  }
  if (said && author) showAuthor(event, author);
  return told;
}

/**
 * Shows a message to its author: where they said it, if they asked for that
 * (https://ircv3.net/specs/extensions/echo-message), and in all their other clients. What they say to
 * themselves has come there already.
 */
function showAuthor(event: Said, author: Hearer): void {
  const toSelf = event.to.type === "user" && event.to.user === event.by.id;
  for (const recipient of author.recipients) {
    const { kind, acting } = recipient;
    const wanted = acting ? (kind & ECHO_MESSAGE) !== 0 : !toSelf;
    if (kind === PLAIN || !wanted || !isFor(event, kind)) continue;
    for (const message of renderAll(event, kind)) recipient.send(message);
  }
}

/**
 * To those who know no RENAME, it is as if they had left one channel and come into another; they are
 * told nothing of letters that only change their case
 * (https://ircv3.net/specs/extensions/channel-rename, "Fallback").
 */
export function deliverRenamed(event: Renamed, audience: readonly User[]): void {
  const { channel, name, reason } = event;
  if (casefold(channel) === casefold(name)) return;
  for (const { actor: by, realname, channels, recipients } of audience) {
    const happening = { by, time: event.time };
    const left: Parted = {
      ...happening,
      type: "Parted",
      id: `${event.id}-part`,
      channel,
      reason: reason === "" ? undefined : reason,
    };
    const joined: Joined = {
      ...happening,
      type: "Joined",
      id: `${event.id}-join`,
      channel: name,
      realname,
      memberModes: "",
    };
    for (const recipient of recipients) {
      if (isFor(event, recipient.kind)) continue;
      recipient.send(render(left, recipient.kind));
      recipient.send(render(joined, recipient.kind));
      for (const each of channels) if (each.name === name) recipient.entered(each);
    }
  }
}

const encoder = new TextEncoder();

/** The bytes for recipients of `kind`, or `undefined` where they are not told of such an event. */
function encode(event: Event, kind: Caps): Uint8Array | undefined {
  if (kind === PLAIN) {
    const text = event.type === "Said" && event.command !== "TAGMSG" ? plainText(event) : "";
    return text === "" ? undefined : encoder.encode(text);
  }
  return isFor(event, kind) ? concat(renderAll(event, kind).map(encodeLine)) : undefined;
}

/** Whether recipients of `kind` are told of such an event. */
export function isFor(event: Event, kind: Caps): boolean {
  // message-tags, "The TAGMSG tag-only message"
  if (event.type === "Said") return event.command !== "TAGMSG" || (kind & MESSAGE_TAGS) !== 0;
  const needed = NEEDS[event.type] ?? 0;
  return (kind & needed) === needed;
}

/**
 * What is said as people with only `nc` see it, whose terminal nothing else protects: lines, each
 * with its end; none, where there is nothing to see.
 */
export function plainText(event: Said): string {
  const { nick } = event.by;
  if (event.lines) return joinLines(event.lines).split("\n").map(plainLine).join("");
  const ctcp = parseCtcp(event.text);
  if (ctcp === undefined) return plainLine(event.text);
  return ctcp.command === "ACTION" ? `* ${nick} ${printable(ctcp.text)}\n` : "";

  function plainLine(text: string): string {
    return text === "" ? "" : `${nick}: ${printable(text)}\n`;
  }
}

/** An event as the messages that a recipient of `kind` gets, of which most are one. */
export function renderAll(event: Event, kind: Caps): Message[] {
  const message = render(event, kind);
  if (event.type !== "Said" || event.lines === undefined) return [message];
  return renderLines(message, event.lines, event.id, kind);
}

function concat(lines: readonly Uint8Array[]): Uint8Array {
  const [first] = lines;
  if (first !== undefined && lines.length === 1) return first;
  const all = new Uint8Array(lines.reduce((length, line) => length + line.length, 0));
  let at = 0;
  for (const line of lines) {
    all.set(line, at);
    at += line.length;
  }
  return all;
}

/** An event as the message that a recipient of `kind` gets. */
export function render(event: Event, kind: Caps): Message {
  const tags = tagsOf(event, kind);
  return { ...(tags && { tags }), source: event.by.mask, ...body(event, kind) };
}

function tagsOf(event: Event, kind: Caps): Tags | undefined {
  if ((kind & TAGS) === 0) return undefined;
  const tags = new Map<string, string>();
  // https://ircv3.net/specs/extensions/server-time
  if (kind & SERVER_TIME) tags.set("time", formatTime(event.time));
  // https://ircv3.net/specs/extensions/account-tag
  if (kind & ACCOUNT_TAG && event.by.account !== undefined) tags.set("account", event.by.account);
  if (kind & MESSAGE_TAGS) {
    if (event.by.bot) tags.set("bot", ""); // https://ircv3.net/specs/extensions/bot-mode
    tags.set("msgid", event.id); // https://ircv3.net/specs/extensions/message-ids
    if (event.type === "Said") { for (const [key, value] of event.tags) tags.set(key, value); }
  }
  return tags;
}

function body(event: Event, kind: Caps): { command: string; params: string[] } {
  switch (event.type) {
    case "Said": {
      const { to, command, text } = event;
      const target = targetName(to);
      return { command, params: command === "TAGMSG" ? [target] : [target, text] };
    }
    case "Quit":
      return { command: "QUIT", params: [event.reason] };
    case "NickChanged":
      return { command: "NICK", params: [event.nick] };
    case "LoggedIn":
      return { command: "ACCOUNT", params: [event.account] };
    case "LoggedOut":
      return { command: "ACCOUNT", params: ["*"] };
    case "Joined": {
      const { channel, by: { account = "*" }, realname } = event;
      // https://ircv3.net/specs/extensions/extended-join
      return {
        command: "JOIN",
        params: kind & EXTENDED_JOIN ? [channel, account, realname] : [channel],
      };
    }
    case "Parted": {
      const { channel, reason } = event;
      return { command: "PART", params: reason === undefined ? [channel] : [channel, reason] };
    }
    case "Kicked":
      return { command: "KICK", params: [event.channel, event.nick, event.reason] };
    case "TopicChanged":
      return { command: "TOPIC", params: [event.channel, event.topic] };
    case "ChannelModesChanged":
      return { command: "MODE", params: [event.channel, ...formatModes(event.changes)] };
    case "UserModesChanged":
      return { command: "MODE", params: [event.by.nick, ...formatModes(event.changes)] };
    case "AwayChanged":
      return { command: "AWAY", params: event.message === undefined ? [] : [event.message] };
    case "AwayShown":
      return { command: "AWAY", params: [event.message] };
    case "HostChanged":
      return { command: "CHGHOST", params: [event.username, event.host] };
    case "RealnameChanged":
      return { command: "SETNAME", params: [event.realname] };
    case "Renamed":
      return { command: "RENAME", params: [event.channel, event.name, event.reason] };
    case "InvitationShown":
    case "Invited":
      return { command: "INVITE", params: [event.nick, event.channel] };
    case "Knocked": {
      // RPL_KNOCK, which is the same for all who get it: it names the channel, not them.
      const { channel, mask, text } = event;
      const asks = text === "" ? "asks to be invited" : `asks to be invited: ${text}`;
      return { command: "710", params: [channel, channel, mask, asks] };
    }
    case "Announced": {
      const { mode, text } = event;
      if (mode === "w") return { command: "WALLOPS", params: [text] };
      return { command: "NOTICE", params: ["*", `*** ${text}`] };
    }
    case "MarkerMoved": {
      const { target, upTo } = event.marker;
      return { command: "MARKREAD", params: markerParams(target, upTo) };
    }
    case "Redacted": {
      const { to, message, reason } = event;
      const params = [targetName(to), message];
      return { command: "REDACT", params: reason === undefined ? params : [...params, reason] };
    }
    case "AccountRemoved":
    case "AccountSaved":
    case "Connected":
    case "MetadataChanged":
    case "ChannelRestored":
    case "Returned":
    case "Stayed":
    case "WaitingChanged":
    case "OperatorAdded":
    case "ServerBanRemoved":
    case "ServerBanSaved":
    case "TokenRemoved":
    case "TokenSaved":
    case "TokenUsed":
    case "AcceptChanged":
    case "WatchChanged":
      throw new Error("nobody is told of this as such");
  }
}

function targetName(to: Target): string {
  if (to.type === "account") return to.account;
  return to.type === "user" ? to.nick : (to.rank ?? "") + to.channel;
}

/** The parameters of MARKREAD, of which nobody may know the second yet. */
export function markerParams(target: string, upTo: number | undefined): string[] {
  return [target, upTo === undefined ? "*" : `timestamp=${formatTime(upTo)}`];
}

/** Mode changes as MODE has them: `+o-l`, then the parameters. */
export function formatModes(changes: readonly ModeChange[]): string[] {
  let letters = "";
  let adding: boolean | undefined;
  for (const { add, letter } of changes) {
    if (add !== adding) letters += add ? "+" : "-";
    adding = add;
    letters += letter;
  }
  return [letters, ...changes.flatMap(({ param }) => param === undefined ? [] : [param])];
}
