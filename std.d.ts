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

declare module "@std/cli/parse-args" {
  /** What `parseArgs` understands; see the standard library's documentation. */
  export interface ParseOptions {
    boolean?: readonly string[];
    string?: readonly string[];
    collect?: readonly string[];
    alias?: Readonly<Record<string, string>>;
    stopEarly?: boolean;
    unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }
  /** Splits command-line arguments into flags and, under `_`, the rest. */
  export function parseArgs(
    args: readonly string[],
    options?: ParseOptions,
  ): { _: (string | number)[]; [flag: string]: unknown };
}

declare module "@std/fmt/colors" {
  /** Wraps text in an SGR sequence, unless colours are off. */
  type Paint = (text: string) => string;
  export const bold: Paint;
  export const dim: Paint;
  export const inverse: Paint;
  /** One of the 256 colours of the usual terminal palette. */
  export function rgb8(text: string, color: number): string;
  export function setColorEnabled(enabled: boolean): void;
  export function getColorEnabled(): boolean;
}
