/**
 * One row of a conversation.
 *
 * @module
 */

import type { VNode } from "preact";
import { printable } from "../../shared/text.ts";
import type { Entry } from "../session/entries.ts";
import type { ClientEvent, Speech } from "../session/events.ts";
import { hasKeyword } from "../session/mentions.ts";
import { type FoldedMoves, type Move, summaryOf } from "../session/moves.ts";
import { nickHash } from "../session/nick_hash.ts";
import { BACK_TEXT, EVENT_TEXTS } from "../texts/events.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { Buffer } from "../session/buffer.ts";
import type { Chat } from "./chat.ts";
import { jumpTo } from "./jumping.ts";
import { Actions, Reactions } from "./message_actions.tsx";
import { Pictures } from "./pictures.tsx";
import { RichText } from "./rich_text.tsx";
import type { Row } from "./rows.ts";

/** The parts of the page that a row needs. */
export interface RowParts {
  /** The state. */
  readonly chat: Chat;
  /** The conversation. */
  readonly buffer: Buffer;
}

/** A row of the list, and what it shows at present. */
export interface RowProps extends RowParts {
  /** The row. */
  readonly row: Row;
  /** True if a message has its buttons. */
  readonly hasActions: boolean;
}

/** A row of a conversation. */
export function RowView({ row, ...parts }: RowProps): VNode | null {
  switch (row.type) {
    case "day":
      return <div class="divider" role="separator">{dayFormat.format(row.time)}</div>;
    case "new":
      return <div class="divider new" role="separator">{PAGE_TEXTS.newSince}</div>;
    case "moves":
      return <MovesView moves={row.moves} isPrivate={parts.buffer.kind === "person"} />;
    case "event":
      return <EventView event={row.event} />;
    case "deleted":
      return <p class="event">{PAGE_TEXTS.deleted(printable(row.by))}</p>;
    case "message":
      return <MessageView {...row} {...parts} />;
  }
}

const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
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

function MovesView(
  { moves, isPrivate }: { readonly moves: FoldedMoves; readonly isPrivate: boolean },
) {
  const text = (move: Move) =>
    printable(isPrivate && move.type === "join" ? BACK_TEXT(move.nick) : sentence(move));
  return <p class="event">{summaryOf(moves, text, printable)}</p>;
}

type MessageRow = Extract<Row, { readonly type: "message" }>;

function MessageView(
  { speech, isContinued, hasActions, chat, buffer }: Omit<RowProps, "row"> & MessageRow,
) {
  const entry = buffer.entries.find(speech.id);
  const isEdited = entry?.isEdited ?? false;
  const answeredId = isEdited ? speech.answers : speech.reply;
  const answered = buffer.entries.find(answeredId);
  const isChosen = speech.id !== undefined && chat.drafts.chosen?.entry.speech.id === speech.id;
  const classes = ["message", speech.type];
  if (isContinued) classes.push("continued");
  if (speech.forMe || hasKeyword(speech, chat.settings.words("keywords"))) classes.push("for-me");
  if (speech.own) classes.push("own");
  if (isChosen) classes.push("chosen");
  const nick = printable(speech.nick);
  return (
    <article class={classes.join(" ")} aria-label={nick} data-id={speech.id} tabIndex={-1}>
      {!isContinued && (
        <header>
          <span class={`initial ${nickColor(speech.nick)}`} aria-hidden="true">
            {initialOf(nick)}
          </span>
          <span class={nickColor(speech.nick)}>{nick}</span>{" "}
          <time dateTime={new Date(speech.time).toISOString()}>
            {timeFormat.format(speech.time)}
          </time>
          {speech.status !== undefined && speech.room !== undefined && (
            <span class="quiet">{` ${PAGE_TEXTS.private(speech.status, speech.room)}`}</span>
          )}
        </header>
      )}
      {answeredId !== undefined && (
        <Quote id={answeredId} answered={answered} chat={chat} buffer={buffer} />
      )}
      {speech.type === "action" && <span class={nickColor(speech.nick)}>{nick}</span>}
      <div class="text" dir="auto" title={dateFormat.format(speech.time)}>
        <RichText text={speech.text} />
        {isEdited && <span class="quiet">{` ${PAGE_TEXTS.edited}`}</span>}
      </div>
      <Pictures text={speech.text} />
      {entry && <Reactions entry={entry} chat={chat} />}
      {hasActions && speech.id !== undefined && chat.session.isConnected && (
        <Actions entry={entry ?? plainEntry(speech)} chat={chat} />
      )}
    </article>
  );
}

/** The quote of a message that another message answers; a click leads to the quoted message. */
function Quote(
  { id, answered, chat, buffer }: RowParts & {
    readonly id: string;
    readonly answered: Entry | undefined;
  },
) {
  const { nick = "", text = "" } = answered?.deletedBy === undefined ? answered?.speech ?? {} : {};
  return (
    <button
      type="button"
      class="answers"
      title={PAGE_TEXTS.showOriginal}
      onClick={() => jumpTo(chat, buffer, answered?.speech.id ?? id)}
    >
      {text === ""
        ? PAGE_TEXTS.earlierMessage
        : PAGE_TEXTS.answers(printable(nick), printable(text.replaceAll("\n", " ")))}
    </button>
  );
}

/** Returns the letter that stands for a person. */
function initialOf(nick: string): string {
  const [letter = ""] = nick.match(/[\p{L}\p{N}]/u) ?? nick;
  return letter.toUpperCase();
}

/** Returns an entry for a message that is too old to have an entry in its buffer. */
function plainEntry(speech: Speech): Entry {
  return { speech, reactions: new Map(), ownReactions: new Set(), isEdited: false };
}
