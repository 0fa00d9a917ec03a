/**
 * The sentences of the page for browsers.
 *
 * @module
 */

/** The texts of the page. */
export const PAGE_TEXTS = {
  unreachable: "the server cannot be reached",
  closed: "the server closed the connection",
  left: "you left",

  // Before the first connection.
  welcome: (host: string) => `Chat on ${host}`,
  nickLabel: "Your name here",
  nickHelp: "Letters, digits, - and _. It becomes yours: this browser keeps the key to it.",
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
  unread: (count: number, mentions: number) =>
    mentions === 0 ? `${count} unread` : `${count} unread, ${mentions} for you`,
  leave: (name: string) => `Leave ${name}`,
  menu: "Rooms and people",
  away: "away",
  members: (count: number) => count === 1 ? "1 person" : `${count} people`,

  // Messages.
  messages: (name: string) => `Messages in ${name}`,
  loading: "Loading earlier messages …",
  beginning: (name: string) => `This is the beginning of ${name}.`,
  newSince: "New",
  toNewest: "To the newest message",
  edited: "(edited)",
  deleted: (nick: string) => `${nick} deleted this message`,
  onItsWay: "on its way",
  answers: (nick: string, text: string) => `${nick}: ${text}`,
  actions: { reply: "Reply", react: "React", edit: "Edit", delete: "Delete" },
  reactions: (text: string, nicks: readonly string[]) => `${text} from ${nicks.join(", ")}`,
  messageActions: "Actions for this message",
  private: (status: string, room: string) => `only for ${status}${room}`,

  // Writing.
  composer: (name: string) => `Write to ${name}`,
  hint: (name: string) => `Write to ${name}. /help lists the commands`,
  send: "Send",
  replying: (nick: string) => `Replying to ${nick}`,
  editing: "Editing your message",
  cancel: "Cancel",
  nobodyHere: "Join a room to write.",

  // Search and other answers.
  searchLabel: "Search this conversation",
  search: "Search",
  moreResults: "More results",
  close: "Close",
  answer: "Answer of the server",

  // The connection.
  offline: (reason: string, seconds: number) =>
    `Not connected: ${reason}. Trying again in ${seconds} s; what you write is kept.`,
  ended: (reason: string) => `Disconnected: ${reason}.`,
  reconnect: "Connect again",
  owned: (account: string) => `The name ${account} is yours now: this browser keeps the key to it`,
  notOwned: (reason: string) => `Your name is not reserved: ${reason}`,
  notify: "Notify me of messages to me",
  title: (unread: number, name: string) => unread === 0 ? name : `(${unread}) ${name}`,
} as const;
