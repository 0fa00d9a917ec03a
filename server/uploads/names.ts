/**
 * Reads the file names of HTTP requests, and makes names from them that are safe in a URL, in a
 * header and on a disk. Performs no I/O.
 *
 * Sources: RFC 6266 (Content-Disposition), RFC 8187 (names in UTF-8).
 *
 * @module
 */

import { trimSigns } from "../../shared/text.ts";

/** The longest name, in characters, before an ending is added to it. */
const NAME_LIMIT = 64;
/** The longest ending that is kept when a name is cut, in characters. */
const ENDING_LIMIT = 10;
/** The form of a safe name. */
const SAFE_NAME = /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}._-]*$/u;
/** A parameter of a field: its name, and its value, which may be quoted. */
const PARAMETER = /;\s*([\w!#$&+.^`|~*-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;]*)/g;

/**
 * Returns the name in a `Content-Disposition` field as the client wrote it; `undefined` if it has
 * none. If the field has two names, the parameter `filename*` wins over `filename`.
 */
export function statedName(field: string): string | undefined {
  const found = new Map<string, string>();
  for (const [, name = "", value = ""] of field.matchAll(PARAMETER)) {
    found.set(name.toLowerCase(), unquoted(value));
  }
  return extended(found.get("filename*")) ?? utf8(found.get("filename"));
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
}

/** Returns the text in `UTF-8'language'percent-encoded`. */
function extended(value: string | undefined): string | undefined {
  const [, encoded] = /^utf-8'[^']*'(.*)$/i.exec(value ?? "") ?? [];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/**
 * Decodes a text again, as UTF-8. Most clients send UTF-8, but the bytes were read as Latin-1.
 * Returns the text itself if the bytes are not UTF-8.
 */
function utf8(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}

/**
 * Returns a name for a file, of letters, digits, `.`, `-` and `_`: the last part of the path
 * `stated`, or `fallback`. It ends with one of `endings`, if there are any, so that no system takes
 * the file for one of another kind.
 */
export function safeName(
  stated: string | undefined,
  fallback: string,
  endings: readonly string[],
): string {
  const last = stated?.split(/[/\\]/).at(-1) ?? "";
  const name = last.normalize("NFC").replace(/\p{C}+/gu, "").replace(
    /[^\p{L}\p{M}\p{N}.-]+/gu,
    "_",
  );
  const safe = cut(trimSigns(name, "._-") || fallback);
  const [ending] = endings;
  const isRight = endings.some((each) => safe.toLowerCase().endsWith(`.${each}`));
  return ending === undefined || isRight ? safe : `${safe}.${ending}`;
}

/** Cuts a name that is too long, and keeps its ending. */
function cut(name: string): string {
  const letters = [...name];
  if (letters.length <= NAME_LIMIT) return name;
  const dot = letters.lastIndexOf(".");
  const ending = dot >= letters.length - ENDING_LIMIT ? letters.slice(dot) : [];
  return [...letters.slice(0, NAME_LIMIT - ending.length), ...ending].join("");
}

/** Returns true if {@linkcode safeName} can have returned this name. */
export function isSafeName(name: string): boolean {
  return [...name].length <= NAME_LIMIT + ENDING_LIMIT && SAFE_NAME.test(name);
}

/** Returns the `Content-Disposition` of a file with a safe name. */
export function disposition(kind: "attachment" | "inline", name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]/g, "_");
  const exact = ascii === name ? "" : `; filename*=UTF-8''${encodeURIComponent(name)}`;
  return `${kind}; filename="${ascii}"${exact}`;
}
