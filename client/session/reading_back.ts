/**
 * Reads earlier messages of a room or a private conversation: messages before the ones on the
 * screen, messages of a day, and messages with certain words (https://soju.im/ext/search). It shows
 * the messages of one request as a block with a heading. Does not know how blocks are shown.
 *
 * @module
 */

import { formatTags } from "../../protocol.ts";
import { HISTORY_TEXTS } from "../texts/history.ts";
import { COMMAND_TEXTS } from "../texts/terminal.ts";
import type { Buffers } from "./buffers.ts";
import { isSpeech, type Speech } from "./events.ts";
import type { Outcome } from "./outcome.ts";
import { type PastRange, readAround, readPast } from "./past.ts";
import type { Session } from "./session.ts";

/** Earlier messages that are shown together. */
export interface PastBlock {
  /** The line before them. */
  readonly heading: string;
  /** The room or the person. */
  readonly name: string;
  /** The messages, in order. */
  readonly messages: readonly Speech[];
  /** The number of each message, if they have numbers. */
  readonly numbers?: readonly number[];
  /** The line after them, if there is one. */
  readonly after?: string;
  /** The id of the message in the middle, if the block shows the messages around a message. */
  readonly chosen?: string;
  /** The words that were searched for. */
  readonly words?: string;
  /** True if there are more results of the search. */
  readonly hasMore?: boolean;
}

/** The parts of a client that reads back. */
export interface ReadingBackParts {
  /** The session. */
  readonly session: Session;
  /** The rooms and persons that the user can switch between. */
  readonly buffers: Buffers;
  /** Returns the number of messages in one page of the screen. */
  readonly pageSize: () => number;
  /** Shows a block. */
  readonly show: (block: PastBlock) => void;
  /**
   * Shows that no message has the words of a search: in `place`, or anywhere if it is undefined. If
   * absent, {@linkcode tell} is used.
   */
  readonly showNothing?: (words: string, place: string | undefined) => void;
  /** Returns true for a message of a user that is ignored. */
  readonly hides: (event: Speech) => boolean;
  /** Shows `text` to the user. */
  readonly tell: (text: string) => void;
}

/** The largest number of messages of one block. */
const MAX_BLOCK = 1000;

/** The number of results to request at once. */
const RESULTS = 100;

/** The number of messages that are shown around a result, including the result itself. */
const AROUND = 9;

/** A search, and the results so far, the latest first. */
interface Search {
  /** The room or the person; undefined for all. */
  readonly name: string | undefined;
  readonly words: string;
  /** True if the search leaves out the user's own messages. */
  readonly isOfOthers: boolean;
  readonly found: Speech[];
  /** The oldest message that the server has found. The results may leave it out. */
  oldest?: Speech | undefined;
  /** The number of results that were shown. */
  shown: number;
  /** True if the server has no more results. */
  isWhole: boolean;
}

/** Reads back in the buffers of one session. */
export class ReadingBack {
  readonly #parts: ReadingBackParts;
  #search: Search | undefined;
  /** Continues the search or the earlier messages that were shown last. */
  #continue: (() => Promise<void>) | undefined;
  /** The first message of the context that was shown last, and its room or person. */
  #context: { readonly name: string; readonly first: Speech } | undefined;
  #isBusy = false;

  /** Creates a reader that has read nothing. */
  constructor(parts: ReadingBackParts) {
    this.#parts = parts;
  }

  /**
   * Shows the page before the messages on the screen. If the context of a result was shown last for
   * `name`, shows the page before that context instead.
   */
  onwards(name: string): void {
    const context = this.#context;
    if (context?.name !== name) return this.earlier(name);
    this.#begin(() => this.#beforeContext(name, context.first));
  }

  /** Shows the `count` messages before those on the screen; by default, one page. */
  earlier(name: string, count = this.#parts.pageSize()): void {
    this.#begin(() => this.#earlier(name, count));
  }

  /**
   * Shows the last messages with a person, when the user has just opened the conversation. Says
   * nothing if there are no messages, or if the server keeps no history.
   */
  opened(nick: string): void {
    if (this.#parts.session.features?.historyPage === undefined) return;
    this.#begin(() => this.#earlier(nick, this.#parts.pageSize(), true));
  }

  /** Shows the messages of the day that begins at `start`; `day` is its name. */
  day(name: string, start: Date, day: string): void {
    this.#begin(() => this.#day(name, start, day));
  }

  /**
   * Searches for `words` in the conversation `name`, or in all conversations; shows the latest
   * results. The words may begin with `from:NICK`. If `isOfOthers`, leaves out the user's own
   * messages.
   */
  search(name: string | undefined, words: string, isOfOthers = false): void {
    if (!this.#parts.session.isConnected) return this.#parts.tell(COMMAND_TEXTS.notConnected);
    if (!this.#parts.session.features?.capabilities.searches) {
      return this.#parts.tell(COMMAND_TEXTS.cannotSearch);
    }
    const search = { name, words, isOfOthers, found: [], shown: 0, isWhole: false };
    this.#search = search;
    this.#begin(() => this.#results(search));
  }

  /** The number of results so far. {@linkcode around} takes a number from 1 to this. */
  get results(): number {
    return this.#search?.found.length ?? 0;
  }

  /** Shows the messages around a result of the search. */
  around(number: number): void {
    const search = this.#search;
    const result = search?.found[number - 1];
    if (!search || !result?.id) return this.#parts.tell(HISTORY_TEXTS.noSuchResult(number));
    const { id, room, own, to, nick } = result;
    const name = room ?? (own ? to : nick);
    const heading = HISTORY_TEXTS.around(number, search.words, this.#place(name));
    this.#begin(() => this.#around(name, id, heading));
  }

  /** Continues the search, if there is one. */
  moreResults(): void {
    const search = this.#search;
    if (!search) return this.#parts.tell(HISTORY_TEXTS.noSearch);
    this.#begin(() => this.#results(search));
  }

  /**
   * Continues the search or the earlier messages that were shown last, if they have a next part.
   */
  more(): void {
    if (this.#continue) this.#begin(this.#continue);
  }

  /** True if {@linkcode more} has a search or earlier messages to continue. */
  get canContinue(): boolean {
    return this.#continue !== undefined;
  }

  /** Records that something else was shown, so that there is nothing to continue. */
  end(): void {
    this.#continue = this.#context = undefined;
  }

  /** Runs `action` unless another action is running: a key that is held down starts only one. */
  #begin(action: () => Promise<void>): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    void action().finally(() => this.#isBusy = false);
  }

  async #earlier(name: string, count: number, isQuiet = false): Promise<void> {
    this.#context = undefined;
    this.#continue = () => this.#earlier(name, count);
    const { buffers, tell, show } = this.#parts;
    const buffer = buffers.find(name);
    const isShown = buffer !== undefined && buffer === buffers.current;
    const before = isShown ? buffer.shownFrom ?? buffer.events.find(isSpeech) : undefined;
    const messages = await this.#read(name, { before, limit: Math.min(count, MAX_BLOCK) });
    const [first] = messages ?? [];
    if (!messages) return;
    if (!first) return isQuiet ? undefined : tell(HISTORY_TEXTS.nothingEarlier(this.#place(name)));
    if (isShown) buffer.shownFrom = first;
    const heading = HISTORY_TEXTS.earlier(messages.length, this.#place(name));
    show({ heading, name, messages });
  }

  async #day(name: string, start: Date, day: string): Promise<void> {
    const { tell, show } = this.#parts;
    const next = new Date(start.getFullYear(), start.getMonth(), start.getDate() + 1);
    const range = { since: start.getTime(), until: next.getTime() };
    const messages = await this.#read(name, range, MAX_BLOCK + 1);
    if (!messages) return;
    if (messages.length === 0) return tell(HISTORY_TEXTS.nothingOnDay(this.#place(name), day));
    const shown = messages.slice(0, MAX_BLOCK);
    const isCut = messages.length > shown.length;
    const heading = HISTORY_TEXTS.ofDay(shown.length, this.#place(name), day);
    show({
      heading,
      name,
      messages: shown,
      ...(isCut && { after: HISTORY_TEXTS.cutDay(MAX_BLOCK) }),
    });
  }

  /**
   * Reads a part of the history, without messages of ignored users; ends at the page that brings
   * the number of messages to `enough`. Tells the reason and resolves to undefined if reading
   * fails.
   */
  async #read(name: string, range: PastRange, enough = Infinity): Promise<Speech[] | undefined> {
    const found: Speech[] = [];
    const { session } = this.#parts;
    if (!session.isConnected) return this.#tellReason({ reason: COMMAND_TEXTS.notConnected });
    const outcome = await readPast(session, name, range, (messages) => {
      found.push(...messages.filter((event) => !this.#parts.hides(event)));
      if (found.length >= enough) return false;
    });
    if (outcome.status === "done") return found;
    const isNobody = outcome.isNoTarget && !session.state.isupport.isRoom(name);
    return this.#tellReason(isNobody ? { reason: HISTORY_TEXTS.nobody(name) } : outcome);
  }

  async #results(search: Search): Promise<void> {
    this.#context = undefined;
    this.#continue = () => this.#results(search);
    const { pageSize, tell, show, showNothing } = this.#parts;
    const { name, words, found } = search;
    while (found.length < search.shown + pageSize() && !search.isWhole) {
      const outcome = await this.#find(search);
      if (outcome.status !== "done") return void this.#tellReason(outcome);
    }
    const place = name === undefined ? undefined : this.#place(name);
    if (found.length === 0) {
      return (showNothing ?? ((...none) => tell(HISTORY_TEXTS.nothingFound(...none))))(
        words,
        place,
      );
    }
    const page = found.slice(search.shown, search.shown + pageSize());
    if (page.length === 0) return tell(HISTORY_TEXTS.noMoreFound);
    const from = search.shown + 1;
    search.shown += page.length;
    const hasMore = search.shown < found.length || !search.isWhole;
    const part = { from, to: search.shown, count: found.length, isAll: search.isWhole };
    show({
      heading: HISTORY_TEXTS.found(part, words, place ?? HISTORY_TEXTS.everywhere),
      name: name ?? "",
      messages: page.toReversed(),
      words,
      numbers: page.map((_, index) => from + index).toReversed(),
      after: HISTORY_TEXTS.afterResults(hasMore),
      hasMore,
    });
  }

  /** Requests older results than those found so far. */
  async #find(search: Search): Promise<Outcome> {
    const { name, words, found, oldest } = search;
    const { session } = this.#parts;
    // A server of chat also finds messages whose time is exactly `before`, since several messages
    // may have the same time. The messages that were found earlier are left out below.
    const [, from, text = ""] = /^(?:from:(\S+)(?:\s+|$))?(.*)$/s.exec(words) ?? [];
    const attributes = new Map([
      ...(name === undefined ? [] : [["in", name] as const]),
      ...(from === undefined ? [] : [["from", from] as const]),
      ...(text === "" ? [] : [["text", text] as const]),
      ["limit", String(RESULTS)],
      ...(oldest ? [["before", new Date(oldest.time).toISOString()] as const] : []),
    ]);
    const page: Speech[] = [];
    const outcome = await session.request(
      { command: "SEARCH", params: [formatTags(attributes)] },
      (messages) =>
        page.push(...messages.flatMap((each) => session.state.past(each)).filter(isSpeech)),
    );
    if (outcome.status !== "done") return outcome;
    const known = new Set([...found, ...oldest ? [oldest] : []].map(({ id }) => id));
    const fresh = page.filter(({ id }) => !known.has(id)).sort((one, other) =>
      other.time - one.time
    );
    search.oldest = fresh.at(-1) ?? oldest;
    const visible = fresh.filter((event) =>
      !this.#parts.hides(event) && !(search.isOfOthers && event.own)
    );
    found.push(...visible.map((event) => ({ ...event, isPast: true })));
    search.isWhole = page.length < RESULTS || fresh.length === 0;
    return outcome;
  }

  async #around(name: string, id: string, heading: string): Promise<void> {
    const { session, show } = this.#parts;
    if (session.features?.historyPage === undefined) {
      return void this.#tellReason({ reason: COMMAND_TEXTS.cannotRead });
    }
    const { messages, outcome } = await readAround(session, name, id, AROUND);
    if (outcome.status !== "done") return void this.#tellReason(outcome);
    const shown = messages.filter((event) => !this.#parts.hides(event));
    this.#goOnFrom(name, messages[0]);
    show({ heading, name, messages: shown, chosen: id, after: HISTORY_TEXTS.afterContext });
  }

  async #beforeContext(name: string, before: Speech): Promise<void> {
    const { pageSize, tell, show } = this.#parts;
    const messages = await this.#read(name, { before, limit: Math.min(pageSize(), MAX_BLOCK) });
    if (!messages) return;
    if (messages.length === 0) return tell(HISTORY_TEXTS.nothingEarlier(this.#place(name)));
    this.#goOnFrom(name, messages[0]);
    show({ heading: HISTORY_TEXTS.earlier(messages.length, this.#place(name)), name, messages });
  }

  /** Makes the messages before `first` the next ones to show. */
  #goOnFrom(name: string, first: Speech | undefined): void {
    if (!first) return;
    this.#context = { name, first };
    this.#continue = () => this.#beforeContext(name, first);
  }

  /** Returns the words for a room, or for the conversation with a person. */
  #place(name: string): string {
    const { isupport } = this.#parts.session.state;
    return isupport.isRoom(name) ? HISTORY_TEXTS.inRoom(name) : HISTORY_TEXTS.withPerson(name);
  }

  #tellReason({ reason = "" }: Pick<Outcome, "reason">): undefined {
    this.#parts.tell(reason);
  }
}
