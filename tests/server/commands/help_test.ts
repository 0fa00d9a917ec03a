import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../../server/commands/dispatch.ts";
import { TestServer } from "../../support/server.ts";

Deno.test("HELP explains each command in lines that fit", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  for (const [name, { syntax, help }] of COMMANDS) {
    const title = syntax === "" ? name : `${name} ${syntax}`;
    const answers = (await ada.askMessages(`HELP ${name.toLowerCase()}`))
      .map(({ command, params }) => [command, ...params.slice(1)]);
    assertEquals(answers, [
      ["704", name, title],
      ["705", name, help],
      ["706", name, "End of HELP"],
    ]);
  }
});

Deno.test("HELP without a parameter lists all commands, and HELPOP does the same", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const answers = await ada.askMessages("HELP");
  assertEquals([answers.at(0)?.command, answers.at(-1)?.command], ["704", "706"]);
  assert(answers.every(({ params }) => params[1] === "*"));
  const named = answers.slice(1, -1).flatMap(({ params }) => params[2]?.split(" ") ?? []);
  assertEquals(named, [...COMMANDS.keys()].sort());
  assertEquals(await ada.askMessages("HELPOP"), answers);
});

Deno.test("HELP on an unknown command gets ERR_HELPNOTFOUND", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  assertEquals(await ada.ask("HELP tea"), [
    ":chat.test 524 ada tea :No help available on this topic; HELP lists the commands",
  ]);
});
