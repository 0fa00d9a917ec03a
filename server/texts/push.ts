/**
 * Texts of WEBPUSH.
 *
 * @module
 */

/** Answers to WEBPUSH. */
export const PUSH_TEXTS = {
  accountRequired: "Messages are pushed to owners of accounts: register one first, or log in",
  badEndpoint: (bytes: number) =>
    `The endpoint must be an https URL of at most ${bytes} bytes at a public address`,
  badKeys: "The keys must be p256dh=KEY;auth=SECRET, in base64url: a point on P-256, and 16 bytes",
  tooMany: (limit: number) =>
    `You already have ${limit} subscriptions, which is the maximum: remove one first`,
  unknownSubcommand: "The subcommand must be VAPIDPUBKEY, REGISTER or UNREGISTER",
} as const;
