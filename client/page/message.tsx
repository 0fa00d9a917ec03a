/**
 * One row of a conversation.
 *
 * @module
 */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { printable } from "../../shared/text.ts";
import type { Entry } from "../session/entries.ts";
import type { ClientEvent, Speech } from "../session/events.ts";
import { nickHash } from "../session/nick_hash.ts";
import { EVENT_TEXTS, SUMMARY_TEXTS } from "../texts/events.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { Buffer } from "../session/buffer.ts";
import type { Chat } from "./chat.ts";
import { Pictures } from "./pictures.tsx";
import { RichText } from "./rich_text.tsx";
import type { Move, Row } from "./rows.ts";

/** The reactions to choose from. */
const REACTIONS = ["👍", "❤️", "😂", "🎉", "😮", "😢"];

/** The parts of the page that a row needs. */
export interface RowParts {
  /** The state. */
  readonly chat: Chat;
  /** The conversation. */
  readonly buffer: Buffer;
}

/** A row of a conversation. */
export function RowView({ row, ...parts }: RowParts & { readonly row: Row }): VNode {
  switch (row.type) {
    case "day":
      return <div class="divider" role="separator">{dayFormat.format(row.time)}</div>;
    case "new":
      return <div class="divider new" role="separator">{PAGE_TEXTS.newSince}</div>;
    case "moves":
      return <p class="event">{summary(row.moves)}</p>;
    case "event":
      return <EventView event={row.event} />;
    case "deleted":
      return <p class="event">{PAGE_TEXTS.deleted(printable(row.by))}</p>;
    case "message":
      return <MessageView {...row} {...parts} />;
  }
}

const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const timeFormat = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** Returns the class of the color of a nick. */
export function nickColor(nick: string): string {
  return `nick hue-${nickHash(nick) % 12}`;
}

function EventView({ event }: { readonly event: Described }) {
  const isAlarm = ["refused", "unconfirmed", "room-refused"].includes(event.type);
  const text = printable(sentence(event).replaceAll("\n", " "));
  return <p class={isAlarm ? "event alarm" : "event"}>{text}</p>;
}

type Described = Exclude<ClientEvent, Speech>;
type EventOf<Type extends Described["type"]> = Extract<Described, { readonly type: Type }>;
const TEXTS: { readonly [Type in Described["type"]]: (event: EventOf<Type>) => string } =
  EVENT_TEXTS;

function sentence<Type extends Described["type"]>(event: EventOf<Type> & { readonly type: Type }) {
  const type: Type = event.type;
  return TEXTS[type](event);
}

function summary(moves: readonly Move[]): string {
  const [only] = moves;
  if (moves.length === 1 && only) return printable(sentence(only));
  const joined = new Set(moves.filter(({ type }) => type === "join").map(({ nick }) => nick));
  const left = new Set(moves.filter(({ type }) => type !== "join").map(({ nick }) => nick));
  // A user that joined and left again is not named.
  const both = joined.intersection(left);
  const parts = [["joined", joined.difference(both)], ["left", left.difference(both)]] as const;
  return parts.flatMap(([kind, nicks]) =>
    nicks.size === 0
      ? []
      : [SUMMARY_TEXTS[kind](nicks.size, [...nicks].slice(0, 5).map(printable).join(" "))]
  ).join("; ");
}

type MessageRow = Extract<Row, { readonly type: "message" }>;

function MessageView({ speech, isContinued, chat, buffer }: RowParts & MessageRow) {
  void chat.changes;
  const entry = buffer.entries.find(speech.id);
  const answered = buffer.entries.find(speech.reply);
  const isEdited = entry?.isEdited ?? false;
  const isChosen = chat.chosen?.entry.speech === speech;
  const classes = ["message", speech.type];
  if (isContinued) classes.push("continued");
  if (speech.forMe) classes.push("for-me");
  if (speech.own) classes.push("own");
  if (isChosen) classes.push("chosen");
  const nick = printable(speech.nick);
  return (
    <article class={classes.join(" ")} aria-label={nick} data-id={speech.id}>
      <header>
        <span class={nickColor(speech.nick)}>{nick}</span>{" "}
        <time dateTime={new Date(speech.time).toISOString()}>{timeFormat.format(speech.time)}</time>
        {speech.status !== undefined && speech.room !== undefined && (
          <span class="quiet">{` ${PAGE_TEXTS.private(speech.status, speech.room)}`}</span>
        )}
      </header>
      {answered && !isEdited && (
        <p class="answers">
          {PAGE_TEXTS.answers(printable(answered.speech.nick), printable(answered.speech.text))}
        </p>
      )}
      <div class="text" dir="auto">
        <RichText text={speech.text} />
        {isEdited && <span class="quiet">{` ${PAGE_TEXTS.edited}`}</span>}
      </div>
      <Pictures text={speech.text} />
      {entry && <Reactions entry={entry} chat={chat} />}
      {speech.id !== undefined && chat.session.isConnected && (
        <Actions entry={entry ?? plainEntry(speech)} chat={chat} />
      )}
    </article>
  );
}

/** Returns an entry for a message that is too old to have one in its buffer. */
function plainEntry(speech: Speech): Entry {
  return { speech, reactions: new Map(), ownReactions: new Set(), isEdited: false };
}

function Reactions({ entry, chat }: { readonly entry: Entry; readonly chat: Chat }) {
  void chat.changes;
  if (entry.reactions.size === 0) return null;
  const all = [...entry.reactions];
  return (
    <p class="reactions">
      {all.map(([text, nicks]) => (
        <button
          type="button"
          key={text}
          title={PAGE_TEXTS.reactions(printable(text), [...nicks].map(printable))}
          aria-pressed={entry.ownReactions.has(text)}
          onClick={() => toggleReaction(chat, entry, text)}
        >
          {printable(text)} {nicks.size}
        </button>
      ))}
    </p>
  );
}

/** Gives a reaction, or takes it back. */
function toggleReaction(chat: Chat, entry: Entry, text: string): void {
  chat.act(entry, `/${entry.ownReactions.has(text) ? "unreact" : "react"} ${text}`);
}

function Actions({ entry, chat }: { readonly entry: Entry; readonly chat: Chat }) {
  const [isOpen, setOpen] = useState(false);
  const { actions } = PAGE_TEXTS;
  const { own } = entry.speech;
  return (
    <div class="actions" role="group" aria-label={PAGE_TEXTS.messageActions}>
      <button type="button" onClick={() => chat.choose({ kind: "reply", entry })}>
        {actions.reply}
      </button>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {actions.react}
      </button>
      {isOpen && REACTIONS.map((text) => (
        <button
          type="button"
          key={text}
          onClick={() => {
            setOpen(false);
            toggleReaction(chat, entry, text);
          }}
        >
          {text}
        </button>
      ))}
      {own && (
        <>
          <button type="button" onClick={() => chat.choose({ kind: "edit", entry })}>
            {actions.edit}
          </button>
          <button type="button" onClick={() => chat.act(entry, "/delete")}>
            {actions.delete}
          </button>
        </>
      )}
    </div>
  );
}
