// A room in which people use the page, `chat connect`, irssi and WeeChat. Clients that are not
// installed are skipped.

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { CHROMIUM, openPage, write } from "../support/browser.ts";
import { CHAT } from "../support/chat_process.ts";
import { CLIENT_PROGRAMS, startClient } from "../support/client_programs.ts";
import { Pty } from "../support/pty.ts";
import { TempFolder } from "../support/temp_folder.ts";

/** A user of one of the clients. */
interface Member {
  readonly nick: string;
  /** Sends a message to the room. */
  says(text: string): Promise<void>;
  /** Resolves once the client shows a message of `nick` that contains `text`. */
  hears(nick: string, text: string): Promise<void>;
}

/** Returns the user of the page. */
function onPage(page: Page, nick: string): Member {
  return {
    nick,
    says: (text) => write(page, text),
    async hears(nick, text) {
      // Only the first of several messages of a person has the name.
      await page.locator(`.message[aria-label="${nick}"]`).filter({ hasText: text }).first()
        .waitFor();
    },
  };
}

/** Returns the user of a client in a terminal. */
function inTerminal(client: Pty, nick: string): Member {
  return {
    nick,
    says(text) {
      client.type(`${text}\r`);
      return Promise.resolve();
    },
    hears: (nick, text) =>
      client.screen.until(({ all }) => all.some((row) => isFrom(nick, row) && row.includes(text))),
  };
}

/** Reports whether a row of a terminal is a message of `nick`; each client shows the name in its way. */
function isFrom(nick: string, row: string): boolean {
  return new RegExp(`(?:<[ @~]?${nick}>|[~@ ]${nick} \\|)`).test(row);
}

/** Resolves to the row of a terminal that contains `text`. */
async function rowWith({ screen }: Pty, text: string): Promise<string> {
  const find = () => screen.all.find((row) => row.includes(text));
  await screen.until(() => find() !== undefined);
  return find() ?? "";
}

/** Opens a room with Ada on the page, Bob in `chat connect`, Carl in irssi and Dora in WeeChat. */
async function openRoom() {
  await using stack = new AsyncDisposableStack();
  const { url, visitors } = stack.use(await openPage());
  const { host, port } = new URL(url);
  const ada = await visitors.join(url, "ada");
  const home = stack.use(new TempFolder());
  const connect = [`HOME=${home.path}`, CHAT, "connect", host, "--nick", "bob"];
  const bob = stack.use(new Pty("env", connect, 150, 40));
  await bob.screen.shows("in #lobby:");
  const [carl, dora] = ["carl", "dora"].map((nick, index) => {
    const program = CLIENT_PROGRAMS[index];
    assert(program);
    const visit = { port: Number(port), nick };
    return stack.use(startClient(program, stack.use(new TempFolder()), visit));
  });
  assert(carl && dora);
  for (const client of [carl, dora]) {
    await client.screen.shows("There is no message of the day");
    client.type("/join #lobby\r");
  }
  await ada.getByText("4 people").waitFor();
  const all = stack.move();
  return { visitors, ada, bob, carl, dora, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

Deno.test({
  name: "the page, chat connect, irssi and WeeChat talk in one room, each with what it can show",
  ignore: CHROMIUM === undefined || CLIENT_PROGRAMS.some(({ path }) => path === undefined),
  async fn() {
    await using room = await openRoom();
    const { visitors, ada, bob, carl, dora } = room;
    const members = [
      onPage(ada, "ada"),
      inTerminal(bob, "bob"),
      inTerminal(carl, "carl"),
      inTerminal(dora, "dora"),
    ];
    for (const member of members) {
      const text = `grüße 🎉 from ${member.nick}`;
      await member.says(text);
      for (const other of members) await other.hears(member.nick, text);
    }

    // A reply: the page and chat connect show what it answers, the others only its text.
    const greeting = ada.locator(".message").filter({ hasText: "from carl" }).first();
    await greeting.hover();
    await greeting.getByRole("button", { name: "Reply" }).click();
    await write(ada, "welcome, both");
    for (const other of members) await other.hears("ada", "welcome, both");
    assertMatch(await rowWith(bob, "welcome, both"), /\[re <carl> grüße 🎉 from carl\]/);
    assert(!(await rowWith(carl, "welcome, both")).includes("grüße"));

    // A reaction: irssi and WeeChat get none.
    await greeting.hover();
    await greeting.getByRole("button", { name: "React" }).click();
    await greeting.getByRole("button", { name: "👍" }).click();
    await bob.screen.shows("👍 1 on <carl> grüße 🎉 from carl");
    bob.type("/react 🎉\r");
    await ada.locator(".reactions").filter({ hasText: "🎉 1" }).waitFor();

    // An edit: irssi and WeeChat show the new text as a message.
    await ada.locator(".composer textarea").press("ArrowUp");
    await ada.getByText("Editing your message").waitFor();
    await write(ada, "welcome, all of you");
    for (const other of members) await other.hears("ada", "welcome, all of you");
    await ada.getByText("welcome, all of you (edited)").waitFor();
    assertEquals(await ada.getByText("welcome, both").count(), 0);
    await rowWith(bob, "(edited)");

    // A deletion: irssi and WeeChat keep the message.
    bob.type("/delete\r");
    await ada.getByText("bob deleted a message").waitFor();
    assertEquals(await ada.getByText("from bob").count(), 0);

    // The protocol of all this is on no screen.
    carl.type("/me leaves\r");
    await ada.locator(".message.action").filter({ hasText: "leaves" }).waitFor();
    await rowWith(dora, "carl leaves");
    await rowWith(bob, "carl leaves");
    for (const client of [bob, carl, dora]) {
      const found = client.screen.all.filter((row) =>
        /TAGMSG|REDACT|draft\/|msgid|👍 *$/.test(row)
      );
      assertEquals(found, []);
    }
    assert(carl.screen.all.some((row) => row.includes("from bob")));
    assertEquals(visitors.complaints, []);
  },
});
