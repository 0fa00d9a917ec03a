import { assert, assertEquals } from "@std/assert";
import { Screen } from "../../support/screen.ts";
import { everything, setUp, shown, sync } from "../../support/window.ts";

Deno.test("the user's own message is shown at once as on its way, and then in the server's order", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("hello\r");
  const { tags } = await peer.expect(/PRIVMSG #a :hello$/);
  await screen.until((now) => shown(now).at(-2) === "<ann> hello (on its way)");
  await peer.send(":bob!u@h PRIVMSG #a :before");
  await screen.until((now) => shown(now).at(-3) === "<bob> before");
  assertEquals(shown(screen).slice(-2), ["<ann> hello (on its way)", "[#a]"]);
  await peer.send(`@label=${tags?.get("label")} :ann!u@h PRIVMSG #a :hello`);
  await screen.until((now) => everything(now).includes("<ann> hello"));
  assert(!screen.all.join().includes("on its way"));
});

Deno.test("a message that the server refuses is shown as not sent", async () => {
  await using setup = await setUp();
  const { screen, peer } = setup;
  screen.type("hello\r");
  const { tags } = await peer.expect(/PRIVMSG #a :hello$/);
  await screen.shows("(on its way)");
  await peer.send(`@label=${tags?.get("label")} :irc.test 404 ann #a :Cannot send to channel`);
  await screen.shows("not sent to #a: hello");
  assert(!screen.all.join().includes("on its way"));
});

Deno.test("without echo-message, the user's message stands above its answer", async () => {
  await using setup = await setUp(new Screen(), "");
  const { screen, peer } = setup;
  screen.type("tea?\r");
  await peer.expect(/^PRIVMSG #a :tea\?$/);
  const { params: [token] } = await peer.expect(/^PING /);
  await peer.send(":bob!u@h PRIVMSG #a :yes", `:irc.test PONG irc.test :${token}`);
  await sync(setup, "all there");
  assertEquals(everything(screen).filter((line) => /^<(?:ann|bob)>/.test(line)), [
    "<ann> tea? (on its way)",
    "<bob> yes",
  ]);
});

Deno.test("of many messages on their way, the first rows are shown", async () => {
  await using setup = await setUp(new Screen(40, 12));
  const { screen, peer } = setup;
  screen.type(
    "\x1b[200~" + Array.from({ length: 9 }, (_, i) => `${i}`).join("\r") + "\x1b[201~\r\r",
  );
  await screen.until((now) => shown(now).at(-2) === "…");
  assertEquals(shown(screen).slice(-6, -1), [
    ...[0, 1, 2, 3].map((i) => `<ann> ${i} (on its way)`),
    "…",
  ]);
  for (let i = 0; i < 9; i++) {
    const { tags } = await peer.expect(/PRIVMSG/);
    await peer.send(`@label=${tags?.get("label")} :ann!u@h PRIVMSG #a :${i}`);
  }
  await screen.until((now) => everything(now).includes("<ann> 8"));
  assert(!screen.all.join().includes("on its way"));
});

Deno.test("the prompt shows the lag while the server takes more than a second to answer", async () => {
  await using setup = await setUp();
  const { screen, peer, clock } = setup;
  screen.type("hello\r");
  const { tags } = await peer.expect(/PRIVMSG #a :hello$/);
  clock.advance(3000);
  await screen.until((now) => shown(now).at(-1) === "[#a, lag 3 s]");
  await peer.send(`@label=${tags?.get("label")} :ann!u@h PRIVMSG #a :hello`);
  await screen.shows("<ann> hello");
  assertEquals(shown(screen).at(-1), "[#a, lag 3 s]");
  screen.type("again\r");
  const next = await peer.expect(/PRIVMSG #a :again$/);
  await peer.send(`@label=${next.tags?.get("label")} :ann!u@h PRIVMSG #a :again`);
  await screen.until((now) => shown(now).at(-1) === "[#a]");
});
