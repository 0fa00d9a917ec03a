/**
 * Implements `chat operators`, which lists and changes the accounts of the server's operators. It
 * writes their records to the server's database, even while the server runs, and changes nothing
 * else there. In a cluster, it writes a request there, which the server passes on to the leader.
 *
 * @module
 */

import { type Clock, systemClock } from "../../shared/clock.ts";
import { UsageError, UserError } from "../../shared/errors.ts";
import { type Command, type Environment, parseFlags, USAGE_EXIT_CODE } from "../../shared/flags.ts";
import { casefold } from "../../protocol.ts";
import type { Surroundings } from "../../shared/mode.ts";
import { dataFlag, dataFolder } from "../config/data_folder.ts";
import type { Account, OperatorRequest, RecordTypes } from "../events/records.ts";
import { isInUse, openBeside } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { OPERATORS_TEXTS } from "../texts/server.ts";

/** The flags of `chat operators`, and its help. */
export const command: Command = {
  description: [
    "Makes the owner of the account NAME an operator of the server, from the next login and without " +
    "another password. The account must exist: its owner registers it first. The server may be " +
    "running.",
    "A user who is removed loses the rights at once, unless they have also used OPER.",
    "In a cluster, run it once, with the folder of any server that runs: the change counts at all servers.",
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

/**
 * The longest time for which a change waits for the cluster, in milliseconds. If the leader dies,
 * another server leads about a second later.
 */
const WAIT_MS = 10_000;
/** The interval at which the command looks for the change in the database, in milliseconds. */
const LOOK_MS = 50;

/** The parts that an action uses. */
interface Parts {
  /** The server's folder. */
  readonly data: string;
  /** The database in this folder. */
  readonly store: Store;
  /** The clock. */
  readonly clock: Clock;
}

/** The actions; each returns the lines to print. */
const ACTIONS: ReadonlyMap<string, {
  readonly needsName: boolean;
  run(parts: Parts, name: string): string[] | Promise<string[]>;
}> = new Map([
  ["add", { needsName: true, run: add }],
  ["remove", { needsName: true, run: remove }],
  ["list", { needsName: false, run: list }],
]);

/** Runs `chat operators` with these arguments, and prints the result. */
export async function run(
  args: readonly string[],
  { environment, print }: Surroundings,
): Promise<number> {
  for (const line of await operators(args, environment, systemClock)) print(line);
  return 0;
}

/**
 * Runs `chat operators` with its arguments; resolves to the lines to print.
 *
 * @throws {UsageError} if the arguments are wrong.
 * @throws {UserError} if the database or the account does not exist, if the change cannot be saved,
 * or if the cluster has not made it.
 */
export async function operators(
  args: readonly string[],
  environment: Environment,
  clock: Clock,
): Promise<string[]> {
  const { operands: [word = "", name, ...rest], values } = parseFlags(command, args, environment);
  const action = ACTIONS.get(word);
  if (!action || action.needsName !== (name !== undefined) || rest.length > 0) {
    throw new UsageError(OPERATORS_TEXTS.usage);
  }
  const data = dataFolder(values.get("data")?.at(-1), environment);
  const store = openBeside(data);
  try {
    return await action.run({ data, store, clock }, name ?? "");
  } finally {
    store.close();
  }
}

async function add(parts: Parts, name: string): Promise<string[]> {
  const account = record(parts.store, "account", name);
  if (!account) {
    throw nickFault(parts.store, name) ?? new UserError(OPERATORS_TEXTS.noAccount(name));
  }
  await change(parts, { account: account.name, createdAt: account.createdAt });
  // The server may have removed the account meanwhile, and its name may have a new owner.
  const isSame = record(parts.store, "account", name)?.createdAt === account.createdAt;
  const isAdded = record(parts.store, "operator", name) !== undefined;
  if (isAdded && !isSame) await change(parts, { account: account.name });
  if (!isAdded || !isSame) throw new UserError(OPERATORS_TEXTS.noAccount(name));
  return [OPERATORS_TEXTS.added(account.name)];
}

async function remove(parts: Parts, name: string): Promise<string[]> {
  const operator = record(parts.store, "operator", name);
  if (!operator) {
    throw nickFault(parts.store, name) ?? new UserError(OPERATORS_TEXTS.notOperator(name));
  }
  await change(parts, { account: operator.name });
  return [OPERATORS_TEXTS.removed(operator.name)];
}

function list({ store }: Parts): string[] {
  return Array.from(
    store.records("operator"),
    ([, { name, since }]) =>
      OPERATORS_TEXTS.entry(name, new Date(since).toISOString().slice(0, 10)),
  );
}

/**
 * Makes a change. In a cluster, only the log can do that, so asks the server for the change, and
 * waits.
 */
async function change(parts: Parts, request: OperatorRequest): Promise<void> {
  const { data, store, clock } = parts;
  const [position] = store.records("position");
  if (!position) {
    const { account: name, createdAt } = request;
    const operator = createdAt === undefined ? undefined : { name, since: clock.now() };
    store.keep("operator", casefold(name), operator);
    return save(store);
  }
  // A server that starts may replace its database by a copy, in which the request would be missing.
  if (!isInUse(data)) throw new UserError(OPERATORS_TEXTS.notRunning(data));
  const id = `${clock.now()} ${crypto.randomUUID()}`;
  store.keep("request", id, request);
  save(store);
  const start = clock.moment();
  while (Iterator.from(store.records("request")).some(([key]) => key === id)) {
    if (clock.moment().since(start) > WAIT_MS) throw new UserError(OPERATORS_TEXTS.unconfirmed);
    await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
  }
}

/**
 * Saves the changes.
 *
 * @throws {UserError} if that fails.
 */
function save(store: Store): void {
  store.commit();
  const { trouble } = store;
  if (trouble !== undefined) throw new UserError(OPERATORS_TEXTS.nothingChanged(trouble));
}

/** Returns the error about `name` if it is a nick of an account that has another name. */
function nickFault(store: Store, name: string): UserError | undefined {
  const key = casefold(name);
  const owns = ({ nicks = [] }: Account) => nicks.some((nick) => casefold(nick) === key);
  const owner = [...store.records("account")].find(([, account]) => owns(account))?.[1];
  return owner && new UserError(OPERATORS_TEXTS.nickOf(name, owner.name));
}

/** Returns the record of the account called `name`. */
function record<Kind extends "account" | "operator">(
  store: Store,
  kind: Kind,
  name: string,
): RecordTypes[Kind] | undefined {
  const key = casefold(name);
  return [...store.records(kind)].find(([each]) => each === key)?.[1];
}
