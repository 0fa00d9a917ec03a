/**
 * The file in which a server of a cluster keeps the state of the network now and then: the database
 * does not contain the connected users. After a start, the server continues from this state with the
 * later entries of the log.
 *
 * @module
 */

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
  /** The fingerprint of the certificate of the server that has made it, if it had one. */
  readonly certificate?: string | undefined;
}

const FILE = "cluster.json";

/** Returns the path of the file in the folder `data`. */
export function statePath(data: string): string {
  return `${data}/${FILE}`;
}

/** Returns the bytes of a state. */
export function encodeState({ standing, ...rest }: KeptState): Uint8Array {
  return encode({ ...rest, standing: { ...new Progress(standing) } });
}

/**
 * Returns the state in `bytes`; `undefined` if there is none. Damaged bytes are like none: the
 * server gets the state from another one.
 */
export function readState(bytes: Uint8Array): KeptState | undefined {
  const value = tryDecode(bytes);
  return isState(value) ? value : undefined;
}

function isState(value: unknown): value is KeptState {
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

/** Keeps a state, encoded, in the folder `data`. */
export function keepState(data: string, bytes: Uint8Array): void {
  const path = statePath(data);
  const draft = `${path}.new`;
  Deno.writeFileSync(draft, bytes, { mode: 0o600 });
  Deno.renameSync(draft, path);
}
