/**
 * The file in which a server of a cluster keeps the state of the network now and then: the database
 * does not contain the connected users. After a start, the server continues from this state with
 * the later entries of the log.
 *
 * @module
 */

import { concat } from "../../lines.ts";
import { afterInput } from "../../shared/turns.ts";
import type { Event } from "../events/events.ts";
import { isObject } from "../store/shapes.ts";
import { encode, tryDecode } from "./encoding.ts";
import { Progress, type Standing } from "./standing.ts";

/** The state of the network after an entry of the log. */
export interface KeptState {
  /** The identity of the log. */
  readonly log: string;
  /** The knowledge of the cluster after the entry. */
  readonly standing: Standing;
  /** The events that make the state. */
  readonly events: readonly Event[];
  /**
   * The fingerprint of the certificate of the server that has made the state, if there was one.
   */
  readonly certificate?: string | undefined;
}

const FILE = "cluster.json";
/** The number of events that are encoded at a time, which takes some milliseconds. */
const EVENTS_PER_LINE = 200;
const NEWLINE = 0x0a;
const LINE_END = new Uint8Array([NEWLINE]);

/** Returns the path of the file in the folder `data`. */
export function statePath(data: string): string {
  return `${data}/${FILE}`;
}

/**
 * Returns the bytes of a state, in lines. The first line has everything but the events. A state may
 * be large, so the server does other work between two lines.
 */
export async function encodeState({ standing, events, ...rest }: KeptState): Promise<Uint8Array> {
  const { length } = events;
  const lines = [encode({ ...rest, standing: { ...new Progress(standing) }, length })];
  for (let at = 0; at < length; at += EVENTS_PER_LINE) {
    await new Promise<void>((resolve) => void afterInput(resolve));
    lines.push(LINE_END, encode(events.slice(at, at + EVENTS_PER_LINE)));
  }
  return concat(lines);
}

/**
 * Returns the state in `bytes`; `undefined` if there is none. Damaged bytes count as no state: the
 * server then gets the state from another server.
 */
export function readState(bytes: Uint8Array): KeptState | undefined {
  const [head, ...lists] = linesOf(bytes).map(tryDecode);
  const events = lists.flat();
  const value = isObject(head) && { ...head, events };
  return isState(value) && value.length === events.length ? value : undefined;
}

function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return [...lines, bytes.subarray(start)];
}

function isState(value: unknown): value is KeptState & { readonly length: unknown } {
  return isObject(value) && typeof value.log === "string" && Array.isArray(value.events) &&
    isObject(value.standing) && typeof value.standing.seq === "number" &&
    value.standing.users instanceof Map && value.standing.buried instanceof Set;
}

/** Returns the state that is kept in the folder `data`; `undefined` if there is none. */
export function keptState(data: string): KeptState | undefined {
  try {
    return readState(Deno.readFileSync(statePath(data)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Keeps a state, which `bytes` encode, in the folder `data`. */
export async function keepState(data: string, bytes: Uint8Array): Promise<void> {
  const path = statePath(data);
  const draft = `${path}.new`;
  await Deno.writeFile(draft, bytes, { mode: 0o600 });
  // If the power fails, the file must be the old one or the whole new one.
  using file = await Deno.open(draft, { write: true });
  await file.sync();
  await Deno.rename(draft, path);
}
