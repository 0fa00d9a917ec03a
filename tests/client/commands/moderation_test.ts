import { assertEquals } from "@std/assert";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { setUp, shown } from "../../support/window.ts";

Deno.test("/ban also removes the member with that nick, and says if there is none", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  await peer.send(":bob!u@h JOIN #a", ":eve!u@h JOIN #a");
  await screen.shows("2 joined: bob eve");
  screen.type("/ban Bob *!*@192.0.2.1 eve!*@*\r");
  await peer.expect(/^MODE #a \+b :?Bob$/);
  await peer.expect(/^KICK #a Bob :?banned$/);
  await peer.expect(/^MODE #a \+b :?\*!\*@192\.0\.2\.1$/);
  await peer.expect(/^MODE #a \+b :?eve!\*@\*$/);
  await peer.expect(/^KICK #a eve :?banned$/);
  await screen.shows("banned: *!*@192.0.2.1. No member has that nick");
});

Deno.test("/ban takes a reason, and a time where the server can end a ban", async () => {
  await using setup = await setUp(new Screen(100, 12), "multi-prefix");
  const { screen, peer } = setup;
  await peer.send(":bob!u@h JOIN #a", ":eve!u@h JOIN #a");
  await screen.shows("2 joined: bob eve");
  screen.type("/ban bob too loud today\r");
  await peer.expect(/^MODE #a \+b :?bob$/);
  await peer.expect(/^KICK #a bob :too loud today$/);
  screen.type("/ban 1h eve spam\r");
  await peer.expect(/^TBAN #a 1h :?eve$/);
  await peer.answerPing();
  await peer.expect(/^KICK #a eve :?spam$/);
  await screen.shows("the server ends the ban of eve after 1h");
  screen.type("/ban 1h zoe\r");
  await peer.expect(/^TBAN #a 1h :?zoe$/);
  await peer.send(":irc.test 421 ann TBAN :Unknown command");
  await peer.answerPing();
  await peer.expect(/^MODE #a \+b :?zoe$/);
  await screen.shows(
    "this server cannot end a ban after a time, so zoe is banned until /unban zoe",
  );
});

Deno.test("/ban with a time that the server refuses sets no other ban, and says why", async () => {
  await using setup = await setUp(new Screen(100, 12), "multi-prefix");
  const { screen, peer } = setup;
  await peer.send(":eve!u@h JOIN #a");
  await screen.shows("eve joined #a");
  screen.type("/ban 1h eve spam\r");
  await peer.expect(/^TBAN #a 1h :?eve$/);
  await peer.send(":irc.test 482 ann #a :You're not a channel operator");
  await peer.answerPing();
  await screen.until(({ rows }) => rows.some((row) => /do not run|operator/.test(row)));
  screen.type("/away\r");
  await peer.expect(/^AWAY$/);
});

Deno.test("/mute removes nobody, and works by the modes of the server", async () => {
  for (
    const [tokens, line] of [
      ["EXTBAN=,am", / MODE #a \+b :?m:bob$/],
      ["EXTBAN=~,qnjrRcaT", / MODE #a \+b :?~q:bob$/],
      ["CHANMODES=eIbq,k,flj,CFLMPQScgimnprstuz EXTBAN=$,ajrxz", / MODE #a \+q :?bob$/],
    ] as const
  ) {
    await using setup = await setUp(new Screen(), ALL_CAPS, `CASEMAPPING=ascii ${tokens}`);
    setup.screen.type("/mute bob\r");
    await setup.peer.expect(line);
    setup.screen.type("/away\r");
    await setup.peer.expect(/^AWAY$/);
  }
  await using setup = await setUp();
  setup.screen.type("/mute bob\r");
  await setup.screen.shows("this server cannot mute");
});

Deno.test("/mute tells a user who is not an operator of the room of /ignore, and no other command does", async () => {
  const screen = new Screen(120, 12);
  await using setup = await setUp(screen, "multi-prefix", "CASEMAPPING=ascii EXTBAN=,m");
  const { peer } = setup;
  const refuse = async () => {
    await peer.send(":irc.test 482 ann #a :You're not a channel operator");
    await peer.answerPing();
  };
  const refusal = "only operators of #a may do that";
  screen.type("/unmute bob\r");
  await peer.expect(/^MODE #a -b :?m:bob$/);
  await refuse();
  await screen.shows(refusal);
  assertEquals(shown(screen).filter((row) => row.includes("/ignore")), []);
  screen.type("/mute bob\r");
  await peer.expect(/^MODE #a \+b :?m:bob$/);
  await refuse();
  await screen.shows(`${refusal}; to hide the messages of bob for yourself, type /ignore bob`);
});

Deno.test("a mode command with several nicks sends one MODE for each", async () => {
  await using setup = await setUp();
  setup.screen.type("/op bob eve\r");
  await setup.peer.expect(/^MODE #a \+o :?bob$/);
  await setup.peer.expect(/^MODE #a \+o :?eve$/);
});
