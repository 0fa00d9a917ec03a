import { assert, assertEquals } from "@std/assert";
import { connect } from "../../../client.ts";
import { openIdentity } from "../../../server/net/identity.ts";
import { pathsLike, typedPath } from "../../../client/terminal/paths.ts";
import { systemClock } from "../../../shared/clock.ts";
import { FileServer, result } from "../../support/files.ts";
import { FakeServer } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { setUp } from "../../support/window.ts";

/** Connects ada, who logs in, to #a; by TLS if `tls` is given. Resolves to the exit code. */
function connectAda(
  port: number,
  stdio: Screen,
  tls?: { readonly fingerprint: string },
): Promise<number> {
  const login = { account: "ada", password: "sesame" };
  return connect({
    ...{ host: "127.0.0.1", port, nick: "ada", room: "#a", follow: false, json: false, login },
    ...(tls && { tls }),
  }, { stdio, clock: systemClock, random: () => 1 });
}

Deno.test("/upload sends a file to the server over the same trusted connection, and says its link", async () => {
  using folder = new TempFolder();
  const path = folder.write("tea pot.txt", "short and stout");
  const identity = await openIdentity({ data: folder.path, memory: false }, ["localhost"]);
  const { server, ada } = await FileServer.withAda({}, { identity });
  await using _ = server;
  await ada.close();
  await using screen = new Screen();
  const exitCode = connectAda(server.port, screen, { fingerprint: identity.fingerprint });
  await screen.shows("in #a:");
  const bob = await server.register("bob", { join: "#a" });
  screen.type(`/upload ${path}\r`);
  const { params: [, text = ""] } = await bob.until("PRIVMSG");
  const link = new URL(new URL(text).pathname, server.url);
  assert(text.startsWith("http"), text);
  assertEquals(await result(fetch(link)), [200, "short and stout"]);
  screen.type("/upload nothing.txt\r");
  await screen.shows("nothing.txt was not uploaded: it does not exist");
  screen.type(`/upload ${folder.path}\r`);
  await screen.shows("it is not a file");
  screen.type("/quit\r");
  assertEquals(await exitCode, 0);
});

Deno.test("/upload takes a room before the file, with or without #, but not a part of the file's path", async () => {
  using folder = new TempFolder();
  const path = folder.write("tea pot.txt", "short and stout");
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  await ada.close();
  await using screen = new Screen(120, 12);
  const exitCode = connectAda(server.port, screen);
  await screen.shows("in #a:");
  // The name of this room is the first word of the path.
  const other = `#${folder.path}/tea`;
  const bob = await server.register("bob", { join: "#a" });
  await bob.ask(`JOIN ${other}`);
  screen.type(`/join ${other}\r`);
  await screen.shows(`in ${other}:`);
  const uploads = [[`a ${path}`, "#a"], [`#a ${path}`, "#a"], [path, other]] as const;
  for (const [typed, room] of uploads) {
    screen.type(`/upload ${typed}\r`);
    const { params } = await bob.until("PRIVMSG");
    assertEquals(params[0], room);
  }
  screen.type("/upload a nothing.txt\r");
  await screen.shows("-- nothing.txt was not uploaded: it does not exist");
  screen.type("/quit\r");
  assertEquals(await exitCode, 0);
});

Deno.test("/upload says why a server takes no file", async () => {
  await using setup = await setUp();
  setup.screen.type("/upload tea.txt\r");
  await setup.screen.shows("tea.txt was not uploaded: this server takes no files");
});

Deno.test("a file is not sent without encryption to another host", async () => {
  const tokens = "CASEMAPPING=ascii soju.im/FILEHOST=http://files.example.org/uploads";
  await using setup = await setUp(new Screen(), undefined, tokens, new FakeServer());
  using folder = new TempFolder();
  setup.screen.type(`/upload ${folder.write("tea.txt", "x")}\r`);
  await setup.screen.shows("the server's address for files is not encrypted");
});

Deno.test("paths are read as terminals paste them, and completed", () => {
  const paths = [
    ["'/a b/c.txt'", "/a b/c.txt"],
    [`"/a b/c.txt"`, "/a b/c.txt"],
    ["/a\\ b/c\\(1\\).txt", "/a b/c(1).txt"],
    ["/a b/c.txt", "/a b/c.txt"],
    ["it's", "it's"],
  ] as const;
  for (const [typed, path] of paths) assertEquals(typedPath(typed), path);
  using folder = new TempFolder();
  folder.write("tea one.txt", "");
  folder.write("tea.txt", "");
  folder.write(".hidden", "");
  Deno.mkdirSync(`${folder.path}/teas`);
  const names = (typed: string) =>
    pathsLike(`${folder.path}/${typed}`).map((path) => path.slice(folder.path.length + 1));
  assertEquals(names("te"), ["tea one.txt", "tea.txt", "teas/"]);
  assertEquals(names(""), ["tea one.txt", "tea.txt", "teas/"]);
  assertEquals(names(".h"), [".hidden"]);
  assertEquals(names("nothing/"), []);
});
