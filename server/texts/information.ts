/**
 * Texts about the server itself, in the replies to MOTD, LUSERS, VERSION, INFO, ADMIN, STATS and
 * HELP.
 *
 * @module
 */

/** Texts about the server; most have the words that are usual on IRC. */
export const INFORMATION_TEXTS = {
  motdStart: (server: string) => `- ${server} Message of the day -`,
  motdLine: (line: string) => `- ${line}`,

  users: (visible: number, invisible: number, servers: number) =>
    `There are ${visible} users and ${invisible} invisible on ${servers} ` +
    (servers === 1 ? "server" : "servers"),
  clients: (count: number, servers: number) => `I have ${count} clients and ${servers} servers`,
  link: (network: string, leads: boolean) => `1 ${network}${leads ? ", leads" : ""}`,
  localUsers: (count: number, most: number) => `Current local users ${count}, max ${most}`,
  globalUsers: (count: number, most: number) => `Current global users ${count}, max ${most}`,

  versionComment: "Chat server that speaks IRC",
  program: (software: string) => `${software}, a chat server and client in one executable`,
  runningSince: (time: string) => `Running since ${time}`,
  uptime: (days: number, time: string) => `Server Up ${days} days ${time}`,

  operators: (names: string) => `Operators: ${names}`,
  noOperators: "No operators are named in the configuration",
  contact: "Ask for help in a channel of this server",

  helpIndex: "HELP <command> explains one of these:",
} as const;
