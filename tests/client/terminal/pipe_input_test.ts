// Tests of the input of the client in a pipe.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../../shared/errors.ts";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { echo, expectQuit, setUpPipe } from "../../support/pipe_setup.ts";

Deno.test("input is read no faster than the server accepts it", async () => {
  await using setup = setUpPipe();
  const { server, pipes } = setup;
  for (let i = 0; i < 1000; i++) pipes.input(`${i} ${"x".repeat(100)}\n`);
  pipes.endInput();
  const peer = await server.acceptInRoom({ caps: ALL_CAPS });
  await peer.send("PING :unanswered");
  let sent = 0;
  for (let line = await peer.line(); !line?.startsWith("PONG"); line = await peer.line()) sent++;
  assert(sent <= 16, `${sent} lines sent`);
  assert(pipes.taken < 5000, `${pipes.taken} bytes read`);
});

Deno.test("a byte order mark before the input is not part of the first line", async () => {
  await using setup = setUpPipe();
  const { server, pipes } = setup;
  pipes.input("\ufeffone\n\ufefftwo\n");
  pipes.endInput();
  const peer = await server.acceptInRoom({ caps: ALL_CAPS });
  const texts = [await echo(peer), await echo(peer)];
  assertEquals(texts, ["one", "\ufefftwo"]);
  await expectQuit(peer);
  assertEquals(await setup.exitCode, 0);
});

Deno.test("a line without an end is sent in parts and uses limited memory", async () => {
  await using setup = setUpPipe();
  const { server, pipes } = setup;
  const block = "y".repeat(8 * 1024);
  for (let i = 0; i < 4; i++) pipes.input(block);
  const peer = await server.acceptInRoom({ caps: ALL_CAPS });
  let length = 0;
  while (length < 2 * block.length) length += (await echo(peer)).length;
  pipes.endInput();
  while (length < 4 * block.length) length += (await echo(peer)).length;
  await expectQuit(peer);
  assertEquals([length, await setup.exitCode], [4 * block.length, 0]);
});

Deno.test("lines and characters that are cut anywhere are put together again", async () => {
  await using setup = setUpPipe();
  for (const byte of new TextEncoder().encode("é\r\n🎉\r\n\nlast\r")) {
    setup.pipes.input(Uint8Array.of(byte));
  }
  setup.pipes.input(Uint8Array.of(0xc3));
  setup.pipes.endInput();
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  assertEquals([await echo(peer), await echo(peer), await echo(peer)], ["é", "🎉", "lastÃ"]);
  await expectQuit(peer);
  assertEquals(await setup.exitCode, 0);
});

Deno.test("many lines are sent whole, even if they arrive in one block", async () => {
  await using setup = setUpPipe();
  const lines = Array.from({ length: 200 }, (_, i) => `${i} ${"y".repeat(200)}`);
  setup.pipes.input(lines.join("\n"));
  setup.pipes.endInput();
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  for (const line of lines) assertEquals(await echo(peer), line);
  await expectQuit(peer);
});

Deno.test("input that cannot be read ends the client with the reason", async () => {
  await using setup = setUpPipe();
  setup.pipes.input("hello\n");
  const failed = assertRejects(() => setup.exitCode, Error, "Is a directory");
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  await echo(peer);
  setup.pipes.failInput(new Error("Is a directory (os error 21)"));
  await expectQuit(peer);
  await failed;
});

Deno.test("escape sequences are removed from input, and tabs become spaces", async () => {
  await using setup = setUpPipe();
  setup.pipes.input("\x1b[31merror\x1b[0m:\tbad\0\n");
  setup.pipes.input(Uint8Array.of(0xff, 0x0a));
  setup.pipes.endInput();
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  assertEquals([await echo(peer), await echo(peer)], ["error:    bad", "ÿ"]);
  await expectQuit(peer);
});

/** Data that is not text, and the first bytes of files of its kind. */
const NOT_TEXT: readonly (readonly [name: string, bytes: readonly number[] | string])[] = [
  ["a picture", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48]],
  ["the first bytes of a picture", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["a photo", [0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0, 0x0a]],
  ["compressed data", [0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0x0a]],
  ["UTF-16", [0xff, 0xfe, 0x68, 0, 0x69, 0, 0x0a, 0]],
  ["an archive", `notes.txt${"\0".repeat(91)}0000644\0hello\n`],
  ["a picture after text", [0x68, 0x69, 0x0a, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
];

for (const [name, data] of NOT_TEXT) {
  Deno.test(`input that is not text is refused before any of it is sent: ${name}`, async () => {
    await using setup = setUpPipe();
    setup.pipes.input(typeof data === "string" ? data : Uint8Array.from(data));
    setup.pipes.endInput();
    const failed = assertRejects(() => setup.exitCode, UserError, "the input is not text");
    const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
    await expectQuit(peer);
    await failed;
  });
}

Deno.test("text with a picture after it is sent up to the picture", async () => {
  await using setup = setUpPipe();
  setup.pipes.input("é\n");
  setup.pipes.input(Uint8Array.of(0xc3));
  setup.pipes.input(Uint8Array.of(0xa9, 0x0a));
  const failed = assertRejects(() => setup.exitCode, UserError, "the input is not text");
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  assertEquals([await echo(peer), await echo(peer)], ["é", "é"]);
  setup.pipes.input(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a));
  await expectQuit(peer);
  await failed;
});

Deno.test("a line that begins with a slash is sent, not executed", async () => {
  await using setup = setUpPipe();
  setup.pipes.input("/quit\n");
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  assertEquals(await echo(peer), "/quit");
});
