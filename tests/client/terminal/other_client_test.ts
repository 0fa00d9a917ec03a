// The modes for the shell, run by a user who is at the server with another client, too.

import { assertEquals, assertMatch } from "@std/assert";
import { history, send, tail } from "../../../client.ts";
import { historyOptions, sendOptions, tailOptions } from "../../../client/cli/shell_options.ts";
import { systemClock } from "../../../shared/clock.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { Pipes } from "../../support/pipes.ts";
import { TestServer } from "../../support/server.ts";

const ENVIRONMENT = new Map([["CHAT_LOGIN_PASSWORD", "sesame"]]);

/** Connects ada, who has an account, to `rooms`. */
async function connectAda(server: TestServer, rooms: string): Promise<IrcClient> {
  const ada = await server.register("ada", { caps: "draft/channel-rename" });
  await ada.ask("REGISTER * * sesame");
  await ada.ask(`JOIN ${rooms}`);
  return ada;
}

type Parts = ReturnType<typeof shellOf>["parts"];

/** Returns the surroundings and the arguments of a mode that ada runs in `rooms`. */
function shellOf(server: TestServer, rooms: string, ...more: string[]) {
  const pipes = new Pipes();
  const parts = { stdio: pipes, clock: systemClock, random: () => 1 };
  const args = [`irc://127.0.0.1:${server.port}/${rooms}`, "--login", "ada", ...more];
  return { pipes, parts, args };
}

for (const [kind, flags] of [["text", []], ["JSON", ["--json"]]] as const) {
  Deno.test(`chat tail prints, as ${kind}, neither other rooms nor private messages`, async () => {
    await using server = await TestServer.start();
    const bob = await server.register("bob", { join: "#lobby,#kitchen" });
    await bob.send("PRIVMSG #lobby :far past", "PRIVMSG #kitchen :near past");
    await bob.heard();
    const ada = await connectAda(server, "#lobby,#kitchen");
    const { pipes, parts, args } = shellOf(server, "kitchen", ...flags);
    const exitCode = tail(tailOptions(args, ENVIRONMENT), parts);
    await pipes.out.has("near past");
    for (const room of ["#lobby", "#kitchen"]) {
      const where = room === "#lobby" ? "far" : "near";
      await bob.send(`PRIVMSG ${room} :${where} talk`, `TOPIC ${room} :${where} topic`);
      await bob.heard();
      await ada.ask(`PRIVMSG ${room} :${where} of my own`);
      await bob.send(`PART ${room} :${where} end`, `JOIN ${room}`);
      await bob.heard();
    }
    await bob.ask("PRIVMSG ada :far and private");
    await ada.ask("PRIVMSG bob :far, private, of my own");
    // The tail goes on although the user leaves another room.
    await ada.ask("PART #lobby :far");
    await bob.ask("PRIVMSG #kitchen :the end");
    await pipes.out.has("the end");
    pipes.signal("SIGTERM");
    assertEquals([await exitCode, pipes.err.text], [143, ""]);
    assertEquals(pipes.out.lines.filter((line) => /far|lobby/.test(line)), []);
    const near = ["near talk", "near topic", "near of my own", "near end", "the end"];
    assertEquals(near.filter((text) => !pipes.out.text.includes(text)), []);
  });
}

Deno.test("chat tail prints what happens in each of several rooms, also under a new name", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { join: "#lobby,#kitchen,#hall" });
  await connectAda(server, "#lobby");
  const { pipes, parts, args } = shellOf(server, "kitchen,hall", "--json");
  const exitCode = tail(tailOptions(args, ENVIRONMENT), parts);
  await pipes.out.has(`"type":"join","room":"#hall"`);
  await bob.send("RENAME #hall #den", "PRIVMSG #den :one", "PRIVMSG #lobby :two");
  await bob.send("PRIVMSG #kitchen :three");
  await pipes.out.has("three");
  pipes.signal("SIGTERM");
  assertEquals(await exitCode, 143);
  const events = pipes.out.lines.map((line) => JSON.parse(line));
  assertEquals(
    events.filter(({ type }) => type === "message").map(({ room, text }) => [room, text]),
    [["#den", "one"], ["#kitchen", "three"]],
  );
});

/** The modes for the shell. */
const MODES = {
  send: (args: string[], parts: Parts) =>
    send(sendOptions([...args, "one", "word"], ENVIRONMENT), parts),
  history: (args: string[], parts: Parts) => history(historyOptions(args, ENVIRONMENT), parts),
  tail: async (args: string[], parts: Parts) => {
    const exitCode = tail(tailOptions(args, ENVIRONMENT), parts);
    await parts.stdio.out.has("welcome");
    parts.stdio.signal("SIGTERM");
    return await exitCode - 143;
  },
};

for (const [name, run] of Object.entries(MODES)) {
  Deno.test(`chat ${name} leaves its room only if the user's other client was not in it`, async () => {
    await using server = await TestServer.start();
    const bob = await server.register("bob", { join: "#lobby,#kitchen" });
    await bob.send("PRIVMSG #lobby :welcome", "PRIVMSG #kitchen :welcome");
    const ada = await connectAda(server, "#lobby");
    for (const room of ["kitchen", "lobby"]) {
      const { pipes, parts, args } = shellOf(server, room);
      assertEquals([await run(args, parts), pipes.err.text], [0, ""]);
      assertEquals(/left|part/.test(pipes.out.text), false, pipes.out.text);
      const whois = await ada.ask("WHOIS ada");
      const [channels] = whois.filter((line) => line.includes(" 319 "));
      assertEquals(channels?.split(":").at(-1)?.trim(), "#lobby");
    }
    const moves = (await bob.heard()).flatMap((line) =>
      /^:ada!\S+ (JOIN|PART)/.exec(line)?.[1] ?? []
    );
    assertEquals(moves, ["JOIN", "JOIN", "PART"]);
  });
}

for (const [name, run] of Object.entries(MODES)) {
  Deno.test(`chat ${name} leaves its room if the user's other client is in no room`, async () => {
    await using server = await TestServer.start();
    const bob = await server.register("bob", { join: "#kitchen" });
    await bob.send("PRIVMSG #kitchen :welcome");
    const ada = await connectAda(server, "#lobby");
    await ada.ask("PART #lobby");
    const { pipes, parts, args } = shellOf(server, "kitchen");
    assertEquals([await run(args, parts), pipes.err.text], [0, ""]);
    const whois = await ada.ask("WHOIS ada");
    assertEquals(whois.filter((line) => line.includes(" 319 ")), []);
  });
}

Deno.test("chat tail stays in a room that another client of the user has joined after it", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { join: "#kitchen" });
  await bob.send("PRIVMSG #kitchen :welcome");
  await (await connectAda(server, "#lobby")).close();
  const { pipes, parts, args } = shellOf(server, "kitchen");
  const exitCode = tail(tailOptions(args, ENVIRONMENT), parts);
  await pipes.out.has("welcome");
  const ada = await server.register("ada", { login: ["ada", "sesame"] });
  pipes.signal("SIGTERM");
  assertEquals(await exitCode, 143);
  assertMatch((await ada.ask("WHOIS ada")).join(), / 319 ada ada :#kitchen/);
});
