/**
 * Asks for the password of a server that wants one, and connects again. This module does not know
 * how the user is asked.
 *
 * @module
 */

import { PasswordError } from "./refusals.ts";

/** The number of times that a user is asked for the password of a server. */
const PASSWORD_TRIES = 3;

/**
 * Returns the result of `attempt`. If a server wants a password or refuses the given one, calls
 * `ask`, and `attempt` again with the answer. Resolves to `undefined` if the user gives no answer.
 *
 * @throws {PasswordError} if the server refuses the last answer.
 */
export async function withServerPassword<Result>(
  attempt: (password?: string) => Promise<Result>,
  ask: (error: PasswordError) => Promise<string | undefined>,
): Promise<Result | undefined> {
  let password: string | undefined;
  for (let tries = 0;; tries++) {
    try {
      return await attempt(password);
    } catch (error) {
      if (!(error instanceof PasswordError) || tries === PASSWORD_TRIES) throw error;
      password = await ask(error);
      if (password === undefined) return undefined;
    }
  }
}
