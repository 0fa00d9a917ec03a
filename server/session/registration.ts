/**
 * The details that a client gives before it is registered.
 *
 * @module
 */

/** The details that a client has given before it is registered. */
export interface Registration {
  /** The nick that it asked for. */
  nick?: string;
  /** The user name from USER, with `~` before it, because it is not verified. */
  username?: string;
  /** The real name given with USER. */
  realname?: string;
  /** The text that it gave as the server password. */
  password?: string;
  /** The account that it has logged in to. */
  account?: string;
  /**
   * True if the server refused a nick that the client asked for. The client's present nick may then
   * not be the one that the client wanted.
   */
  isRefused?: boolean;
  /**
   * True if the client tried to log in with its certificate, without naming an account (SASL
   * EXTERNAL), and no account has the certificate. The client expected to have an account already,
   * so the server must not create one for it.
   */
  isReturning?: boolean;
  /** True after CAP LS or CAP REQ, and until CAP END. */
  negotiating: boolean;
}
