/**
 * Composes the bottom rows of the window: the user's lines that have no answer, the row of buffers or the
 * chosen message, and the input line with its label. Pure.
 *
 * @module
 */

import type { Settings } from "../commands/settings.ts";
import type { Buffers } from "../session/buffers.ts";
import type { Session } from "../session/session.ts";
import { WINDOW_TEXTS } from "../texts/terminal.ts";
import { bufferRow } from "./buffer_row.ts";
import { cells } from "./cells.ts";
import type { Editor } from "./editor.ts";
import { PLAIN, safeText, type Style, toText } from "./format.ts";
import type { Look } from "./look.ts";
import type { Prompt, Segment } from "./screen.ts";
import type { Selection } from "./selection.ts";
import type { TypingRow } from "./typing_row.ts";

/** The parts of a window from which the bottom rows are composed. */
export interface PromptParts {
  /** The session. */
  readonly session: Session;
  /** The buffers. */
  readonly buffers: Buffers;
  /** The settings of the user. */
  readonly settings: Settings;
  /** The input line. */
  readonly editor: Editor;
  /** The message that the user has chosen. */
  readonly selection: Selection;
  /** The notices of typing. */
  readonly typing: TypingRow;
  /** The look of lines. */
  readonly look: Look;
}

/** The bottom rows of one window. */
export class PromptView {
  readonly #parts: PromptParts;

  /** Composes them from `parts`. */
  constructor(parts: PromptParts) {
    this.#parts = parts;
  }

  /** The lag in whole seconds, as the label shows it. */
  get lag(): number {
    return Math.floor(this.#parts.session.lag / 1000);
  }

  /** Returns the rows for a terminal of `columns` cells. */
  prompt(columns: number): Prompt {
    const { editor, look: { style } } = this.#parts;
    const isColored = style !== PLAIN;
    const onTheirWay = this.#onTheirWay(PLAIN);
    return {
      label: this.#label,
      before: editor.before,
      after: editor.after,
      status: this.#statusRow(columns - 1),
      above: isColored ? onTheirWay : onTheirWay.map(style.onItsWay),
      ...(isColored && { paint: style.onItsWay }),
    };
  }

  get #label(): string {
    const { buffers, editor, session } = this.#parts;
    const { prompt, laggingPrompt, offlinePrompt, searchPrompt } = WINDOW_TEXTS;
    if (editor.searching !== undefined) return searchPrompt(safeText(editor.searching));
    const room = safeText(buffers.current?.name ?? WINDOW_TEXTS.noRoom);
    if (!session.isConnected) return offlinePrompt(room);
    return this.lag > 0 ? laggingPrompt(room, this.lag) : prompt(room);
  }

  /** Returns the row above the input line: the chosen message, or else the buffers and who is typing. */
  #statusRow(width: number): readonly Segment[] {
    const { buffers: { all, current }, look: { style }, selection, settings, typing } = this.#parts;
    const selected = selection.row(current?.entries, style, width);
    if (selected.length > 0) return selected;
    if (!settings.isOn("row")) return [];
    const typists = typing.segments(current?.name, style, width);
    const left = width - cells(typists[0]?.text ?? "");
    return [...bufferRow(all, current, style, left), ...typists];
  }

  /** Returns the user's lines that have no answer yet, as they will appear in the scrollback. */
  #onTheirWay(style: Style): string[] {
    const { buffers, look, session: { onTheirWay, state } } = this.#parts;
    const { current } = buffers;
    return onTheirWay.filter(({ to }) => buffers.find(to) === current).map((line) => {
      const speech = state.speech(line);
      return look.plainStamp(speech.time) + toText(speech, { ...look.viewOf(current), style });
    });
  }
}
