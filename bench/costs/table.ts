/**
 * The page of the costs of all commands.
 *
 * @module
 */

import { GUARDED_ROOMS, type Scale } from "./state.ts";
import type { WorstInput } from "./world.ts";

/** The longest time for which an input keeps the server from serving other clients. */
export interface Cost {
  readonly command: string;
  readonly input: WorstInput;
  readonly ms: number;
}

/** Returns the page; `reference` is the time for a PRIVMSG to one user, in milliseconds. */
export function formatTable(costs: readonly Cost[], reference: number, scale: Scale): string {
  const { users, rooms, messages } = scale;
  const date = new Date().toISOString().slice(0, 10);
  const sorted = costs.toSorted((one, other) => other.ms - one.ms);
  const rows = sorted.map(({ command, input: { name = "", role }, ms }) =>
    `| ${command} ${name} | ${role} | ${ms.toFixed(2)} | ${Math.round(ms / reference)} |`
  );
  return `# The cost of each command

\`deno task costs\` measures the costliest inputs of each command that the limits allow
(\`bench/costs/worst_inputs.ts\`), on a server with ${users} users, ${rooms} rooms and ${messages} messages. The lists of
${GUARDED_ROOMS} rooms, such as their bans, are full. The table has the longest time for which the server serves no other client. (A long answer is
made in slices of about 2 ms.) The time of writing to the sockets of recipients is not included. The
last column compares the time with that of a PRIVMSG to one user, which takes ${
    reference.toFixed(3)
  } ms. A test
measures these ratios on a smaller server, and compares each with a bound
(\`tests/server/commands/costs_test.ts\`). It fails if a command has no input in \`worst_inputs.ts\`.

Results of ${date}, two cores, Deno ${Deno.version.deno}. Each input was measured several times, and the table has the
least result. A \`member\` is in the rooms with all
users, a \`guest\` is in none, an \`owner\` has an account and is in many rooms with full lists, a
\`founder\` has an account and is in no room, an \`operator\` is an operator of the server, and a \`page\`
is a browser on the server's page that has connected but not registered.

| command | by | longest time, ms | × PRIVMSG |
| :------ | :- | ---------------: | --------: |
${rows.join("\n")}
`;
}
