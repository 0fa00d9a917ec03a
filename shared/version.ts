/**
 * The program's name and version, as shown to users and clients.
 *
 * @module
 */

import manifest from "../deno.json" with { type: "json" };

/** The version, as in `deno.json`. */
export const VERSION: string = manifest.version;
/** The name and version, as in `chat-1.0.0`. */
export const SOFTWARE: string = `chat-${VERSION}`;
