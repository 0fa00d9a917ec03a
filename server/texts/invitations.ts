/**
 * Texts of INVITATION.
 *
 * @module
 */

/** The facts about an invitation that users see. */
export interface InvitationFacts {
  /** Its ID. */
  readonly id: string;
  /** The nick of the user who made it. */
  readonly by: string;
  /** The channel, or the server. */
  readonly destination: string;
  /** The number of uses that are left. */
  readonly uses: number;
  /** The time until it expires, as text. */
  readonly rest: string;
}

/** Texts about invitations that users make, list and revoke. */
export const INVITATION_TEXTS = {
  page: (url: string) => `Or in a browser: ${url}`,
  invalidTerms: "Give the number of uses, as in 5, and the duration, as in 12h or 2d",
  termsOutOfRange: (uses: number, duration: string) =>
    `An invitation can have 1 to ${uses} uses and a duration of at most ${duration}`,
  tooMany: (limit: number) =>
    `The limit is ${limit} unexpired invitations per account, or per address for users without ` +
    "an account; INVITATION LIST lists yours, INVITATION REVOKE <id> revokes one",
  noSuchInvitation: "There is no invitation with this ID that you can revoke; see INVITATION LIST",

  created: (description: string) => `${description}. Invited users run:`,
  revoked: (id: string) => `Invitation ${id} has been revoked`,
  endOfList: "End of the invitations that you can revoke",
  endOfNewest: (shown: number, all: number) =>
    `End of the newest ${shown} of ${all} invitations that you can revoke`,

  description: ({ id, by, destination, uses, rest }: InvitationFacts) =>
    `${id}, by ${by}: to ${destination}, uses left: ${uses}, expires in ${rest}`,
  channelGone: (channel: string) => `${channel} (which no longer exists)`,
  server: "the server",
} as const;
