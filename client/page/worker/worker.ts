/**
 * The service worker of the page: shows messages that the server pushes while the user is away or
 * not connected, and opens the page when the user clicks a notification.
 *
 * Sources: https://www.w3.org/TR/push-api/; https://ircv3.net/specs/extensions/webpush
 *
 * @module
 */

import { destinationIn, show } from "./clicked.ts";
import { messageIn } from "./pushed.ts";

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

// A new version of the page brings a new worker, which takes over at once.
self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
