/**
 * The texts of `/help`, besides those in the table of commands.
 *
 * @module
 */

/** The lines around the commands that help shows. */
export const HELP_TEXTS = {
  heading: "the most useful commands:",
  subjects: (names: readonly string[]) =>
    `more: ${names.map((name) => `/help ${name}`).join(", ")}, /help COMMAND`,
  messages: "for a message: /reply, /react, /edit and /delete, see /help talk",
  plainLine: "anything else is sent to the room; to send a message that begins with /, type //",
  aliases: (names: readonly string[]) => `also: ${names.map((name) => `/${name}`).join(", ")}`,
  more: (count: number) => `… ${count} more: /more`,
  noMore: "there is no more to show",
} as const;

/** Pages of help that explain no command; each client has one more page, about its keys. */
export const HELP_PAGES: Readonly<Record<string, readonly string[]>> = {
  names: [
    "the sign before a name says what its user may do in the room:",
    "  ~  owns the room, also after leaving and coming back",
    "  &  cannot be removed by those who run it",
    "  @  runs the room: kicks, bans, and changes its settings",
    "  %  moderates the room: kicks and bans",
    "  +  may speak while not everyone may",
    "  # before a name: it is a room, not a person",
  ],
};

/** The lines about the keys of the terminal. */
const TERMINAL_KEYS: readonly string[] = [
  "Tab            complete a command, a room, a nick or an emoji, as in :tad",
  "Alt-1 … Alt-9  switch to the room or person with that number",
  "Alt-← Alt-→    switch to the one before or after (also Ctrl-P, Ctrl-N)",
  "Alt-A          switch to the next with something new",
  "Page Up        show earlier messages",
  "Alt-↑ Alt-↓    choose a message: r replies, e edits, d deletes, + reacts",
  "↑ ↓ Ctrl-R     go through what you sent, or search it",
  "Alt-Enter      begin a new line in a message",
  "Ctrl-L         clear the screen",
  "Ctrl-Z         suspend, where a shell runs jobs",
  "Ctrl-D         exit (on an empty line)",
];

/** The help of the client in a terminal, which has all commands as the table explains them. */
export const TERMINAL_HELP = {
  keys: TERMINAL_KEYS,
  explanations: new Map<string, string>(),
  lacks: new Set<string>(),
} as const;
