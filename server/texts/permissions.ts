/**
 * Texts about the modes of channels and users: the reasons why a user may not join or speak.
 *
 * @module
 */

/** Texts of refusals, each with the mode that is the reason. */
export const PERMISSION_TEXTS = {
  joinNeedsLogin: "Cannot join channel (+R) - log in first",
  noColors: "Colors are not allowed in this channel (+c)",
  noCtcp: "CTCP other than ACTION is not allowed in this channel (+C)",
  privateNeedsLogin: "That user accepts private messages from logged-in users only (+R)",
  speakingNeedsLogin: (letter: string) =>
    `Only logged-in users can speak in this channel (+${letter})`,
  speakingNeedsMembership: "Only members can speak in this channel (+n): join it first",
  speakingNeedsVoice: "Only members with voice can speak in this channel (+m)",
  speakingTooSoon: (seconds: number) =>
    `This channel is slow (+W): you can speak again in ${seconds} ${
      seconds === 1 ? "second" : "seconds"
    }`,
  speakingWhileMuted: "You are banned or muted in this channel (+b)",
} as const;

/** Returns the text by which a user asks the operators of a channel for an invitation. */
export function requestForInvitation(message: string): string {
  return message === "" ? "asks to be invited" : `asks to be invited: ${message}`;
}
