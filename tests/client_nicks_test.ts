import { assert, assertEquals } from "@std/assert";
import { NickChoice } from "../client/nicks.ts";
import { isNick } from "../protocol.ts";

const TAKEN = "433";
const NOT_ALLOWED = "432";

Deno.test("where a nick is taken, numbers behind it are tried", () => {
  const choice = new NickChoice("ann");
  assertEquals([choice.next(TAKEN, "ann"), choice.next(TAKEN, "ann1")], ["ann1", "ann2"]);
});

Deno.test("where the server cuts nicks, the number is put within its limit", () => {
  const choice = new NickChoice("elisabeth-jane");
  assertEquals(choice.next(TAKEN, "elisabeth"), "elisabet1");
});

Deno.test("where the server does not allow the nick, its plain letters are tried", () => {
  const choice = new NickChoice("2zoë-the-great");
  assertEquals(choice.next(NOT_ALLOWED, "2zoë-the-great"), "zothegrea");
  assertEquals(choice.next(TAKEN, "zothegrea"), "zothegre2");
});

Deno.test("a nick without plain letters becomes a guest's", () => {
  const choice = new NickChoice("日本");
  assertEquals(choice.next(NOT_ALLOWED, "日本"), "guest1");
});

Deno.test("the tries end, and each of them can be a nick", () => {
  const choice = new NickChoice("日本語");
  let tries = 0;
  for (
    let nick = choice.next(TAKEN, "");
    nick;
    nick = choice.next(tries % 3 ? TAKEN : NOT_ALLOWED, "")
  ) {
    assert(isNick(nick), nick);
    tries++;
  }
  assertEquals(tries, 50);
});
