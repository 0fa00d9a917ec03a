/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The entry point of the worker that {@linkcode Prober} starts.
 *
 * @module
 */

import { obey } from "./probing.ts";

obey(self);
