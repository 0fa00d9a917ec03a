/**
 * WEBPUSH: subscribes the devices of an account's owner to pushed messages (Web Push).
 *
 * Source: https://ircv3.net/specs/extensions/webpush. The capability has an earlier name, too:
 * `soju.im/webpush`.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { ENDPOINT_BYTES, endpointOf, keysOf } from "../push/subscribing.ts";
import type { Command, UserCall } from "../session/command.ts";
import { SUBSCRIPTION_LIMIT } from "../state/push_subscriptions.ts";
import { PUSH_TEXTS } from "../texts/push.ts";

/** Commands of this family. */
export const pushCommands: readonly Command[] = [
  {
    name: "WEBPUSH",
    syntax: "<subcommand> [<endpoint> [<keys>]]",
    help: "Subscribes your device to messages while you are away (REGISTER), or ends that " +
      "(UNREGISTER).",
    minParams: 1,
    when: "registered",
    long: true,
    run: webPush,
  },
];

function webPush(call: UserCall): void {
  const { context, session, params: [subcommand = ""] } = call;
  if (!session.caps.has("draft/webpush") && !session.caps.has("soju.im/webpush")) {
    throw new IrcError("ERR_UNKNOWNCOMMAND", "WEBPUSH");
  }
  switch (subcommand.toUpperCase()) {
    case "VAPIDPUBKEY":
      return session.fromServer("WEBPUSH", "VAPIDPUBKEY", context.pushes.publicKey);
    case "REGISTER":
      return subscribe(call);
    case "UNREGISTER":
      return unsubscribe(call);
    default:
      throw new StandardError(
        "WEBPUSH",
        "INVALID_PARAMS",
        subcommand,
        PUSH_TEXTS.unknownSubcommand,
      );
  }
}

function subscribe({ context, session, user, params: [, given = "", keys = ""] }: UserCall): void {
  const { account } = user.actor;
  if (account === undefined) throw fail("ACCOUNT_REQUIRED", PUSH_TEXTS.accountRequired);
  const endpoint = endpointOf(given);
  if (endpoint === undefined) throw fail("INVALID_PARAMS", PUSH_TEXTS.badEndpoint(ENDPOINT_BYTES));
  const found = keysOf(keys);
  if (!found) throw fail("INVALID_PARAMS", PUSH_TEXTS.badKeys);
  const others = context.network.pushes.of(account).filter((each) => each.endpoint !== endpoint);
  if (others.length >= SUBSCRIPTION_LIMIT) {
    throw fail("MAX_REGISTRATIONS", PUSH_TEXTS.tooMany(SUBSCRIPTION_LIMIT));
  }
  const subscription = { account, endpoint, ...found };
  context.append({ type: "PushSaved", by: user.actor, subscription });
  session.fromServer("WEBPUSH", "REGISTER", given);
}

/** Ends a subscription. Succeeds even if it does not exist ("`UNREGISTER` Subcommand"). */
function unsubscribe({ context, session, user, params: [, given = ""] }: UserCall): void {
  const found = context.network.pushes.get(endpointOf(given) ?? "");
  const { account } = user.actor;
  if (found && account !== undefined && casefold(found.account) === casefold(account)) {
    context.append({ type: "PushRemoved", by: user.actor, endpoint: found.endpoint });
  }
  session.fromServer("WEBPUSH", "UNREGISTER", given);
}

function fail(code: string, text: string): StandardError {
  return new StandardError("WEBPUSH", code, "REGISTER", text);
}
