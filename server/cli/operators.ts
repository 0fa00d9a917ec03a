/**
 * Implements `chat operators`, which lists and changes the accounts of the server's operators. It
 * writes their records to the server's database, even while the server runs, and changes nothing
 * else there.
 *
 * @module
 */

import { systemClock } from "../../shared/clock.ts";
import { UsageError, UserError } from "../../shared/errors.ts";
import { type Command, type Environment, parseFlags, USAGE_EXIT_CODE } from "../../shared/flags.ts";
import { casefold } from "../../protocol.ts";
import type { Surroundings } from "../../shared/mode.ts";
import { dataFlag, dataFolder } from "../config/data_folder.ts";
import { openBeside } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { OPERATORS_TEXTS } from "../texts/server.ts";

/** The flags of `chat operators`, and its help. */
export const command: Command = {
  description: [
    "Makes the owner of the account NAME an operator of the server, from the next login and without " +
    "another password. The account must exist: its owner registers it first. The server may be " +
    "running.",
    "A user who is removed loses the rights at once, unless they have also used OPER.",
  ],
  flags: [dataFlag],
  exitCodes: [
    ["0", "Success."],
    ["1", "The operators could not be read or changed. Standard error says why."],
    USAGE_EXIT_CODE,
  ],
  examples: [
    { line: "chat operators add ada", does: "Make ada an operator whenever she logs in." },
    { line: "chat operators list --data /srv/chat", does: "List the operators of that server." },
  ],
};

/** The actions; each returns the lines to print. */
const ACTIONS: ReadonlyMap<string, {
  readonly needsName: boolean;
  run(store: Store, name: string, now: number): string[];
}> = new Map([
  ["add", { needsName: true, run: add }],
  ["remove", { needsName: true, run: remove }],
  ["list", { needsName: false, run: list }],
]);

/** Runs `chat operators` with these arguments, and prints the result. */
export function run(args: readonly string[], { environment, print }: Surroundings): number {
  for (const line of operators(args, environment, systemClock.now())) print(line);
  return 0;
}

/**
 * Runs `chat operators` with its arguments; returns the lines to print.
 *
 * @throws {UsageError} if the arguments are wrong.
 * @throws {UserError} if the database or the account does not exist or the change cannot be saved.
 */
export function operators(
  args: readonly string[],
  environment: Environment,
  now: number,
): string[] {
  const { operands: [word = "", name, ...rest], values } = parseFlags(command, args, environment);
  const action = ACTIONS.get(word);
  if (!action || action.needsName !== (name !== undefined) || rest.length > 0) {
    throw new UsageError(OPERATORS_TEXTS.usage);
  }
  const store = openBeside(dataFolder(values.get("data")?.at(-1), environment));
  try {
    const lines = action.run(store, name ?? "", now);
    store.commit();
    const { trouble } = store;
    if (trouble !== undefined) throw new UserError(OPERATORS_TEXTS.nothingChanged(trouble));
    return lines;
  } finally {
    store.close();
  }
}

function add(store: Store, name: string, since: number): string[] {
  const key = casefold(name);
  const account = [...store.records("account")].find(([each]) => each === key)?.[1];
  if (!account) {
    throw new UserError(OPERATORS_TEXTS.noAccount(name));
  }
  store.keep("operator", key, { name: account.name, since });
  return [OPERATORS_TEXTS.added(account.name)];
}

function remove(store: Store, name: string): string[] {
  const key = casefold(name);
  const operator = [...store.records("operator")].find(([each]) => each === key)?.[1];
  if (!operator) {
    throw new UserError(OPERATORS_TEXTS.notOperator(name));
  }
  store.keep("operator", key, undefined);
  return [OPERATORS_TEXTS.removed(operator.name)];
}

function list(store: Store): string[] {
  return Array.from(
    store.records("operator"),
    ([, { name, since }]) =>
      OPERATORS_TEXTS.entry(name, new Date(since).toISOString().slice(0, 10)),
  );
}
