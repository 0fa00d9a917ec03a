import { assert } from "@std/assert";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { setUp } from "../../support/window.ts";

const TOKENS = "CASEMAPPING=ascii PREFIX=(qaohv)~&@%+ CHANMODES=Ibe,k,Hfl,CMRcimnpst EXTBAN=,am";

/** Changes of modes, and the sentence that the user sees. */
const MODES: readonly (readonly [line: string, shown: string])[] = [
  [":bob!u@h MODE #a +qo bob bob", "bob can run this room now (by bob)"],
  [":bob!u@h MODE #a +o ann", "you can run this room now (by bob)"],
  [":ann!u@h MODE #a -o bob", "bob can no longer run this room (by you)"],
  [":bob!u@h MODE #a +q ann", "you own this room now (by bob)"],
  [":irc.test MODE #a +v ada", "-- ada may speak"],
  [":bob!u@h MODE #a +i", "only invited people can join #a now (by bob)"],
  [":bob!u@h MODE #a -i", "everyone can join #a now (by bob)"],
  [
    ":bob!u@h MODE #a +kl sesame 5",
    "#a needs the key sesame now; at most 5 people can be in #a now",
  ],
  [":bob!u@h MODE #a -k *", "#a needs no key any more"],
  [":bob!u@h MODE #a +b eve!*@*", "eve is banned from #a (by bob)"],
  [":bob!u@h MODE #a -b *!*@192.0.2.1", "*!*@192.0.2.1 is no longer banned from #a"],
  [":bob!u@h MODE #a +b m:eve", "eve cannot speak in #a now"],
  [":bob!u@h MODE #a +f #b", "people who cannot join #a come to #b now"],
  [":bob!u@h MODE #a +zH 20", "mode +z; mode +H 20 (by bob)"],
  [":ann!u@h MODE ann :+i", "people who share no room with you do not see you now"],
  [":irc.test MODE ann :+oQ", "you are an operator of this server now; mode +Q"],
];

Deno.test("a change of modes is told in words, and letters without words stay", async () => {
  await using setup = await setUp(new Screen(120, 24), ALL_CAPS, TOKENS);
  const { screen, peer } = setup;
  for (const [line, shown] of MODES) {
    await peer.send(line);
    await screen.shows(shown);
  }
  assert(!screen.all.some((row) => row.includes("set mode")));
});

Deno.test("q is a mute where it is no rank", async () => {
  const tokens = "CASEMAPPING=ascii CHANMODES=eIbq,k,flj,CFLMPQScgimnprstuz";
  await using setup = await setUp(new Screen(120, 24), ALL_CAPS, tokens);
  await setup.peer.send(":bob!u@h MODE #a +q eve!*@*");
  await setup.screen.shows("eve cannot speak in #a now (by bob)");
});
