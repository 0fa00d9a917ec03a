import { clearImmediate, setImmediate } from "node:timers";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ByteReader, FormatError } from "../../../server/uploads/byte_reader.ts";
import { COPIES } from "../../../server/uploads/pictures.ts";
import {
  chunk,
  exif,
  GIF_WITH_PLACE,
  GIF_WITHOUT_PLACE,
  joined,
  JPEG_PARTS,
  jpegWithPlace,
  ONE_PIXEL,
  PNG_WITH_PLACE,
  SECRET,
  segment,
  WEBP_WITH_PLACE,
  WEBP_WITHOUT_PLACE,
} from "../../support/pictures.ts";

/** Returns the copy of a picture that is read in pieces of `size` bytes. */
async function copyOf(type: string, picture: Uint8Array, size = 7): Promise<Uint8Array> {
  let at = 0;
  const reader = new ByteReader({
    read(into) {
      const some = picture.subarray(at, at + Math.min(size, into.length));
      into.set(some);
      at += some.length;
      return Promise.resolve(some.length === 0 ? null : some.length);
    },
  });
  let copy: Uint8Array = new Uint8Array(0);
  await COPIES.get(type)?.(reader, {
    write(bytes) {
      copy = joined(copy, bytes);
      return Promise.resolve();
    },
    overwrite(position, bytes) {
      copy.set(bytes, position);
      return Promise.resolve();
    },
  });
  return copy;
}

/** The bytes of the copy of {@linkcode jpegWithPlace}; `orientation` is a segment, or empty. */
function cleanJpeg(orientation: Uint8Array): Uint8Array {
  const { start, jfif, profile, adobe, tables, frame, scan, secondScan, end } = JPEG_PARTS;
  return joined(start, jfif, orientation, profile, adobe, tables, frame, scan, secondScan, end);
}

Deno.test("a JPEG picture loses its location metadata and everything after its end, and keeps its colors", async () => {
  for (const size of [1, 2, 3, 7, 1000]) {
    assertEquals(await copyOf("image/jpeg", jpegWithPlace(), size), cleanJpeg(joined()), `${size}`);
  }
});

Deno.test("a JPEG picture that was taken sideways keeps its orientation, and nothing else of its Exif", async () => {
  for (const order of ["II", "MM"] as const) {
    const copy = await copyOf("image/jpeg", jpegWithPlace(6, order));
    const tiff = joined("MM\0*", [
      0,
      0,
      0,
      8,
      0,
      1,
      1,
      0x12,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      6,
      0,
      0,
      0,
      0,
      0,
      0,
    ]);
    assertEquals(copy, cleanJpeg(segment(0xe1, joined("Exif\0\0", tiff))));
    // A picture that was copied before stays as it is.
    assertEquals(await copyOf("image/jpeg", copy), copy);
  }
});

Deno.test("Exif that lies about its sizes gives no orientation and no error", async () => {
  const { start, frame, scan, end } = JPEG_PARTS;
  const good = exif(6, "MM");
  for (let length = 0; length < good.length; length++) {
    const picture = joined(start, segment(0xe1, good.subarray(0, length)), frame, scan, end);
    const copy = await copyOf("image/jpeg", picture, 1000);
    assert(copy.length <= joined(start, frame, scan, end).length + 36, `${length}`);
  }
  const far = joined("Exif\0\0MM\0*", [0xff, 0xff, 0xff, 0xff]);
  const picture = joined(start, segment(0xe1, far), frame, scan, end);
  assertEquals(await copyOf("image/jpeg", picture), joined(start, frame, scan, end));
});

Deno.test("a JPEG picture loses the smaller picture that its first segment may have", async () => {
  const { start, jfif, adobe, frame, scan, end } = JPEG_PARTS;
  const withSmall = segment(0xe0, "JFIF\0\x01\x02\0\0\x01\0\x01\x01\x02secret");
  const withMore = segment(0xee, "Adobe\0\x64\0\0\0\0\0secret");
  assertEquals(
    await copyOf("image/jpeg", joined(start, withSmall, withMore, frame, scan, end)),
    joined(start, jfif, adobe, frame, scan, end),
  );
});

Deno.test("a JPEG picture without an end gets one", async () => {
  const { start, frame, scan, end } = JPEG_PARTS;
  assertEquals(
    await copyOf("image/jpeg", joined(start, frame, scan)),
    joined(start, frame, scan, end),
  );
});

Deno.test("a PNG picture keeps only the chunks that are needed to show it", async () => {
  for (const size of [1, 7, 1000]) {
    assertEquals(await copyOf("image/png", PNG_WITH_PLACE, size), ONE_PIXEL);
  }
  const moving = joined(
    ONE_PIXEL.subarray(0, 33),
    chunk("acTL", "12345678"),
    ONE_PIXEL.subarray(33),
  );
  assertEquals(await copyOf("image/png", moving), moving);
});

Deno.test("a WebP picture loses Exif and XMP, and says so", async () => {
  for (const size of [1, 7, 1000]) {
    assertEquals(await copyOf("image/webp", WEBP_WITH_PLACE, size), WEBP_WITHOUT_PLACE);
  }
});

Deno.test("a GIF picture loses its comments and XMP, and stays animated", async () => {
  for (const size of [1, 7, 1000]) {
    assertEquals(await copyOf("image/gif", GIF_WITH_PLACE, size), GIF_WITHOUT_PLACE);
  }
  const withoutEnd = GIF_WITHOUT_PLACE.subarray(0, -1);
  assertEquals(await copyOf("image/gif", withoutEnd), GIF_WITHOUT_PLACE);
});

Deno.test("a picture that is cut short anywhere does not tell where it was taken", async () => {
  const pictures = [
    ["image/gif", GIF_WITH_PLACE],
    ["image/jpeg", jpegWithPlace(6)],
    ["image/png", PNG_WITH_PLACE],
    ["image/webp", WEBP_WITH_PLACE],
  ] as const;
  for (const [type, picture] of pictures) {
    for (let length = 12; length < picture.length; length++) {
      const copy = await copyOf(type, picture.slice(0, length), 1000).catch((error) => {
        assert(error instanceof FormatError, String(error));
        return new Uint8Array(0);
      });
      assert(
        !new TextDecoder("latin1").decode(copy).includes(SECRET.slice(0, 8)),
        `${type} ${length}`,
      );
    }
  }
});

Deno.test("a damaged picture is refused", async () => {
  const { start, jfif } = JPEG_PARTS;
  const damaged = [
    ["image/gif", joined("GIF89a/*", "\0".repeat(20), "*/alert(1)")],
    ["image/gif", GIF_WITHOUT_PLACE.subarray(0, -3)],
    ["image/jpeg", joined(start, jfif, "no marker")],
    ["image/jpeg", joined(start, [0xff, 0xe0, 0, 1])],
    ["image/jpeg", joined(start, start)],
    ["image/png", joined(ONE_PIXEL.subarray(0, 40), "\xff\xff\xff\xff")],
    ["image/png", ONE_PIXEL.subarray(0, ONE_PIXEL.length - 1)],
    ["image/webp", joined("RIFF\x1c\0\0\0WEBPVP8L\xff\xff\xff\x7f", "\0".repeat(8))],
  ] as const;
  for (const [type, picture] of damaged) {
    await assertRejects(() => copyOf(type, picture), FormatError);
  }
});

Deno.test("a picture of many parts does not keep other work from its turn", async () => {
  // Comments, which are left out.
  const parts = joined([0xff, 0xd8], ...Array<number[]>(16 * 1024).fill([0xff, 0xfe, 0, 2]));
  let turns = 0;
  const count = () => {
    turns++;
    turn = setImmediate(count);
  };
  let turn = setImmediate(count);
  await assertRejects(() => copyOf("image/jpeg", parts, parts.length), FormatError);
  clearImmediate(turn);
  assert(turns > 50, `${turns} turns`);
});
