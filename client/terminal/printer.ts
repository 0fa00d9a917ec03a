/**
 * Prints above the input line: events, the new events of a buffer, earlier messages, and the pages
 * of long answers. It does not know which of them the user wants to see.
 *
 * @module
 */

import { qrCode } from "../../shared/qr.ts";
import type { Buffer } from "../session/buffer.ts";
import { EDIT_REASON } from "../session/entries.ts";
import { type AboutMessage, type ClientEvent, isSpeech, type Speech } from "../session/events.ts";
import type { Moves } from "../session/moves.ts";
import type { PastBlock } from "../session/reading_back.ts";
import { HISTORY_TEXTS } from "../texts/history.ts";
import { SERVER_TEXTS } from "../texts/servers.ts";
import { WINDOW_TEXTS } from "../texts/terminal.ts";
import { cells } from "./cells.ts";
import { digest, lineOf, linesOf } from "./digest.ts";
import { hasLine, safeText, takenBack, toText, type View } from "./format.ts";
import type { Look } from "./look.ts";
import type { Network } from "./network.ts";
import type { Networks } from "./networks.ts";
import { Pager } from "./pager.ts";
import { pastLines } from "./past_view.ts";
import type { Replacement } from "./printed_rows.ts";
import type { Terminal } from "./terminal.ts";
import { dayOf } from "./times.ts";
import { news, transcript } from "./transcript.ts";

/** The rows of the screen that stay free when the new events of a buffer are shown. */
const RESERVED = 3;

/** The number of events of a buffer, the latest, that are searched for a message on the screen. */
const MAX_SEARCHED = 200;

/** The parts of a window that its printer uses. */
export interface PrinterParts {
  /** The servers. */
  readonly networks: Networks;
  /** The look of lines. */
  readonly look: Look;
  /** The terminal. */
  readonly terminal: Terminal;
  /**
   * The joins and leaves that have no line yet: the bottom rows show them until something is
   * printed.
   */
  readonly moves: Moves;
  /** Returns the time of day, in milliseconds since 1970-01-01 UTC. */
  now(): number;
}

/** The printer of one window. */
export class Printer {
  readonly #parts: PrinterParts;
  readonly #pager = new Pager();
  /**
   * The day of the last printed events; a line with the new day comes before events of another day.
   */
  #day: string;

  /** Prints with `parts`. */
  constructor(parts: PrinterParts) {
    this.#parts = parts;
    this.#day = dayOf(parts.now());
  }

  /** Prints lines, and draws the prompt again. */
  print(lines: readonly string[]): void {
    this.#print(lines.length === 0 ? [] : [...this.#heldLine(), ...lines]);
  }

  /** Prints the joins and leaves that have no line yet. */
  endMoves(): void {
    this.#print(this.#heldLine());
  }

  /** Prints events of the buffer that the user sees, or of no buffer. */
  events(events: readonly ClientEvent[]): void {
    const { look, moves, networks, terminal } = this.#parts;
    const view = { ...look.viewOf(networks.current.buffers.current), isLive: true };
    const day = dayOf(this.#parts.now());
    const before = day === this.#day ? [] : this.#heldLine();
    const lines = linesOf(events, moves, view, look.stamp);
    if (!terminal.redraws) lines.push(...this.#heldLine());
    if (lines.length > 0 && day !== this.#day) {
      lines.unshift(look.style.quiet(HISTORY_TEXTS.day(this.#day = day)));
    }
    this.#print([...before, ...lines]);
  }

  /**
   * Returns the line of the message that `deletion` is about, and the line that takes its place on
   * the screen. Returns undefined if the message is not among the latest events of `buffer`, or if
   * another message has the same line.
   */
  takenBack(buffer: Buffer, { reply: id, text: reason }: AboutMessage): Replacement | undefined {
    const { look } = this.#parts;
    const view = look.viewOf(buffer);
    const recent = buffer.events.slice(-MAX_SEARCHED).filter(isSpeech);
    const speech = recent.find((each) => each.id === id);
    if (!speech) return undefined;
    const stamp = look.stamp(speech.time);
    const line = stamp + toText(speech, view);
    const isSame = (other: Speech) =>
      other !== speech && other.nick === speech.nick && other.text === speech.text &&
      hasLine(other, view) && look.stamp(other.time) === stamp;
    if (recent.some(isSame)) return undefined;
    const next = stamp + takenBack(speech, reason === EDIT_REASON, view);
    const [shown = line, by = next] = look.printed([line, next]);
    return { line: shown, by };
  }

  #print(lines: readonly string[]): void {
    this.#parts.terminal.print(this.#parts.look.printed(lines));
  }

  #heldLine(): string[] {
    const { look, moves, networks } = this.#parts;
    return lineOf(moves.take(), look.viewOf(networks.current.buffers.current), look.stamp);
  }

  /** Returns the lines for the new events of `buffer`, which the user sees. */
  news(buffer: Buffer): string[] {
    return news(buffer, ...this.#viewOf(buffer));
  }

  /** Returns the lines for a buffer that the user switches to. */
  transcript(buffer: Buffer): string[] {
    return transcript(buffer, this.#parts.networks.titleOf(buffer), ...this.#viewOf(buffer));
  }

  /** Returns the lines for the unseen events of `network` that belong to none of its buffers. */
  unshown(network: Network): string[] {
    const { look } = this.#parts;
    return digest(network.takeUnshown(), look.viewOf(undefined), look.stamp);
  }

  /** Returns the heading of a network. */
  heading(network: Network): string {
    const { look, networks } = this.#parts;
    return look.style.quiet(SERVER_TEXTS.heading(safeText(networks.nameOf(network))));
  }

  /** Prints earlier messages. */
  past(network: Network, block: PastBlock): void {
    const { look } = this.#parts;
    const view = { ...look.viewOf(network.buffers.find(block.name)), room: block.name };
    this.print([...this.#serverOf(network), ...pastLines(block, view)]);
  }

  /** Prints the first page of an answer of `network`. */
  page(network: Network, lines: readonly string[]): void {
    network.readingBack.end();
    const { columns, rows } = this.#parts.terminal;
    this.#page(network, this.#pager.begin(lines, columns, rows));
  }

  /**
   * Prints the next page of the answer, search or earlier messages that `network` has shown last.
   */
  more(network: Network): void {
    if (network.readingBack.canContinue) return network.readingBack.more();
    const { columns, rows } = this.#parts.terminal;
    this.#page(network, this.#pager.next(columns, rows));
  }

  /**
   * Prints `text` as a QR code, if the terminal can show one. If the screen is too small, prints the
   * size that the code needs.
   */
  async qrCode(network: Network, text: string): Promise<void> {
    const { look, terminal } = this.#parts;
    if (!look.showsQrCodes || !terminal.redraws) return;
    const lines = (await qrCode(text)).split("\n");
    const rows = lines.length + RESERVED;
    const columns = Math.max(...lines.map((line) => cells(safeText(line)))) + 1;
    const isFitting = rows <= terminal.rows && columns <= terminal.columns;
    const shown = isFitting ? lines : [look.style.quiet(WINDOW_TEXTS.noRoomForCode(columns, rows))];
    this.print([...this.#serverOf(network), ...shown]);
  }

  #page(network: Network, lines: readonly string[]): void {
    const { quiet } = this.#parts.look.style;
    const page = lines.map((line) => quiet(safeText(line)));
    this.print([...this.#serverOf(network), ...page]);
  }

  /** Returns the heading of an answer of `network`, if the user sees another network. */
  #serverOf(network: Network): string[] {
    return network === this.#parts.networks.current ? [] : [this.heading(network)];
  }

  #viewOf(buffer: Buffer): [View, Look["stamp"], number] {
    const { look, terminal } = this.#parts;
    return [look.viewOf(buffer), look.stamp, terminal.rows - RESERVED];
  }
}
