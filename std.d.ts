// Types of the few standard-library functions in use. The npm build of the standard library
// carries the same code without declarations; what is not declared here is not used.

declare module "@std/assert" {
  /** Fails unless the two are deeply equal. */
  export function assertEquals<T>(actual: T, expected: T, message?: string): void;
  /** Fails if the two are deeply equal. */
  export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
  /** Fails unless `value` is truthy. */
  export function assert(value: unknown, message?: string): asserts value;
  /** Fails unless `actual` contains `expected`. */
  export function assertStringIncludes(actual: string, expected: string, message?: string): void;
  /** Fails unless `actual` matches `expected`. */
  export function assertMatch(actual: string, expected: RegExp, message?: string): void;
  /** Fails unless `fn` throws; returns what it threw. */
  export function assertThrows<E extends Error>(
    fn: () => unknown,
    ErrorClass: new (...args: never[]) => E,
    messageIncludes?: string,
  ): E;
  /** Fails unless `fn` rejects; resolves to the reason. */
  export function assertRejects<E extends Error>(
    fn: () => PromiseLike<unknown>,
    ErrorClass: new (...args: never[]) => E,
    messageIncludes?: string,
  ): Promise<E>;
}

declare module "@std/jsonc" {
  /** Reads JSON with comments; a `SyntaxError` names the position unless the input ends too early. */
  export function parse(text: string): unknown;
}

declare module "@std/text/closest-string" {
  /** The one of `possibleWords`, of which there is at least one, that is nearest to `givenWord`. */
  export function closestString(givenWord: string, possibleWords: readonly string[]): string;
}

declare module "@std/fmt/colors" {
  /** Wraps text in an SGR sequence, unless colours are off. */
  type Paint = (text: string) => string;
  export const bold: Paint;
  export const dim: Paint;
  export const inverse: Paint;
  /** One of the 256 colours of the usual terminal palette. */
  export function rgb8(text: string, color: number): string;
  /** The text without ANSI escape sequences. */
  export function stripAnsiCode(text: string): string;
  export function setColorEnabled(enabled: boolean): void;
  export function getColorEnabled(): boolean;
}
