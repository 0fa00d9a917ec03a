/**
 * Turns the permissions of `deno.json` into flags, for a program that runs without that file.
 *
 * @module
 */

/** The values of a permission: everything (`true`), or those listed. */
export type Values = boolean | readonly string[];

/**
 * A permission set of `deno.json`: for each permission, the allowed values, or the allowed and the
 * denied values.
 */
export type PermissionSet = Readonly<
  Record<string, Values | { readonly allow: Values; readonly deny: Values }>
>;

/** Returns the flags of `deno run` that grant `set` and nothing else. */
export function permissionFlags(set: PermissionSet): string[] {
  return Object.entries(set).flatMap(([name, granted]) => {
    if (typeof granted === "boolean" || !("allow" in granted)) return flags("allow", name, granted);
    return [...flags("allow", name, granted.allow), ...flags("deny", name, granted.deny)];
  });
}

function flags(word: string, name: string, values: Values): string[] {
  if (values === true) return [`--${word}-${name}`];
  // A flag without values would allow or deny everything.
  if (values === false || values.length === 0) return [];
  return [`--${word}-${name}=${values.join(",")}`];
}
