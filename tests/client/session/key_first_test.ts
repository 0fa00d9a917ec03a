import { assertEquals } from "@std/assert";
import { Session } from "../../../client/session/session.ts";
import { base64 } from "../../support/irc_client.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeStream } from "../../support/fake_stream.ts";
import { ADA } from "../../support/people.ts";
import { Recorder } from "../../support/recorder.ts";

/** Starts a session that knows a password, on a connection that shows a key or not. */
async function begin(showsKey: boolean) {
  const stream = Object.assign(new FakeStream(), { showsKey });
  const worked: string[] = [];
  const session = new Session({
    host: "irc.test",
    port: 7342,
    nick: "ann",
    history: 0,
    clock: new FakeClock(),
    random: () => 1,
    dial: () => Promise.resolve(stream),
    login: { ...ADA, keyWorked: () => worked.push("key") },
  }, new Recorder());
  const started = session.start();
  await stream.expect(/^CAP LS 302$/);
  await stream.expect(/^NICK ann$/);
  await stream.expect(/^USER /);
  await stream.say(":irc.test CAP * LS :sasl=EXTERNAL,SCRAM-SHA-256");
  await stream.expect(/^CAP REQ :?sasl$/);
  await stream.say(":irc.test CAP * ACK :sasl");
  return { stream, worked, started };
}

/** Answers EXTERNAL with these lines. */
async function answerKey(stream: FakeStream, ...lines: string[]): Promise<void> {
  await stream.expect(/^AUTHENTICATE EXTERNAL$/);
  await stream.say("AUTHENTICATE +");
  await stream.expect(new RegExp(`^AUTHENTICATE ${base64("ada")}$`));
  await stream.say(...lines);
}

Deno.test("a key that logs in makes the password unnecessary", async () => {
  const { stream, worked, started } = await begin(true);
  await answerKey(stream, ":irc.test 900 ann ann!u@h ada :In", ":irc.test 903 ann :Done");
  await stream.expect(/^CAP END$/);
  assertEquals(worked, ["key"]);
  await stream.say(":irc.test 001 ann :Welcome");
  await stream.answerPing();
  await started;
});

Deno.test("a key that the server does not know is followed by the password", async () => {
  const { stream, worked } = await begin(true);
  await answerKey(stream, ":irc.test 904 ann :Unknown");
  await stream.expect(/^AUTHENTICATE SCRAM-SHA-256$/);
  assertEquals(worked, []);
});

Deno.test("without a key, the password is used at once", async () => {
  const { stream, worked } = await begin(false);
  await stream.expect(/^AUTHENTICATE SCRAM-SHA-256$/);
  assertEquals(worked, []);
});
