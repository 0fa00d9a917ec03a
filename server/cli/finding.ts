/**
 * A finding of `chat doctor`. A problem keeps the server from working. A warning is about something
 * that may become a problem later.
 */
export type Finding = readonly [level: "ok" | "warning" | "problem", text: string];
