/**
 * Keeps the files of the page, so that it opens while the server cannot be reached. A copy is used
 * only then: otherwise, a browser could show the page of an earlier version of the server. Knows
 * neither messages nor uploaded files, which are never kept.
 *
 * Source: https://w3c.github.io/ServiceWorker/
 *
 * @module
 */

/** The key of the page itself, which is the same under the path of every room. */
const PAGE = "/";

/** Matches the paths of the other files, of which none is in a folder. */
const FILE = /^\/-\/\w+\.\w+$/;

/** Matches the URLs of these files in the page, with their versions. */
const LINKS = /(?<=")\/-\/[\w.]+\?[\w-]+(?=")/g;

/** The fields of a request that tell which file it is for. */
export type ShellRequest = Pick<Request, "method" | "mode" | "url">;

/** Returns true for a request for the page, or for one of its files. */
export function isForShell({ method, mode, url }: ShellRequest): boolean {
  const { pathname } = new URL(url);
  if (method !== "GET") return false;
  return FILE.test(pathname) || mode === "navigate" && !pathname.startsWith("/-/");
}

/**
 * Returns the response of the server. Returns the copy if the server cannot be reached, or if a
 * proxy answers in its place with an error. Calls `arrived` with a new response that has the page.
 *
 * @throws {TypeError} if there is neither.
 */
export async function fromServer(
  request: Request,
  arrived: (page: Response) => void,
): Promise<Response> {
  const isPage = request.mode === "navigate";
  const copy = () => caches.match(isPage ? PAGE : request.url);
  try {
    const response = await fetch(request);
    if (isPage && response.ok) arrived(response.clone());
    return response.status < 500 ? response : await copy() ?? response;
  } catch (error) {
    const found = await copy();
    if (found) return found;
    throw error;
  }
}

/** Keeps the page and its files, in place of those of an earlier version. */
export async function keepShell(page: Response): Promise<void> {
  const files = (await page.clone().text()).match(LINKS) ?? [];
  if (files.length === 0) return;
  // The versions of the files are in their URLs.
  const name = files.join(" ");
  let isNew = false;
  try {
    isNew = !await caches.has(name);
    const cache = await caches.open(name);
    if (isNew) await cache.addAll(files);
    await cache.put(PAGE, page);
  } catch {
    // The server is gone again, or the browser has no space. An earlier version stays.
    if (isNew) await caches.delete(name).catch(() => {});
    return;
  }
  for (const other of await caches.keys()) if (other !== name) await caches.delete(other);
}
