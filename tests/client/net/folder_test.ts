import { assertEquals } from "@std/assert";
import { clientFolder } from "../../../client/net/folder.ts";

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
