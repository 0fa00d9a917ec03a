/**
 * Texts about metadata of users and channels.
 *
 * @module
 */

/** Texts of METADATA. */
export const METADATA_TEXTS = {
  tooManyRequests: "Too many requests; try again later",
  unknownSubcommand: (names: readonly string[]) =>
    `The subcommand must be one of ${names.join(", ")}`,
  missingParameters: "Not enough parameters",
  invalidTarget: "There is no such nick or channel",
  notYourself: "The target must be *: you can manage your own subscriptions only",
  invalidKey: (bytes: number) =>
    `A key can be at most ${bytes} bytes long and contain only a-z, 0-9, _, ., / and -`,
  valueTooLong: (bytes: number) => `A value can be at most ${bytes} bytes long`,
  muted: (channel: string) => `You cannot set this while you are muted in ${channel}`,
  noPermission: (target: string) => `You may not change the metadata of ${target}`,
  tooManyKeys: (limit: number) => `There are already ${limit} keys; remove one first`,
  tooManyKeysOfOtherClients: (limit: number) =>
    `Your other clients have already set ${limit} keys; remove one first`,
  tooManyMuted: (limit: number) =>
    `You have already muted ${limit} channels and people; unmute one first`,
  tooManySubscriptions: (limit: number) =>
    `You are already subscribed to ${limit} keys; unsubscribe from one first, with UNSUB`,
} as const;
