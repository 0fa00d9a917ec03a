import { assert, assertEquals } from "@std/assert";
import { Beginner } from "../support/beginner.ts";

// This test measures the numbers in docs/first-minute.md. Windows has no such terminal, and without
// a non-loopback address, no encryption is needed.
const isReachable = Deno.networkInterfaces()
  .some(({ family, address }) => family === "IPv4" && !address.startsWith("127."));
const ignore = Deno.build.os === "windows" || !isReachable;

/** The number of keys from nothing to two users in a room. */
const KEYS = "chat serve\r".length + 2 + 2;

Deno.test({
  name: "two commands take two users from nothing to an encrypted conversation with accounts",
  ignore,
  async fn() {
    await using machine = await Beginner.start("ada");
    await using ada = await Beginner.start("ada");
    await using bob = await Beginner.start("bob");
    const start = performance.now();

    machine.type("chat serve\r");
    const forOwner = await machine.finds("To own this server, run: ");
    const forFriend = await machine.finds("Friends join with: ");
    ada.paste(forOwner);
    ada.type("\r");
    await ada.sees("in #lobby: ");
    bob.paste(forFriend);
    bob.type("\r");
    await ada.sees("bob joined #lobby");
    const keys = machine.keys + ada.keys + bob.keys;

    ada.type("hello bob\r");
    await bob.sees("<ada> hello bob");
    bob.type("hello ada\r");
    await ada.sees("<bob> hello ada");
    const seconds = (performance.now() - start) / 1000;

    assertEquals(keys, KEYS);
    assert(seconds < 60, `it took ${seconds} seconds`);
    console.log(`${keys} keys, ${seconds.toFixed(1)} seconds`);

    // The fingerprint in the commands identifies the server, and the keys identify the users.
    for (const line of [forOwner, forFriend]) assert(/fp=[\da-f]{64}/.test(line));
    for (const [asker, nick] of [[ada, "bob"], [bob, "ada"], [ada, "ada"]] as const) {
      asker.type(`/whois ${nick}\r`);
      await asker.sees(`logged in as ${nick}`);
      await asker.sees("on an encrypted connection");
    }
    await ada.sees("You own this server");
  },
});
