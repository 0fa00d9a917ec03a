/**
 * Why tests of the conformance suite do not pass. `conformance.ts` puts these reasons on its page,
 * and names there those that no longer hold.
 *
 * @module
 */

/** Why some tests do not pass. */
export interface Reason {
  /** What keeps them from passing, in a sentence. */
  readonly why: string;
  /** The specification's sentence that the suite reads in another way than we do, and where it stands. */
  readonly says?: string;
  /** The tests, each with its file, as the page names them: `join: JoinTestCase.testJoin`. */
  readonly tests: readonly string[];
}

/** The reasons that are known. */
export const REASONS: readonly Reason[] = [
  {
    why: "It asks for `CASEMAPPING=rfc1459`. A server has one casemapping, and ours is `ascii`.",
    says: "“The value MUST be specified and MUST be a string representing the method that the " +
      "server uses” (Modern IRC, CASEMAPPING Parameter).",
    tests: [
      "channel: ChannelCaseSensitivityTestCase.testChannelsEquivalent[rfc1459-#Foo-#foo]",
      "channel: ChannelCaseSensitivityTestCase.testChannelsEquivalent[rfc1459-#F]|oo{-#f}\\\\oo[]",
      "channel: ChannelCaseSensitivityTestCase.testChannelsEquivalent[rfc1459-#F}o\\\\o[-#f]o|o{]",
      "channel: ChannelCaseSensitivityTestCase.testChannelsNotEquivalent[rfc1459-#Foo-#fooa]",
    ],
  },
  {
    why: "It compares ISUPPORT with what the runner expects, and the runner expects nothing.",
    tests: ["isupport: IsupportTestCase.testValues"],
  },
  {
    why: "It wants one RPL_ENDOFNAMES for all the channels asked for; we send one for each.",
    says:
      "“The channel names are evaluated one-by-one. For each channel that exists and they are " +
      "able to see the users in, the server returns one of more `RPL_NAMREPLY` numerics containing " +
      "the users joined to the channel and a single `RPL_ENDOFNAMES` numeric” (Modern IRC, NAMES " +
      "message).",
    tests: ["names: NamesTestCase.testNamesMultipleChannels2812"],
  },
  {
    why:
      "It wants text that is not UTF-8 passed on, from or to a WebSocket. We refuse such text from " +
      "everybody, and say so with `UTF8ONLY`.",
    says: "“Servers publishing this token MUST NOT relay content (such as `PRIVMSG` or `NOTICE` " +
      "message data, channel topics, or realnames) containing non-UTF-8 data to clients” " +
      "(utf8-only).",
    tests: [
      "websocket: WebsocketTestCase.testReceiveNonUtf8Text",
      "websocket: WebsocketTestCase.testSendNonUtf8Text",
    ],
  },
  {
    why: "The suite always leaves it out: “Not consistently implemented”.",
    says:
      "“Servers MAY match other user-specific values, such as the hostname, server, real name " +
      "or username” (Modern IRC, WHO message).",
    tests: [
      "who: WhoTestCase.testWhoRealNameSpaces",
      "who: WhoTestCase.testWhoUsernameRealName[hostname]",
      "who: WhoTestCase.testWhoUsernameRealName[realname-mask]",
      "who: WhoTestCase.testWhoUsernameRealName[username]",
    ],
  },
  {
    why:
      "It wants who made a channel shown as `@`. Who makes one with an account owns it, and is " +
      "its founder as well as its operator: `~`.",
    says: "“`<prefix>` is the highest channel membership prefix that the client has in that " +
      "channel” (Modern IRC, RPL_WHOISCHANNELS).",
    tests: [
      "whois: ServicesWhoisTestCase.testWhoisNumerics[normal]",
      "whois: ServicesWhoisTestCase.testWhoisNumerics[oper]",
    ],
  },
];
