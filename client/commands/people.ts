/**
 * Slash commands about the user and other people.
 *
 * @module
 */

import { COMMAND_TEXTS, IGNORE_TEXTS } from "../texts/terminal.ts";
import { createLink } from "../session/linking.ts";
import { type CommandContext, noRoom, roomOf, send, type SlashCommand } from "./command.ts";

/** The slash commands of this module, in the order in which `/help` lists them. */
export const peopleCommands: readonly SlashCommand[] = [
  {
    name: "nick",
    isBasic: true,
    usage: "NAME",
    help: "change your nick",
    run: ({ session }, values) => send(session, "NICK", ...values),
  },
  {
    name: "own",
    usage: "[LIST|DEL] [NICK]",
    help: "make your nick yours for good; or give one up, or list yours",
    run: ({ session }, values) => send(session, "OWN", ...values),
  },
  {
    name: "link",
    usage: "[CODE]",
    help:
      "use your account on another machine: /link shows a code and a QR code; type /link CODE there",
    run(context, [code]) {
      const { session } = context;
      if (!session.isConnected) return COMMAND_TEXTS.notConnected;
      if (code === undefined) void showLink(context);
      else session.link(code);
    },
  },
  {
    name: "whois",
    aliases: ["wi"],
    usage: "NICK",
    help: "show information about a user",
    run: ({ session }, values) => send(session, "WHOIS", ...values),
  },
  {
    name: "ignore",
    usage: "[NICK]",
    help: "hide all messages of a user until /unignore; without a nick, list the ignored users",
    run({ ignored, session }, [nick]) {
      if (nick === undefined) return IGNORE_TEXTS.list(ignored.nicks);
      if (session.state.isMe(nick)) return IGNORE_TEXTS.yourself;
      if (session.state.isupport.isRoom(nick)) return IGNORE_TEXTS.room(nick);
      ignored.add(nick);
      return IGNORE_TEXTS.ignored(nick);
    },
  },
  {
    name: "unignore",
    usage: "NICK",
    help: "undo /ignore",
    run: ({ ignored }, [nick = ""]) =>
      ignored.remove(nick) ? IGNORE_TEXTS.shown(nick) : IGNORE_TEXTS.notIgnored(nick),
  },
  {
    name: "invite",
    isBasic: true,
    usage: "[NICK] [ROOM] [USES] [TIME]",
    help:
      "invite a user; without a nick, create an invitation (1 use, 1 week; /invite 5 2d: 5 uses, 2 days)",
    run(context, values) {
      const { session } = context;
      const { isupport } = session.state;
      const current = roomOf(context);
      const [first = ""] = values;
      // `*` stands for the server, without a room.
      const isNamed = first === "*" || isupport.isRoom(first);
      const room = isNamed ? first : current;
      const [nick = "", other, ...surplus] = isNamed ? values.slice(1) : values;
      if (first === "*" || !/^[^\d*]/.test(nick)) {
        if (room === undefined) return noRoom(context, "/invite ROOM");
        return send(session, "INVITATION", room, ...values.slice(isNamed ? 1 : 0));
      }
      if (surplus.length > 0 || (isNamed && other !== undefined)) {
        return COMMAND_TEXTS.tooManyWords("invite", "/invite NICK [ROOM]");
      }
      const to = other === undefined ? room : isupport.toRoom(other);
      if (to === undefined) return noRoom(context, "/invite NICK ROOM");
      return send(session, "INVITE", nick, to);
    },
  },
];

/** Asks for a code that links another device, and shows it. */
async function showLink(context: CommandContext): Promise<void> {
  const link = await createLink(context.session);
  if ("reason" in link) return link.reason === "" ? undefined : context.tell(link.reason);
  for (const text of link.texts) context.tell(text);
  if (link.url !== undefined) context.showQrCode(link.url);
}
