/**
 * The type of services such as NickServ, and functions that perform the commands in messages to
 * a service.
 *
 * @module
 */

import { SERVICE_USER, type ServiceNick } from "../irc/services.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import type { UserCall } from "../session/command.ts";
import { SERVICE_TEXTS } from "../texts/nickserv.ts";

/** A command of a service. */
export interface ServiceCommand {
  /** The name, in upper case. */
  readonly name: string;
  /** The words that may follow the name, as HELP shows them. */
  readonly syntax: string;
  /** The effect, as a sentence for HELP. */
  readonly help: string;
  /** The smallest number of words after the name. */
  readonly minWords: number;
  /** The largest number of words after the name. */
  readonly maxWords: number;
  /** Performs the command for a user, with the words after the name. */
  run(call: UserCall, words: readonly string[]): void;
}

/** A service. */
export interface Service {
  /** Its nick. */
  readonly nick: ServiceNick;
  /** Its real name, as WHOIS shows it. */
  readonly realname: string;
  /** Its commands. */
  readonly commands: readonly ServiceCommand[];
}

/** Performs the command in `text`, which a user has sent to `service`. */
export function sayToService(service: Service, call: UserCall, text: string): void {
  const { nick, commands } = service;
  const [name = "", ...words] = text.trim().split(/\s+/);
  const command = commands.find((each) => each.name === name.toUpperCase());
  if (!command) return tellFrom(nick, call, SERVICE_TEXTS.unknownCommand);
  const { minWords, maxWords, run } = command;
  if (words.length < minWords || words.length > maxWords) {
    return tellFrom(nick, call, SERVICE_TEXTS.usage(withSyntax(command)));
  }
  attemptFor(nick, call, () => run(call, words));
}

/** Tells the user the syntax and the effect of each command of `service`. */
export function tellCommands({ nick, commands }: Service, call: UserCall): void {
  for (const command of commands) {
    tellFrom(nick, call, SERVICE_TEXTS.commandHelp(withSyntax(command), command.help));
  }
}

/** Says `text` to the user, in the name of the service called `nick`. */
export function tellFrom(nick: ServiceNick, { context, session }: UserCall, text: string): void {
  const source = `${nick}!${SERVICE_USER}@${context.options.name}`;
  session.send({ source, command: "NOTICE", params: [session.nick, text] });
}

/**
 * Runs `action`. If it throws a refusal (an `IrcError` or a `StandardError`), the service called
 * `nick` tells the user the reason as a sentence.
 */
export function attemptFor(nick: ServiceNick, call: UserCall, action: () => void): void {
  try {
    action();
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    tellFrom(nick, call, SERVICE_TEXTS.sentence(reason));
  }
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof StandardError) return `${error.params.at(-1)}`;
  return error instanceof IrcError ? error.text : undefined;
}

function withSyntax({ name, syntax }: ServiceCommand): string {
  return `${name} ${syntax}`.trimEnd();
}
