/**
 * Texts that ChanServ says. Some have the words that scripts of bots look for: "isn't registered",
 * "already opped".
 *
 * @module
 */

/** Replies of ChanServ, as full sentences. */
export const CHANSERV_TEXTS = {
  realname: "Manages channels: /msg ChanServ HELP",

  // A period is added where it is sent.
  loginRequired: "Log in first, with /msg NickServ IDENTIFY",
  registered: (channel: string, account: string) =>
    `${channel} is now registered to ${account}, who is its owner.`,
  alreadyRegistered: (channel: string) => `${channel} is already registered.`,
  tooManyOwned: (channel: string) =>
    `${channel} is not registered, because your account owns as many channels as it can, or the ` +
    `server has too many. Drop another channel first: /msg ChanServ DROP #channel`,
  notRegistered: (channel: string) => `${channel} isn't registered.`,
  notOwner: (channel: string) => `Only the owner of ${channel} can do that.`,
  dropped: (channel: string) => `You do not own ${channel} any more.`,
  info: (channel: string, owners: readonly string[], created: string) =>
    `${channel} was created on ${created} and is registered to ${owners.join(", ")}.`,

  opped: (nick: string, channel: string) => `${nick} is now opped on ${channel}.`,
  deopped: (nick: string, channel: string) => `${nick} is now deopped on ${channel}.`,
  alreadyOpped: (nick: string, channel: string) => `${nick} is already opped on ${channel}.`,
  alreadyDeopped: (nick: string, channel: string) => `${nick} is not opped on ${channel}.`,
  topicChanged: (channel: string) => `${channel} has the new topic.`,
} as const;
