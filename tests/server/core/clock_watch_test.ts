import { assertEquals, assertMatch } from "@std/assert";
import { ClockWatch, keptTrial, TRIAL_MS } from "../../../server/core/clock_watch.ts";
import { openStore } from "../../../server/store/open.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { testOptions, TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const HOUR = 3_600_000;
const YEARS = 10 * 365 * 24 * HOUR;
const OPERATORS = { operators: [{ name: "root", password: "secret" }] };
const CAPS = "batch draft/chathistory echo-message message-tags server-time soju.im/search";

/** Says `text` in `#a`; returns the time of the message. */
async function say(client: IrcClient, text: string): Promise<number> {
  const [echo = ""] = await client.ask(`PRIVMSG #a :${text}`);
  return Date.parse(/time=([^; ]+)/.exec(echo)?.[1] ?? "");
}

/** Lets the server store what was said, and delete what is too old. */
function tidy(clock: FakeClock): void {
  for (let i = 0; i < 30; i++) clock.advance(100);
}

/** Returns the texts of the messages that the answer to `line` has. */
async function texts(client: IrcClient, line: string): Promise<string> {
  return (await client.askMessages(line)).filter(({ command }) => command === "PRIVMSG")
    .map(({ params }) => params[1]).join("");
}

Deno.test("after a leap of the clock, nobody is disconnected, and operators and the log are told", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada");
  await ada.ask("OPER root secret");
  await ada.ask("MODE ada +s");
  for (const [ms, direction] of [[HOUR, "forward"], [-HOUR, "back"]] as const) {
    server.log.splice(0);
    server.clock.turn(ms);
    server.clock.advance(100);
    assertMatch(
      (await ada.heard()).join(),
      new RegExp(`clock of the server leapt ${direction} by 1h`),
    );
    assertEquals(server.log, [["the clock leapt", { direction, by: "1h" }]]);
  }
});

Deno.test("a process that was stopped reads its input before it disconnects anybody", async () => {
  await using server = await TestServer.start({
    limits: { pingSeconds: 60, registrationSeconds: 30 },
  });
  const ada = await server.register("ada");
  const bob = await server.connect();
  await bob.ask("CAP LS 302");
  server.clock.stall(240_000);
  server.clock.advance(100);
  assertEquals(await ada.heard(), []);
  await bob.introduce({ nick: "bob" });
  server.clock.advance(60_000);
  assertEquals(await ada.heard(), ["PING chat.test"]);
});

Deno.test("after a leap is corrected, times are right again, and ids still ascend", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  const start = server.clock.now();
  const lines: string[] = [];
  const times: number[] = [];
  for (const [index, ms] of [0, YEARS, 1000 - YEARS, 1000, 1000].entries()) {
    server.clock.turn(ms);
    server.clock.advance(100);
    const [echo = ""] = await ada.ask(`PRIVMSG #a :${index}`);
    lines.push(/msgid=([^; ]+)/.exec(echo)?.[1] ?? "");
    times.push(Date.parse(/time=([^; ]+)/.exec(echo)?.[1] ?? "") - start);
  }
  assertEquals(times, [100, YEARS + 200, 1300, 2400, 3500]);
  assertEquals(lines, lines.toSorted());
});

Deno.test("history is found by time while ids run ahead of the clock", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  await say(ada, "0");
  server.clock.turn(YEARS);
  await say(ada, "x");
  server.clock.turn(-YEARS);
  const times = [0];
  for (let i = 1; i < 20; i++) {
    server.clock.turn(60_000);
    times.push(await say(ada, String.fromCharCode(96 + i)));
  }
  // The words of a message are indexed later.
  server.clock.advance(10_000);
  const at = (index: number) => new Date(times[index] ?? 0).toISOString();
  const all = "abcdefghijklmnopqrs";
  for (const index of [2, 7, 18, 19]) {
    const [before, after] = [all.slice(0, index - 1), all.slice(index)];
    const page = (name: string) => texts(ada, `CHATHISTORY ${name} #a timestamp=${at(index)} 30`);
    assertEquals(await page("BEFORE"), `0x${before}`);
    assertEquals(await page("AFTER"), after);
    assertEquals(await page("LATEST"), after);
    assertEquals(await texts(ada, `SEARCH in=#a;after=${at(index)}`), all.slice(index - 1));
    const found = await texts(ada, `SEARCH in=#a;before=${at(index)}`);
    assertEquals(found, `0${all.slice(0, index)}`);
  }
  assertEquals(await texts(ada, `CHATHISTORY BEFORE #a timestamp=${at(1)} 30`), "0x");
  const between = `CHATHISTORY BETWEEN #a timestamp=${at(3)} timestamp=${at(6)} 30`;
  assertEquals(await texts(ada, between), "de");
  const targets = await ada.ask(
    `CHATHISTORY TARGETS timestamp=${at(18)} timestamp=2030-01-01T00:00:00.000Z 5`,
  );
  assertMatch(targets.join(), new RegExp(`TARGETS #a ${at(19)}`));
});

Deno.test("a leap deletes no history, and messages that become old later are deleted as usual", async () => {
  await using server = await TestServer.start({
    keepMs: 2 * HOUR,
    limits: { pingSeconds: 86_400 },
  });
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  await say(ada, "0");
  tidy(server.clock);
  server.clock.turn(YEARS);
  await say(ada, "1");
  tidy(server.clock);
  assertEquals(await texts(ada, "CHATHISTORY LATEST #a * 9"), "01");
  server.clock.turn(-YEARS);
  await say(ada, "2");
  tidy(server.clock);
  assertEquals(await texts(ada, "CHATHISTORY LATEST #a * 9"), "012");
  for (let hour = 0; hour < 3; hour++) {
    server.clock.advance(HOUR);
    await say(ada, String(3 + hour));
  }
  tidy(server.clock);
  assertEquals(await texts(ada, "CHATHISTORY LATEST #a * 9"), "45");
});

Deno.test("a leap counts for deletions once the server has run with it for a day", () => {
  const clock = new FakeClock();
  const watch = new ClockWatch(clock, undefined);
  const late = () => (clock.now() - watch.deletionTime) / HOUR;
  clock.turn(5 * HOUR);
  assertEquals([watch.check(), watch.check(), late()], [5 * HOUR, undefined, 5]);
  clock.advance(TRIAL_MS / 2);
  clock.turn(HOUR);
  assertEquals([watch.check(), late()], [HOUR, 6]);
  clock.advance(TRIAL_MS - 1);
  assertEquals([watch.check(), late()], [undefined, 6]);
  clock.advance(1);
  assertEquals([watch.check(), late()], [undefined, 0]);
  clock.turn(-HOUR);
  assertEquals([watch.check(), late()], [-HOUR, 0]);
  clock.turn(HOUR);
  assertEquals([watch.check(), late()], [HOUR, 1]);
});

Deno.test("a long time since the latest event of an earlier run counts as a leap", () => {
  const clock = new FakeClock();
  const late = (latest: number) => clock.now() - new ClockWatch(clock, latest).deletionTime;
  assertEquals(late(clock.now() - HOUR), 0);
  assertEquals(late(clock.now() - YEARS), YEARS);
  assertEquals(late(clock.now() + YEARS), 0);
});

Deno.test("a stop of the process does not count as a leap", () => {
  const clock = new FakeClock();
  const watch = new ClockWatch(clock, undefined);
  clock.stall(HOUR);
  assertEquals([watch.check(), clock.now() - watch.deletionTime], [undefined, 0]);
});

Deno.test("a start with a wrong clock deletes nothing, even if ids ran ahead of the clock before", async () => {
  using folder = new TempFolder();
  const options = { data: folder.path, keepMs: 2 * HOUR, memory: false };
  {
    await using server = await TestServer.start(options);
    const ada = await server.register("ada", { caps: CAPS, join: "#a" });
    for (const [text, ms] of [["0", YEARS], ["1", -YEARS], ["2", 0]] as const) {
      await say(ada, text);
      // Each message must be in a block of its own, because a block is deleted whole.
      tidy(server.clock);
      server.clock.turn(ms);
    }
  }
  const clock = new FakeClock(Date.UTC(2026, 0, 1) + YEARS);
  await using server = await TestServer.start(options, { clock });
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  tidy(clock);
  assertEquals(await texts(ada, "CHATHISTORY LATEST #a * 9"), "012");
});

Deno.test("a leap stays on trial after restarts, and is over after a day in all", () => {
  const store = openStore(testOptions());
  const clock = new FakeClock();
  const start = () => new ClockWatch(clock, clock.now(), keptTrial(store));
  const late = (watch: ClockWatch) => clock.now() - watch.deletionTime;
  let watch = start();
  clock.turn(YEARS);
  for (let run = 0; run < 3; run++) {
    if (run > 0) watch = start();
    watch.check();
    assertEquals(late(watch), YEARS);
    watch.keep(store);
    clock.advance(TRIAL_MS / 3);
    watch.check();
    watch.keep(store);
  }
  assertEquals(keptTrial(store), undefined);
  assertEquals(late(start()), 0);
  store.close();
});

Deno.test("a trial ends at a start with the right clock", () => {
  const store = openStore(testOptions());
  const clock = new FakeClock();
  const watch = new ClockWatch(clock, clock.now());
  clock.turn(YEARS);
  watch.check();
  watch.keep(store);
  clock.turn(HOUR - YEARS);
  const next = new ClockWatch(clock, clock.now() + YEARS, keptTrial(store));
  assertEquals(clock.now() - next.deletionTime, 0);
  next.keep(store);
  assertEquals(keptTrial(store), undefined);
  store.close();
});
