// The kinds of hostile servers are in tests/support/hostile_servers.ts; `deno task figures --hostile`
// measures how long each keeps a key from the screen.

import { assertEquals } from "@std/assert";
import { answerAll, HOSTILE_CAPS, HOSTILE_SERVERS } from "../../support/hostile_servers.ts";
import { FakeServer } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { setUp } from "../../support/window.ts";

/** The sequences that the client itself draws with. */
const OWN =
  /\x1b\[(?:\d+(?:;\d+)?)?[ABCHJKMn]|\x1b\[\?(?:7|25|2004)[hl]|\x1b\[\d*(?:;\d+)*m|\x1b[78]|[\r\n\x07]/g;

const LAST = "all of it was sent";

/** Characters that control a terminal, or the direction of its text. */
const CONTROL = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

for (const { name, attack, answer } of HOSTILE_SERVERS) {
  Deno.test(`a server that sends ${name} gets nothing but text on the screen, and keys are taken`, async () => {
    const screen = new Screen(80, 24);
    let strange = "";
    let isAllWritten = false;
    const { write } = screen.stdout;
    const decoder = new TextDecoder();
    screen.stdout.write = (bytes) => {
      const text = decoder.decode(bytes, { stream: true });
      strange += text.replace(OWN, "").split("").filter((each) => CONTROL.test(each)).join("");
      isAllWritten ||= text.includes(LAST);
      return write(bytes);
    };
    const tokens = "CASEMAPPING=ascii CHANTYPES=# PREFIX=(qov)~@+ CHATHISTORY=100";
    const server = new FakeServer();
    await using setup = await setUp(screen, HOSTILE_CAPS, tokens, server);
    const { peer } = setup;
    const answering = answerAll(peer, answer);
    const attacking = attack(peer);
    screen.type("typed");
    await screen.until(({ rows }) => rows.some((row) => row.endsWith("] typed")));
    await attacking;
    await peer.send("", `:irc.test FAIL TEST DONE :${LAST}`);
    await screen.until(() => isAllWritten);
    screen.type(" on");
    // A buffer that is closed takes its half line along.
    await screen.until(({ rows }) => rows.some((row) => /\] (?:typed)? on$/.test(row)));
    assertEquals(strange, "");
    peer.close();
    await answering;
  });
}
