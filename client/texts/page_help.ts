/**
 * The texts of `/help` that are different on the page for browsers.
 *
 * @module
 */

/**
 * The keys of the page, the commands that are explained differently, its settings, and the commands
 * that it does not have.
 */
export const PAGE_HELP = {
  keys: [
    "Enter        send; Shift-Enter begins a new line in the message",
    "@ # /        list people, rooms or commands to choose from",
    "Tab          take from the list, complete a word (:tad), or leave the field",
    "↑            in the empty field: edit your last message",
    "↑ ↓          in the messages: go through them; Tab: their buttons",
    "Alt-↑ Alt-↓  switch to the room or person before or after",
    "Esc          close what is open; stop a reply or an edit",
  ],
  explanations: new Map([
    ["edit", "replace your last message; without a text, bring it to the field"],
    ["delete", "delete your last message"],
    [
      "history",
      "show what was said earlier, as scrolling up does: /history 50, /history 2026-11-20",
    ],
    ["quit", "leave the server"],
    ["react", "react to the last message of others: /react 👍"],
    ["reply", "answer the last message of others; /reply -2 TEXT: their last but one"],
    ["unreact", "take a reaction back, from the last message that has it: /unreact 👍"],
  ]),
  settings: new Map([
    ["keywords", "words that mark a message as one to you, like your nick: /set keywords tea,cake"],
    [
      "typing",
      "on: tell others when you type, and show others' typing; show: only show it; off: neither",
    ],
  ]),
  lacks: new Set(["clear", "connect", "disconnect", "server", "upload"]),
} as const;
