/**
 * The look of lines in a window: styles, times, and the view of a buffer. It depends on the
 * terminal and on the settings of the user. Performs no I/O.
 *
 * @module
 */

import type { Settings } from "../commands/settings.ts";
import type { Buffer } from "../session/buffer.ts";
import { toAscii } from "./ascii.ts";
import { COLORED, LINKED, PLAIN, type Style, type View } from "./format.ts";
import type { Stdio } from "./stdio.ts";
import { stamp } from "./times.ts";

/** The look of the lines of one window. */
export class Look {
  readonly #stdio: Pick<Stdio, "hasColors" | "hasLinks">;
  readonly #settings: Settings;
  readonly #now: () => number;
  /** The last stamp, which is kept because most of the next lines have the same one. */
  #last = { second: NaN, minute: NaN, format: "", text: "" };

  /** Follows `settings`; `now` returns the time of day, in milliseconds since 1970-01-01 UTC. */
  constructor(
    stdio: Pick<Stdio, "hasColors" | "hasLinks">,
    settings: Settings,
    now: () => number,
  ) {
    this.#stdio = stdio;
    this.#settings = settings;
    this.#now = now;
  }

  /** The style of lines: with colors and links, if the terminal and the settings allow them. */
  get style(): Style {
    if (!this.#stdio.hasColors || !this.#settings.isOn("colors")) return PLAIN;
    return this.#stdio.hasLinks ? LINKED : COLORED;
  }

  /** Returns the view in which the events of `buffer` are shown. */
  viewOf(buffer: Buffer | undefined): View {
    const { kind, name } = buffer ?? {};
    const person = kind === "person" ? name : undefined;
    const moves = this.#settings.get("joins");
    return { style: this.style, moves, room: name ?? "", person, entries: buffer?.entries };
  }

  /** Returns the text before a line from `time`, without marks. */
  plainStamp(time: number): string {
    const now = this.#now();
    const format = this.#settings.get("time");
    const second = Math.floor(time / 1000);
    // A stamp shows the day unless it is today's. Its text stays right for a minute, because a day
    // begins at a full minute in every time zone.
    const minute = Math.floor(now / 60_000);
    const last = this.#last;
    if (last.second !== second || last.minute !== minute || last.format !== format) {
      this.#last = { second, minute, format, text: stamp(time, now, format) };
    }
    return this.#last.text;
  }

  /** Returns the text before a line from `time`. */
  readonly stamp = (time: number): string => this.style.quiet(this.plainStamp(time));

  /** True if QR codes can be shown: they need colors that no theme changes, and half blocks. */
  get showsQrCodes(): boolean {
    return this.style !== PLAIN && !this.#settings.isOn("ascii");
  }

  /**
   * Returns `lines` as they are printed: if the setting `ascii` is on, the characters beyond ASCII
   * that the client itself puts into lines are replaced.
   */
  printed(lines: readonly string[]): readonly string[] {
    return this.#settings.isOn("ascii") ? lines.map(toAscii) : lines;
  }
}
