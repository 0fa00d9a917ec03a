/**
 * Recognizes pictures, sound and video by their first bytes. Neither the name of a file nor the
 * type that a client states is trusted. Performs no I/O.
 *
 * @module
 */

/** The number of first bytes that {@linkcode recognize} needs. */
export const MAGIC_BYTES = 64;

/** A kind of media that browsers can show, and that cannot contain a program. */
export interface Media {
  /** The media type. */
  readonly type: string;
  /** The endings of the names of such files; the first one is for new names. */
  readonly endings: readonly string[];
  /** Returns true if a file begins like this kind. */
  readonly matches: (start: string) => boolean;
}

/** The brands of MP4 (ISO/IEC 14496-12, section 4.3) that are in use for video. */
const MP4_BRANDS = /^....ftyp(?:avc1|dash|iso[2-9m]|m4v |mp4[12]|msnv)/is;

/**
 * All kinds that are shown. Everything else is downloaded: SVG, HTML and PDF can contain programs.
 */
const SHOWN: readonly Media[] = [
  { type: "image/png", endings: ["png"], matches: begins("\x89PNG\r\n\x1a\n") },
  { type: "image/jpeg", endings: ["jpg", "jpeg"], matches: begins("\xff\xd8\xff") },
  { type: "image/gif", endings: ["gif"], matches: (start) => /^GIF8[79]a/.test(start) },
  { type: "image/webp", endings: ["webp"], matches: (start) => /^RIFF....WEBP/s.test(start) },
  { type: "audio/wav", endings: ["wav"], matches: (start) => /^RIFF....WAVE/s.test(start) },
  { type: "audio/flac", endings: ["flac"], matches: begins("fLaC") },
  {
    type: "audio/ogg",
    endings: ["ogg", "oga", "opus"],
    matches: (start) => /^OggS.{24}(?:OpusHead|\x01vorbis|\x7fFLAC|Speex)/s.test(start),
  },
  {
    type: "audio/mpeg",
    endings: ["mp3"],
    matches: (start) => /^ID3[\x02-\x04]|^\xff[\xf2\xf3\xfa\xfb]/.test(start),
  },
  {
    type: "audio/mp4",
    endings: ["m4a", "m4b"],
    matches: (start) => /^....ftypM4[AB] /s.test(start),
  },
  { type: "video/mp4", endings: ["mp4", "m4v"], matches: (start) => MP4_BRANDS.test(start) },
  {
    type: "video/webm",
    endings: ["webm"],
    matches: (start) => /^\x1a\x45\xdf\xa3.*webm/s.test(start),
  },
];

/**
 * Matches the first bytes of pictures that may contain the place where they were taken, and from
 * which this program cannot remove it: TIFF and raw pictures (also those of Canon, Fujifilm,
 * Olympus and Panasonic, which are not TIFF), HEIF and AVIF, JPEG XL.
 */
const WITH_PLACE = new RegExp(
  "^(?:II[*+]\\0|MM\\0[*+]|II(?:R[OS]|U\\0)|MMOR|FUJIFILMCCD-RAW|" +
    "....ftyp(?:avi[fs]|crx |he[ivx][cmsx]|m[is]f1)|\\xff\\n|\\0\\0\\0\\fJXL )",
  "s",
);

function begins(magic: string): (start: string) => boolean {
  return (start) => start.startsWith(magic);
}

/**
 * Returns the kind of media that begins with these bytes; `undefined` if browsers must not show it.
 */
export function recognize(start: Uint8Array): Media | undefined {
  const text = textOf(start);
  return SHOWN.find(({ matches }) => matches(text));
}

/**
 * Returns true for a picture that may contain the place where it was taken, if this program cannot
 * remove the place from pictures of its kind.
 */
export function keepsPlace(start: Uint8Array): boolean {
  return WITH_PLACE.test(textOf(start));
}

/** Returns true if files of this media type are shown. */
export function isShown(type: string | undefined): boolean {
  return SHOWN.some((media) => media.type === type);
}

function textOf(start: Uint8Array): string {
  return String.fromCharCode(...start.subarray(0, MAGIC_BYTES));
}
