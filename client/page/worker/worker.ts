/**
 * The service worker of the page: shows messages that the server pushes while the user is away or
 * not connected, and opens the page when the user clicks a notification.
 *
 * Sources: https://www.w3.org/TR/push-api/; https://ircv3.net/specs/extensions/webpush
 *
 * @module
 */

import { messageIn } from "./pushed.ts";

declare const self: ServiceWorkerGlobalScope;

self.addEventListener("push", (event) => {
  const message = messageIn(event.data?.text() ?? "");
  const { title, body, path } = message;
  const options = { body, tag: path, icon: "/-/icon.svg", data: path };
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const path: unknown = event.notification.data;
  event.waitUntil(show(typeof path === "string" ? path : "/"));
});

/** Shows the page if it is open, and opens it at `path` otherwise. */
async function show(path: string): Promise<void> {
  const [open] = await self.clients.matchAll({ type: "window" });
  if (open) await open.focus();
  else await self.clients.openWindow(path);
}

// A new version of the page brings a new worker, which takes over at once.
self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
