import { assertEquals } from "@std/assert";
import { Session } from "../../../client/session/session.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeStream } from "../../support/fake_stream.ts";
import { inTime } from "../../support/patience.ts";
import { Recorder } from "../../support/recorder.ts";

Deno.test("a session in memory talks, loses its stream and comes back without any permission", {
  permissions: "none",
}, async () => {
  const streams = [new FakeStream(), new FakeStream()] as const;
  const [first, second] = streams;
  const dialed = streams.values();
  const told = new Recorder();
  const clock = new FakeClock();
  const session = new Session({
    host: "irc.test",
    port: 6697,
    nick: "ann",
    room: "#a",
    history: 0,
    clock,
    random: () => 1,
    dial: () => Promise.resolve(dialed.next().value ?? new FakeStream()),
  }, told);

  const starting = session.start();
  await inTime(first.letIn(), "the client");
  await starting;
  assertEquals((await told.take("members")).members, ["@bob", "ann"]);

  session.say("#a", "is anybody here?");
  await inTime(first.expect(/^PRIVMSG #a :is anybody here\?$/), "what was said");
  await first.answerPing();
  assertEquals((await told.take("message")).own, true);
  await first.say(":bob!u@h PRIVMSG #a :I am");
  assertEquals((await told.take("message")).text, "I am");

  first.close("the line broke");
  assertEquals((await told.take("disconnected")).reason, "the line broke");
  session.say("#a", "still there?");
  clock.advance(1000);
  await inTime(second.letIn(), "the client's return");
  await second.expect(/^PRIVMSG #a :still there\?$/);
  assertEquals(session.isConnected, true);

  const left = session.leave("bye");
  await second.expect(/^PING /);
  await second.expect(/^QUIT :bye$/);
  second.close("left");
  await left;
  assertEquals(clock.pending, 0);
});
