import { assert, assertEquals } from "@std/assert";
import { EDIT_REASON } from "../../../client/session/entries.ts";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { everything, type Setup, setUp, shown, sync } from "../../support/window.ts";

const CAPS = `${ALL_CAPS} account-tag draft/message-redaction`;

async function inRoom(columns = 80, rows = 24): Promise<Setup> {
  return await setUp(new Screen(columns, rows), CAPS);
}

Deno.test("replies, reactions, edits and deletions say which message they are about", async () => {
  await using setup = await inRoom();
  const { peer, screen } = setup;
  await peer.send(
    "@msgid=1 :bob!u@h PRIVMSG #a :tea?",
    "@msgid=2;+draft/reply=1 :eve!u@h PRIVMSG #a :yes",
    "@msgid=3;+reply=2 :joe!u@h PRIVMSG #a :me too",
    "@+draft/reply=1;+draft/react=👍 :eve!u@h TAGMSG #a",
  );
  await sync(setup, "said");
  const again = ["joe", "ann2"].map((nick) =>
    `@+draft/reply=1;+draft/react=👍 :${nick}!u@h TAGMSG #a`
  );
  await peer.send(...again);
  await sync(setup, "again");
  await peer.send(
    ":joe!u@h REDACT #a 3",
    `:eve!u@h REDACT #a 2 :${EDIT_REASON}`,
    "@msgid=4;+draft/reply=2 :eve!u@h PRIVMSG #a :yes!",
  );
  await sync(setup, "changed");
  assertEquals(everything(screen).filter((line) => /<|deleted|👍/.test(line)), [
    "<bob> tea?",
    "<eve> [re <bob> tea?] yes",
    "<joe> [re <eve> yes] me too",
    "-- 👍 1 on <bob> tea?",
    "-- 👍 3 on <bob> tea?",
    "-- joe deleted a message",
    "<eve> yes! (edited)",
  ]);
});

Deno.test("a deleted message is not shown again when the user comes back to the room", async () => {
  await using setup = await inRoom(40, 10);
  const { peer, screen } = setup;
  await peer.send("@msgid=1 :bob!u@h PRIVMSG #a :secret", "@msgid=2 :bob!u@h PRIVMSG #a :tea?");
  await screen.shows("tea?");
  await peer.send(":bob!u@h REDACT #a 1 :oops");
  await screen.shows("bob deleted a message (oops)");
  screen.type("/query eve\r");
  await screen.shows("[eve]");
  screen.type("\f");
  await screen.until((now) => shown(now).length === 2);
  screen.type("\x1b1");
  await screen.until((now) => shown(now).at(-1) === "[#a]");
  assert(shown(screen).some((row) => row.includes("tea?")));
  assert(!shown(screen).some((row) => row.includes("secret")));
});

Deno.test("words wrap with an indent under the text", async () => {
  await using setup = await inRoom(40, 10);
  const { peer, screen } = setup;
  await peer.send(":bob!u@h PRIVMSG #a :one two three four five six seven eight");
  await sync(setup, "said");
  const at = shown(screen).findIndex((row) => row.startsWith("<bob>"));
  assertEquals(shown(screen).slice(at, at + 2), [
    "<bob> one two three four five six",
    "            seven eight",
  ]);
});
