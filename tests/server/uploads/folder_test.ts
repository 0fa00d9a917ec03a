import { assertEquals, assertRejects } from "@std/assert";
import { UploadFolder } from "../../../server/uploads/folder.ts";
import type { Upload } from "../../../server/events/records.ts";
import { jpegWithPlace } from "../../support/pictures.ts";
import { TempFolder } from "../../support/temp_folder.ts";

/** The file `tea`, without its hash. */
const TEA: Upload = {
  id: "abcdefghijklmnopqrstuvwx",
  account: "ada",
  name: "tea.txt",
  bytes: 3,
  time: 0,
  messages: [],
};

async function hashOf(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(hash).toHex();
}

function writing(text: string): (path: string) => Promise<boolean> {
  return (path) => Deno.writeTextFile(path, text).then(() => true);
}

function names(data: string): string[] {
  return Array.from(Deno.readDirSync(`${data}/uploads`), ({ name }) => name);
}

Deno.test("a file of another server is taken if its size and its hash are right", async () => {
  using temp = new TempFolder();
  const folder = new UploadFolder(temp.path);
  const tea = { ...TEA, sha256: await hashOf("tea") };
  for (const text of ["pea", "tea!", ""]) {
    await assertRejects(() => folder.take(tea, writing(text)), Error, "damaged");
    assertEquals([folder.has(TEA.id), names(temp.path)], [false, []]);
  }
  assertEquals(await folder.take(tea, () => Promise.resolve(false)), false);
  assertEquals(await folder.take(tea, writing("tea")), true);
  assertEquals([folder.has(TEA.id), names(temp.path)], [true, [TEA.id]]);
  assertEquals(Deno.readTextFileSync(folder.pathOf(TEA.id) ?? ""), "tea");
});

Deno.test("a file of an earlier version, without a hash, is taken if its size is right", async () => {
  using temp = new TempFolder();
  const folder = new UploadFolder(temp.path);
  await assertRejects(() => folder.take(TEA, writing("te")), Error, "damaged");
  assertEquals(await folder.take(TEA, writing("tea")), true);
});

Deno.test("nothing is written for an invalid id", async () => {
  using temp = new TempFolder();
  const folder = new UploadFolder(temp.path);
  for (const id of ["../../../etc/passwd_____", "x", `${TEA.id}.part`]) {
    let isAsked = false;
    const fetch = () => {
      isAsked = true;
      return Promise.resolve(true);
    };
    await assertRejects(() => folder.take({ ...TEA, id }, fetch), Error, "it has the id");
    assertEquals(isAsked, false);
  }
});

Deno.test("a new file is not removed while the state cannot list it yet", async () => {
  using temp = new TempFolder();
  const folder = new UploadFolder(temp.path);
  using draft = await folder.begin();
  await draft.write(new TextEncoder().encode("tea"));
  const { id, sha256 } = await draft.complete();
  assertEquals(sha256, await hashOf("tea"));
  const release = folder.adopt(id);
  folder.keepOnly(() => false);
  assertEquals(folder.has(id), true);
  release();
  folder.keepOnly(() => false);
  assertEquals(folder.has(id), false);
});

Deno.test("the hash of a file is that of the stored bytes, even of a picture whose metadata was removed", async () => {
  using temp = new TempFolder();
  const folder = new UploadFolder(temp.path);
  const text = ["te", "a".repeat(100_000), "!"].map((part) => new TextEncoder().encode(part));
  const pictures = [jpegWithPlace()];
  for (const parts of [text, pictures]) {
    using draft = await folder.begin();
    for (const part of parts) await draft.write(part);
    const { id, bytes, sha256 } = await draft.complete();
    const kept = Deno.readFileSync(`${temp.path}/uploads/${id}`);
    assertEquals([kept.length, await hashOf(kept)], [bytes, sha256]);
    const received = parts.reduce((sum, part) => sum + part.length, 0);
    assertEquals(kept.length < received, parts === pictures);
  }
});

Deno.test("files leave a part of the disk free for messages", async () => {
  using temp = new TempFolder();
  let free: number | undefined = 0;
  const folder = new UploadFolder(temp.path, () => free);
  assertEquals(folder.hasRoom(1), false);
  await assertRejects(() => folder.take(TEA, writing("tea")), Error, "the disk is nearly full");
  free = 2 ** 30;
  assertEquals([folder.hasRoom(1), folder.hasRoom(2 ** 30)], [true, false]);
  assertEquals(await folder.take(TEA, writing("tea")), true);
  free = undefined;
  assertEquals(folder.hasRoom(2 ** 40), true);
});
