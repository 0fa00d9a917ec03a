import { assertEquals, assertThrows } from "@std/assert";
import { KnownServers } from "../../../client/net/known_servers.ts";
import { UserError } from "../../../shared/errors.ts";
import { TempFolder } from "../../support/temp_folder.ts";

Deno.test("a remembered server is found again, by a later client too", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/a/b/known_servers`;
  const known = new KnownServers(path);
  assertEquals(known.find("h:1"), undefined);
  known.remember("h:1", "one");
  known.remember("[::1]:1", "two");
  assertEquals(new KnownServers(path).find("h:1"), { identity: "one", line: 1 });
  assertEquals(known.find("[::1]:1"), { identity: "two", line: 2 });
  assertEquals([known.find("h:11"), known.find("h")], [undefined, undefined]);
  assertEquals(Deno.readTextFileSync(path), "h:1 one\n[::1]:1 two\n");
});

Deno.test({
  name: "only the user can read the file",
  ignore: Deno.build.os === "windows",
  fn() {
    using folder = new TempFolder();
    const path = `${folder.path}/chat/known_servers`;
    new KnownServers(path).remember("h:1", "one");
    const modes = [path, `${folder.path}/chat`].map((each) =>
      (Deno.statSync(each).mode ?? 0) & 0o777
    );
    assertEquals(modes, [0o600, 0o700]);
  },
});

Deno.test("the user may edit the file: their lines stay, and the last line of a server counts", () => {
  using folder = new TempFolder();
  const text = "# mine\n\n h:1\tone  # the old one\nh:1 two\nh:2\nx";
  const known = new KnownServers(folder.write("known_servers", text));
  assertEquals(known.find("h:1"), { identity: "two", line: 4 });
  assertEquals(known.find("h:2"), { identity: "", line: 5 });
  known.remember("h:3", "three");
  assertEquals(Deno.readTextFileSync(known.path), `${text}\nh:3 three\n`);
});

Deno.test("an error names the file that cannot be written", () => {
  using folder = new TempFolder();
  const file = folder.write("file", "");
  for (const path of [folder.path, `${file}/known_servers`]) {
    const known = new KnownServers(path);
    const { message } = assertThrows(() => known.remember("h:1", "one"), UserError, "XDG_CONFIG");
    assertEquals(message.includes(` ${path}, the list of known servers`), true);
  }
});
