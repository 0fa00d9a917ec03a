/**
 * The panel with an answer: the lines of a command, or the messages that a search found.
 *
 * @module
 */

import type { VNode } from "preact";
import { printable } from "../../shared/text.ts";
import type { Speech } from "../session/events.ts";
import type { PastBlock } from "../session/reading_back.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { Answer, Chat } from "./chat.ts";
import { Icon } from "./icons.tsx";
import { nickColor } from "./message.tsx";

const timeFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The panel that shows `answer`. */
export function AnswerView(
  { answer, chat }: { readonly answer: Answer; readonly chat: Chat },
): VNode {
  const heading = answer.type === "lines"
    ? PAGE_TEXTS.answer(printable(answer.command))
    : printable(answer.block.heading.replaceAll("─", "").trim());
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
          ? <pre>{answer.lines.map(printable).join("\n")}</pre>
          : <Messages block={answer.block} chat={chat} />}
      </div>
    </section>
  );
}

function Messages({ block, chat }: { readonly block: PastBlock; readonly chat: Chat }) {
  const { messages, numbers, chosen, hasMore } = block;
  return (
    <>
      {messages.map((speech, index) => {
        const number = numbers?.[index];
        const key = speech.id ?? index;
        if (number === undefined) {
          return (
            <div key={key} class={speech.id === chosen ? "result chosen" : "result"}>
              <Found {...speech} />
            </div>
          );
        }
        return (
          <button
            type="button"
            class="result"
            key={key}
            onClick={() => chat.readingBack.around(number)}
          >
            <Found {...speech} />
          </button>
        );
      })}
      {hasMore && (
        <button type="button" onClick={() => chat.readingBack.moreResults()}>
          {PAGE_TEXTS.moreResults}
        </button>
      )}
    </>
  );
}

function Found({ nick, text, time }: Speech) {
  return (
    <>
      <span class={nickColor(nick)}>{printable(nick)}</span>{" "}
      <time class="quiet">{timeFormat.format(time)}</time>
      <span class="found">{printable(text.replaceAll("\n", " "))}</span>
    </>
  );
}
