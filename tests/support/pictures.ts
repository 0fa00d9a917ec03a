import { crc32, deflateSync } from "node:zlib";

/**
 * A location, as text. The pictures below have it in every part that can hold metadata; a copy
 * without metadata must not have it.
 */
export const SECRET = "48.8584N 2.2945E";

/** Returns the bytes of these parts, one after the other; a text has one letter for each byte. */
export function joined(
  ...parts: readonly (string | Uint8Array | readonly number[])[]
): Uint8Array<ArrayBuffer> {
  const bytes = parts.flatMap((part) =>
    typeof part === "string" ? Array.from(part, (letter) => letter.charCodeAt(0)) : [...part]
  );
  return Uint8Array.from(bytes);
}

function number(value: number, bytes = 4): number[] {
  return Array.from({ length: bytes }, (_, i) => value >>> 8 * (bytes - 1 - i) & 0xff);
}

/** Returns a chunk of PNG. */
export function chunk(
  type: string,
  data: string | Uint8Array | readonly number[],
): Uint8Array<ArrayBuffer> {
  const content = joined(type, data);
  return joined(number(content.length - 4), content, number(crc32(content)));
}

const HEADER = chunk("IHDR", [...number(1), ...number(1), 8, 0, 0, 0, 0]);
const DATA = chunk("IDAT", deflateSync(Uint8Array.of(0, 128)));
const END = chunk("IEND", []);
const MAGIC = "\x89PNG\r\n\x1a\n";

/** A gray picture of one pixel. */
export const ONE_PIXEL: Uint8Array<ArrayBuffer> = joined(MAGIC, HEADER, DATA, END);

/** The same picture with the location in its metadata, and a program after its end. */
export const PNG_WITH_PLACE: Uint8Array<ArrayBuffer> = joined(
  MAGIC,
  HEADER,
  chunk("eXIf", SECRET),
  chunk("tEXt", `Comment\0${SECRET}`),
  chunk("iTXt", `XML:com.adobe.xmp\0\0\0\0\0${SECRET}`),
  DATA,
  chunk("zzZz", SECRET),
  END,
  `PK\x03\x04${SECRET}<script>`,
);

/** Returns a segment of JPEG. */
export function segment(marker: number, data: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return joined([0xff, marker], number(data.length + 2, 2), data);
}

/** Returns Exif data with this orientation and the location, in one of the two orders of bytes. */
export function exif(orientation: number, order: "II" | "MM"): Uint8Array<ArrayBuffer> {
  const at = (value: number, bytes: number) =>
    order === "MM" ? number(value, bytes) : number(value, bytes).reverse();
  return joined(
    `Exif\0\0${order}`,
    at(42, 2),
    at(8, 4),
    at(2, 2),
    // The first tag is another one, the maker.
    [...at(0x010f, 2), ...at(2, 2), ...at(4, 4)],
    "ACME",
    [...at(0x0112, 2), ...at(3, 2), ...at(1, 4), ...at(orientation, 2), 0, 0],
    at(0, 4),
    SECRET,
  );
}

/** The parts of a JPEG picture that a copy must keep, and nothing else. */
export const JPEG_PARTS = {
  start: joined([0xff, 0xd8]),
  jfif: segment(0xe0, "JFIF\0\x01\x02\0\0\x01\0\x01\0\0"),
  profile: segment(0xe2, "ICC_PROFILE\0\x01\x01profile"),
  adobe: segment(0xee, "Adobe\0\x64\0\0\0\0\0"),
  tables: segment(0xdb, "\0".repeat(65)),
  frame: segment(0xc2, "\x08\0\x01\0\x01\x01\x01\x11\0"),
  scan: joined(segment(0xda, "\x01\x01\0\0\0\0"), [1, 2, 0xff, 0, 3, 0xff, 0xd0, 4]),
  secondScan: joined(segment(0xc4, "\0more tables"), segment(0xda, "\x01\x01\0\0\0\0"), [
    5,
    0xff,
    0,
  ]),
  end: joined([0xff, 0xd9]),
} as const;

/**
 * Returns a JPEG picture with the location in its metadata, this orientation, and a second picture
 * after its end.
 */
export function jpegWithPlace(orientation = 1, order: "II" | "MM" = "II"): Uint8Array<ArrayBuffer> {
  const { start, jfif, profile, adobe, tables, frame, scan, secondScan, end } = JPEG_PARTS;
  return joined(
    start,
    jfif,
    segment(0xe1, exif(orientation, order)),
    segment(0xe1, `http://ns.adobe.com/xap/1.0/\0${SECRET}`),
    profile,
    segment(0xe2, `MPF\0${SECRET}`),
    segment(0xed, `Photoshop 3.0\0${SECRET}`),
    segment(0xfe, SECRET),
    adobe,
    tables,
    frame,
    scan,
    secondScan,
    [0xff],
    end,
    start,
    segment(0xe1, exif(1, "II")),
    end,
  );
}

function riff(type: string, data: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const length = number(data.length).reverse();
  return joined(type, length, data, data.length % 2 === 1 ? "\0" : "");
}

/** Returns a WebP picture with these chunks after `VP8X`, whose first byte is `flags`. */
function webp(flags: number, ...chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = joined("WEBP", riff("VP8X", joined([flags], "\0".repeat(9))), ...chunks);
  return joined("RIFF", number(content.length).reverse(), content);
}

const WEBP_DATA = riff("VP8L", "\x2f\0\0\0\0");

/** A WebP picture with the location in its metadata, and the same picture without metadata. */
export const WEBP_WITH_PLACE: Uint8Array<ArrayBuffer> = joined(
  webp(0x2c, riff("ICCP", "profile"), WEBP_DATA, riff("EXIF", SECRET), riff("XMP ", SECRET)),
  SECRET,
);
export const WEBP_WITHOUT_PLACE: Uint8Array<ArrayBuffer> = webp(
  0x20,
  riff("ICCP", "profile"),
  WEBP_DATA,
);

/** The parts of a GIF picture that moves: its beginning, and one image. */
const GIF_PARTS = {
  start: joined("GIF89a", [1, 0, 1, 0, 0x80, 0, 0], "black!"),
  loop: joined([0x21, 0xff, 11], "NETSCAPE2.0", [3, 1, 0, 0, 0]),
  image: joined([0x21, 0xf9, 4, 0, 10, 0, 0, 0], [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0x80], "colors", [
    ...[2, 2, 0x44, 1, 0],
  ]),
  end: [0x3b],
} as const;

/** Returns a block of data of GIF. */
function subBlock(data: string): Uint8Array<ArrayBuffer> {
  return joined([data.length], data);
}

/** A GIF picture with the location in its metadata, and the same picture without metadata. */
export const GIF_WITH_PLACE: Uint8Array<ArrayBuffer> = joined(
  GIF_PARTS.start,
  joined([0x21, 0xff], subBlock("XMP DataXMP"), subBlock(SECRET), [0]),
  GIF_PARTS.loop,
  joined([0x21, 0xfe], subBlock(SECRET), subBlock(SECRET), [0]),
  GIF_PARTS.image,
  joined([0x21, 0x01], subBlock("x".repeat(12)), subBlock(SECRET), [0]),
  GIF_PARTS.image,
  joined([0x21, 0xee, 0]),
  GIF_PARTS.end,
  SECRET,
);
export const GIF_WITHOUT_PLACE: Uint8Array<ArrayBuffer> = joined(
  ...[GIF_PARTS.start, GIF_PARTS.loop, GIF_PARTS.image, GIF_PARTS.image, GIF_PARTS.end],
);
