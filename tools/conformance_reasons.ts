/**
 * The reasons why tests of the conformance suite do not pass. `conformance.ts` puts them on its
 * page, where it also lists the reasons that no longer apply.
 *
 * @module
 */

/** The reason why some tests do not pass. */
export interface Reason {
  /** The reason, in a sentence or two. */
  readonly why: string;
  /** A quotation that supports the reason, and its source. */
  readonly says?: string;
  /** The tests, each with its file, as the page names them: `join: JoinTestCase.testJoin`. */
  readonly tests: readonly string[];
}

/** All known reasons. */
export const REASONS: readonly Reason[] = [
  {
    why: "The test needs `CASEMAPPING=rfc1459`. A server has one casemapping, and ours is `ascii`.",
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
    why: "The test compares ISUPPORT with the runner's expectations, and the runner has none.",
    tests: ["isupport: IsupportTestCase.testValues"],
  },
  {
    why: "The test expects one RPL_ENDOFNAMES for all requested channels; we send one for each.",
    says:
      "“The channel names are evaluated one-by-one. For each channel that exists and they are " +
      "able to see the users in, the server returns one of more `RPL_NAMREPLY` numerics containing " +
      "the users joined to the channel and a single `RPL_ENDOFNAMES` numeric” (Modern IRC, NAMES " +
      "message).",
    tests: ["names: NamesTestCase.testNamesMultipleChannels2812"],
  },
  {
    why:
      "The test expects the server to cut a message that is too long once its source is added. We " +
      "deliver all of it, in two lines, and the test takes the second line for the answer to its " +
      "next command.",
    tests: ["message_tags: MessageTagsTestCase.testLengthLimits"],
  },
  {
    why:
      "The test expects text that is not UTF-8 to be relayed from or to a WebSocket. We refuse " +
      "that text from every client, and announce it with `UTF8ONLY`.",
    says: "“Servers publishing this token MUST NOT relay content (such as `PRIVMSG` or `NOTICE` " +
      "message data, channel topics, or realnames) containing non-UTF-8 data to clients” " +
      "(utf8-only).",
    tests: [
      "websocket: WebsocketTestCase.testReceiveNonUtf8Text",
      "websocket: WebsocketTestCase.testSendNonUtf8Text",
    ],
  },
  {
    why: "The suite always skips the test: “Not consistently implemented”.",
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
      "The test expects the creator of a channel to be shown as `@`. A user with an account who " +
      "creates a channel owns it, and is its founder as well as its operator: `~`.",
    says: "“`<prefix>` is the highest channel membership prefix that the client has in that " +
      "channel” (Modern IRC, RPL_WHOISCHANNELS).",
    tests: [
      "whois: ServicesWhoisTestCase.testWhoisNumerics[normal]",
      "whois: ServicesWhoisTestCase.testWhoisNumerics[oper]",
    ],
  },
];
