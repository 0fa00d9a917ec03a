/**
 * Records two clients at a server: the screen of one of them, 80×24 cells, as an animated picture.
 * The names and times are fixed, so that the picture is the same each time.
 *
 * @module
 */

import { connect } from "../client.ts";
import { connectOptions } from "../client/cli/options.ts";
import { FakeClock } from "../tests/support/fake_clock.ts";
import { Screen } from "../tests/support/screen.ts";
import { TestServer } from "../tests/support/server.ts";
import { type Frame, svg } from "./svg.ts";

/** The path of the picture. */
export const PATH = "docs/session.svg";

const COLUMNS = 80;
const ROWS = 24;

/**
 * The time of day on all clocks, in the local time zone, so that the picture shows the same time on
 * each machine.
 */
const START = new Date(2026, 10, 20, 16, 10).getTime();

/**
 * The steps: the client that types, its keys, the text that ada's screen then shows, and the time
 * for which the picture shows it, in milliseconds.
 */
const STEPS: readonly (readonly [typist: "ada" | "bob", keys: string, seen: string, ms: number])[] =
  [
    ["bob", "is the kettle on?\r", "<bob> is the kettle on?", 1500],
    ["ada", "it is, come ovre", "[#lobby] it is, come ovre", 1000],
    ["ada", "\r", "<ada> it is, come ovre", 1000],
    ["ada", "/edit it is, come over", "[#lobby] /edit it is, come over", 1200],
    ["ada", "\r", "it is, come over (edited)", 1200],
    ["bob", "/react 👍\r", "👍 1 on <ada> it is", 1500],
    ["bob", "/reply with or without milk?\r", "] with or without milk?", 1500],
    ["bob", "/join #cake\r/topic one slice each\r/go lobby\r", "[#lobby]", 300],
    ["bob", "/msg ada the carrot cake is for you\r", "bob wrote to you", 2000],
    ["ada", "\x1b2", "── bob ──", 2000],
    ["ada", "thank you!\r", "<ada> thank you!", 1500],
    ["ada", "/join #cake\r", "in #cake:", 2000],
    ["ada", "\x1b1", "── #lobby ──", 2500],
  ];

/** Returns the picture. */
export async function record(): Promise<string> {
  await using server = await TestServer.start({ network: "chat" });
  server.clock.turn(START - server.clock.now());
  const clock = new FakeClock(START);
  await using ada = new Screen(COLUMNS, ROWS, { hasColors: true });
  await using bob = new Screen(COLUMNS, ROWS);
  const screens = { ada, bob };
  const join = (nick: "ada" | "bob") => {
    const options = connectOptions([`127.0.0.1:${server.port}`, "--nick", nick], new Map());
    return connect(options, { stdio: screens[nick], clock, random: () => 1 });
  };
  const frames: Frame[] = [];
  const take = async (ms: number) => {
    await ada.settled();
    frames.push({ cells: ada.cells, cursor: ada.cursor, ms });
  };
  const ended = [join("ada")];
  await ada.shows("in #lobby:");
  await take(1500);
  ended.push(join("bob"));
  await bob.shows("in #lobby:");
  await ada.shows("bob joined #lobby");
  await take(1200);
  for (const [typist, keys, seen, ms] of STEPS) {
    screens[typist].type(keys);
    await ada.shows(seen);
    await take(ms);
  }
  for (const screen of [ada, bob]) screen.type("\x15/quit\r");
  await Promise.all(ended);
  return svg(frames, COLUMNS, ROWS);
}
