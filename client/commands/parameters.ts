/**
 * Parses the parameters of a slash command by the usage that its help shows. A parameter in
 * brackets is optional, a parameter that ends with `…` takes several words, and a text takes the
 * rest of the line. Performs no I/O, and does not know the commands.
 *
 * @module
 */

/** The parameters that take the rest of the line, with its spaces. */
const TEXTS: ReadonlySet<string> = new Set(["FILE", "LINE", "REASON", "TEXT", "WORDS"]);

/**
 * The values of the parameters in their order, or the reason why the text does not fit the usage.
 */
export type Parameters = readonly string[] | "too few" | "too many";

/** Returns the values of the parameters that `usage` names. */
export function parseParameters(usage: string, text: string): Parameters {
  const names = usage.split(" ").filter((name) => name !== "");
  const last = names.at(-1)?.replace(/[[\]]/g, "") ?? "";
  const values: string[] = [];
  for (let rest = text.trim(); rest !== "";) {
    const isText = TEXTS.has(last) && values.length === names.length - 1;
    const [value, more] = isText ? [rest, ""] : splitFirst(rest);
    values.push(value);
    rest = more;
  }
  if (values.length < names.filter((name) => !name.startsWith("[")).length) return "too few";
  return values.length > names.length && !last.endsWith("…") ? "too many" : values;
}

/** Splits `text` into its first word and the rest. */
export function splitFirst(text: string): [first: string, rest: string] {
  const [, first = "", rest = ""] = /^\s*(\S*)\s*(.*)$/s.exec(text) ?? [];
  return [first, rest.trimEnd()];
}
