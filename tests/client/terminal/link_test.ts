import { assert, assertEquals } from "@std/assert";
import { Screen } from "../../support/screen.ts";
import { type Setup, setUp, sync } from "../../support/window.ts";

const URL = "http://192.168.1.7:7342/lobby#link=ABCD-EFGH";

/** Types /link, and answers it with these notes; returns true if the screen has a QR code. */
async function showsCode(setup: Setup): Promise<boolean> {
  const { screen, peer } = setup;
  screen.type("/link\r");
  const { tags } = await peer.expect(/ LINK$/);
  await peer.send(
    `@label=${tags?.get("label")} :irc.test BATCH +b labeled-response`,
    "@batch=b :irc.test NOTE LINK CODE ABCD-EFGH :Type /link ABCD-EFGH",
    `@batch=b :irc.test NOTE LINK PAGE ABCD-EFGH ${URL} :Or open ${URL}`,
    ":irc.test BATCH -b",
  );
  await screen.shows("Or open");
  // The module that draws it is loaded on first use.
  await import("uqr");
  await sync(setup, "all there");
  return screen.all.some((row) => row.includes("▀▀▀▀"));
}

const COLORS = { hasColors: true };

Deno.test("/link shows the code, the link, and the link as a QR code", async () => {
  await using setup = await setUp(new Screen(80, 40, COLORS));
  assertEquals(await showsCode(setup), true);
});

Deno.test("a terminal without colors shows no QR code", async () => {
  await using setup = await setUp(new Screen(80, 40));
  assertEquals(await showsCode(setup), false);
  assert(!setup.screen.all.join("\n").includes("too small"));
});

Deno.test("if the window is too small for the QR code, /link says the size that the code needs", async () => {
  // Each is one row or one column too small.
  for (const [columns, rows] of [[80, 21], [40, 12], [37, 22]] as const) {
    await using setup = await setUp(new Screen(columns, rows, COLORS));
    assertEquals(await showsCode(setup), false);
    const text = setup.screen.all.map((row) => row.trim()).join(" ");
    assert(text.includes("too small for the QR code: make it 38x22 or larger"), text);
  }
  await using setup = await setUp(new Screen(38, 22, COLORS));
  assertEquals(await showsCode(setup), true);
});

Deno.test("a window in ASCII shows no QR code", async () => {
  await using setup = await setUp(new Screen(80, 40, COLORS));
  setup.screen.type("/set ascii on\r");
  await setup.screen.shows("ascii");
  assertEquals(await showsCode(setup), false);
});

Deno.test("/link says why there is no code", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("/link\r");
  const { tags } = await peer.expect(/ LINK$/);
  const label = tags?.get("label");
  await peer.send(`@label=${label} :irc.test FAIL LINK ACCOUNT_REQUIRED :You are not logged in`);
  await screen.shows("You are not logged in");
});
