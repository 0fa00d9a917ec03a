import { assertEquals } from "@std/assert";
import { Paging } from "../../../client/page/paging.ts";
import { Timeline } from "../../../client/page/timeline.ts";
import { Buffer } from "../../../client/session/buffer.ts";
import { isSpeech } from "../../../client/session/events.ts";
import { ALL_CAPS, type Peer } from "../../support/fake_server.ts";
import { missAnswer, setUp, started } from "../../support/session.ts";

const CAPS = `${ALL_CAPS} draft/chathistory`;

/** The number of messages in a page. */
const PAGE = 40;

/** A user of the page who sees no message of the conversation `name`, and ignores `eve`. */
async function open(name = "#a") {
  const setup = setUp();
  const peer = await started(setup, CAPS);
  const buffer = new Buffer(name === "#a" ? "room" : "person", name, (one, other) => one === other);
  const timeline = new Timeline(buffer);
  const answers: string[] = [];
  const paging = new Paging({
    session: setup.session,
    timelineOf: () => timeline,
    hides: (event) => isSpeech(event) && event.nick === "eve",
    tell: (text) => answers.push(text),
    changed: () => {},
    changedRows: () => {},
  });
  return {
    ...setup,
    peer,
    timeline,
    answers,
    readEarlier: () => paging.readEarlier(buffer),
    readLater: () => paging.readLater(buffer),
    [Symbol.asyncDispose]: () => setup[Symbol.asyncDispose](),
  };
}

/** Answers the next request, which must match `pattern`, with messages of `nick`. */
async function answer(peer: Peer, pattern: RegExp, numbers: readonly number[], nick = "bob") {
  const { tags } = await peer.expect(pattern);
  await peer.send(
    `@label=${tags?.get("label")} :irc.test BATCH +b chathistory #a`,
    ...numbers.map((n) =>
      `@batch=b;time=${new Date(n * 1000).toISOString()};msgid=${n} :${nick}!u@h PRIVMSG #a :${n}`
    ),
    ":irc.test BATCH -b",
  );
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function idsOf({ items }: Timeline): (string | undefined)[] {
  return items.map(({ event: { id } }) => id);
}

Deno.test("a conversation with somebody who is not there, and never was, says so", async () => {
  await using page = await open("zoe");
  const { peer, timeline, answers } = page;
  const read = page.readEarlier();
  const { tags } = await peer.expect(/CHATHISTORY LATEST zoe \* 40$/);
  await peer.send(
    `@label=${
      tags?.get("label")
    } :irc.test FAIL CHATHISTORY INVALID_TARGET LATEST zoe :No such nick`,
  );
  await read;
  assertEquals([timeline.isWhole, answers], [true, [
    "nobody called zoe is here, and there are no earlier messages with them",
  ]]);
});

Deno.test("after a lost request, earlier messages are read when the user asks again", async () => {
  await using page = await open();
  const { peer, timeline, told } = page;
  const lost = page.readEarlier();
  await peer.expect(/CHATHISTORY LATEST #a \* 40$/);
  await missAnswer(page, peer);
  await lost;
  assertEquals([timeline.isWhole, timeline.isLoading], [false, false]);
  const cut = page.readEarlier();
  await peer.expect(/CHATHISTORY LATEST #a \* 40$/);
  peer.close();
  await cut;
  await told.take("disconnected");
  await page.readEarlier();
  assertEquals([timeline.isWhole, timeline.isLoading], [false, false]);
  page.session.reconnect();
  const next = await page.server.accept();
  await next.welcome({ caps: CAPS });
  await next.expect(/CHATHISTORY TARGETS/);
  await next.join("#a");
  await told.take("connected");
  const read = page.readEarlier();
  await answer(next, /CHATHISTORY LATEST #a \* 40$/, [1, 2]);
  await read;
  assertEquals([idsOf(timeline), timeline.isWhole], [["1", "2"], false]);
});

Deno.test("an empty page, or a refusal, is the beginning of the room", async () => {
  for (const isRefused of [false, true]) {
    await using page = await open();
    const { peer, timeline } = page;
    const first = page.readEarlier();
    await answer(peer, /CHATHISTORY LATEST #a \* 40$/, range(10, 10 + PAGE));
    await first;
    assertEquals([idsOf(timeline).at(0), timeline.isWhole], ["10", false]);
    const second = page.readEarlier();
    const pattern = /CHATHISTORY BEFORE #a msgid=10 40$/;
    if (isRefused) {
      const { tags } = await peer.expect(pattern);
      const label = tags?.get("label");
      await peer.send(`@label=${label} FAIL CHATHISTORY INVALID_TARGET BEFORE #a :no history`);
    } else await answer(peer, pattern, []);
    await second;
    assertEquals([idsOf(timeline).length, timeline.isWhole], [PAGE, true]);
  }
});

Deno.test("the page reads on over messages of ignored users, backward and forward", async () => {
  await using page = await open();
  const { peer, timeline } = page;
  const first = page.readEarlier();
  await answer(peer, /LATEST #a \* 40$/, range(100, 100 + PAGE), "eve");
  await answer(peer, /BEFORE #a msgid=100 40$/, range(60, 60 + PAGE), "eve");
  await answer(peer, /BEFORE #a msgid=60 40$/, range(20, 20 + PAGE));
  await first;
  assertEquals([idsOf(timeline), timeline.isWhole], [range(20, 60).map(String), false]);
  timeline.isCut = true;
  const later = page.readLater();
  await answer(peer, /AFTER #a msgid=59 40$/, range(60, 60 + PAGE), "eve");
  await answer(peer, /AFTER #a msgid=99 40$/, range(100, 140), "eve");
  await answer(peer, /AFTER #a msgid=139 40$/, [140, 141]);
  await later;
  assertEquals(idsOf(timeline), [...range(20, 60), 140, 141].map(String));
  assertEquals([timeline.isCut, timeline.isLoading], [false, false]);
});
