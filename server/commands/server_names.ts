/**
 * The names of the nodes of a cluster, as servers. To its users, the cluster is one server; only
 * LINKS and WHOIS tell its nodes apart.
 *
 * @module
 */

import type { Context } from "../core/context.ts";
import { matchesMask } from "../state/masks.ts";
import type { User } from "../state/state.ts";

/** Returns the nodes, each with its name as a server; an empty list outside of a cluster. */
export function nodeNames(context: Context): [node: string, server: string][] {
  return [...context.nodes.names].sort().map((node) => [node, nodeName(context, node)]);
}

function nodeName({ options: { name } }: Context, node: string): string {
  return `${node}.${name}`;
}

/** Returns the names of the nodes to which a user is connected. */
export function nodesOf(context: Context, { recipients }: User): Set<string> {
  const nodes = recipients.all.flatMap((client) => context.nodes.of(client) ?? []);
  return new Set(nodes.map((node) => nodeName(context, node)));
}

/** Returns true if `mask` matches the name of the server, or of a node. */
export function matchesServer(context: Context, mask: string): boolean {
  const servers = nodeNames(context).map(([, server]) => server);
  return [context.options.name, ...servers].some((name) => matchesMask(mask, name));
}
