/**
 * Composes the bottom rows of the window: the growing line of joins and leaves, the user's
 * unanswered lines, the row of buffers or the chosen message, and the input line with its label.
 * Performs no I/O.
 *
 * @module
 */

import type { Settings } from "../commands/settings.ts";
import type { Buffer } from "../session/buffer.ts";
import type { BufferList } from "../session/buffer_list.ts";
import { NO_TARGET } from "../session/events.ts";
import type { Moves } from "../session/moves.ts";
import { WINDOW_TEXTS } from "../texts/terminal.ts";
import { bufferRow } from "./buffer_row.ts";
import { cells } from "./cells.ts";
import { lineOf } from "./digest.ts";
import type { Editor } from "./editor.ts";
import { PLAIN, safeText, type Style, toText } from "./format.ts";
import type { Look } from "./look.ts";
import type { Networks } from "./networks.ts";
import type { PasswordQuestion } from "./password_question.ts";
import type { Prompt, Segment } from "./screen.ts";
import type { Selection } from "./selection.ts";

/** The parts of a window from which the bottom rows are composed. */
export interface PromptParts {
  /** The servers. */
  readonly networks: Networks;
  /** The buffers of all servers. */
  readonly list: BufferList;
  /** The settings of the user. */
  readonly settings: Settings;
  /** The input line. */
  readonly editor: Editor;
  /** The message that the user has chosen. */
  readonly selection: Selection;
  /** The look of lines. */
  readonly look: Look;
  /** The joins and leaves that have no line yet. */
  readonly moves: Moves;
  /** The question for a password, which takes the place of the input line. */
  readonly question: PasswordQuestion;
}

/** The bottom rows of one window. */
export class PromptView {
  readonly #parts: PromptParts;

  /** Composes the rows from `parts`. */
  constructor(parts: PromptParts) {
    this.#parts = parts;
  }

  /** The lag in whole seconds, as the label shows it. */
  get lag(): number {
    return Math.floor(this.#parts.networks.current.session.lag / 1000);
  }

  /** Returns the rows for a terminal of `columns` cells. */
  prompt(columns: number): Prompt {
    const { editor, look: { style }, question } = this.#parts;
    if (question.text !== undefined) return { label: "", before: question.text, after: "" };
    const isColored = style !== PLAIN;
    const onTheirWay = this.#onTheirWay(PLAIN);
    return {
      label: this.#label,
      before: editor.before,
      after: editor.after,
      status: this.#statusRow(columns - 1),
      above: [...this.#moves(), ...isColored ? onTheirWay : onTheirWay.map(style.onItsWay)],
      ...(isColored && { paint: style.onItsWay }),
    };
  }

  get #label(): string {
    const { editor: { searching } } = this.#parts;
    if (searching !== undefined) return WINDOW_TEXTS.searchPrompt(safeText(searching));
    return WINDOW_TEXTS.prompt([...this.#place.map(safeText), ...this.#connection]);
  }

  /** The conversation; without one, the server if there are several. */
  get #place(): string[] {
    const { networks } = this.#parts;
    const { buffers: { current }, session } = networks.current;
    if (current) return [networks.labelOf(current)];
    const server = networks.all.length === 1 ? [] : [networks.nameOf(networks.current)];
    return session.isStarting ? server : [...server, WINDOW_TEXTS.noRoom];
  }

  /** The state of the connection; empty if all is well. */
  get #connection(): string[] {
    const { networks: { current: { session } } } = this.#parts;
    if (session.isStarting) return [WINDOW_TEXTS.starting];
    if (!session.isConnected) return [WINDOW_TEXTS.offline];
    return this.lag > 0 ? [WINDOW_TEXTS.lagging(this.lag)] : [];
  }

  /**
   * Returns the row above the input line: the chosen message, or else the buffers and the users who
   * are typing.
   */
  #statusRow(width: number): readonly Segment[] {
    const { list, networks, look: { style }, selection, settings } = this.#parts;
    const { buffers: { current }, typing } = networks.current;
    const selected = selection.row(current?.entries, style, width);
    if (selected.length > 0) return selected;
    if (!settings.isOn("row") || settings.isOn("plain")) return [];
    const typists = typing.segments(current?.name, style, width);
    const left = width - cells(typists[0]?.text ?? "");
    const nameOf = (buffer: Buffer) => networks.labelOf(buffer);
    return [...bufferRow(list.all, current, style, left, nameOf), ...typists];
  }

  /**
   * Returns the line for joins and leaves, as it will appear in the scrollback unless more follow.
   */
  #moves(): readonly string[] {
    const { look, moves, networks } = this.#parts;
    const view = { ...look.viewOf(networks.current.buffers.current), style: PLAIN };
    const stampOf = (time: number) => look.plainStamp(time);
    return look.printed(lineOf(moves.folded, view, stampOf));
  }

  /** Returns the user's lines that have no answer yet, as they will appear in the scrollback. */
  #onTheirWay(style: Style): string[] {
    const { look, networks } = this.#parts;
    const { buffers, session: { onTheirWay, state } } = networks.current;
    const { current } = buffers;
    return onTheirWay.filter(({ to }) => buffers.find(to) === current).map((line) => {
      const isForHome = line.to === NO_TARGET;
      const speech = { ...state.speech(line), ...(isForHome && { room: NO_TARGET }) };
      return look.plainStamp(speech.time) + toText(speech, { ...look.viewOf(current), style });
    });
  }
}
