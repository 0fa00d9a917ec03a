/**
 * Redeems the code in the URL of `chat connect`, before the session begins. The user's other
 * machine shows this code (`/link`). The code logs this machine in to the user's account.
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
 * Redeems the code in the URL, if there is one. Remembers two facts for this server: the account,
 * and the nick that the user gave or, without one, the account's name. So the session knows both
 * from the start, and asks for no nick. Returns the options without the code; if redeeming fails,
 * returns `options` unchanged, and the session shows the reason.
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
