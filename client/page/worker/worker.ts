/**
 * The service worker of the page: keeps the files of the page for times without the server, shows
 * messages that the server pushes while the user is away or not connected, and opens the page when
 * the user clicks a notification.
 *
 * Sources: https://www.w3.org/TR/push-api/; https://ircv3.net/specs/extensions/webpush
 *
 * @module
 */

import { destinationIn, show } from "./clicked.ts";
import { messageIn } from "./pushed.ts";
import { fromServer, isForShell, keepShell } from "./shell.ts";

declare const self: ServiceWorkerGlobalScope;

self.addEventListener("push", (event) => {
  const { title, body, tag, ...to } = messageIn(event.data?.text() ?? "");
  // The user is told of each message, also while an earlier one of the conversation is shown.
  const options = { body, tag, renotify: true, icon: "/-/icon.svg", data: to };
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(destinationIn(event.notification.data), self.clients));
});

self.addEventListener("fetch", (event) => {
  if (!isForShell(event.request)) return;
  const keep = (page: Response) => event.waitUntil(keepShell(page));
  event.respondWith(fromServer(event.request, keep));
});

// A new version of the page brings a new worker, which takes over at once. The first worker comes
// after the page, and so gets the page once more.
self.addEventListener("install", (event) => {
  event.waitUntil(Promise.all([self.skipWaiting(), fetch("/").then(keepShell)]));
});
