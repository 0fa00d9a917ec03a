import { assert, assertEquals, assertMatch } from "@std/assert";
import { helpText } from "../shared/flags.ts";
import { MODES } from "../main.ts";
import { modulesOf } from "./support/imports.ts";

/** Modules of the server, and of the client. */
const SERVER = /^server(?:\.ts|\/)/;
const CLIENT = /^client(?:\.ts|\/)/;

/** Returns the `modules` that match `pattern`. */
function those(pattern: RegExp, modules: ReadonlySet<string>): string[] {
  return [...modules].filter((path) => pattern.test(path));
}

Deno.test("the command line loads no mode before it is asked for", () => {
  const modules = modulesOf("main.ts");
  assertEquals([...those(SERVER, modules), ...those(CLIENT, modules)], []);
  assert(modules.has("shared/flags.ts"));
});

Deno.test("`chat connect` loads no module of the server, and `chat serve` loads none of the client", () => {
  const [connect, serve] = [modulesOf("client.ts", true), modulesOf("server/cli/serve.ts", true)];
  assertEquals([...those(SERVER, connect), ...those(CLIENT, serve)], []);
  assert(those(CLIENT, connect).length > 1 && those(SERVER, serve).length > 1);
});

Deno.test("the help of each mode has its exit codes", async () => {
  for (const mode of MODES) {
    const text = helpText(mode, (await mode.load()).command);
    assertMatch(text, /\nExit codes:\n {2}0 .+[^]*\n {2}1 .+[^]*\n {2}2 .+[^]*\n\nExamples:/);
  }
});

Deno.test("each mode can be loaded, and no line of its help is wider than 80 columns", async () => {
  for (const mode of MODES) {
    const { command } = await mode.load();
    for (const line of helpText(mode, command).split("\n")) assert(line.length <= 80, line);
  }
});
