/**
 * The sentence with which the server tells a user that another client has used their code. Server
 * and page share it, so that the page recognizes the sentence.
 *
 * @module
 */

/** The end of the sentence. */
const END = "with your code";

/** Returns the sentence: a client at `host` is logged in to `account` now. */
export function linkNotice(account: string, host: string): string {
  return `A client at ${host} logged in to the account ${account} ${END}`;
}

/** Returns true if `text` is such a sentence. */
export function isLinkNotice(text: string): boolean {
  return text.endsWith(END);
}
