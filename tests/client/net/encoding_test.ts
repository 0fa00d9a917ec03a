import { assert, assertEquals, assertThrows } from "@std/assert";
import { connectOptions } from "../../../client/cli/options.ts";
import { messageDecoder, textDecoder } from "../../../client/net/encoding.ts";
import { UsageError } from "../../../shared/errors.ts";
import { connect } from "../../../client.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeServer } from "../../support/fake_server.ts";
import { Pipes } from "../../support/pipes.ts";

/** Returns one byte for each character of `text`. */
function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Returns the characters of the UTF-8 bytes of `text`, for {@linkcode bytes}. */
function utf8(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}

Deno.test("text that is not UTF-8 is read as Windows-1252, or in the encoding that was asked for", () => {
  const decoder = textDecoder();
  assertEquals(decoder.decode(bytes("caf\xe9 \x80")), "café €");
  assertEquals(decoder.decode(bytes(utf8("café €"))), "café €");
  assertEquals(textDecoder("koi8-r").decode(bytes("\xd0\xd2\xc9\xd7\xc5\xd4")), "привет");
  assertEquals(textDecoder("utf-8").decode(bytes("caf\xe9")), "caf\ufffd");
});

Deno.test("UTF-8 that is cut within a character is read as UTF-8, and Latin-1 is not taken for it", () => {
  const decoder = textDecoder();
  for (
    const [text, count] of [["größer é", 1], ["größer €", 1], ["größer €", 2], ["ü 🫖", 3]] as const
  ) {
    const cut = new TextEncoder().encode(text).slice(0, -count);
    assertEquals(decoder.decode(cut), [...text].slice(0, -1).join(""));
  }
  const line = messageDecoder().decode(
    bytes(`:ann!u@h PRIVMSG #a :${utf8("größer €").slice(0, -1)}`),
  );
  assertEquals(line, ":ann!u@h PRIVMSG #a :größer ");
  for (const text of ["cafÃ", "gr\xf6\xdfer \xe9", "\xe9", "caf\xe9 \xe2\x82"]) {
    assertEquals(decoder.decode(bytes(text)), new TextDecoder("windows-1252").decode(bytes(text)));
  }
});

Deno.test("names in UTF-8 are read as UTF-8 in a line with other text that is not", () => {
  const decoder = messageDecoder();
  const room = utf8("#café");
  for (
    const [line, text] of [
      [`:ann!u@h PRIVMSG ${room} :na\xefve :) ${utf8("é")}`, "naïve :) Ã©"],
      [`@time=x :ann!u@h PRIVMSG ${room} :na\xefve`, "naïve"],
      [`PRIVMSG ${room} :na\xefve`, "naïve"],
      [`PRIVMSG ${room} na\xefve`, "naïve"],
    ] as const
  ) {
    const decoded = decoder.decode(bytes(line));
    assert(decoded.includes(" #café "), decoded);
    assert(decoded.endsWith(text), decoded);
  }
});

Deno.test("messages and input in Latin-1 keep their letters", async () => {
  await using server = new FakeServer();
  const pipes = new Pipes();
  const parts = { stdio: pipes, clock: new FakeClock(), random: () => 1 };
  const exitCode = connect(server.connectOptions, parts);
  const peer = await server.acceptInRoom();
  await peer.sendBytes(bytes(":bob!u@h PRIVMSG #a :caf\xe9\r\n"));
  await pipes.out.has("<bob> café\n");
  pipes.input(bytes("cr\xe8me\n"));
  pipes.endInput();
  await peer.expect(/PRIVMSG #a :crème$/);
  await peer.answerPing();
  await peer.expect(/^QUIT/);
  peer.close();
  assertEquals(await exitCode, 0);
});

Deno.test("--encoding accepts only encodings that can be told from UTF-8", () => {
  const optionsFor = (name: string) => connectOptions(["host", "--encoding", name], new Map());
  assertEquals(optionsFor("KOI8-R").encoding, "KOI8-R");
  for (const name of ["klingon", "utf-16", "iso-2022-jp", "replacement"]) {
    assertThrows(() => optionsFor(name), UsageError, "--encoding must be");
  }
});
