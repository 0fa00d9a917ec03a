/**
 * Makes a user of a client that has sent all that is needed for it (Modern IRC,
 * https://modern.ircdocs.horse, "Connection Registration"), or makes it one more client of a user
 * who is there already, and greets it.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { SOFTWARE } from "../../shared/version.ts";
import { NO_ID } from "../events/ids.ts";
import { updateAway } from "../core/away.ts";
import { isKept } from "../core/ghosts.ts";
import { render } from "../delivery/render.ts";
import { sendIsupport } from "../session/isupport.ts";
import { CHANNEL_MODES, MEMBER_MODES, shownUserModes, USER_MODES } from "../state/modes.ts";
import { holdsAccountToken, redeemHeld } from "../accounts/redeeming.ts";
import { grantAccountRights } from "../accounts/operator_rights.ts";
import { METADATA_LIMITS } from "../state/metadata.ts";
import { METADATA_TEXTS } from "../texts/metadata.ts";
import { REGISTRATION_TEXTS } from "../texts/registration.ts";
import { failMetadata } from "../session/metadata_faults.ts";
import { isMetadataAware, sendMetadata } from "../session/metadata_view.ts";
import type { Steps } from "../session/slices.ts";
import type { Session } from "../session/session.ts";
import type { User } from "../state/state.ts";
import { sendLatestMarkers } from "../session/markers_view.ts";
import { waitingSteps } from "../accounts/waiting.ts";
import { claimNick } from "../accounts/certificates.ts";
import { admit } from "../accounts/entrance.ts";
import { nickRefusal } from "../accounts/accounts.ts";
import { sendLusers, sendMotd } from "./information.ts";

/** Registers the client as a user, once it has sent all that is needed. */
export function register(session: Session): void {
  const { context, registration, host: address, shownHost: host } = session;
  const { nick, username, realname = "", negotiating } = registration;
  if (session.user || nick === undefined || username === undefined || negotiating) return;
  const mask = `${nick}!${username}@${host}`;
  if (!admit(session, mask)) return;
  const present = context.network.user(nick);
  if (present && isSamePerson(session, present)) return attach(session, present);
  const refusal = nickRefusal(session, nick);
  if (refusal !== undefined) return refuse(session, nick, refusal);
  if (context.network.isTaken(nick)) return awaitNick(session, nick);
  if (session.sasl) {
    // Registration aborts an unfinished authentication
    // (https://ircv3.net/specs/extensions/sasl-3.1, "The AUTHENTICATE command").
    session.sasl = undefined;
    session.reply("ERR_SASLABORTED");
  }
  const by = {
    id: context.events.newUserId(),
    nick,
    mask,
    ...(registration.account !== undefined && { account: registration.account }),
  };
  context.append({ type: "Connected", by, username, host, address, realname });
  session.user = context.network.users.get(by.id);
  session.user?.recipients.add(session);
  inOrder(
    session,
    applyEarly,
    () => {
      context.log.info("connected", { nick, address });
      const actual = `${nick}!${username}@${address}`;
      context.tellOperators(REGISTRATION_TEXTS.connected(actual));
    },
    () => welcome(session, mask),
    grantAccountRights,
    sendLatestMarkers,
    () => {
      if (!holdsAccountToken(session)) claimNick(session);
    },
    redeemHeld,
    () => session.answers.send(waitingSteps(session)),
  );
}

/** Runs `steps` in order; a step that fails does not stop those after it. */
function inOrder(session: Session, ...steps: readonly ((session: Session) => void)[]): void {
  for (const step of steps) session.step(() => step(session));
}

/** Returns true if the client is logged in to the account of `user`. */
export function isSamePerson(session: Session, { actor }: User): boolean {
  const account = session.account;
  return account !== undefined && actor.account !== undefined &&
    casefold(account) === casefold(actor.account);
}

/**
 * Makes the client another client of `user`, who is in the network already. It gets the same
 * channels and messages as the user's other clients.
 */
function attach(session: Session, user: User): void {
  const { context, host } = session;
  const { nick, mask } = user.actor;
  session.user = user;
  user.recipients.add(session);
  context.log.info("connected again", { nick, address: host });
  if (user.recipients.all.length === 1) context.append({ type: "Returned", by: user.actor });
  inOrder(
    session,
    () => welcome(session, mask),
    // The user may have modes already. This reply also tells `chat connect` and the page that the
    // user was here before.
    () => session.reply("RPL_UMODEIS", shownUserModes(user.modes)),
    grantAccountRights,
    () => session.answers.send(returning(session, user)),
  );
}

/** Shows a client of `user` the user's channels and the messages that the user missed. */
function* returning(session: Session, user: User): Steps {
  yield* showChannels(session, user);
  session.step(() => applyEarly(session));
  yield* waitingSteps(session);
  session.step(() => redeemHeld(session));
}

/** Shows the client the channels of its user, as if the user had just joined them. */
function* showChannels(session: Session, user: User): Steps {
  const { actor: by, realname, channels } = user;
  for (const channel of [...channels]) {
    // Another client of the user may have left the channel since the step before.
    if (!channels.has(channel)) continue;
    const { name, members } = channel;
    const memberModes = members.get(user) ?? "";
    const joined = { type: "Joined", by, realname, channel: name, memberModes } as const;
    // The JOIN is not in the history, so it gets no id from which the client could request history.
    const shown = { ...session.context.events.stamp(joined), id: NO_ID };
    session.send(render(shown, session.caps));
    session.entered(name);
    yield;
  }
}

/** Applies the away state and the metadata that the client set before it registered. */
function applyEarly(session: Session): void {
  const { context, user, metadata: { early } } = session;
  if (!user) return;
  const { actor: by, metadata } = user;
  // https://ircv3.net/specs/extensions/pre-away
  updateAway(context, user);
  const target = { type: "user", user: by.id, nick: by.nick } as const;
  const keys = new Set(metadata.keys());
  for (const [key, value] of early) {
    if (keys.has(key) || keys.size < METADATA_LIMITS.keys) {
      keys.add(key);
      context.append({ type: "MetadataChanged", by, target, key, value });
    } else {
      const limit = METADATA_LIMITS.keys;
      const text = METADATA_TEXTS.tooManyKeysOfOtherClients(limit);
      failMetadata(session, "LIMIT_REACHED", "SET", key, String(limit), text);
    }
  }
  early.clear();
}

/**
 * Asks the clients that use the nick if they are still there; then registers the client of
 * `session`, or refuses it. When many clients reconnect at once, the server may read the new
 * connection of a client before it notices the end of the old one.
 */
function awaitNick(session: Session, nick: string): void {
  session.finishLater("NICK", isKept(session.context, nick), (isInUse) => {
    if (isInUse) refuse(session, nick, REGISTRATION_TEXTS.nickInUse);
    else register(session);
  });
}

/** Refuses the nick of a client that registers. The client can send another NICK. */
function refuse(session: Session, nick: string, reason: string): void {
  delete session.registration.nick;
  session.registration.isRefused = true;
  session.reply("ERR_NICKNAMEINUSE", nick, reason);
}

/** Sends the replies to a successful registration (Modern IRC, "Connection Registration"). */
function welcome(session: Session, mask: string): void {
  const { name, network } = session.context.options;
  session.reply("RPL_WELCOME", REGISTRATION_TEXTS.welcome(network, mask));
  session.reply("RPL_YOURHOST", REGISTRATION_TEXTS.yourHost(name, SOFTWARE));
  const startedAt = new Date(session.context.startedAt).toISOString();
  session.reply("RPL_CREATED", REGISTRATION_TEXTS.startedAt(startedAt));
  const channelLetters = [...CHANNEL_MODES.keys(), ...MEMBER_MODES.map(({ letter }) => letter)];
  const withParameter = [...CHANNEL_MODES].filter(([, kind]) => kind !== "flag");
  session.reply(
    "RPL_MYINFO",
    name,
    SOFTWARE,
    [...USER_MODES.keys()].join(""),
    channelLetters.join(""),
    [...withParameter.map(([letter]) => letter), ...MEMBER_MODES.map(({ letter }) => letter)].join(
      "",
    ),
  );
  sendIsupport(session);
  sendLusers(session);
  if (session.user && isMetadataAware(session)) sendMetadata(session, session.user);
  sendMotd(session);
}
