/**
 * The permissions of `deno.json` as flags, for where a program runs without that file.
 *
 * @module
 */

/** A permission set, as `permissions` in `deno.json` has them: everything, or what is listed. */
export type PermissionSet = Readonly<Record<string, boolean | readonly string[]>>;

/** What `deno run` has to be told to grant a set and nothing else. */
export function permissionFlags(set: PermissionSet): string[] {
  return Object.entries(set).flatMap(([name, granted]) => {
    if (granted === true) return [`--allow-${name}`];
    // An empty list after the flag's name would grant all.
    if (granted === false || granted.length === 0) return [];
    return [`--allow-${name}=${granted.join(",")}`];
  });
}
