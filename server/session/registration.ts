/**
 * The details that a client gives before it is registered.
 *
 * @module
 */

/** The details that a client has given before it is registered. */
export interface Registration {
  /** The nick that it asked for. */
  nick?: string;
  /** The user name given with USER, tilde included. */
  username?: string;
  /** The real name given with USER. */
  realname?: string;
  /** The text that it gave as the server password. */
  password?: string;
  /** The account that it has logged in to. */
  account?: string;
  /** True if a nick that the client asked for was refused; its present nick is then another. */
  isRefused?: boolean;
  /**
   * True if EXTERNAL without a name found no account. The client was here before, and wants no new
   * account.
   */
  isReturning?: boolean;
  /** True after CAP LS or CAP REQ, and until CAP END. */
  negotiating: boolean;
}
