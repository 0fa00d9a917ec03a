/**
 * Recognizes links to uploaded files. Performs no I/O.
 *
 * @module
 */

/** The path of an uploaded file, as in `/-/files/ID/NAME.png`. */
const FILE = /^\/-\/files\/[\w-]{24}\/(?<name>[^/]+)$/;
const PICTURE = /\.(?:gif|jpe?g|png|webp)$/i;

/**
 * Returns the path of the picture that a link leads to, if it can be a picture on this server. The
 * host is not compared, because a server has several names. If the picture is on another server,
 * this server has no file at that path.
 */
export function pictureOf(address: string): string | undefined {
  const { pathname = "" } = URL.parse(address) ?? {};
  return FILE.test(pathname) && PICTURE.test(pathname) ? pathname : undefined;
}

/**
 * Returns the name of the file at `ownHost` that a link leads to; `undefined` for all other links.
 */
export function fileNameOf(address: string, ownHost: string): string | undefined {
  const { host, pathname = "" } = URL.parse(address) ?? {};
  const { name } = (host === ownHost ? FILE.exec(pathname) : null)?.groups ?? {};
  return name === undefined ? undefined : decoded(name);
}

/** Returns a part of a path as text. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // The part has a percent sign that encodes nothing.
    return part;
  }
}
