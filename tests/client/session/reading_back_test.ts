import { assertEquals } from "@std/assert";
import { BufferList } from "../../../client/session/buffer_list.ts";
import { Buffers } from "../../../client/session/buffers.ts";
import { isSpeech } from "../../../client/session/events.ts";
import { type PastBlock, ReadingBack } from "../../../client/session/reading_back.ts";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { missAnswer, setUp, started } from "../../support/session.ts";

/** A user in `#a`, who ignores `eve`, at a server with history and search. */
async function open() {
  const setup = setUp();
  const { session } = setup;
  const peer = await started(setup, `${ALL_CAPS} draft/chathistory soju.im/search`);
  const blocks: PastBlock[] = [];
  const texts: string[] = [];
  let shown = Promise.withResolvers<void>();
  const readingBack = new ReadingBack({
    session,
    buffers: new Buffers(() => session.state.isupport, new BufferList()),
    pageSize: () => 20,
    show: (block) => {
      blocks.push(block);
      shown.resolve();
    },
    hides: (event) => isSpeech(event) && event.nick === "eve",
    tell: (text) => {
      texts.push(text);
      shown.resolve();
    },
  });
  /** Resolves once something is shown. */
  const next = async () => {
    await shown.promise;
    shown = Promise.withResolvers();
  };
  /** Answers the next request, which must match `pattern`, with a message for each time. */
  const answer = async (pattern: RegExp, type: string, nick: string, times: readonly number[]) => {
    const { tags } = await peer.expect(pattern);
    await peer.send(
      `@label=${tags?.get("label")} :irc.test BATCH +b ${type}`,
      ...times.map((time) =>
        `@batch=b;time=${new Date(time).toISOString()};msgid=m${time} :${nick}!u@h PRIVMSG #a :tea`
      ),
      ":irc.test BATCH -b",
    );
  };
  return {
    ...setup,
    peer,
    readingBack,
    blocks,
    texts,
    next,
    answer,
    [Symbol.asyncDispose]: () => setup[Symbol.asyncDispose](),
  };
}

/** Returns 100 times after the first `pages` hundreds of times since `start`. */
function hundred(start: number, pages: number): number[] {
  return Array.from({ length: 100 }, (_, index) => start + pages * 100 + index);
}

Deno.test("of a day with countless messages, no more are read than are shown", async () => {
  await using user = await open();
  const { readingBack, answer, blocks, peer, session } = user;
  const start = new Date(2026, 10, 20);
  readingBack.day("#a", start, "2026-11-20");
  // The messages of an ignored user do not count.
  for (let page = 0; page < 12; page++) {
    const nick = page === 3 ? "eve" : "bob";
    await answer(/CHATHISTORY AFTER #a /, "chathistory #a", nick, hundred(start.getTime(), page));
  }
  await user.next();
  const [block] = blocks;
  assertEquals(block?.heading, "── 1000 messages in #a on 2026-11-20 ──");
  assertEquals([block?.messages.length, block?.after], [
    1000,
    "only the first 1000 messages of that day are shown",
  ]);
  // Nothing more was requested.
  session.say("#a", "barrier");
  await peer.expect(/PRIVMSG #a :barrier$/);
});

Deno.test("a lost request is not the end of a search", async () => {
  await using user = await open();
  const { readingBack, answer, blocks, texts, peer } = user;
  readingBack.search("#a", "tea");
  await answer(/ SEARCH in=#a;text=tea;limit=100$/, "soju.im/search", "bob", hundred(1000, 0));
  await user.next();
  const shown = () => blocks.at(-1)?.messages.length;
  for (let more = 0; more < 4; more++) {
    readingBack.moreResults();
    await user.next();
  }
  assertEquals([blocks.length, shown()], [5, 20]);
  readingBack.moreResults();
  await peer.expect(/ SEARCH in=#a;text=tea;limit=100;before=/);
  await missAnswer(user, peer);
  await user.next();
  assertEquals([blocks.length, texts], [5, ["the server did not answer"]]);
  readingBack.moreResults();
  await answer(/ SEARCH in=#a;.*before=/, "soju.im/search", "bob", [501, 502, 503]);
  await user.next();
  assertEquals([blocks.length, shown(), texts.length], [6, 3, 1]);
});
