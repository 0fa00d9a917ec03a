/**
 * UPLOAD: gives a client a token with which it can upload one file over HTTP for its account,
 * without a password.
 *
 * No specification has this command. The client finds the URL for uploads in the ISUPPORT token
 * `soju.im/FILEHOST` (https://soju.im/filehost).
 *
 * @module
 */

import { TICKET_MINUTES } from "../auth/tickets.ts";
import { takesUploads } from "../config/config.ts";
import { StandardError } from "../irc/replies.ts";
import type { Command, UserCall } from "../session/command.ts";
import { UPLOAD_COMMAND_TEXTS } from "../texts/uploads.ts";

/** Commands of this family. */
export const uploadCommands: readonly Command[] = [
  {
    name: "UPLOAD",
    syntax: "",
    help: "Creates a token with which your client uploads one file over HTTP.",
    minParams: 0,
    when: "registered",
    run: upload,
  },
];

function upload({ context, session, user }: UserCall): void {
  if (!takesUploads(context.options)) {
    throw new StandardError("UPLOAD", "DISABLED", UPLOAD_COMMAND_TEXTS.off);
  }
  const { account } = user.actor;
  if (account === undefined) {
    throw new StandardError("UPLOAD", "ACCOUNT_REQUIRED", UPLOAD_COMMAND_TEXTS.accountRequired);
  }
  const token = context.logins.tickets.issue(account);
  const text = UPLOAD_COMMAND_TEXTS.token(
    context.connectUrls.uploadUrl(session.local, session.encrypted),
    TICKET_MINUTES,
  );
  session.note("UPLOAD", "TOKEN", token, text);
}
