import { assert, assertEquals } from "@std/assert";
import {
  ADA_CERT,
  BOB_CERT,
  claimed,
  connect,
  loggedIn,
  registerAndQuit,
  registerWith,
  saslExternal,
  secureServer,
  UNKNOWN,
  welcome,
} from "../../support/certificate_users.ts";
import { TempFolder } from "../../support/temp_folder.ts";

Deno.test("a key logs in to its account under any nick, and registers no second account", async () => {
  using folder = new TempFolder();
  const changes = { memory: false, data: folder.path };
  {
    await using server = await secureServer(changes);
    await registerAndQuit(server, ADA_CERT, { nick: "ada" });
    assertEquals(await registerAndQuit(server, ADA_CERT, { nick: "mama" }), [
      loggedIn("mama", "ada"),
      welcome("mama"),
    ]);
  }
  await using server = await secureServer(changes);
  assertEquals(await registerAndQuit(server, ADA_CERT, { nick: "mama" }), [
    loggedIn("mama", "ada"),
    welcome("mama"),
  ]);
  assertEquals([...server.store.records("account")].map(([name]) => name), ["ada"]);
  assertEquals(await registerAndQuit(server, BOB_CERT, { nick: "mama" }), [
    welcome("mama"),
    loggedIn("mama"),
    claimed("mama"),
  ]);
});

Deno.test("the founder of an invitation-only room comes back to it under another nick", async () => {
  await using server = await secureServer();
  const { client: ada } = await registerWith(server, ADA_CERT, { nick: "ada", join: "#den" });
  await ada.ask("MODE #den +i");
  const eve = await server.register("eve", { join: "#lobby" });
  await ada.close();
  await server.until(() => server.server.counts.users === 1, eve);
  const { client: mama } = await registerWith(server, ADA_CERT, { nick: "mama" });
  const lines = await mama.ask("JOIN #den");
  assert(lines.some((line) => line.endsWith(" 353 mama = #den :~mama")), lines.join("\n"));
});

Deno.test("a key under a nick of another user is logged in, but does not get the nick", async () => {
  await using server = await secureServer();
  await registerAndQuit(server, ADA_CERT, { nick: "ada" });
  await registerAndQuit(server, BOB_CERT, { nick: "bob" });
  const client = await connect(server, ADA_CERT);
  const lines = await client.introduce({ nick: "bob" });
  assertEquals(lines.map((line) => line.split(" ")[1]), ["900", "433"]);
  assert((await client.ask("NICK ada")).some((line) => line.includes(" 001 ada ")));
});

Deno.test("a client that asks for the account of its key gets no new account if there is none", async () => {
  await using server = await secureServer();
  const client = await connect(server, ADA_CERT);
  assertEquals(await saslExternal(client), [UNKNOWN]);
  await client.send("CAP END");
  const lines = await client.introduce({ nick: "ada" });
  assert(lines.some((line) => line.includes(" 001 ada ")));
  assert(!lines.some((line) => line.includes(" 900 ")));
});
