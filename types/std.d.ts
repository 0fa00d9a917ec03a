// Types of the few standard-library functions in use. The npm build of the standard library has the
// same code without declarations. Functions that are not declared here are not used.

declare module "@std/assert" {
  /** Fails unless `actual` and `expected` are deeply equal. */
  export function assertEquals<T>(actual: T, expected: T, message?: string): void;
  /** Fails if `actual` and `expected` are deeply equal. */
  export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
  /** Fails unless `value` is truthy. */
  export function assert(value: unknown, message?: string): asserts value;
  /** Fails unless `actual` contains `expected`. */
  export function assertStringIncludes(actual: string, expected: string, message?: string): void;
  /** Fails unless `actual` matches `expected`. */
  export function assertMatch(actual: string, expected: RegExp, message?: string): void;
  /** Fails unless `fn` throws an `ErrorClass`; returns the error. */
  export function assertThrows<E extends Error>(
    fn: () => unknown,
    ErrorClass: new (...args: never[]) => E,
    messageIncludes?: string,
  ): E;
  /** Fails unless `fn` rejects with an `ErrorClass`; resolves to the error. */
  export function assertRejects<E extends Error>(
    fn: () => PromiseLike<unknown>,
    ErrorClass: new (...args: never[]) => E,
    messageIncludes?: string,
  ): Promise<E>;
}

declare module "@std/cli/parse-args" {
  /**
   * Parses command-line words. The flags named in `string` keep their text as it is. Those named in
   * `collect` have all their values in a list, which is empty if there are none.
   */
  export function parseArgs<
    Strings extends string = never,
    Booleans extends string = never,
    Collected extends string = never,
  >(
    args: string[],
    options: {
      string?: readonly Strings[];
      boolean?: readonly Booleans[];
      collect?: readonly Collected[];
      /**
       * Called for each operand (without `key`) and for each flag that is not named; `false` drops
       * it.
       */
      unknown?: (word: string, key?: string, value?: unknown) => unknown;
    },
  ):
    & { [Name in Exclude<Strings, Collected>]?: string }
    & Record<Extract<Collected, Strings>, string[]>
    & Record<Booleans, boolean>
    & { _: (string | number)[] };
}

declare module "@std/jsonc" {
  /**
   * Parses JSON with comments; a `SyntaxError` names the position unless the input ends too early.
   */
  export function parse(text: string): unknown;
}

declare module "@std/streams/text-delimiter-stream" {
  /** Splits text after each `delimiter`, which stays at the end of its piece. */
  export class TextDelimiterStream extends TransformStream<string, string> {
    constructor(delimiter: string, options: { disposition: "suffix" });
  }
}

declare module "@std/streams/text-line-stream" {
  /**
   * Splits text into lines, without their LF or CR LF. A line of any length is held until it ends.
   */
  export class TextLineStream extends TransformStream<string, string> {}
}

declare module "@std/streams/to-blob" {
  /** Reads a stream to its end. */
  export function toBlob(stream: ReadableStream<Uint8Array>): Promise<Blob>;
}

declare module "@std/text/closest-string" {
  /**
   * Returns the word of `possibleWords`, which must not be empty, that is nearest to `givenWord`.
   */
  export function closestString(givenWord: string, possibleWords: readonly string[]): string;
}

declare module "@std/text/levenshtein-distance" {
  /** Returns the number of characters to insert, remove or replace to make one text the other. */
  export function levenshteinDistance(str1: string, str2: string): number;
}
