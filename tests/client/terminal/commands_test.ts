import { assert } from "@std/assert";
import { COMMANDS } from "../../../client/terminal/commands.ts";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { setUp } from "../../support/window.ts";

Deno.test("an unknown command is not sent, and the user is told of /help", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("/frobnicate now\r");
  await screen.shows("there is no command /frobnicate");
  screen.type("//not a command\r");
  await peer.expect(/PRIVMSG #a :\/not a command$/);
});

Deno.test("/help names every command", async () => {
  await using setup = await setUp();
  const { screen } = setup;
  screen.type("/help\r");
  await screen.shows("begin with //");
  const text = screen.all.join("\n");
  for (const { name, help } of COMMANDS) {
    assert(text.includes(`/${name}`) && text.includes(help.slice(0, 20)), name);
  }
});

/** Typed commands, and the line that the server gets. */
const COMMAND_LINES: readonly [typed: string, sent: RegExp][] = [
  ["/join b key", /^JOIN #b key$/],
  ["/part", /^PART :?#a$/],
  ["/part so long", /^PART #a :so long$/],
  ["/part #a", /^PART :?#a$/],
  ["/part a for good", /^PART #a :for good$/],
  ["/msg bob hi there", /PRIVMSG bob :hi there$/],
  ["/me waves", /PRIVMSG #a :.ACTION waves.$/],
  ["/ME waves", /PRIVMSG #a :.ACTION waves.$/],
  ["/nick eva", /^NICK eva$/],
  ["/names #b", /^NAMES #b$/],
  ["/topic", /^TOPIC :?#a$/],
  ["/topic a new one", /^TOPIC #a :a new one$/],
  ["/away for lunch", /^AWAY :for lunch$/],
  ["/away", /^AWAY$/],
  ["/whois bob", /^WHOIS bob$/],
  ["/invite bob", /^INVITE bob #a$/],
  ["/invite bob b", /^INVITE bob #b$/],
  ["/invite", /^INVITATION :?#a$/],
  ["/invite 5 2d", /^INVITATION #a 5 2d$/],
  ["/invite 12h", /^INVITATION #a 12h$/],
  ["/invite #b 5", /^INVITATION #b 5$/],
  ["/invite * 1d", /^INVITATION \* 1d$/],
  ["/kick bob", /^KICK #a :?bob$/],
  ["/kick bob and no more", /^KICK #a bob :and no more$/],
  ["/ban", /^MODE #a :?\+b$/],
  ["/ban bob", /^MODE #a \+b :?bob$/],
  ["/unban *!*@192.0.2.1", /^MODE #a -b :?\*!\*@192\.0\.2\.1$/],
  ["/op bob", /^MODE #a \+o :?bob$/],
  ["/deop bob", /^MODE #a -o :?bob$/],
  ["/voice bob", /^MODE #a \+v :?bob$/],
  ["/devoice bob", /^MODE #a -v :?bob$/],
  ["/mode", /^MODE :?#a$/],
  ["/mode +ov ann bob", /^MODE #a \+ov ann bob$/],
  ["/quote METADATA #a SET url :a b", /^METADATA #a SET url :a b$/],
  ["/list", /^LIST$/],
  ["/quit good night", /^QUIT :good night$/],
];

Deno.test("each command sends its line to the server", async () => {
  await using setup = await setUp();
  for (const [typed, sent] of COMMAND_LINES) {
    setup.screen.type(`${typed}\r`);
    await setup.peer.expect(sent);
    // `/join` has gone to another room.
    if (typed.startsWith("/join")) setup.screen.type("/join #a\r");
  }
});

Deno.test("a mode command with several nicks sends one MODE for each", async () => {
  await using setup = await setUp();
  setup.screen.type("/op bob eve\r");
  await setup.peer.expect(/^MODE #a \+o :?bob$/);
  await setup.peer.expect(/^MODE #a \+o :?eve$/);
});

Deno.test("a command with too few parameters shows its usage, and sends nothing", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("/msg bob\r");
  await screen.shows("/msg needs more parameters: /msg NICK TEXT");
  await peer.send("PING :nothing");
  await peer.expect(/^PONG/);
});

Deno.test("/search shows the messages found, or that there are none", async () => {
  await using setup = await setUp(new Screen(), `${ALL_CAPS} soju.im/search`);
  const { peer, screen } = setup;
  screen.type("/search tea; at five\r");
  await peer.expect(/^SEARCH in=#a;text=tea\\:\\sat\\sfive$/);
  await peer.send(
    ":irc.test BATCH +x soju.im/search",
    "@batch=x;msgid=1;time=2019-01-04T14:33:26.123Z :bob!u@h PRIVMSG #a :tea at five",
    ":irc.test BATCH -x",
    ":irc.test BATCH +y soju.im/search",
    ":irc.test BATCH -y",
  );
  await screen.shows("no messages found");
  const row = screen.rows.find((row) => row.includes("<bob>"));
  assert(/^2019-01-0\d \d\d:\d\d <bob> tea at five$/.test(row ?? ""), row);
});

Deno.test("/search shows an error if the server does not support it", async () => {
  await using setup = await setUp();
  setup.screen.type("/search tea\r");
  await setup.screen.shows("this server cannot search messages");
});
