/**
 * What the server has on record of people who need not be there: accounts and what waits for their
 * owners, bans, tokens. Nobody sees it change. Part of the network's state, and changed by it alone.
 *
 * @module
 */

import { AccountIndex } from "./account_index.ts";
import type { RegisterEvent } from "./register_events.ts";
import { ServerBans } from "./server_bans.ts";
import { Tokens } from "./tokens.ts";
import { Waiting } from "./waiting.ts";

/** See the module. */
export class Registers {
  /** Which accounts there are. */
  readonly accounts: AccountIndex = new AccountIndex();
  /** Who may not come. */
  readonly serverBans: ServerBans = new ServerBans();
  /** Which tokens there are. */
  readonly tokens: Tokens = new Tokens();
  /** What waits for the owners of accounts. */
  readonly waiting: Waiting = new Waiting();

  /** Changes what the event changes. */
  apply(event: RegisterEvent): void {
    switch (event.type) {
      case "AccountSaved":
        return this.accounts.save(event.account);
      case "AccountRemoved":
        this.accounts.remove(event.account);
        this.tokens.forget(event.account);
        return this.waiting.set(event.account, []);
      case "ServerBanSaved":
        return this.serverBans.save(event.ban);
      case "ServerBanRemoved":
        return this.serverBans.remove(event.ban);
      case "TokenSaved":
        return this.tokens.save(event.token);
      case "TokenUsed":
        return this.tokens.use(event.hash, event.by.account);
      case "TokenRemoved":
        return this.tokens.remove(event.hash);
      case "WaitingChanged":
        return this.waiting.set(event.account, event.messages);
    }
  }
}
