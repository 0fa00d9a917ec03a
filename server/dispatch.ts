/**
 * From what a connection received to the command that acts on it: what every command has in common
 * is checked here, once.
 *
 * @module
 */

import { type Received } from "../lines.ts";
import { LIMITS, type Message, parse } from "../protocol.ts";
import { byteLength } from "../text.ts";
import type { Command } from "./command.ts";
import { acceptCommands } from "./commands/accept.ts";
import { accountCommands } from "./commands/accounts.ts";
import { authenticateCommands } from "./commands/authenticate.ts";
import { banCommands } from "./commands/bans.ts";
import { batchCommands, gather, isBatched } from "./commands/batches.ts";
import { capCommands } from "./commands/cap.ts";
import { channelCommands } from "./commands/channels.ts";
import { helpCommands } from "./commands/help.ts";
import { historyCommands } from "./commands/history.ts";
import { informationCommands } from "./commands/information.ts";
import { knockCommands } from "./commands/knock.ts";
import { linkingCommands } from "./commands/linking.ts";
import { listCommands } from "./commands/list.ts";
import { markerCommands } from "./commands/markers.ts";
import { messageCommands } from "./commands/messages.ts";
import { metadataCommands } from "./commands/metadata.ts";
import { modeCommands } from "./commands/modes.ts";
import { operatorCommands } from "./commands/operators.ts";
import { monitorCommands } from "./commands/monitor.ts";
import { peopleCommands } from "./commands/people.ts";
import { presenceCommands } from "./commands/presence.ts";
import { redactionCommands } from "./commands/redaction.ts";
import { searchCommands } from "./commands/search.ts";
import { registrationCommands } from "./commands/registration.ts";
import { serviceCommands } from "./commands/services.ts";
import { tokenCommands } from "./commands/tokens.ts";
import { whoCommands } from "./commands/who.ts";
import { whoisCommands } from "./commands/whois.ts";
import { renameCommands } from "./commands/rename.ts";
import { invitationCommands } from "./commands/invitations.ts";
import { IrcError } from "./replies.ts";
import type { Session } from "./session.ts";

const FAMILIES: readonly Command[] = [
  ...capCommands,
  ...registrationCommands,
  ...authenticateCommands,
  ...accountCommands,
  ...tokenCommands,
  ...invitationCommands,
  ...serviceCommands,
  ...acceptCommands,
  ...channelCommands,
  ...knockCommands,
  ...linkingCommands,
  ...listCommands,
  ...renameCommands,
  ...modeCommands,
  ...messageCommands,
  ...batchCommands,
  ...redactionCommands,
  ...historyCommands,
  ...searchCommands,
  ...markerCommands,
  ...metadataCommands,
  ...monitorCommands,
  ...peopleCommands,
  ...presenceCommands,
  ...whoCommands,
  ...whoisCommands,
  ...informationCommands,
  ...operatorCommands,
  ...banCommands,
];

/** Every command, by its name. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  [...FAMILIES, ...helpCommands(FAMILIES)].map((command) => [command.name, command]),
);

/** labeled-response, "Tags": a label is at most 64 bytes. */
const LABEL_LENGTH = 64;

/** Acts on what `session` sent. */
export function receive(session: Session, found: Received): void {
  switch (found.type) {
    case "too-long":
      return session.reply("ERR_INPUTTOOLONG");
    case "refused":
      if (found.isLong && !takesLong(found.command)) return session.reply("ERR_INPUTTOOLONG");
      return session.fail(found.command, found.code, REFUSALS[found.code]);
    case "line":
    case "long": {
      if (tagsTooLong(found.text)) return session.reply("ERR_INPUTTOOLONG");
      const message = parse(found.text);
      if (message === undefined) return;
      if (found.type === "line" || takesLong(message.command)) dispatch(session, message);
      else session.reply("ERR_INPUTTOOLONG");
    }
  }
}

function takesLong(command: string): boolean {
  return COMMANDS.get(command)?.long === true;
}

const REFUSALS = {
  INVALID_UTF8: "Only UTF-8 text can be sent here",
  INVALID_CHARACTERS: "NUL and CR cannot be part of a message",
};

/** message-tags, "Size limit": what a client sends of tags is limited more than what it gets. */
function tagsTooLong(line: string): boolean {
  return line.startsWith("@") &&
    byteLength(line.slice(1, Math.max(1, line.indexOf(" ")))) > LIMITS.clientTagData;
}

function dispatch(session: Session, message: Message): void {
  const label = session.caps.has("labeled-response") ? message.tags?.get("label") : undefined;
  if (label && byteLength(label) <= LABEL_LENGTH) {
    session.answerLabelled(label, () => run(session, message));
  } else {
    run(session, message);
  }
}

function run(session: Session, message: Message): void {
  session.perform(message.command, () => use(session, message));
}

function use(session: Session, message: Message): void {
  const { params } = message;
  const { context, user } = session;
  if (isBatched(session, message)) return gather(session, message);
  const command = COMMANDS.get(message.command);
  if (!command) throw new IrcError("ERR_UNKNOWNCOMMAND", message.command);
  if (command.when === "before registration" && user) throw new IrcError("ERR_ALREADYREGISTERED");
  if (needsUser(command) && !user) throw new IrcError("ERR_NOTREGISTERED");
  if (command.when === "operator" && !user?.modes.has("o")) throw new IrcError("ERR_NOPRIVILEGES");
  if (params.length < command.minParams) throw new IrcError("ERR_NEEDMOREPARAMS", command.name);
  const { commandUses } = context;
  commandUses.set(command.name, (commandUses.get(command.name) ?? 0) + 1);
  const call = { context, session, params, message };
  if (!needsUser(command)) command.run(call);
  else if (user) command.run({ ...call, user });
}

function needsUser(
  command: Command,
): command is Extract<Command, { when: "registered" | "operator" }> {
  return command.when === "registered" || command.when === "operator";
}
