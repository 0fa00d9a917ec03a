import { assertEquals } from "@std/assert";
import type { Speech } from "../../../client/session/events.ts";
import { asMissed, asPast, type FindPosition, Missed } from "../../../client/session/missed.ts";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { BreakableSocket } from "../../support/breakable_socket.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { Random } from "../../support/random.ts";
import { Recorder } from "../../support/recorder.ts";
import { TestServer } from "../../support/server.ts";
import { sessionAt, setUp } from "../../support/session.ts";

/** Returns a private message to the user with text and msgid `id`, sent at the time `id`. */
function said(id: number, nick = "bob"): Speech {
  const about = { nick, to: "ann", own: false, forMe: true };
  return { type: "message", time: id, id: String(id), text: String(id), ...about };
}

function missed(max?: number, reading?: FindPosition): Missed {
  const times = [50_000];
  const isRoom = (name: string) => name.startsWith("#");
  return new Missed(() => times.pop() ?? 100_000, isRoom, reading, max);
}

/** Returns the request for targets since 00:`since`. */
function targetsRequest(since: string, limit: number) {
  const until = "timestamp=9999-12-31T23:59:59.999Z";
  return ["TARGETS", `timestamp=1970-01-01T00:${since}.000Z`, until, String(limit)];
}

Deno.test("targets are requested since a little before the last message shown", () => {
  const subject = missed();
  assertEquals(subject.passes(said(55_000)), true);
  assertEquals(subject.reconnected(5), { show: [], request: targetsRequest("00:45", 5) });
});

Deno.test("targets are requested since the start of the session if no message was shown", () => {
  const subject = missed();
  const { id: _, ...local } = said(99_000);
  subject.passes(local);
  assertEquals(subject.reconnected(5).request, targetsRequest("00:40", 5));
});

Deno.test("conversations are requested one by one, and messages that arrive meanwhile are held", () => {
  const subject = missed();
  subject.passes(said(55_000));
  subject.reconnected(3);
  assertEquals(subject.passes(said(61_002)), false);
  const found = [{ name: "#a", time: 58_000 }, { name: "bob", time: 60_500 }];
  assertEquals(subject.targets(found), {
    show: [],
    request: ["AFTER", "bob", "timestamp=1970-01-01T00:00:45.000Z", "3"],
  });
  assertEquals(subject.passes(said(61_003)), false);
  const page = [said(55_000), said(58_000), said(60_500)];
  assertEquals(subject.page("bob", page), {
    show: [said(58_000), said(60_500)].map(asMissed),
    request: ["AFTER", "bob", "msgid=60500", "3"],
  });
  const rest = [said(61_002)];
  assertEquals(subject.page("bob", rest), {
    show: [...rest.map(asMissed), said(61_003)],
    request: undefined,
    caughtUp: "bob",
  });
  assertEquals(subject.passes(said(62_000)), true);
});

Deno.test("with a limit, the newest messages of each person are read, each once", () => {
  const subject = missed(3);
  subject.passes(said(55_000));
  subject.reconnected(2);
  subject.targets([{ name: "bob", time: 60_500 }, { name: "eve", time: 60_700 }]);
  const request = ["LATEST", "bob", "timestamp=1970-01-01T00:00:45.000Z", "2"];
  assertEquals(subject.targets([]).request, request);
  assertEquals(subject.page("bob", [said(60_000), said(60_500)]), {
    show: [],
    request: ["BETWEEN", "bob", "msgid=60000", "timestamp=1970-01-01T00:00:45.000Z", "1"],
  });
  const next = subject.page("bob", [said(59_000)]);
  assertEquals(next, {
    show: [
      { ...asMissed(said(59_000)), isAfterGap: true },
      ...[said(60_000), said(60_500)].map(asMissed),
    ],
    request: ["LATEST", "eve", "timestamp=1970-01-01T00:00:45.000Z", "2"],
    caughtUp: "bob",
  });
  const { show } = subject.page("eve", [said(60_700, "eve")]);
  assertEquals(show, [{ ...asMissed(said(60_700, "eve")) }]);
});

Deno.test("the next request begins at the last message shown by the one before", () => {
  const subject = missed();
  subject.reconnected(5);
  subject.targets([{ name: "bob", time: 70_000 }]);
  subject.page("bob", [said(70_000)]);
  assertEquals(subject.reconnected(5).request?.[1], "timestamp=1970-01-01T00:01:00.000Z");
});

Deno.test("at the start, all conversations are listed, and those with unread messages are read", () => {
  const positions = new Map([["bob", { time: 60_000 }], ["eve", { time: 60_000 }]]);
  const subject = missed(undefined, (name) => positions.get(name));
  assertEquals(subject.reconnected(9, 65_000).request, targetsRequest("00:00", 9));
  const persons = [
    { name: "cy", time: 50_000 },
    { name: "bob", time: 60_000 },
    { name: "eve", time: 60_500 },
  ];
  assertEquals(subject.targets([{ name: "#a", time: 40_000 }, ...persons]), {
    show: [],
    request: ["AFTER", "eve", "timestamp=1970-01-01T00:01:00.000Z", "9"],
    conversations: persons,
  });
  assertEquals(subject.page("eve", [said(60_500, "eve")]), {
    show: [asMissed(said(60_500, "eve"))],
    request: undefined,
    caughtUp: "eve",
  });
});

Deno.test("in the first session, what the user has not answered counts as unread", () => {
  const subject = missed();
  subject.reconnected(3, 0);
  const zero = "timestamp=1970-01-01T00:00:00.000Z";
  const found = [{ name: "bob", time: 60_002 }];
  assertEquals(subject.targets(found).request, ["LATEST", "bob", zero, "3"]);
  const own = { ...said(60_001, "ann"), to: "bob", own: true, forMe: false };
  assertEquals(
    subject.page("bob", [said(60_000), own, said(60_002)], {
      count: 3,
      first: said(60_000),
      last: said(60_002),
      isEnd: true,
    }).show,
    [asPast(said(60_000)), asPast(own), asMissed(said(60_002))],
  );
});

Deno.test("more targets are requested if one reply does not name all", () => {
  const subject = missed();
  subject.reconnected(2);
  const one = [{ name: "bob", time: 51_000 }, { name: "eve", time: 52_001 }];
  assertEquals(subject.targets(one).request, targetsRequest("00:52", 2));
  const other = [{ name: "eve", time: 52_001 }, { name: "zoe", time: 53_000 }];
  subject.targets(other);
  assertEquals(subject.targets([{ name: "zoe", time: 53_000 }]).request?.[1], "bob");
  assertEquals(subject.page("bob", []).request?.[1], "eve");
  assertEquals(subject.refused().request?.[1], "zoe");
  assertEquals(subject.page("zoe", []), { show: [], request: undefined, caughtUp: "zoe" });
});

Deno.test("a server that repeats the same targets is asked for no more of them", () => {
  const subject = missed();
  subject.reconnected(1);
  const same = [{ name: "bob", time: 51_001 }];
  assertEquals(subject.targets(same).request, targetsRequest("00:51", 1));
  assertEquals(subject.targets(same).request?.[0], "AFTER");
});

Deno.test("at most a thousand targets are requested", () => {
  const subject = missed();
  subject.reconnected(100);
  const people = Array.from({ length: 1000 }, (_, i) => ({ name: `p${i}`, time: 51_000 + i }));
  const asked = Array.from({ length: 10 }, (_, i) => {
    const found = people.slice(i * 100, i * 100 + 100);
    return subject.targets(found).request?.[0];
  });
  assertEquals(asked, [...Array(9).fill("TARGETS"), "AFTER"]);
});

Deno.test("a message from the future does not hide what was missed", () => {
  const subject = missed();
  subject.passes(said(Date.UTC(2036, 0, 1)));
  assertEquals(subject.reconnected(5).request, targetsRequest("01:30", 5));
  subject.targets([{ name: "bob", time: Date.UTC(2036, 0, 1) }]);
  assertEquals(subject.page("bob", [said(Date.UTC(2036, 0, 1)), said(99_000)]).show, [
    asMissed(said(99_000)),
  ]);
  assertEquals(subject.reconnected(5).request, targetsRequest("01:30", 5));
});

Deno.test("held messages survive a lost connection, and are shown if there is no history", () => {
  const subject = missed();
  subject.reconnected(5);
  subject.passes(said(61_000));
  subject.reconnected(5);
  subject.passes(said(62_000));
  assertEquals(subject.reconnected(undefined), { show: [said(61_000), said(62_000)] });
  assertEquals(subject.passes(said(64_000)), true);
});

Deno.test("messages not yet shown when the connection breaks are requested again", () => {
  const subject = missed();
  subject.passes(said(55_000));
  subject.reconnected(1);
  subject.passes(said(61_000));
  subject.targets([{ name: "bob", time: 56_000 }]);
  assertEquals(subject.page("bob", [said(56_000)]).show, [asMissed(said(56_000))]);
  assertEquals(subject.reconnected(1).request?.[1], "timestamp=1970-01-01T00:00:45.000Z");
  subject.targets([{ name: "bob", time: 61_000 }]);
  subject.targets([]);
  assertEquals(subject.page("bob", [said(56_000)]).show, []);
});

Deno.test("a message without a msgid is shown once, too", () => {
  const subject = missed();
  const { id: _, ...notice } = said(61_000, "NickServ");
  subject.reconnected(5);
  subject.passes(notice);
  assertEquals(subject.targets([]), { show: [notice] });
  subject.reconnected(5);
  assertEquals(subject.targets([]), { show: [] });
});

Deno.test("unrequested targets cause no request", () => {
  const found = [{ name: "bob", time: 60_000 }];
  assertEquals(missed().targets(found), { show: [] });
});

Deno.test("a limited number of shown messages is remembered", () => {
  const subject = missed();
  const all = Array.from({ length: 10_001 }, (_, i) => ({ ...said(60_000), id: String(i) }));
  for (const event of all) subject.passes(event);
  subject.reconnected(20_000);
  subject.targets([{ name: "bob", time: 60_000 }]);
  assertEquals(subject.page("bob", all).show, all.slice(0, 1).map(asMissed));
});

Deno.test("a server that refuses TARGETS is asked no more, and held messages are shown", async () => {
  await using setup = setUp({});
  const caps = `${ALL_CAPS} draft/chathistory`;
  const starting = setup.session.start();
  const first = await setup.server.accept();
  await first.welcome({ caps });
  await starting;
  first.close();
  await setup.told.take("disconnected");
  setup.clock.advance(1000);
  const peer = await setup.server.accept();
  await peer.welcome({ caps });
  await peer.expect(/^CHATHISTORY TARGETS timestamp=\S+Z timestamp=\S+Z 100$/);
  await peer.send(
    ":bob!u@h PRIVMSG ann :psst",
    ":irc.test FAIL CHATHISTORY INVALID_PARAMS TARGETS :Unknown command",
  );
  assertEquals((await setup.told.take("message")).text, "psst");
  assertEquals(setup.told.events.filter(({ type }) => type === "answer"), []);
});

/** A user who sends numbers to Ada in private. */
class Talker {
  readonly said: string[] = [];
  readonly #client: IrcClient;
  readonly #nick: string;

  constructor(client: IrcClient, nick: string) {
    this.#client = client;
    this.#nick = nick;
  }

  async say(count: number): Promise<void> {
    const texts = Array.from({ length: count }, (_, i) => `${this.#nick} ${this.said.length + i}`);
    this.said.push(...texts);
    await this.#client.send(...texts.map((text) => `PRIVMSG ada :${text}`));
    await this.#client.heard();
  }
}

for (const maxMissed of [undefined, 10_000]) {
  const limit = maxMissed === undefined ? "" : " with a limit";
  Deno.test(`every private message is shown once however often the connection breaks${limit}`, async () => {
    await using server = await TestServer.start();
    const account = await server.register("ada");
    await account.ask("REGISTER * * sesame");
    await account.send("QUIT");
    await account.untilEnd();
    const bob = await server.register("bob");
    const talkers = [new Talker(bob, "bob"), new Talker(await server.register("eve"), "eve")];
    const random = new Random(5);
    const told = new Recorder();
    const clock = new FakeClock();
    let socket: BreakableSocket | undefined;
    const session = sessionAt(server.port, told, {
      nick: "ada",
      login: { account: "ada", password: "sesame" },
      clock,
      ...(maxMissed !== undefined && { maxMissed }),
      dial: async (hostname, port, signal) =>
        socket = new BreakableSocket(await Deno.connect({ hostname, port, signal })),
    });
    await session.start();
    await told.take("connected");
    const say = async (most: number): Promise<void> => {
      for (const talker of talkers) await talker.say(random.below(most));
    };
    for (let round = 0; round < 6; round++) {
      server.clock.advance(20_000);
      await say(20);
      socket?.break();
      await say(150);
      await told.take("disconnected");
      await server.until(() => server.server.counts.users === 2, bob);
      await say(20);
      clock.advance(60_000);
      await told.take("connected");
      await say(20);
    }
    const all = talkers.flatMap(({ said }) => said);
    const shown: string[] = [];
    while (shown.length < all.length) shown.push((await told.take("message")).text);
    for (const { said: [first = "", ...more] } of talkers) {
      const [name = ""] = first.split(" ");
      assertEquals(shown.filter((text) => text.startsWith(name)), [first, ...more]);
    }
    await session.leave("");
    assertEquals(told.events.filter(({ type }) => type === "message"), []);
  });
}
