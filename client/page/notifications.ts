/**
 * Shows notifications of the desktop while the page is open and not visible. Some browsers have no
 * notifications, or have none for a page without encryption.
 *
 * @module
 */

/** Returns true if the user can be asked to allow notifications. */
export function canAsk(): boolean {
  return typeof Notification !== "undefined" && Notification.permission === "default";
}

/** Asks the user to allow notifications; resolves to their answer. */
export async function ask(): Promise<NotificationPermission> {
  return await Notification.requestPermission();
}

/** Shows a message of `nick`, if the user has allowed that. */
export function notify(nick: string, text: string): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  try {
    new Notification(nick, { body: text, tag: nick });
  } catch {
    // On Android, only a service worker may show notifications.
  }
}
