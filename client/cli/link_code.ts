/**
 * The code of `/link` in the URL of `chat connect`, which links this machine to the account of the
 * user whose other machine shows the code, before the session begins.
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import { Identities } from "../net/identities.ts";
import { linkBeforehand, linkNick } from "../session/linking.ts";
import type { SessionOptions } from "../session/options.ts";
import { isLinkCode } from "../session/token.ts";
import type { ConnectOptions } from "./options.ts";
import { addressOf } from "./remembered.ts";

/**
 * Redeems the code in the URL, if there is one: the user has the account and the nick of the other machine from
 * the start, and is asked for no nick. Returns the options without the code, or as they were if the server does
 * not take it; the session then tells why.
 */
export async function withoutLinkCode(
  options: ConnectOptions,
  { dial, clock }: Pick<SessionOptions, "dial" | "clock">,
): Promise<ConnectOptions> {
  const { token: code = "", ...others } = options;
  const { folder, login, host, port } = options;
  if (!isLinkCode(code) || folder === undefined || login) return options;
  const { signal } = new AbortController();
  try {
    const parts = { host, port, nick: linkNick(), dial, clock, signal };
    const linked = await linkBeforehand(code, parts);
    if (!("account" in linked)) return options;
    const { account } = linked;
    const nick = options.isNickGuessed ? account : options.nick;
    new Identities(`${folder}/identities`).keep(addressOf(options), { nick, account });
    return others;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return options;
  }
}
