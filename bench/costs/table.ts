/**
 * The page of the costs of all commands.
 *
 * @module
 */

import type { Scale } from "./state.ts";
import type { WorstInput } from "./world.ts";

/** The longest time that an input takes without a pause. */
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
(\`bench/costs/worst_inputs.ts\`), on a server with ${users} users, ${rooms} rooms and ${messages} messages, whose lists are
full. The table has the longest time for which the server serves no other client. (A long answer is
made in slices of about 2 ms.) The time of writing to the sockets of recipients is not included. The
last column compares the time with that of a PRIVMSG to one user, which takes ${
    reference.toFixed(3)
  } ms. A test compares
these ratios on a smaller server (\`tests/server/commands/costs_test.ts\`); a command without a row
fails it.

Results of ${date}, least of several attempts, two cores, Deno ${Deno.version.deno}. A \`member\` is in the rooms with all
users, a \`guest\` is in none, an \`owner\` has an account and is in many rooms with full lists, a
\`founder\` has an account, an \`operator\` is an operator of the server, a \`page\` is the server's
own page that has not registered.

| command | by | longest time, ms | × PRIVMSG |
| :------ | :- | ---------------: | --------: |
${rows.join("\n")}
`;
}
