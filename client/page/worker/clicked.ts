/**
 * Leads to the conversation of a notification that the user has clicked: in a window of the page if
 * one is open, or else in a new one. Knows neither the worker nor the page.
 *
 * @module
 */

/** The conversation of a notification. */
export interface Destination {
  /** The path of the page that shows it. */
  readonly path: string;
  /** The room or the person, if the notification names one. */
  readonly name?: string;
}

/** An open window of this origin, for example a `WindowClient`. */
export interface PageWindow {
  /** Its URL. */
  readonly url: string;
  /** Brings it to the front. */
  focus(): Promise<unknown>;
  /** Sends a message to its page. */
  postMessage(message: unknown): void;
}

/** The windows of this origin. The `Clients` of a worker have these functions. */
export interface PageWindows {
  /** Resolves to the open windows; the window used last comes first. */
  matchAll(
    options: { readonly type: "window"; readonly includeUncontrolled: true },
  ): Promise<readonly PageWindow[]>;
  /** Opens a window. */
  openWindow(path: string): Promise<unknown>;
}

/** Returns the destination in the data of a notification, or in a message of the worker. */
export function destinationIn(data: unknown): Destination {
  if (typeof data !== "object" || data === null) return { path: "/" };
  const path = "path" in data && typeof data.path === "string" ? data.path : "/";
  const name = "name" in data && typeof data.name === "string" ? data.name : undefined;
  return { path, ...(name !== undefined && { name }) };
}

/** Shows the conversation `to` in the page that was used last, or in a new window. */
export async function show(to: Destination, windows: PageWindows): Promise<void> {
  // A page that was loaded before the worker is not controlled by it.
  const all = await windows.matchAll({ type: "window", includeUncontrolled: true });
  const page = all.find(isPage);
  if (!page) return void await windows.openWindow(to.path);
  page.postMessage(to);
  await page.focus();
}

/** Returns true for a window with the page, and not with a file of the server. */
function isPage({ url }: PageWindow): boolean {
  return !new URL(url).pathname.startsWith("/-/");
}
