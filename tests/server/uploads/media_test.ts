import { assertEquals } from "@std/assert";
import { keepsPlace, recognize } from "../../../server/uploads/media.ts";
import { joined } from "../../support/pictures.ts";

Deno.test("pictures, sound and video are recognized by their first bytes", () => {
  const kinds: readonly (readonly [start: string, type: string | undefined])[] = [
    ["\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"],
    ["\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"],
    ["GIF89a/*", "image/gif"],
    ["RIFF\n\0\0\0WEBPVP8 ", "image/webp"],
    ["RIFF\n\0\0\0WAVEfmt ", "audio/wav"],
    ['fLaC\0\0\0"', "audio/flac"],
    [`OggS\0\x02${"\n".repeat(22)}OpusHead`, "audio/ogg"],
    [`OggS\0\x02${"\0".repeat(22)}\x80theora`, undefined],
    ["ID3\x04\0\0\0\0", "audio/mpeg"],
    ["\xff\xfb\x90\x64", "audio/mpeg"],
    ["\0\0\0\x20ftypM4A \0\0", "audio/mp4"],
    ["\0\0\0\nftypisom\0\0", "video/mp4"],
    ["\0\0\0\x20ftypmp42\0\0", "video/mp4"],
    ["\x1a\x45\xdf\xa3\x9f\x42\x86\x81\n\x42\x82\x84webm", "video/webm"],
    ["<svg xmlns=", undefined],
    ["<?xml version", undefined],
    ["<!DOCTYPE html>", undefined],
    ["%PDF-1.7", undefined],
    ["BM6\0\0\0", undefined],
    ["", undefined],
    ["GIF", undefined],
    ["x\x89PNG\r\n\x1a\n", undefined],
  ];
  for (const [start, type] of kinds) assertEquals(recognize(joined(start))?.type, type, start);
});

Deno.test("kinds of pictures whose location metadata cannot be removed are recognized", () => {
  const places = [
    "II*\0\x08\0\0\0",
    "MM\0*\0\0\0\x08",
    "II+\0\x08\0\0\0",
    "IIRO\x08\0\0\0",
    "IIU\0\x08\0\0\0",
    "FUJIFILMCCD-RAW 0201",
    "\0\0\0\x18ftypcrx \0\0",
    "\0\0\0\x24ftypheic\0\0",
    "\0\0\0\nftypmif1\0\0",
    "\0\0\0\x1cftypavif\0\0",
    "\xff\n\xfa\x1f",
    "\0\0\0\fJXL \r\n\x87\n",
  ];
  for (const start of places) assertEquals(keepsPlace(joined(start)), true, start);
  for (const start of ["\0\0\0\x20ftypisom", "\xff\xd8\xff", "MM", "text"]) {
    assertEquals(keepsPlace(joined(start)), false, start);
  }
});
