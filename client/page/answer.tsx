/**
 * The panel with an answer: the lines of a command, or the messages that a search found.
 *
 * @module
 */

import type { VNode } from "preact";
import { printable } from "../../shared/text.ts";
import type { Speech } from "../session/events.ts";
import type { PastBlock } from "../session/reading_back.ts";
import { HISTORY_TEXTS } from "../texts/history.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { Answer, NothingFound } from "./answers.ts";
import type { Chat } from "./chat.ts";
import { Icon } from "./icons.tsx";
import { jumpOut } from "./jumping.ts";
import { nickColor } from "./message.tsx";

const timeFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The panel that shows `answer`. */
export function AnswerView(
  { answer, chat }: { readonly answer: Answer; readonly chat: Chat },
): VNode {
  const heading = printable(headingOf(answer));
  return (
    <section class="answer" aria-label={heading}>
      <header>
        <h2>{heading}</h2>
        <button
          type="button"
          class="close plain"
          aria-label={PAGE_TEXTS.close}
          onClick={() => chat.closeAnswer()}
        >
          <Icon name="close" />
        </button>
      </header>
      <div class="answer-content" tabIndex={0}>
        {answer.type === "lines"
          ? answer.lines.map((line, index) => <Line key={index} text={printable(line)} />)
          : answer.type === "messages"
          ? <Messages block={answer.block} chat={chat} />
          : <Nothing {...answer} chat={chat} />}
      </div>
    </section>
  );
}

/**
 * A line of an answer. Two spaces begin its last column, which a narrow screen shows below the
 * others.
 */
function Line({ text }: { readonly text: string }) {
  const [, start = "", last] = /^(.* {2})(\S.*)$/.exec(text) ?? [];
  return <pre>{last === undefined ? text : <>{start}<span>{last}</span></>}</pre>;
}

function headingOf(answer: Answer): string {
  if (answer.type === "lines") return PAGE_TEXTS.answer(answer.command);
  if (answer.type === "messages") return answer.block.heading.replaceAll("─", "").trim();
  return PAGE_TEXTS.nothingFound(answer.words, answer.place ?? HISTORY_TEXTS.everywhere);
}

/** The advice to a user whose search has found nothing. */
function Nothing({ words, place, chat }: NothingFound & { readonly chat: Chat }) {
  return (
    <>
      <p class="quiet" role="status">{PAGE_TEXTS.searchAdvice}</p>
      {place !== undefined && (
        <button
          type="button"
          onClick={() => chat.readingBack.search(undefined, words)}
        >
          {PAGE_TEXTS.searchAll}
        </button>
      )}
    </>
  );
}

function Messages({ block, chat }: { readonly block: PastBlock; readonly chat: Chat }) {
  const { messages, chosen, hasMore, words = "" } = block;
  return (
    <>
      {messages.map((speech, index) => (
        <button
          type="button"
          class={speech.id === chosen ? "result chosen" : "result"}
          key={speech.id ?? index}
          onClick={() => jumpOut(chat, speech)}
        >
          <Found speech={speech} words={words} />
        </button>
      ))}
      {hasMore && (
        <button type="button" onClick={() => chat.readingBack.moreResults()}>
          {PAGE_TEXTS.moreResults}
        </button>
      )}
    </>
  );
}

/** A message, with `words` marked. */
function Found({ speech, words }: { readonly speech: Speech; readonly words: string }) {
  const { nick, text, time } = speech;
  const pieces = printable(text.replaceAll("\n", " ")).split(patternOf(words));
  return (
    <>
      <span class={nickColor(nick)}>{printable(nick)}</span>{" "}
      <time class="quiet">{timeFormat.format(time)}</time>
      <span class={words === "" ? "found" : "found short"}>
        {pieces.map((piece, index) => index % 2 === 1 ? <mark key={index}>{piece}</mark> : piece)}
      </span>
    </>
  );
}

/**
 * Returns the pattern whose only group matches any of `words`, except a `from:NICK` before them.
 */
function patternOf(words: string): RegExp {
  const all = words.replace(/^from:\S+/, "").split(/\s+/).filter((word) => word !== "");
  const escaped = all.map((word) => word.replace(/[^\p{L}\p{N}]/gu, "\\$&"));
  return new RegExp(all.length === 0 ? "(?!)" : `(${escaped.join("|")})`, "i");
}
