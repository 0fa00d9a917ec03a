/**
 * Matches texts with patterns in which `*` stands for any characters and `?` for one. The time is
 * proportional to the length of the text times the number of 32-bit words that the pattern needs,
 * so no pattern makes a match slow.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse, "Wildcard Expressions").
 *
 * @module
 */

import { casefold } from "../../protocol.ts";

/**
 * Returns the code points of a text in lower case. With code points, `?` matches one character of
 * any script.
 */
export function codePoints(text: string): number[] {
  const points: number[] = [];
  for (const character of casefold(text)) points.push(character.codePointAt(0) ?? 0);
  return points;
}

/** The number of bits in a word, one for each position: the bitwise operators work on 32 bits. */
const WORD = 32;
/**
 * Bits, one for each position. They are in plain arrays: typed arrays of this length take more
 * memory, and making them takes three times as long.
 */
type Words = number[];

const STAR = 0x2a;
const QUESTION_MARK = 0x3f;

/**
 * A pattern, prepared for comparison. It is a nondeterministic automaton with a position before
 * each of its characters and one at its end. All positions that are reached are followed at the
 * same time, as bits of words.
 */
export class Pattern {
  /** The number of characters without the stars: the length of the shortest text that matches. */
  readonly #length: number;
  /** The positions at which there is a star. Once reached, they stay reached. */
  readonly #stars: Words;
  /** The positions that any character advances (those before a `?`). */
  readonly #any: Words;
  /**
   * For each character of the pattern, all positions that it advances, those before a `?` included.
   */
  readonly #advanced = new Map<number, Words>();
  /** The positions that are reached; used only during a match. */
  readonly #reached: Words;

  /** Prepares `pattern`; case does not matter. */
  constructor(pattern: string) {
    const points = codePoints(pattern);
    this.#length = points.filter((point) => point !== STAR).length;
    const words = Math.floor(this.#length / WORD) + 1;
    this.#stars = new Array<number>(words).fill(0);
    this.#any = new Array<number>(words).fill(0);
    this.#reached = new Array<number>(words).fill(0);
    const literals: [point: number, position: number][] = [];
    let position = 0;
    for (const point of points) {
      if (point === STAR) set(this.#stars, position);
      else if (point === QUESTION_MARK) set(this.#any, position++);
      else literals.push([point, position++]);
    }
    for (const [point, position] of literals) {
      const advanced = this.#advanced.get(point) ?? this.#any.slice();
      set(advanced, position);
      this.#advanced.set(point, advanced);
    }
  }

  /**
   * Returns true if the pattern matches the whole text, which is given as {@linkcode codePoints}.
   */
  matches(text: readonly number[]): boolean {
    if (text.length < this.#length) return false;
    if (this.#stars.length === 1) return this.#matchesByWord(text);
    const reached = this.#reached.fill(0);
    reached[0] = 1;
    for (const point of text) this.#advance(reached, this.#advanced.get(point) ?? this.#any);
    return isSet(reached[this.#length >>> 5] ?? 0, this.#length);
  }

  /** Does the same as {@linkcode matches} for the most common patterns, which fit into one word. */
  #matchesByWord(text: readonly number[]): boolean {
    const stars = this.#stars[0] ?? 0;
    const any = this.#any[0] ?? 0;
    let reached = 1;
    for (let i = 0; i < text.length && reached !== 0; i++) {
      const by = this.#advanced.get(text[i] ?? 0)?.[0] ?? any;
      reached = (reached & by) << 1 | reached & stars;
    }
    return isSet(reached, this.#length);
  }

  /** Follows one character of the text: advances the reached positions that are in `by`. */
  #advance(reached: Words, by: Words): void {
    let carry = 0;
    for (let word = 0; word < reached.length; word++) {
      const before = reached[word] ?? 0;
      const advanced = before & (by[word] ?? 0);
      reached[word] = advanced << 1 | carry | before & (this.#stars[word] ?? 0);
      carry = advanced >>> WORD - 1;
    }
  }
}

function set(words: Words, position: number): void {
  words[position >>> 5] = (words[position >>> 5] ?? 0) | 1 << position % WORD;
}

function isSet(word: number, position: number): boolean {
  return (word & 1 << position % WORD) !== 0;
}
