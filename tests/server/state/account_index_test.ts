import { assertEquals } from "@std/assert";
import type { Account } from "../../../server/events/records.ts";
import { AccountIndex } from "../../../server/state/account_index.ts";

function account(name: string, nicks: readonly string[] = []): Account {
  return { name, createdAt: 0, fingerprints: [], nicks };
}

Deno.test("an account's nick belongs to it in upper or lower case, and so does a nick that looks like it", () => {
  const accounts = new AccountIndex();
  accounts.save(account("Ian"));
  // Cyrillic i.
  for (const nick of ["ian", "IAN", "lan", "\u0456an"]) {
    assertEquals(accounts.ownerOf(nick)?.name, "Ian", nick);
  }
  accounts.remove("IAN");
  for (const nick of ["ian", "lan", "\u0456an"]) assertEquals(accounts.ownerOf(nick), undefined);
});

Deno.test("a nick belongs to the account that has exactly this nick, not to one that looks like it", () => {
  const accounts = new AccountIndex();
  accounts.save(account("ada", ["\u0456an"])); // Cyrillic i
  accounts.save(account("IAN"));
  assertEquals(accounts.ownerOf("\u0456an")?.name, "ada");
  assertEquals(accounts.ownerOf("ian")?.name, "IAN");
  accounts.remove("ada");
  assertEquals(accounts.ownerOf("\u0456an")?.name, "IAN", "it still looks like the other one");
});
