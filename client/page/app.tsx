/**
 * The page once the user is connected: conversations, messages, members, and what the server answers.
 *
 * @module
 */

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { printable } from "../../shared/text.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { Answer, Chat } from "./chat.ts";
import { Composer } from "./composer.tsx";
import { MessageList } from "./message_list.tsx";
import { Members, Sidebar } from "./sidebar.tsx";
import { uploadAll } from "./uploading.ts";

/** The whole page; `reconnect` begins anew. */
export function App(
  { chat, reconnect }: { readonly chat: Chat; readonly reconnect: () => void },
): VNode {
  void chat.changes;
  const [isMenuOpen, setMenuOpen] = useState(false);
  const { current, all } = chat.buffers;
  const unread = all.reduce((sum, each) => sum + (each === current ? 0 : each.unread), 0);
  useEffect(() => {
    const name = current ? printable(current.name) : location.host;
    document.title = PAGE_TEXTS.title(unread + (current?.unread ?? 0), name);
  });
  return (
    <div
      class={isMenuOpen ? "app menu-open" : "app"}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        // Otherwise, the browser would leave the page to show the file.
        event.preventDefault();
        if (current) void uploadAll(chat, current, [...event.dataTransfer?.files ?? []]);
      }}
    >
      <Sidebar chat={chat} onChosen={() => setMenuOpen(false)} />
      <main>
        <header class="top">
          <button
            type="button"
            class="menu"
            aria-expanded={isMenuOpen}
            aria-label={PAGE_TEXTS.menu(unread)}
            onClick={() => setMenuOpen(!isMenuOpen)}
          >
            ☰{unread > 0 && <span class="unread">{unread}</span>}
          </button>
          <h1>{current ? printable(current.name) : PAGE_TEXTS.welcome(location.hostname)}</h1>
          <Topic chat={chat} />
          <Search chat={chat} />
        </header>
        <Connection chat={chat} reconnect={reconnect} />
        {current
          ? (
            <>
              <MessageList key={current.name} chat={chat} buffer={current} />
              <Composer key={`to ${current.name}`} chat={chat} buffer={current} />
            </>
          )
          : <p class="nobody">{PAGE_TEXTS.nobodyHere}</p>}
      </main>
      {current?.kind === "room" && <Members chat={chat} buffer={current} />}
      {chat.answer && <AnswerView answer={chat.answer} chat={chat} />}
    </div>
  );
}

function Topic({ chat }: { readonly chat: Chat }) {
  const { current } = chat.buffers;
  void chat.changes;
  const text = current ? printable(chat.topicOf(current)) : "";
  return <p class="topic" title={text}>{text}</p>;
}

function Search({ chat }: { readonly chat: Chat }) {
  void chat.changes;
  const { current } = chat.buffers;
  if (!current || !chat.session.features?.capabilities.searches) return null;
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const words = new FormData(event.currentTarget).get("words");
        if (typeof words === "string" && words.trim() !== "") {
          chat.readingBack.search(current.name, words.trim());
        }
      }}
    >
      <input
        type="search"
        name="words"
        autocomplete="off"
        aria-label={PAGE_TEXTS.searchLabel}
        placeholder={PAGE_TEXTS.search}
      />
    </form>
  );
}

function Connection(
  { chat, reconnect }: { readonly chat: Chat; readonly reconnect: () => void },
) {
  void chat.changes;
  const { connectedness: state } = chat;
  return (
    <div class="connection" role="status">
      {state.type === "offline" && <p>{PAGE_TEXTS.offline(printable(state.reason), state.retry)}
      </p>}
      {state.type === "ended" && (
        <p>
          {PAGE_TEXTS.ended(printable(state.reason))}{" "}
          <button type="button" onClick={reconnect}>{PAGE_TEXTS.reconnect}</button>
        </p>
      )}
    </div>
  );
}

function AnswerView({ answer, chat }: { readonly answer: Answer; readonly chat: Chat }) {
  const close = () => chat.closeAnswer();
  return (
    <section
      class="answer"
      aria-label={PAGE_TEXTS.answer}
      onKeyDown={({ key }) => key === "Escape" && close()}
    >
      <button type="button" class="close" onClick={close}>{PAGE_TEXTS.close}</button>
      {answer.type === "lines" ? <pre>{answer.lines.map(printable).join("\n")}</pre> : (
        <>
          <h2>{printable(answer.block.heading.replaceAll("─", "").trim())}</h2>
          {answer.block.messages.map(({ id, nick, text, time }, index) => (
            <button
              type="button"
              class="result"
              key={id}
              onClick={() => {
                const number = answer.block.numbers?.[index];
                if (number !== undefined) chat.readingBack.around(number);
              }}
            >
              <span class="quiet">{new Date(time).toLocaleString()}</span> <b>{printable(nick)}</b>
              {" "}
              {printable(text.replaceAll("\n", " "))}
            </button>
          ))}
          {answer.block.numbers && (
            <button
              type="button"
              onClick={() => chat.readingBack.moreResults()}
            >
              {PAGE_TEXTS.moreResults}
            </button>
          )}
        </>
      )}
    </section>
  );
}
