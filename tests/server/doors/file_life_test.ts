import { assert, assertEquals } from "@std/assert";
import { UNNAMED_MS } from "../../../server/core/ended_uploads.ts";
import { FileServer, result, say } from "../../support/files.ts";

const MINUTE = 60_000;

async function isThere(url: string): Promise<boolean> {
  const [status] = await result(fetch(url));
  assert(status === 200 || status === 404, `${status}`);
  return status === 200;
}

Deno.test("a file is deleted with its message", async () => {
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  const url = await server.uploaded("tea");
  const id = await say(ada, `look: ${url}`);
  assert(await isThere(url));
  await ada.ask(`REDACT #a ${id}`);
  assert(!await isThere(url));
  server.clock.advance(200);
  assertEquals(server.stored, []);
});

Deno.test("a file that several messages of its owner name lasts as long as one of these messages", async () => {
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  const url = await server.uploaded("tea");
  const first = await say(ada, url);
  const second = await say(ada, `again ${url}`);
  await ada.ask(`REDACT #a ${first}`);
  assert(await isThere(url));
  await ada.ask(`REDACT #a ${second}`);
  assert(!await isThere(url));
});

Deno.test("a user who repeats a link does not keep the file from being deleted", async () => {
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  const bob = await server.register("bob", { caps: "message-tags echo-message", join: "#a" });
  const url = await server.uploaded("tea");
  const id = await say(ada, url);
  await say(bob, `nice: ${url}`);
  await ada.ask(`REDACT #a ${id}`);
  assert(!await isThere(url));
});

Deno.test("a file that no message names within an hour is deleted", async () => {
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  const [silent, said] = [await server.uploaded("one"), await server.uploaded("two")];
  await say(ada, said);
  server.clock.advance(UNNAMED_MS - 2 * MINUTE);
  assert(await isThere(silent));
  server.clock.advance(4 * MINUTE);
  assertEquals([await isThere(silent), await isThere(said)], [false, true]);
  assertEquals(server.stored.length, 1);
});

Deno.test("a message that is in no history does not keep a file", async () => {
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  const urls = [await server.uploaded("one"), await server.uploaded("two")];
  await ada.ask(`PRIVMSG #a :\x01FILE ${urls[0]}\x01`);
  await ada.ask(`NOTICE ada :${urls[1]}`);
  server.clock.advance(UNNAMED_MS - 2 * MINUTE);
  server.clock.advance(4 * MINUTE);
  for (const url of urls) assert(!await isThere(url), url);
  assertEquals(server.stored, []);
});

Deno.test("a file is deleted by --keep", async () => {
  const { server, ada } = await FileServer.withAda({ keepMs: 10 * MINUTE });
  await using _ = server;
  const url = await server.uploaded("tea");
  await say(ada, url);
  server.clock.advance(9 * MINUTE);
  assert(await isThere(url));
  server.clock.advance(3 * MINUTE);
  assert(!await isThere(url));
  assertEquals(server.stored, []);
});

Deno.test("a file in a private message is deleted with it", async () => {
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  await server.register("bob");
  const url = await server.uploaded("tea");
  const [line = ""] = await ada.ask(`PRIVMSG bob :${url}`);
  const [, id = ""] = /msgid=([0-9a-z]+)/.exec(line) ?? [];
  assert(await isThere(url));
  await ada.ask(`REDACT bob ${id}`);
  assert(!await isThere(url));
});

Deno.test("the files of an account are deleted with it", async () => {
  const { server, ada } = await FileServer.withAda();
  await using _ = server;
  const url = await server.uploaded("tea");
  await say(ada, url);
  const [, code = ""] = /DROP ada (\w+)/.exec((await ada.ask("NS DROP ada")).join()) ?? [];
  await ada.send(`NS DROP ada ${code}`);
  await ada.untilEnd();
  assert(!await isThere(url));
  server.clock.advance(200);
  assertEquals(server.stored, []);
});

Deno.test("files and their messages are known after a restart", async () => {
  const { server, ada } = await FileServer.withAda();
  server.keepFolder();
  const urls: string[] = [];
  const ids: string[] = [];
  {
    await using _ = server;
    for (const text of ["one", "two"]) {
      const url = await server.uploaded(text);
      urls.push(new URL(url).pathname);
      ids.push(await say(ada, url));
    }
    await ada.ask(`REDACT #a ${ids[0]}`);
  }
  await using next = await FileServer.start({}, {}, server.data);
  const again = await next.register("ada", {
    login: ["ada", "sesame"],
    caps: "draft/message-redaction",
    join: "#a",
  });
  const [gone = "", left = ""] = urls.map((path) => new URL(path, next.url).href);
  assertEquals([await isThere(gone), await isThere(left)], [false, true]);
  await again.ask(`REDACT #a ${ids[1]}`);
  assert(!await isThere(left));
  server.removeFolder();
});

Deno.test("a file that was lost from the folder is forgotten at the next start", async () => {
  const { server, ada } = await FileServer.withAda();
  server.keepFolder();
  {
    await using _ = server;
    for (const text of ["lost", "left"]) await say(ada, await server.uploaded(text));
  }
  const [lost = "", left] = server.stored;
  Deno.removeSync(`${server.data}/uploads/${lost}`);
  await using next = await FileServer.start({}, {}, server.data);
  next.clock.advance(200);
  next.store.commit();
  assertEquals(Array.from(next.store.records("upload"), ([id]) => id), [left]);
  server.removeFolder();
});

Deno.test("no file is forgotten or removed if the disk with all of them is missing at a start", async () => {
  const { server, ada } = await FileServer.withAda();
  server.keepFolder();
  let path = "";
  {
    await using _ = server;
    path = new URL(await server.uploaded("tea")).pathname;
    await say(ada, path);
  }
  const [folder, elsewhere] = [`${server.data}/uploads`, `${server.data}/elsewhere`];
  Deno.renameSync(folder, elsewhere);
  {
    await using without = await FileServer.start({}, {}, server.data);
    const [missing] = without.log.filter(([message]) => message.includes("missing"));
    assertEquals(missing, ["all uploaded files are missing", { count: 1 }]);
    const again = await without.register("ada", { login: ["ada", "sesame"] });
    await without.uploaded("another");
    without.clock.advance(2 * MINUTE);
    await again.heard();
  }
  Deno.removeSync(folder, { recursive: true });
  Deno.renameSync(elsewhere, folder);
  await using next = await FileServer.start({}, {}, server.data);
  next.clock.advance(200);
  assertEquals(await result(fetch(new URL(path, next.url))), [200, "tea"]);
  server.removeFolder();
});
