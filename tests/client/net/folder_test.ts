import { assert, assertEquals } from "@std/assert";
import { clientFolder, readWords, replaceFile } from "../../../client/net/folder.ts";
import { Positions } from "../../../client/net/positions.ts";
import { TempFolder } from "../../support/temp_folder.ts";

Deno.test("the client's folder is in the system's folder for settings", () => {
  const table: readonly [environment: [string, string][], folder: string | undefined][] = [
    [[["HOME", "/home/ada"]], "/home/ada/.config/chat"],
    [[["HOME", "/home/ada"], ["XDG_CONFIG_HOME", "/etc/ada"]], "/etc/ada/chat"],
    [[["HOME", "/home/ada"], ["XDG_CONFIG_HOME", ""]], "/home/ada/.config/chat"],
    [[["APPDATA", "C:\\Users\\ada"]], "C:\\Users\\ada/chat"],
    [[], undefined],
  ];
  for (const [environment, folder] of table) {
    assertEquals(clientFolder(new Map(environment)), folder);
  }
});

Deno.test("a file that cannot be replaced leaves no draft behind", () => {
  using folder = new TempFolder();
  const path = (name: string) => `${folder.path}/${name}`;
  for (const name of ["places", "positions"]) Deno.mkdirSync(path(name));
  assert(!replaceFile(path("places"), [["a", "b"]]));
  new Positions(path("positions"), "home.test:1").keep(new Map([["#a", { time: 1 }]]));
  const names = Array.from(Deno.readDirSync(folder.path), ({ name }) => name);
  assertEquals(names.sort(), ["places", "positions"]);
});

Deno.test("only spaces and tabs divide the words of a file", () => {
  using folder = new TempFolder();
  const path = folder.write("places", "one\t two  #tea\u00a0room\r\n \n");
  assertEquals(readWords(path), [["one", "two", "#tea\u00a0room"]]);
  assert(replaceFile(path, [["one", "", "#tea\u2003"]]));
  assertEquals(readWords(path), [["one", "#tea\u2003"]]);
});
