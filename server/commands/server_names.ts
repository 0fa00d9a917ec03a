/**
 * The names of servers that users see: a server that is alone has one name; in a cluster, each node
 * has the name of the node and, after a dot, that of the whole.
 *
 * @module
 */

import type { Context } from "../core/context.ts";
import { matchesMask } from "../state/masks.ts";
import type { User } from "../state/state.ts";

/** Returns the names of all servers that users can be connected to. */
export function serverNames({ nodes, options: { name } }: Context): string[] {
  if (nodes.names.size === 0) return [name];
  return [...nodes.names].sort().map((node) => `${node}.${name}`);
}

/** Returns the name of the server to which a user is connected; for several, that of the first. */
export function serverOf({ nodes, options: { name } }: Context, { recipients }: User): string {
  const [first] = recipients.all;
  const node = first && nodes.of(first);
  return node === undefined ? name : `${node}.${name}`;
}

/** Returns true if `mask` matches the name of the whole, or of one of its servers. */
export function matchesServer(context: Context, mask: string): boolean {
  return [context.options.name, ...serverNames(context)].some((name) => matchesMask(mask, name));
}
