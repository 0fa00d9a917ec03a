import { assertEquals } from "@std/assert";
import { askPassword } from "../../../client/terminal/password.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { Screen } from "../../support/screen.ts";

const TYPED: readonly (readonly [keys: string, password: string | undefined])[] = [
  ["sesame\r", "sesame"],
  ["pass wörd ünd 日本\n", "pass wörd ünd 日本"],
  ["sesamé\x7fe\r", "sesame"],
  ["wrong\x15sesame\r", "sesame"],
  ["\x1b[A\x1b[Dse\x01\tsame\r", "sesame"],
  ["\r\rsesame\r", "sesame"],
  ["sesame\x04\r", "sesame"],
  ["sesame\x03", undefined],
  ["\x04", undefined],
];

for (const [keys, password] of TYPED) {
  Deno.test(`typing ${JSON.stringify(keys)} gives the password ${password} and shows nothing of it`, async () => {
    await using screen = new Screen();
    const asked = askPassword("password: ", screen);
    await screen.shows("password:");
    assertEquals(screen.isRaw, true);
    for (const key of keys) screen.type(key);
    assertEquals(await asked, password);
    assertEquals(screen.all.join().trim(), "password:");
    assertEquals([screen.isRaw, screen.handlers], [false, 0]);
  });
}

Deno.test("a paste without an end does not keep the password prompt from being canceled", async () => {
  await using screen = new Screen();
  const clock = new FakeClock();
  const asked = askPassword("password: ", screen, clock);
  await screen.shows("password:");
  screen.type("\x1b[200~ses");
  for (let turn = 0; clock.pending === 0 && turn < 100; turn++) await Promise.resolve();
  clock.advance(1000);
  screen.type("ame\r");
  assertEquals(await asked, "sesame");
  assertEquals([clock.pending, screen.handlers], [0, 0]);
});

Deno.test("a signal or the end of input ends the password prompt", async () => {
  for (const end of ["SIGTERM", "SIGINT", "SIGHUP", undefined] as const) {
    await using screen = new Screen();
    const asked = askPassword("password: ", screen);
    await screen.shows("password:");
    screen.type("ses");
    if (end) screen.signal(end);
    else screen.close();
    assertEquals(await asked, undefined);
    assertEquals([screen.isRaw, screen.handlers], [false, 0]);
  }
});
