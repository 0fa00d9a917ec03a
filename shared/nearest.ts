/**
 * Finds the name that was probably meant by a name that does not exist.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";

/**
 * Returns the first of `names`, which must be in lower case, that begins with `typed`. If none
 * does, returns the name that differs least from `typed`, or `undefined` if even this name differs
 * in more than half of the characters of `typed`.
 */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  if (typed === "" || names.length === 0) return undefined;
  const wanted = typed.toLowerCase();
  const longer = names.find((name) => name.startsWith(wanted));
  if (longer !== undefined) return longer;
  const closest = closestString(wanted, names);
  return levenshteinDistance(wanted, closest) <= wanted.length / 2 ? closest : undefined;
}
