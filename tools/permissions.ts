/**
 * Turns the permissions of `deno.json` into flags, for a program that runs without that file.
 *
 * @module
 */

/** A permission set of `deno.json`: for each permission, everything (`true`) or the listed values. */
export type PermissionSet = Readonly<Record<string, boolean | readonly string[]>>;

/** Returns the flags of `deno run` that grant `set` and nothing else. */
export function permissionFlags(set: PermissionSet): string[] {
  return Object.entries(set).flatMap(([name, granted]) => {
    if (granted === true) return [`--allow-${name}`];
    // A flag without values would grant everything.
    if (granted === false || granted.length === 0) return [];
    return [`--allow-${name}=${granted.join(",")}`];
  });
}
