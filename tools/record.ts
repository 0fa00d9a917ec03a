/**
 * Writes `docs/session.svg`, the recorded session in the README.
 *
 * @module
 */

import { PATH, record } from "./recording.ts";

Deno.writeTextFileSync(PATH, await record());
