// Makes the part of a cluster's leader that decides, without a log and other servers.

import { AheadStore } from "../../server/cluster/ahead_store.ts";
import { Decider } from "../../server/cluster/decider.ts";
import type { Decided } from "../../server/cluster/decisions.ts";
import { DecidingLog } from "../../server/cluster/logs.ts";
import type { ClientId, SessionFacts } from "../../server/cluster/messages.ts";
import { BEFORE_ALL, type Standing } from "../../server/cluster/standing.ts";
import { Budgets } from "../../server/net/budget.ts";
import { afterInput } from "../../shared/turns.ts";
import { ModelStore } from "../sim/model_store.ts";
import { beginning, openServer, ORIGIN, RECORDS, type ServerParts } from "../sim/server_parts.ts";
import { FakeClock } from "./fake_clock.ts";

/** The longest identity of a process. */
export const LIFE = `${"n".repeat(32)}.0123abcd`;

/** The settings of a {@linkcode decider}. */
export interface DeciderStart extends Pick<ServerParts<DecidingLog>, "onInfo"> {
  /** The user of each client that an earlier leader had; by default, there were none. */
  readonly users?: Standing["users"];
  /** The processes that an earlier leader has counted as gone; by default, there were none. */
  readonly buried?: Standing["buried"];
}

/** Makes a decider that knows its own process. */
export function decider(
  { users = BEFORE_ALL.users, buried = BEFORE_ALL.buried, ...parts }: DeciderStart = {},
): Decider {
  const store = new AheadStore(new ModelStore({ changes: [...RECORDS] }));
  const { context, log } = openServer({
    ...{ ...parts, clock: new FakeClock(), store, duty: "decide" },
    openLog: (parts) => new DecidingLog(parts, beginning(parts)),
    onFault(text) {
      throw new Error(text);
    },
  });
  const server = { context, log, store, close() {} };
  const budgets = new Budgets({ now: () => 0 });
  const decider = new Decider({
    server,
    standing: { ...BEFORE_ALL, users, buried },
    leader: LIFE,
    budgets,
    changed() {},
  });
  decider.hello(LIFE, []);
  return decider;
}

/** Lets a client open a connection and send `lines`. */
export function send(decider: Decider, client: ClientId, ...lines: string[]): void {
  decider.perform({ client, number: 1, input: { type: "opened", origin: ORIGIN } });
  for (const [index, text] of lines.entries()) {
    const found = { type: "line", text } as const;
    decider.perform({ client, number: index + 2, input: { type: "line", found } });
  }
}

/** Takes all decisions. */
export function takeAll(decider: Decider): Decided[] {
  const all: Decided[] = [];
  for (;;) {
    const decided = decider.take();
    all.push(decided);
    if (!decided.entry) return all;
  }
}

/** Resolves once no command waits for the rest of its answer. */
export async function answered(leader: Decider): Promise<void> {
  while (leader.isWaiting) await new Promise<void>((resolve) => void afterInput(resolve));
}

/** Returns the facts that edges get. */
export function factsIn(decided: readonly Decided[]): SessionFacts[] {
  return decided.flatMap(({ answers }) => answers)
    .flatMap(({ content }) => content.type === "facts" ? [content.facts] : []);
}

/** Returns the lines of all answers to a client. */
export function linesTo(client: ClientId, decided: readonly Decided[]): string {
  return decided.flatMap(({ answers }) => answers).filter((answer) => answer.client === client)
    .map(({ content }) => content.type === "lines" ? content.text : "").join("");
}
