/**
 * The faults of a cluster, at random.
 *
 * @module
 */

import type { Cluster } from "./cluster.ts";
import type { Node } from "./node.ts";

/** Causes a fault, which may end by itself; returns its description. */
type Fault = (cluster: Cluster, node: Node) => string;

const FAULTS: readonly Fault[] = [
  kill,
  kill,
  leave,
  stop,
  stop,
  cutOff,
  cutOff,
  slowDown,
  lose,
  delay,
  repeat,
  breakLog,
  breakAll,
  purge,
  replace,
];

/** Causes faults until the time `end`. */
export function causeTrouble(cluster: Cluster, end: number): void {
  const { world } = cluster;
  world.after(world.between(20, 700), () => {
    if (world.now > end) return;
    const { random } = world;
    // Faults of the leader are the interesting ones.
    const leader = cluster.nodes.find(({ process }) => process?.decider);
    const node = leader && world.isLucky(0.5) ? leader : random.pick(cluster.nodes);
    cluster.noted(random.pick(FAULTS)(cluster, node));
    causeTrouble(cluster, end);
  });
}

function kill({ world }: Cluster, node: Node): string {
  const steps = 1 + world.random.below(40);
  node.killSoon(steps);
  world.after(world.between(50, 3000), () => node.start());
  return `${node.name} is killed after ${steps} steps`;
}

function leave({ world }: Cluster, node: Node): string {
  node.leave();
  world.after(world.between(50, 3000), () => node.start());
  return `${node.name} leaves`;
}

function stop({ world }: Cluster, node: Node): string {
  const ms = world.between(50, 4000);
  node.stop();
  world.after(ms, () => node.continue());
  return `${node.name} is stopped for ${Math.round(ms)} ms`;
}

function cutOff({ world, nats }: Cluster, { name }: Node): string {
  const ms = world.between(50, 4000);
  const how = world.random.pick(["lost", "later"] as const);
  nats.troubles.cut.set(name, how);
  world.after(ms, () => nats.reconnect(name));
  return `${name} is cut off for ${Math.round(ms)} ms, and its messages are ${how}`;
}

function slowDown({ world, nats }: Cluster, { name }: Node): string {
  nats.troubles.slow.add(name);
  world.after(world.between(50, 1500), () => nats.troubles.slow.delete(name));
  return `${name} is slow`;
}

function lose({ world, nats: { troubles } }: Cluster): string {
  troubles.lost = world.between(0.01, 0.3);
  world.after(world.between(50, 1500), () => troubles.lost = 0);
  return "messages are lost";
}

function delay({ world, nats: { troubles } }: Cluster): string {
  troubles.late = world.between(0.05, 0.5);
  world.after(world.between(50, 1500), () => troubles.late = 0);
  return "messages are late";
}

function repeat({ world, nats: { troubles } }: Cluster): string {
  troubles.twice = world.between(0.05, 0.5);
  world.after(world.between(50, 1500), () => troubles.twice = 0);
  return "messages come twice";
}

function breakLog({ world, nats: { troubles } }: Cluster): string {
  troubles.isLogDown = true;
  world.after(world.between(50, 2500), () => troubles.isLogDown = false);
  return "the log stands still";
}

/** Purges the log of entries that at least one node has on its disk. */
function purge({ world, nats: { stream }, nodes }: Cluster): string {
  const saved = Math.max(...nodes.map((node) => node.saved.entries.length));
  stream.purge(saved + 1 - world.random.below(20));
  return `the log is purged up to ${stream.first}`;
}

/** Lets all brokers fail. */
function breakAll({ world, nats, nodes }: Cluster): string {
  const ms = world.between(50, 2000);
  const how = world.random.pick(["lost", "later"] as const);
  for (const { name } of nodes) {
    nats.troubles.cut.set(name, how);
    world.after(ms, () => nats.reconnect(name));
  }
  return `all are cut off for ${Math.round(ms)} ms, and their messages are ${how}`;
}

/** Replaces a node by one with an empty disk, if another node has all entries that were purged. */
function replace({ world, nats: { stream }, nodes }: Cluster, node: Node): string {
  const others = nodes.filter((each) => each !== node);
  if (!others.some(({ saved }) => saved.entries.length >= stream.first - 1)) return "nothing";
  node.wipe();
  world.after(world.between(50, 1500), () => node.start());
  return `${node.name} is replaced`;
}
