/**
 * The numerics that the server sends, by name, and the two classes of errors by which a command
 * fails: {@linkcode IrcError}, answered with a numeric, and {@linkcode StandardError}, answered
 * with FAIL. The last parameter of a numeric is human-readable text; a text that never varies is
 * listed here.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse, "Numerics"); RFC 2812, section 5, for what
 * Modern IRC does not describe.
 *
 * @module
 */

/** The code of each numeric and, if it never varies, its text. */
export const NUMERICS = {
  RPL_WELCOME: ["001"],
  RPL_YOURHOST: ["002"],
  RPL_CREATED: ["003"],
  RPL_MYINFO: ["004"],
  RPL_ISUPPORT: ["005", "are supported by this server"],
  RPL_STATSCOMMANDS: ["212"],
  RPL_STATSKLINE: ["216"],
  RPL_ENDOFSTATS: ["219", "End of STATS report"],
  RPL_UMODEIS: ["221"],
  RPL_STATSDLINE: ["225"],
  RPL_STATSUPTIME: ["242"],
  RPL_STATSOLINE: ["243"],
  RPL_LUSERCLIENT: ["251"],
  RPL_LUSEROP: ["252", "operator(s) online"],
  RPL_LUSERUNKNOWN: ["253", "unregistered connection(s)"],
  RPL_LUSERCHANNELS: ["254", "channel(s) formed"],
  RPL_LUSERME: ["255"],
  RPL_ADMINME: ["256", "Administrative info"],
  RPL_ADMINLOC1: ["257"],
  RPL_ADMINLOC2: ["258"],
  RPL_ADMINEMAIL: ["259"],
  RPL_LOCALUSERS: ["265"],
  RPL_GLOBALUSERS: ["266"],
  RPL_WHOISCERTFP: ["276"],
  RPL_ACCEPTLIST: ["281"],
  RPL_ENDOFACCEPT: ["282", "End of ACCEPT list"],
  RPL_AWAY: ["301"],
  RPL_USERHOST: ["302"],
  RPL_ISON: ["303"],
  RPL_UNAWAY: ["305", "You are no longer marked as being away"],
  RPL_NOWAWAY: ["306", "You have been marked as being away"],
  RPL_WHOISUSER: ["311"],
  RPL_WHOISSERVER: ["312"],
  RPL_WHOISOPERATOR: ["313", "is an IRC operator"],
  RPL_WHOWASUSER: ["314"],
  RPL_ENDOFWHO: ["315", "End of WHO list"],
  RPL_WHOISIDLE: ["317", "seconds idle, signon time"],
  RPL_ENDOFWHOIS: ["318", "End of WHOIS list"],
  RPL_WHOISCHANNELS: ["319"],
  RPL_LISTSTART: ["321", "Users  Name"],
  RPL_LIST: ["322"],
  RPL_LISTEND: ["323", "End of LIST"],
  RPL_CHANNELMODEIS: ["324"],
  RPL_CREATIONTIME: ["329"],
  RPL_WHOISACCOUNT: ["330", "is logged in as"],
  RPL_NOTOPIC: ["331", "No topic is set"],
  RPL_TOPIC: ["332"],
  RPL_TOPICWHOTIME: ["333"],
  RPL_WHOISBOT: ["335", "is a bot"],
  RPL_INVITELIST: ["336"],
  RPL_ENDOFINVITELIST: ["337", "End of invite list"],
  RPL_WHOISACTUALLY: ["338", "is actually using host"],
  RPL_USERIP: ["340"],
  RPL_INVITING: ["341"],
  RPL_INVEXLIST: ["346"],
  RPL_ENDOFINVEXLIST: ["347", "End of channel invite exception list"],
  RPL_EXCEPTLIST: ["348"],
  RPL_ENDOFEXCEPTLIST: ["349", "End of channel exception list"],
  RPL_VERSION: ["351"],
  RPL_WHOREPLY: ["352"],
  RPL_WHOSPCRPL: ["354"],
  RPL_NAMREPLY: ["353"],
  RPL_ENDOFNAMES: ["366", "End of NAMES list"],
  RPL_LINKS: ["364"],
  RPL_ENDOFLINKS: ["365", "End of LINKS list"],
  RPL_BANLIST: ["367"],
  RPL_ENDOFBANLIST: ["368", "End of channel ban list"],
  RPL_ENDOFWHOWAS: ["369", "End of WHOWAS"],
  RPL_INFO: ["371"],
  RPL_MOTD: ["372"],
  RPL_ENDOFINFO: ["374", "End of INFO"],
  RPL_MOTDSTART: ["375"],
  RPL_ENDOFMOTD: ["376", "End of MOTD"],
  RPL_WHOISGATEWAY: ["350"],
  RPL_WHOISMODES: ["379"],
  RPL_YOUREOPER: ["381", "You are now an IRC operator"],
  RPL_REHASHING: ["382", "Reloading the configuration file"],
  RPL_TIME: ["391"],
  RPL_VISIBLEHOST: ["396", "is now your visible host"],
  ERR_UNKNOWNERROR: ["400"],
  ERR_NOSUCHNICK: ["401", "No such nick or channel"],
  ERR_NOSUCHSERVER: ["402", "No such server"],
  ERR_NOSUCHCHANNEL: ["403", "No such channel"],
  ERR_CANNOTSENDTOCHAN: ["404"],
  ERR_TOOMANYCHANNELS: ["405", "You have joined too many channels"],
  ERR_WASNOSUCHNICK: ["406", "There was no such nick"],
  ERR_TOOMANYTARGETS: ["407"],
  ERR_NOORIGIN: ["409", "No origin specified"],
  ERR_INVALIDCAPCMD: ["410", "Invalid CAP command"],
  ERR_NORECIPIENT: ["411"],
  ERR_NOTEXTTOSEND: ["412", "No text to send"],
  ERR_INPUTTOOLONG: ["417"],
  ERR_UNKNOWNCOMMAND: ["421", "Unknown command"],
  ERR_NOMOTD: ["422", "There is no message of the day"],
  ERR_NONICKNAMEGIVEN: ["431", "No nickname given"],
  ERR_ERRONEUSNICKNAME: ["432"],
  ERR_NICKNAMEINUSE: ["433"],
  ERR_BANNICKCHANGE: [
    "437",
    "You are banned or muted here (+b): you cannot change your nick or account",
  ],
  ERR_USERNOTINCHANNEL: ["441", "They aren't on that channel"],
  ERR_NOTONCHANNEL: ["442", "You're not on that channel"],
  ERR_USERONCHANNEL: ["443", "is already on channel"],
  ERR_NOTREGISTERED: ["451", "You have not registered"],
  ERR_NEEDMOREPARAMS: ["461", "Not enough parameters"],
  ERR_ALREADYREGISTERED: ["462", "You may not reregister"],
  ERR_PASSWDMISMATCH: ["464"],
  ERR_YOUREBANNEDCREEP: ["465"],
  ERR_LINKCHANNEL: ["470", "Cannot join that channel; forwarding you to another (+f)"],
  ERR_CHANNELISFULL: ["471", "Cannot join channel (+l) - it is full"],
  ERR_UNKNOWNMODE: ["472", "is an unknown mode character to me"],
  ERR_INVITEONLYCHAN: ["473", "Cannot join channel (+i) - you must be invited"],
  ERR_BANNEDFROMCHAN: ["474", "Cannot join channel (+b) - you are banned"],
  ERR_BADCHANNELKEY: ["475", "Cannot join channel (+k) - bad key"],
  ERR_NEEDREGGEDNICK: ["477"],
  ERR_BANLISTFULL: ["478", "Channel list is full"],
  ERR_NOPRIVILEGES: ["481", "Permission denied - you're not an IRC operator"],
  ERR_CHANOPRIVSNEEDED: ["482", "You're not a channel operator"],
  ERR_UMODEUNKNOWNFLAG: ["501", "Unknown mode flag"],
  ERR_USERSDONTMATCH: ["502", "Cannot see or change the modes of other users"],
  ERR_HELPNOTFOUND: ["524", "No help available on this topic; HELP lists the commands"],
  ERR_INVALIDKEY: ["525"],
  RPL_WHOISSECURE: ["671", "is using a secure connection"],
  ERR_INVALIDMODEPARAM: ["696"],
  RPL_HELPSTART: ["704"],
  RPL_HELPTXT: ["705"],
  RPL_ENDOFHELP: ["706", "End of HELP"],
  RPL_KNOCKDLVR: ["711", "Your KNOCK has been delivered"],
  ERR_TOOMANYKNOCK: ["712", "Another KNOCK was delivered a moment ago; try again in a few seconds"],
  ERR_CHANOPEN: ["713", "You do not need an invitation to that channel; use JOIN"],
  ERR_KNOCKONCHAN: ["714", "You're already on that channel"],
  RPL_MONONLINE: ["730"],
  RPL_MONOFFLINE: ["731"],
  RPL_MONLIST: ["732"],
  RPL_ENDOFMONLIST: ["733", "End of MONITOR list"],
  ERR_MONLISTFULL: ["734", "Monitor list is full; remove a nick with MONITOR -"],
  RPL_WHOISKEYVALUE: ["760"],
  RPL_KEYVALUE: ["761"],
  RPL_KEYNOTSET: ["766", "Key not set"],
  RPL_METADATASUBOK: ["770"],
  RPL_METADATAUNSUBOK: ["771"],
  RPL_METADATASUBS: ["772"],
  ERR_METADATASYNCLATER: ["774", "Request the metadata with METADATA SYNC later"],
  ERR_METADATARATELIMIT: ["775"],
  RPL_LOGGEDIN: ["900"],
  RPL_LOGGEDOUT: ["901", "You are now logged out"],
  RPL_SASLSUCCESS: ["903", "SASL authentication successful"],
  ERR_SASLFAIL: ["904"],
  ERR_SASLTOOLONG: ["905", "SASL message too long; send it in parts of 400 bytes"],
  ERR_SASLABORTED: ["906", "SASL authentication aborted"],
  RPL_SASLMECHS: ["908", "are available SASL mechanisms"],
} as const satisfies Record<string, readonly [code: string, text?: string]>;

/** The name of a numeric. */
export type Numeric = keyof typeof NUMERICS;

/**
 * An error of a command, answered with the standard reply `FAIL`
 * (https://ircv3.net/specs/extensions/standard-replies).
 */
export class StandardError extends Error {
  /** The name of the error's type. */
  override name = "StandardError";
  /** The command that failed. */
  readonly command: string;
  /** The parameters after the command: a code, its context, and human-readable text. */
  readonly params: readonly string[];

  /** Creates an error that is answered with `FAIL command` and `params`. */
  constructor(command: string, ...params: readonly string[]) {
    super(params[0]);
    this.command = command;
    this.params = params;
  }
}

/** An error of a command, answered with a numeric. */
export class IrcError extends Error {
  /** The name of the error's type. */
  override name = "IrcError";
  /** The numeric that answers the command. */
  readonly numeric: Numeric;
  /** The parameters between the client's nick and the text, and then the text if it varies. */
  readonly params: readonly string[];

  /** Creates an error that is answered with `numeric` and `params`. */
  constructor(numeric: Numeric, ...params: string[]) {
    super(numeric);
    this.numeric = numeric;
    this.params = params;
  }

  /** The reason, as human-readable text; empty if the numeric has none. */
  get text(): string {
    const [, text]: readonly [string, string?] = NUMERICS[this.numeric];
    return text ?? this.params.at(-1) ?? "";
  }
}

/** Returns `param` if it can precede another parameter, and `*` otherwise. */
export function asMiddle(param: string): string {
  return param === "" || param.startsWith(":") || param.includes(" ") ? "*" : param;
}
