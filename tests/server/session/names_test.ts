import { assert, assertEquals } from "@std/assert";
import { changeHost, newChannel, newUser } from "../../../server/state/mutable_state.ts";
import { Caps } from "../../../server/irc/capabilities.ts";
import { namesSteps } from "../../../server/session/channel_view.ts";
import { keptLines, NameLines, type NamesForm } from "../../../server/session/names.ts";
import { TestServer } from "../../support/server.ts";

const user = (nick: string) =>
  newUser({
    type: "Connected",
    id: "00000000001",
    time: 0,
    by: { id: 1, nick, mask: `${nick}!~${nick}@127.0.0.1` },
    username: `~${nick}`,
    host: "127.0.0.1",
    realname: nick,
  });

const FORM: NamesForm = { hasAllPrefixes: false, hasMasks: false, lineLength: 12 };

/** Returns a channel with members who have these nicks. */
function channelOf(...nicks: readonly string[]) {
  const channel = newChannel("#a", { createdAt: 0, startId: undefined });
  const users = nicks.map(user);
  for (const each of users) channel.members.set(each, "");
  return { channel, users };
}

/** Returns all names of `channel`, each line whole. */
function linesOf(channel: ReturnType<typeof newChannel>, form = FORM): string[] {
  const names = keptLines(channel, form);
  while (names.extend(1));
  return [...names.lines];
}

Deno.test("a line of names has as many as fit", () => {
  const { channel } = channelOf("ada", "bob", "eve", "mallory", "a-nick-of-its-own-line", "x");
  assertEquals(linesOf(channel), [
    "ada bob eve",
    "mallory",
    "a-nick-of-its-own-line",
    "x",
  ]);
});

Deno.test("names are kept while members join, and made anew after one leaves or changes", () => {
  const { channel, users: [ada, bob] } = channelOf("ada", "bob");
  assert(ada && bob);
  const names = keptLines(channel, FORM);
  assertEquals(linesOf(channel), ["ada bob"]);
  channel.members.set(user("eve"), "");
  channel.members.set(user("kim"), "ov");
  assertEquals(linesOf(channel), ["ada bob eve", "@kim"]);
  assert(keptLines(channel, FORM) === names);
  channel.members.set(bob, "v");
  assertEquals(names.isCurrent, false);
  assertEquals(linesOf(channel), ["ada +bob eve", "@kim"]);
  channel.members.delete(ada);
  assertEquals(linesOf(channel), ["+bob eve", "@kim"]);
});

Deno.test("names in several forms are kept beside each other", () => {
  const { channel, users: [ada] } = channelOf("ada");
  assert(ada);
  channel.members.set(ada, "ov");
  const other = { hasAllPrefixes: true, hasMasks: true, lineLength: 100 };
  const kept = [keptLines(channel, FORM), keptLines(channel, other)];
  assertEquals([linesOf(channel), linesOf(channel, other)], [["@ada"], ["@+ada!~ada@127.0.0.1"]]);
  assertEquals([keptLines(channel, FORM), keptLines(channel, other)], kept);
});

Deno.test("a change of host makes names anew", () => {
  const { channel, users: [ada] } = channelOf("ada");
  assert(ada);
  ada.channels.add(channel);
  const form = { ...FORM, hasMasks: true };
  assertEquals(linesOf(channel, form), ["ada!~ada@127.0.0.1"]);
  changeHost(ada, {
    type: "HostChanged",
    id: "00000000002",
    time: 0,
    by: ada.actor,
    username: "~a",
    host: "b.test",
  });
  assertEquals(linesOf(channel, form), ["ada!~a@b.test"]);
});

Deno.test("names that are not kept match the members at each step", () => {
  const { channel: { members }, users: [ada, bob, eve] } = channelOf("ada", "bob", "eve");
  assert(ada && bob && eve);
  const names = new NameLines(members, FORM, (member) => member !== ada);
  assert(names.extend(2));
  members.delete(bob);
  members.delete(eve);
  members.set(user("kim"), "");
  assertEquals(names.extend(9), false);
  assertEquals(names.lines, ["bob kim"]);
});

/** Returns an answer to NAMES of many members, and the lines of it so far. */
function answerOfMany() {
  const nicks = Array.from({ length: 250 }, (_, i) => `member${i}`);
  const { channel, users } = channelOf("ada", ...nicks);
  const [ada, first] = users;
  assert(ada && first);
  const lines: string[] = [];
  const client = {
    caps: Caps.none,
    context: { options: { name: "chat.test" } },
    reply: (_numeric: string, ...params: readonly string[]) => lines.push(params.at(-1) ?? ""),
  };
  const steps = namesSteps(client, ada, channel);
  const shown = () => lines.slice(0, -1).flatMap((line) => line.split(" "));
  return { channel, ada, first, nicks, steps, lines, shown };
}

Deno.test("NAMES has a step for each line", () => {
  const { nicks, steps, lines, shown } = answerOfMany();
  let most = 0;
  for (let before = 0; !steps.next().done; before = lines.length) {
    most = Math.max(most, lines.length - before);
  }
  assertEquals(shown(), ["ada", ...nicks]);
  assertEquals(most, 1);
});

Deno.test("if a member leaves between the steps of NAMES, all are listed again", () => {
  const { channel, first, nicks, steps, lines, shown } = answerOfMany();
  while (lines.length < 2) steps.next();
  const before = shown().length + (lines.at(-1) ?? "").split(" ").length;
  channel.members.delete(first);
  channel.members.set(user("late"), "");
  while (!steps.next().done);
  assertEquals(shown().slice(before), ["ada", ...nicks.slice(1), "late"]);
});

Deno.test("a viewer who leaves a secret channel between the steps of NAMES is shown no more", () => {
  const { channel, ada, steps, lines } = answerOfMany();
  channel.flags.add("s");
  while (lines.length < 2) steps.next();
  channel.members.delete(ada);
  while (!steps.next().done);
  assertEquals(lines.length, 3, "the end of the list follows");
});

Deno.test("NAMES and JOIN show the current members after any changes", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const names = async () => (await ada.ask("NAMES #a"))[0]?.split(" :")[1];
  const bob = await server.register("bob", { join: "#a" });
  assertEquals(await names(), "@ada bob");
  await ada.ask("MODE #a +v bob");
  assertEquals(await names(), "@ada +bob");
  await bob.ask("NICK rob");
  assertEquals(await names(), "@ada +rob");
  const eve = await server.register("eve", { join: "#a" });
  assertEquals(await names(), "@ada +rob eve");
  await ada.ask("KICK #a rob");
  assertEquals(await names(), "@ada eve");
  await eve.ask("PART #a");
  assertEquals((await eve.ask("JOIN #a")).slice(-2), [
    ":chat.test 353 eve = #a :@ada eve",
    ":chat.test 366 eve #a :End of NAMES list",
  ]);
  await eve.send("QUIT");
  await eve.untilEnd();
  assertEquals(await names(), "@ada");
});
