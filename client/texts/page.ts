/**
 * The sentences of the page for browsers.
 *
 * @module
 */

/** The explanations of the signs before the nicks of members. */
const RANKS: Readonly<Record<string, string>> = {
  "~": "owner of the room",
  "&": "protected member",
  "@": "operator of the room",
  "%": "moderator of the room",
  "+": "may always speak",
};

/** The texts of the page. */
export const PAGE_TEXTS = {
  unreachable: "the server cannot be reached",
  closed: "the server closed the connection",
  left: "you left",

  // Before the first connection.
  welcome: (host: string) => `Chat on ${host}`,
  nickLabel: "Your name here",
  nickHelp: "Letters, digits, - and _. It becomes yours: this browser keeps the key to it.",
  ways: {
    name: "Join with a new name",
    password: "Log in with a password",
    code: "Use my account of another device",
  },
  accountLabel: "Your account",
  accountPasswordLabel: "Its password",
  noPassword: "Type the password of your account.",
  logIn: "Log in",
  linkHelp: "On your other device, choose “Link a device”, or type /link in chat connect. " +
    "Use only a code that you have made yourself.",
  linkInstead: (nick: string) =>
    `This browser is logged in as ${nick}, and will switch to the linked account.`,
  linkNeedsKey: "This browser can't be linked: it keeps keys only for pages that it trusts, over " +
    "https or on the server's machine.",
  codeLabel: "The code",
  noCode: "Type the code that your other device shows.",
  link: "Link this browser",
  stay: (nick: string) => `Stay ${nick}`,
  badNick: "Use letters, digits, - and _; begin with a letter.",
  passwordLabel: "The server's password",
  enter: "Join",
  connecting: "Connecting …",
  failed: (reason: string) => `Could not join: ${reason}.`,
  joinAnew: "Join without my account, and give it up",

  // The list of conversations.
  conversations: "Rooms and people",
  joinLabel: "Join a room",
  joinHint: "Join a room …",
  roomsHere: "Rooms of this server",
  roomAbout: (size: number, topic: string) => `${people(size)}${topic === "" ? "" : `: ${topic}`}`,
  unread: (count: number, mentions: number) =>
    mentions === 0 ? `${count} unread` : `${count} unread, ${mentions} for you`,
  leave: (name: string) => `Leave ${name}`,
  leaveNow: "Leave",
  leftRoom: (room: string) => `You left ${room}.`,
  rejoin: "Join again",
  menu: (unread: string) => unread === "" ? "Rooms and people" : `Rooms and people, ${unread}`,
  rooms: "Rooms",
  persons: "Private",
  you: (nick: string) => `You are ${nick}`,
  silence: (name: string) => `Silence ${name}`,
  silenced: "silenced",
  unsilence: (name: string) => `Stop silencing ${name}`,
  away: "away",
  here: "here",
  unknown: "not known while there is no connection",
  members: people,
  /** The heading of the members who have the sign `prefix` before their nicks, or no sign. */
  rank: (prefix: string) => `${prefix} ${RANKS[prefix] ?? "other members"}`.trim(),

  // Messages.
  messages: (name: string) => `Messages in ${name}`,
  loading: "Loading earlier messages …",
  loadingLater: "Loading later messages …",
  beginning: {
    room: (name: string) => `This is the beginning of ${name}.`,
    person: (name: string) => `This is the beginning of your conversation with ${name}.`,
  },
  newSince: "New",
  toNewest: "To the newest message",
  toNewer: (count: number, mentions: number) =>
    mentions === 0 ? `${count} new below` : `${count} new below, ${mentions} for you`,
  toFirstNew: (count: number) => `${count} new: go to the first`,
  edited: "(edited)",
  earlierMessage: "Reply to an earlier message",
  showOriginal: "Show the message that this answers",
  gone: "that message was deleted",
  deleted: (nick: string) => `${nick} deleted a message`,
  onItsWay: "on its way",
  answers: (nick: string, text: string) => `${nick}: ${text}`,
  actions: {
    reply: "Reply",
    react: "React",
    moreEmoji: "Other …",
    edit: "Edit",
    delete: "Delete",
    deleteForAll: "Delete for all",
  },
  emoji: "Emoji",
  emojiSearch: "Name of an emoji",
  noEmoji: "No emoji has that name.",
  reactions: (text: string, nicks: readonly string[]) => `${text} from ${nicks.join(", ")}`,
  messageActions: "Actions for this message",
  private: (status: string, room: string) => `only for ${status}${room}`,

  // Writing.
  composer: (name: string) => `Write to ${name}`,
  hint: (name: string) => `Write to ${name}. /help lists the commands`,
  send: "Send",
  suggestions: "Suggestions",
  suggestionCount: (count: number) => count === 1 ? "1 suggestion" : `${count} suggestions`,
  attach: "Send files",
  uploading: (name: string, to: string) => `Uploading ${name} to ${to} …`,
  attached: (count: number) => count === 1 ? "1 file to send" : `${count} files to send`,
  filesNotKept: "Your browser has no space to keep these files: send them before you reload or " +
    "close the page",
  openPicture: "Open in a new tab",
  picture: (name: string) => `Picture ${name}`,
  replying: (nick: string, text: string) => `Replying to ${nick}: ${text}`,
  editing: "Editing your message",
  looking: "Looking for the message that your text is about …",
  replyReleased: "The message that you were replying to is gone: your text is a new message now",
  editReleased: "The message that you were editing is gone: your text is a new message now",
  cancel: "Cancel",
  nobodyHere: "Join a room to write.",

  // Search and other answers.
  searchLabel: "Search this conversation",
  search: "Search",
  backToResults: "Back to the results",
  moreResults: "More results",
  nothingFound: (words: string, place: string) => `Nothing found for “${words}” ${place}`,
  searchAdvice: "Try fewer words, or only their beginnings.",
  searchAll: "Search all my rooms and conversations",
  close: "Close",
  answer: (command: string) => `Answer to ${command}`,

  // Linking another device.
  linkDevice: "Link a device",
  showCode: "On the other device, read this code with the camera, open the link, or type /link " +
    "and this:",
  linked: "Your other device is linked: you are the same user on both now",
  qrLabel: "The link as a QR code",
  codeWarning: "It works once, within ten minutes, and gives access to your account: " +
    "show it to nobody else.",

  // The connection.
  offline: (reason: string, seconds: number) =>
    `Not connected: ${reason}. Trying again in ${Math.ceil(seconds)} s; what you write is kept.`,
  tryNow: "Try now",
  ended: (reason: string) => `Disconnected: ${reason}.`,
  reconnect: "Connect again",
  owned: (account: string) => `The name ${account} is yours now: this browser keeps the key to it`,
  ownedByPassword: (account: string) =>
    `The name ${account} is yours now: this browser keeps a password for it, because it keeps ` +
    "keys only for pages that it trusts, over https or on the server's machine",
  keyLost: (account: string) =>
    `This browser has lost its key to ${account}: get a code from your other device, and type ` +
    "/link and the code here",
  keyAdded: "From now on, this browser logs in by a key that it keeps, without your password",
  keyNotAdded: (reason: string) => `This browser will need your password again: ${reason}`,
  notOwned: (reason: string) => `Your name is not reserved: ${reason}`,
  notify: "Turn on notifications",
  notified: {
    granted: "Notifications are on. To turn them off, use your browser's settings for this page.",
    denied: "Your browser blocks notifications for this page: allow them in its settings.",
  },
  title: (unread: number, name: string) => unread === 0 ? name : `(${unread}) ${name}`,
} as const;

function people(count: number): string {
  return count === 1 ? "1 person" : `${count} people`;
}
