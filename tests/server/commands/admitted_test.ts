import { assert, assertEquals, assertMatch } from "@std/assert";
import { admit, ADMITTED_LIMIT } from "../../../server/state/admitted.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const CAPS = "draft/chathistory batch server-time";

/** Registers a user with an account of the same name. */
async function withAccount(server: TestServer, nick: string): Promise<IrcClient> {
  const client = await server.register(nick, { caps: CAPS });
  await client.ask("REGISTER * * sesame");
  return client;
}

/** Connects the owner of an account again. */
async function back(server: TestServer, nick: string): Promise<IrcClient> {
  const client = await server.connect();
  await client.introduce({ nick, caps: CAPS, login: [nick, "sesame"] });
  return client;
}

/** Makes the room #kids of mia, which needs an invitation, and lets tom in. */
async function kids(server: TestServer): Promise<{ mia: IrcClient; tom: IrcClient }> {
  const mia = await withAccount(server, "mia");
  const tom = await withAccount(server, "tom");
  await mia.ask("JOIN #kids");
  await mia.ask("MODE #kids +i");
  await mia.ask("INVITE tom #kids");
  await tom.ask("JOIN #kids");
  return { mia, tom };
}

async function joins(client: IrcClient, room = "#kids"): Promise<boolean> {
  return (await client.ask(`JOIN ${room}`)).some((line) => line.includes(` JOIN ${room}`));
}

Deno.test("a member comes back to a room that needs an invitation, and reads what was missed", async () => {
  await using server = await TestServer.start();
  const { mia, tom } = await kids(server);
  await mia.ask("PRIVMSG #kids :before");
  await tom.send("QUIT");
  await tom.untilEnd();
  await mia.ask("PRIVMSG #kids :missed");
  const again = await back(server, "tom");
  assert(await joins(again));
  const history = (await again.ask("CHATHISTORY LATEST #kids * 10")).join("\n");
  assertMatch(history, /:before[^]*:missed/);
  const eve = await withAccount(server, "eve");
  assert(!await joins(eve));
});

Deno.test("a restart of the server does not shut members out of a room that needs an invitation", async () => {
  using folder = new TempFolder();
  const stored = { memory: false, data: folder.path };
  {
    await using server = await TestServer.start(stored);
    await kids(server);
  }
  await using server = await TestServer.start(stored);
  const tom = await back(server, "tom");
  assert(await joins(tom));
});

Deno.test("a member who leaves, or is removed, needs a new invitation", async () => {
  await using server = await TestServer.start();
  const { mia, tom } = await kids(server);
  await tom.ask("PART #kids");
  assert(!await joins(tom));
  await mia.ask("INVITE tom #kids");
  assert(await joins(tom));
  await mia.ask("KICK #kids tom");
  await tom.heard();
  assert(!await joins(tom));
});

Deno.test("a member who is removed after a logout, or a login to another account, needs a new invitation", async () => {
  for (const hide of ["NS LOGOUT", "NS IDENTIFY other sesame"]) {
    await using server = await TestServer.start();
    const { mia, tom } = await kids(server);
    await withAccount(server, "other");
    await tom.ask(hide);
    await mia.ask("KICK #kids tom");
    assert(!await joins(tom));
    assertMatch((await tom.ask("NS IDENTIFY tom sesame")).join(), / 900 tom /);
    assert(!await joins(tom), hide);
  }
});

Deno.test("a member who is removed after a logout needs a new invitation after a restart, too", async () => {
  using folder = new TempFolder();
  const stored = { memory: false, data: folder.path };
  {
    await using server = await TestServer.start(stored);
    const { mia, tom } = await kids(server);
    await tom.ask("NS LOGOUT");
    await mia.ask("KICK #kids tom");
  }
  await using server = await TestServer.start(stored);
  assert(!await joins(await back(server, "tom")));
});

Deno.test("a member who logs out and in again may come back to a room that needs an invitation", async () => {
  await using server = await TestServer.start();
  const { tom } = await kids(server);
  await tom.ask("NS LOGOUT");
  await tom.ask("NS IDENTIFY tom sesame");
  await tom.send("QUIT");
  await tom.untilEnd();
  assert(await joins(await back(server, "tom")));
});

Deno.test("members of a room that becomes private may come back, even if they make their account later", async () => {
  await using server = await TestServer.start();
  const mia = await withAccount(server, "mia");
  const tom = await withAccount(server, "tom");
  const lea = await server.register("lea", { caps: CAPS });
  for (const client of [mia, tom, lea]) await client.ask("JOIN #kids");
  await mia.ask("MODE #kids +i");
  await lea.ask("REGISTER * * sesame");
  for (const client of [tom, lea]) {
    await client.send("QUIT");
    await client.untilEnd();
  }
  assert(await joins(await back(server, "tom")));
  assert(await joins(await back(server, "lea")));
  await mia.ask("MODE #kids -i");
  await mia.ask("MODE #kids +i");
  const guest = await server.register("guest");
  assert(!await joins(guest));
});

Deno.test("an account that is removed is not admitted under its name later", async () => {
  using folder = new TempFolder();
  const stored = { memory: false, data: folder.path };
  {
    await using server = await TestServer.start(stored);
    const { tom } = await kids(server);
    const [, code] = /DROP tom (\S+)/.exec((await tom.ask("NS DROP tom")).join("\n")) ?? [];
    await tom.send(`NS DROP tom ${code}`);
    await tom.untilEnd();
  }
  await using server = await TestServer.start(stored);
  const tom = await withAccount(server, "tom");
  assert(!await joins(tom));
});

Deno.test("a room remembers a limited number of accounts that may come back", () => {
  const room = { flags: new Set("i"), admitted: new Map<string, string>() };
  for (let i = 0; i <= ADMITTED_LIMIT; i++) {
    admit({ actor: { id: i, nick: `u${i}`, mask: `u${i}!u@h`, account: `u${i}` } }, room, "1");
  }
  assertEquals(room.admitted.size, ADMITTED_LIMIT);
  assert(!room.admitted.has("u0"));
});
