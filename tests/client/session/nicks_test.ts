import { assert, assertEquals } from "@std/assert";
import { NickChoice } from "../../../client/session/nicks.ts";
import { isNick } from "../../../protocol.ts";

const TAKEN = "433";
const NOT_ALLOWED = "432";

Deno.test("a taken nick is tried with numbers behind it", () => {
  const choice = new NickChoice("ann");
  assertEquals([choice.next(TAKEN, "ann"), choice.next(TAKEN, "ann1")], ["ann1", "ann2"]);
});

Deno.test("the number is put within the limit of a server that truncates nicks", () => {
  const choice = new NickChoice("elisabeth-jane");
  assertEquals(choice.next(TAKEN, "elisabeth"), "elisabet1");
});

Deno.test("a nick that the server does not allow is tried with its ASCII letters only", () => {
  const choice = new NickChoice("2zoë-the-great");
  assertEquals(choice.next(NOT_ALLOWED, "2zoë-the-great"), "zothegrea");
  assertEquals(choice.next(TAKEN, "zothegrea"), "zothegre2");
});

Deno.test("a nick without ASCII letters becomes a guest's", () => {
  const choice = new NickChoice("日本");
  assertEquals(choice.next(NOT_ALLOWED, "日本"), "guest1");
});

Deno.test("the number of tries is limited, and each of them is a valid nick", () => {
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
