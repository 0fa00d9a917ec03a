/**
 * Parses the bytes of a terminal into keys. Performs no I/O; knows the names of keys, and not their
 * effects.
 *
 * Sources: https://ecma-international.org/publications-and-standards/standards/ecma-48/ (control
 * sequences), https://invisible-island.net/xterm/ctlseqs/ctlseqs.html (the keys, bracketed paste)
 *
 * @module
 */

/** An input of the user. */
export type Key =
  /** Typed characters, without control characters. */
  | { readonly type: "text"; readonly text: string }
  /** Pasted text, whole, with its line ends as `\n`. */
  | { readonly type: "paste"; readonly text: string }
  /**
   * A pressed key that is not a character: `left`, `ctrl-a`, `alt-b`, `ctrl-left`, `shift-tab` …
   */
  | { readonly type: "press"; readonly name: string }
  /** The terminal's report of the position of the cursor, from 1 (ECMA-48, CPR). */
  | { readonly type: "position"; readonly row: number; readonly column: number };

/** The limit of a paste in UTF-16 units; the rest is dropped. */
const MAX_PASTE = 64 * 1024;

/** The limit of a sequence in UTF-16 units; a longer one is dropped. */
const MAX_SEQUENCE = 256;

const ESC = "\x1b";
const PASTE_START = "\x1b[200~";
const PASTE_END = "\x1b[201~";

/** The patterns of whole sequences, the most specific first. */
const SEQUENCES: readonly RegExp[] = [
  // A mouse report of the oldest kind: three bytes follow the end of the sequence.
  /^\x1b\[M[^]{3}/,
  // F1 to F5 of the Linux console.
  /^\x1b\[\[./,
  // Control sequences; a second ESC before one is Alt.
  /^\x1b{1,2}\[[0-?]*[ -/]*[@-~]/,
  // Keys in application mode.
  /^\x1b{1,2}O[!-~]/,
  // Control strings, such as replies to queries; this client sends no such queries.
  /^\x1b[\]PX^_][^]*?(?:\x07|\x1b\\)/,
  // Alt and a character.
  /^\x1b[^\x1b[OPX\]^_]/u,
];

/** The pattern of an incomplete sequence. */
const UNFINISHED =
  /^\x1b(?:$|\x1b?\[[0-?]*[ -/]*$|\x1b?O$|\x1b$|\[\[$|\[M[^]{0,2}$|[\]PX^_](?:(?!\x07|\x1b\\)[^])*$)/;

const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

/** The keys of control characters that do not come from Ctrl and a letter. */
const CONTROL_KEYS: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\x7f": "backspace",
  "\b": "backspace",
  "\x1f": "ctrl-_",
};

/** The keys by the last character of their sequences. */
const FINALS: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  Z: "shift-tab",
  M: "enter",
  // Ctrl and an arrow, in rxvt.
  a: "ctrl-up",
  b: "ctrl-down",
  c: "ctrl-right",
  d: "ctrl-left",
};

/** The keys by the number before the `~` of their sequences. */
const NUMBERED: Readonly<Record<string, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "page-up",
  6: "page-down",
  7: "home",
  8: "end",
};

/** A parser of chunks of bytes, which may be cut anywhere. */
export class KeyReader {
  readonly #decoder = new TextDecoder();
  /** The received text that is not a whole key yet. */
  #rest = "";
  /** The text so far of a paste that has no end yet. */
  #paste: string | undefined;

  /** Returns the keys that `bytes` complete. */
  feed(bytes: Uint8Array): Key[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    return this.#take();
  }

  /** True while only the next bytes, or a pause, can tell which key was pressed. */
  get isUndecided(): boolean {
    return this.#rest !== "" || this.isPasting;
  }

  /** True while a paste has no end. */
  get isPasting(): boolean {
    return this.#paste !== undefined;
  }

  /**
   * Returns the pending key after a pause: an ESC that began no sequence, or a paste without an
   * end.
   */
  settle(): Key[] {
    if (this.#paste !== undefined) return this.#endPaste(this.#paste);
    if (!this.isUndecided) return [];
    const [, ...rest] = this.#rest;
    this.#rest = "";
    return [press(rest.length === 1 ? `alt-${rest[0]}` : "escape")];
  }

  #take(): Key[] {
    const keys: Key[] = [];
    for (let left = 0; this.#rest.length !== left && this.#rest !== "";) {
      left = this.#rest.length;
      const key = this.#paste === undefined ? this.#takeKey() : this.#takePaste(this.#paste);
      if (key) keys.push(key);
    }
    return keys;
  }

  #takePaste(pasted: string): Key | undefined {
    const end = this.#rest.indexOf(PASTE_END);
    // Without an end marker, the last characters are kept, because they may be its beginning.
    const length = end < 0 ? Math.max(0, this.#rest.length - PASTE_END.length + 1) : end;
    const all = (pasted + this.#rest.slice(0, length)).slice(0, MAX_PASTE);
    this.#rest = this.#rest.slice(end < 0 ? length : end + PASTE_END.length);
    this.#paste = end < 0 ? all : undefined;
    return end < 0 ? undefined : paste(all);
  }

  #endPaste(pasted: string): Key[] {
    // The beginning of an end marker is not part of the paste.
    const text = pasted + this.#rest.replace(/\x1b[^]*$/, "");
    this.#rest = "";
    this.#paste = undefined;
    return [paste(text)];
  }

  #takeKey(): Key | undefined {
    const rest = this.#rest;
    if (rest.startsWith(PASTE_START)) {
      this.#paste = "";
      this.#rest = rest.slice(PASTE_START.length);
      return undefined;
    }
    if (rest.startsWith(ESC)) return this.#takeSequence();
    const control = rest.search(CONTROL);
    const length = control < 0 ? rest.length : Math.max(control, 1);
    this.#rest = rest.slice(length);
    const text = rest.slice(0, length);
    return control === 0 ? controlKey(text) : { type: "text", text };
  }

  #takeSequence(): Key | undefined {
    const rest = this.#rest;
    if (UNFINISHED.test(rest) && rest.length < MAX_SEQUENCE) return undefined;
    for (const pattern of SEQUENCES) {
      const sequence = pattern.exec(rest)?.[0];
      if (sequence === undefined) continue;
      this.#rest = rest.slice(sequence.length);
      return sequenceKey(sequence);
    }
    // An ESC that begins no known sequence.
    this.#rest = rest.slice(UNFINISHED.test(rest) ? rest.length : 1);
    return undefined;
  }
}

function paste(text: string): Key {
  return { type: "paste", text: text.slice(0, MAX_PASTE).replace(/\r\n?/g, "\n") };
}

function press(name: string): Key {
  return { type: "press", name };
}

function controlKey(character: string): Key | undefined {
  const name = CONTROL_KEYS[character];
  if (name !== undefined) return press(name);
  const code = character.charCodeAt(0);
  // Ctrl subtracts 64 from a capital letter.
  return code >= 0x01 && code <= 0x1a
    ? press(`ctrl-${String.fromCharCode(code + 0x60)}`)
    : undefined;
}

function sequenceKey(sequence: string): Key | undefined {
  const [, row, column] = /^\x1b\[([0-9]+);([0-9]+)R$/.exec(sequence) ?? [];
  if (row && column) return { type: "position", row: Number(row), column: Number(column) };
  const alt = sequence.startsWith(ESC + ESC) ? "alt-" : "";
  const body = sequence.slice(alt ? 2 : 1);
  if (!/^[[O]/.test(body) || body.length === 1) return altKey(body);
  const last = body.charAt(body.length - 1);
  if (/^\[(?:M.|\[)/s.test(body)) return undefined;
  const [first = "", modifiers = ""] = body.slice(1, -1).split(";");
  // A private sequence is not a key; it may be a mouse report.
  if (/^[<=>?]/.test(first)) return undefined;
  const name = last === "~" ? NUMBERED[first] : last === "u" ? unicodeKey(first) : FINALS[last];
  return name === undefined ? undefined : press(alt + modifierNames(modifiers) + name);
}

function altKey(character: string): Key | undefined {
  if (/^[\]PX^_]/.test(character) && character.length > 1) return undefined;
  if (!CONTROL.test(character)) return press(`alt-${character}`);
  const key = controlKey(character);
  return key?.type === "press" ? press(`alt-${key.name}`) : undefined;
}

/** Returns the key for a code point; terminals that distinguish Ctrl-I from Tab send these. */
function unicodeKey(code: string): string | undefined {
  const point = Number(code);
  if (!(point > 0 && point < 0x110000)) return undefined;
  const character = String.fromCodePoint(point);
  return CONTROL_KEYS[character] ?? (CONTROL.test(character) ? undefined : character);
}

/**
 * Returns the modifiers of xterm's number, which is 1 plus the sum of Shift 1, Alt 2 and Ctrl 4.
 */
function modifierNames(parameter: string): string {
  const bits = Math.max(0, (parseInt(parameter, 10) || 1) - 1);
  return (bits & 4 ? "ctrl-" : "") + (bits & 2 ? "alt-" : "") + (bits & 1 ? "shift-" : "");
}
