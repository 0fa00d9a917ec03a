/**
 * The program's name and version, as it tells them to people and to clients.
 *
 * @module
 */

import manifest from "./deno.json" with { type: "json" };

/** The version, as in `deno.json`. */
export const VERSION: string = manifest.version;
/** Name and version, as in `chat-1.0.0`. */
export const SOFTWARE: string = `chat-${VERSION}`;
