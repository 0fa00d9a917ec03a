/**
 * Texts of AUTHENTICATE, REGISTER and VERIFY.
 *
 * @module
 */

/** Texts about accounts and logging in to them. */
export const AUTHENTICATE_TEXTS = {
  accountCreated: "Your account has been created",
  alreadyLoggedIn: (account: string) => `You are already logged in as ${account}`,
  connectFirst: "Finish connecting first, then try again",
  noCodeNeeded: "This server does not use verification codes; log in, or use REGISTER",
  loginFailed: (reason: string) => `SASL authentication failed: ${reason}`,

  // Reasons for `loginFailed`.
  needCapability: "request the capability sasl first",
  unknownMechanism: "the server does not support this mechanism",
  noCertificate: "EXTERNAL needs a client certificate, and your client presents none",
  unknownCertificate:
    "no account with that name has your certificate; log in another way, then add it with " +
    "/msg NickServ CERT ADD",
} as const;
