import { assertEquals } from "@std/assert";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { processorTime } from "../../support/processor_time.ts";
import { setUp, started } from "../../support/session.ts";

/** The types of batches in which servers send earlier messages. */
const TYPES = ["chathistory #a", "znc.in/playback #a"];

for (const type of TYPES) {
  Deno.test(`a batch ${type.split(" ")[0]} changes neither rooms nor nicks, whatever events it has`, async () => {
    await using setup = setUp();
    const { session, told } = setup;
    const peer = await started(setup, ALL_CAPS);
    await peer.send(":irc.test NOTE X Y :joined");
    await told.take("answer");
    const before = session.state.rooms.get("#a")?.listing;
    await peer.send(
      `:irc.test BATCH +x ${type}`,
      "@batch=x;msgid=1 :ann!old@host PART #a :gone",
      "@batch=x;msgid=2 :op!u@h KICK #a ann :out",
      "@batch=x;msgid=3 :ann!u@h NICK :other",
      "@batch=x;msgid=4 :ann!u@h JOIN #b",
      "@batch=x;msgid=5 :op!u@h MODE #a -o op",
      "@batch=x :irc.test BATCH +inner draft/multiline #a",
      "@batch=inner :ann!u@h PART #a",
      "@batch=inner :bob!u@h PRIVMSG #a :said",
      ":irc.test BATCH -inner",
      "@batch=x :ann!u@h QUIT :bye",
      ":irc.test BATCH -x",
      ":irc.test NOTE X Y :all there",
    );
    assertEquals((await told.take("message")).text, "said");
    await told.take("answer");
    assertEquals([session.state.nick, session.state.source], ["ann", "ann!u@h"]);
    assertEquals(session.state.rooms.get("#a")?.listing, before);
    assertEquals(session.state.rooms.get("#b"), undefined);
    session.say("#a", "still here");
    await peer.expect(/PRIVMSG #a :still here$/);
    assertEquals(told.events.filter(({ type }) => type === "part" || type === "kick"), []);
  });
}

Deno.test("being put into ten thousand rooms takes no more than a moment", async () => {
  await using setup = setUp();
  const { session, told } = setup;
  const peer = await started(setup);
  const rooms = Array.from({ length: 10_000 }, (_, i) => `#room${i}`);
  const spent = processorTime();
  await peer.send(...rooms.map((room) => `:ann!u@h JOIN ${room}`), ":irc.test NOTE X Y :there");
  while ((await told.take("answer")).text !== "there");
  const ms = spent();
  assertEquals([...session.state.rooms].length, 10_001);
  assertEquals(ms < 2000, true, `${ms} ms`);
});
