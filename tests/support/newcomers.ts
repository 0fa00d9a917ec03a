/**
 * The accounts and rooms of newcomers: each newcomer registers, and creates a room that is then
 * renamed.
 */

import { parse } from "../../protocol.ts";
import type { IrcClient } from "./irc_client.ts";
import type { Change, ReadState } from "./state_kinds.ts";

/** Returns the nick of newcomer `n`. */
export function newcomerNick(n: number): string {
  return `new${n}`;
}

/** Returns the changes by newcomer `n`, each with a line to send before it. */
export function newcomerChanges(n: number): (readonly [before: string, change: Change])[] {
  const [nick, old, name] = [newcomerNick(n), `#old${n}`, `#renamed${n}`];
  return [
    ["MOTD", { line: "REGISTER * * :sesame", key: `account ${nick}`, value: "there" }],
    [`JOIN ${old}`, { line: `TOPIC ${old} :mine`, key: `room ${n}`, value: old }],
    ["MOTD", { line: `RENAME ${old} ${name}`, key: `room ${n}`, value: name }],
  ];
}

/** The accounts and rooms of all newcomers. */
export const newcomerState: ReadState = {
  async read(client, keys) {
    const values = new Map<string, string>();
    for (const key of keys) {
      const [kind, name = ""] = key.split(" ");
      values.set(key, await (kind === "account" ? account : room)(client, name));
    }
    return values;
  },
};

async function account(client: IrcClient, name: string): Promise<string> {
  const answer = await client.ask(`NS INFO ${name}`);
  return answer.some((line) => / was registered on /.test(line)) ? "there" : "";
}

async function room(client: IrcClient, n: string): Promise<string> {
  const answer = await client.ask(`LIST #old${n},#renamed${n}`);
  const listed = answer.flatMap((line) => parse(line) ?? []).filter(({ command }) =>
    command === "322"
  );
  return listed.map(({ params: [, name] }) => name).join(" ");
}
