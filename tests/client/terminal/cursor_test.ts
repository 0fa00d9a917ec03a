import { assert, assertEquals } from "@std/assert";
import { Screen as Drawing } from "../../../client/terminal/screen.ts";
import { Screen } from "../../support/screen.ts";
import { everything, setUp, shown, sync } from "../../support/window.ts";

const LEFT = "\x1b[D";

/** Texts whose width is disputed. */
const DISPUTED = ["❤️❤️", "👍🏽👍🏽", "ภาษาไทยกำ", "क्षत्रिय", "so\u00adft", "👨‍👩‍👧", "𞤀𞤁", "🫪"];

Deno.test("resizing leaves no old rows and erases no message", async () => {
  await using setup = await setUp(new Screen(40, 12));
  const { screen, peer } = setup;
  for (let i = 0; i < 4; i++) await peer.send(`:bob!u@h PRIVMSG #a :message ${i}`);
  await sync(setup, "ready");
  screen.type("x".repeat(50) + "y" + "z".repeat(8));
  await screen.shows("yzzzzzzzz");
  const typed = `[#a] ${"x".repeat(50)}y${"z".repeat(8)}`;
  for (const columns of [34, 30, 22, 17, 60, 31, 80]) {
    screen.resize(columns, 12);
    await screen.until(({ rows }) => isLast(rows, typed, columns));
    const drawn = screen.all.filter((line) => /x|z/.test(line));
    assertEquals(drawn.join(""), typed, `${columns}: ${screen.all.join("\n")}`);
    const said = everything(screen).filter((line) => line.startsWith("<bob>"));
    assertEquals(said, [0, 1, 2, 3].map((i) => `<bob> message ${i}`), `${columns}`);
  }
});

Deno.test("resizing leaves no old rows while the cursor is above the last row of the input line", async () => {
  await using setup = await setUp(new Screen(60, 16));
  const { screen, peer } = setup;
  for (let i = 0; i < 4; i++) await peer.send(`:bob!u@h PRIVMSG #a :message ${i}`);
  await sync(setup, "ready");
  const typed = `[#a] ${"x".repeat(150)}z`;
  screen.type(`${typed.slice(5)}\x01`);
  for (const columns of [60, 50, 40, 39, 48, 40, 80]) {
    screen.resize(columns, 16);
    await screen.until(({ rows, beforeCursor }) =>
      beforeCursor === "[#a] " && isLast(rows, typed, columns)
    );
    const lines = screen.all.join("");
    assertEquals(lines.split("[#a] ").length, 2, `${columns}: ${screen.all.join("\n")}`);
    assertEquals(lines.match(/x/g)?.length, 150, `${columns}: ${screen.all.join("\n")}`);
  }
});

Deno.test("rows in which wide characters leave the last cell empty are erased whole", async () => {
  await using setup = await setUp(new Screen(80, 24));
  const { screen, peer } = setup;
  await peer.send(":bob!u@h PRIVMSG #a :hello");
  await sync(setup, "ready");
  const typed = `[#a] ${"日".repeat(80)}z`;
  screen.type(typed.slice(5));
  await screen.until(({ beforeCursor }) => beforeCursor.endsWith("z"));
  screen.resize(39, 24);
  await screen.until(({ rows }) => rows.includes(typed.slice(0, 21)));
  assertEquals(shown(screen).filter((row) => /日/.test(row)).join(""), typed);
});

Deno.test("a key that is typed before the client knows of a second resize erases no message", async () => {
  await using setup = await setUp(new Screen(60, 16));
  const { screen, peer, clock } = setup;
  await peer.send(":bob!u@h PRIVMSG #a :one", ":bob!u@h PRIVMSG #a :two");
  await sync(setup, "ready");
  const typed = `[#a] ${"x".repeat(100)}`;
  screen.type(typed.slice(5));
  await screen.until(({ rows }) => isLast(rows, typed, 60));
  screen.resize(50, 16);
  await screen.until(({ rows }) => isLast(rows, typed, 50));
  screen.resizeSilently(30, 16);
  screen.type("y");
  await screen.until(({ rows }) => isLast(rows, `${typed}y`, 30));
  screen.signal("SIGWINCH");
  await screen.settled();
  clock.advance(300);
  screen.type("z");
  await screen.until(({ rows }) => isLast(rows, `${typed}yz`, 30));
  assertEquals(shown(screen).slice(-7, -4), ["<bob> one", "<bob> two", "-- ready"]);
});

Deno.test("a long input line leaves no rows when the terminal becomes half as wide and half as high", async () => {
  for (const [columns, rows] of [[80, 24], [60, 36], [100, 50]] as const) {
    await using setup = await setUp(new Screen(columns, rows));
    const { screen, peer } = setup;
    for (let i = 0; i < 30; i++) await peer.send(`:bob!u@h PRIVMSG #a :message ${i}`);
    await sync(setup, "ready");
    screen.type("x".repeat(900) + "z");
    await screen.until((now) => shown(now).at(-1)?.endsWith("z") === true);
    for (const height of [rows, rows / 2]) {
      screen.resize(columns / 2, height);
      await screen.until((now) => shown(now).at(-1)?.endsWith("z") === true);
      const isOfInput = (line: string) => /^(\[#a\] )?x+z?$/.test(line);
      const all = screen.all;
      const drawn = all.filter(isOfInput);
      assert(drawn.length <= rows / 4 && all.slice(-drawn.length).every(isOfInput), all.join("\n"));
    }
  }
});

Deno.test("after a resize with a long input line, the next one stands right below the messages", async () => {
  await using setup = await setUp(new Screen(80, 12));
  const { screen, peer } = setup;
  for (let i = 0; i < 12; i++) await peer.send(`:bob!u@h PRIVMSG #a :message ${i}`);
  await sync(setup, "ready");
  screen.type("x".repeat(400) + "z");
  await screen.until(({ beforeCursor }) => beforeCursor.endsWith("z"));
  screen.resize(40, 12);
  await screen.until(({ rows }) => rows.includes("x".repeat(39)));
  screen.type("\x15");
  await screen.until(({ beforeCursor }) => beforeCursor === "[#a] ");
  const used = screen.rows.slice(0, screen.cursor.row + 1);
  assert(used.every((row) => row !== ""), screen.rows.join("\n"));
});

Deno.test("on a cleared screen, the input line is the last row, and lines fill the rows above it", async () => {
  await using setup = await setUp(new Screen(40, 6));
  const { screen, peer } = setup;
  screen.type("\x0c");
  await screen.until((now) => now.rows.join("|") === "|||||[#a]");
  await peer.send(":bob!u@h PRIVMSG #a :one", ":bob!u@h PRIVMSG #a :two");
  const said = (...texts: string[]) => texts.map((text) => `00:00 <bob> ${text}`);
  await screen.until((now) =>
    now.rows.join("|") === [...said("one", "two"), "||", "[#a]"].join("|")
  );
  for (const text of ["three", "four", "five", "six"]) {
    await peer.send(`:bob!u@h PRIVMSG #a :${text}`);
  }
  const last = [...said("two", "three", "four", "five", "six"), "[#a]"].join("|");
  await screen.until((now) => now.rows.join("|") === last);
});

Deno.test("rows that the terminal has wrapped are erased as far as it says that it has", () => {
  const prompt = { label: "", before: "x".repeat(30), after: "" };
  const narrow = { columns: 20, rows: 10 };
  const draws = [
    // The row of the cursor takes two rows now, and the cursor is in the second.
    [{ row: 5, column: 11 }, "\r\x1b[1A\x1b[10M"],
    // The terminal has cut the row.
    [{ row: 5, column: 20 }, "\r\x1b[10M"],
  ] as const;
  for (const [cursor, first] of draws) {
    const screen = new Drawing({ columns: 40, rows: 10 });
    screen.print([], prompt);
    const drawn = screen.resize(narrow, cursor);
    assert(drawn.startsWith(`\x1b[?25l${first}`), JSON.stringify(drawn));
  }
});

/**
 * Returns true if the last rows on the screen are `text`, in rows that are one cell shorter than
 * the width of the screen.
 */
function isLast(rows: readonly string[], text: string, columns: number): boolean {
  const used = rows.filter((row) => row !== "");
  const count = rowsOf(text, columns);
  return used.slice(-count).join("") === text &&
    used.at(-count)?.length === Math.min(text.length, columns - 1);
}

function rowsOf(text: string, columns: number): number {
  return Math.ceil(text.length / (columns - 1));
}

for (const isPlain of [false, true]) {
  const knows = isPlain ? "knows no graphemes" : "knows graphemes";
  Deno.test(`the cursor is where the text is in a terminal that ${knows}`, async () => {
    for (const text of DISPUTED) {
      await using setup = await setUp(new Screen(40, 10, { isPlain }));
      const { screen } = setup;
      screen.type(`${text}end${LEFT}`);
      await screen.until(({ beforeCursor }) => beforeCursor.endsWith("en"));
      assertEquals(screen.beforeCursor, `[#a] ${text}en`);
      assert(shown(screen).at(-1)?.endsWith(`${text}end`));
    }
  });

  Deno.test(`a row of disputed characters stays whole in a terminal that ${knows}`, async () => {
    await using setup = await setUp(new Screen(20, 10, { isPlain }));
    const { screen } = setup;
    screen.type(`${"👍🏽❤️".repeat(6)}end`);
    await screen.until((now) => now.rows.some((row) => row.endsWith("end")));
    assertEquals(shown(screen).join("").split("[#a] ")[1], `${"👍🏽❤️".repeat(6)}end`);
  });
}
