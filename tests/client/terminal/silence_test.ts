import { assert, assertEquals } from "@std/assert";
import { Silenced } from "../../../client/session/silenced.ts";
import { everything, setUp, shown } from "../../support/window.ts";

Deno.test("a silenced room counts only messages to the user, and nothing rings", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("/join b\r");
  await peer.join("#b");
  await screen.until((now) => shown(now).at(-1) === "[#b]");
  screen.type("/silence #a\r");
  await screen.shows("#a makes no noise any more (undo: /unsilence #a)");
  await peer.send(":bob!u@h PRIVMSG #a :one", ":bob!u@h PRIVMSG #a :two");
  await peer.send(":bob!u@h PRIVMSG #a :ann, three");
  await screen.shows(" 1 #a 1!  2 #b");
  assertEquals(screen.bells, 0);
  screen.type("/silence a\r");
  await screen.shows("#a is silenced already (undo: /unsilence #a)");
  screen.type("/mute a\r");
  await screen.shows("/mute is for people: to hear less of #a yourself, type /silence #a");
  screen.type("/unsilence #a\r");
  await screen.shows("the messages of #a are counted again");
  await peer.send(":bob!u@h PRIVMSG #a :four");
  await screen.shows(" 1 #a 2!  2 #b");
  assert(!everything(screen).some((line) => line.includes("four")));
});

Deno.test("/silence leaves what another client of the user has changed meanwhile", () => {
  let kept: readonly string[] = ["#tea"];
  const store = { read: () => kept, keep: (names: readonly string[]) => kept = names };
  const [one, other] = [new Silenced((name) => name, store), new Silenced((name) => name, store)];
  one.set("#cake", true);
  other.set("#pie", true);
  other.set("#tea", false);
  one.rename("#tea", "#coffee");
  assertEquals(kept, ["#cake", "#pie"]);
});

Deno.test("the names of silenced rooms are kept, and compared as the server does", () => {
  let kept: readonly string[] = ["#Tea"];
  const store = { read: () => kept, keep: (names: readonly string[]) => kept = names };
  const silenced = new Silenced((name) => name.toLowerCase(), store);
  assert(silenced.has("#tea") && !silenced.has("#cake"));
  silenced.set("#cake", true);
  silenced.set("#TEA", false);
  assertEquals(kept, ["#cake"]);
});
