/**
 * A finding of `chat doctor`. A problem keeps the server from working; the subject of a warning may
 * do so later.
 */
export type Finding = readonly [level: "ok" | "warning" | "problem", text: string];
