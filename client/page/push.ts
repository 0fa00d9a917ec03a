/**
 * Starts the worker of the page, and subscribes this browser to messages that the server pushes
 * while the user is away or not connected. Browsers allow this only to a page with a certificate
 * that they trust, or on this machine.
 *
 * Sources: https://www.w3.org/TR/push-api/; https://ircv3.net/specs/extensions/webpush
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import { destinationIn } from "./worker/clicked.ts";

/** The worker, whose scope is the whole page. */
const WORKER = "/-/worker.js";

/** Starts the worker, which keeps the files of the page, if the browser allows it. */
export async function startWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    await register();
  } catch {
    // The user has accepted a certificate that the browser does not trust.
  }
}

/**
 * Subscribes, if the user is logged in and has allowed notifications, and both the browser and the
 * server support Web Push. Does nothing otherwise: messages are then shown when the page is
 * opened.
 */
export async function subscribe(session: Session): Promise<void> {
  const key = session.state.isupport.pushKey;
  if (key === undefined || session.account === undefined || !isAllowed()) return;
  try {
    const { endpoint, keys } = (await subscription(key)).toJSON();
    const { p256dh, auth } = keys ?? {};
    if (endpoint === undefined || p256dh === undefined || auth === undefined) return;
    const params = ["REGISTER", endpoint, `p256dh=${p256dh};auth=${auth}`];
    await session.request({ command: "WEBPUSH", params });
  } catch {
    // The browser has no push service, or cannot reach it.
  }
}

/** Calls `show` with the conversation of each notification of the worker that the user clicks. */
export function followClicks(show: (name: string) => void): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    const { name } = destinationIn(data);
    if (name !== undefined) show(name);
  });
}

function isAllowed(): boolean {
  return typeof Notification !== "undefined" && Notification.permission === "granted" &&
    "serviceWorker" in navigator && "PushManager" in globalThis;
}

/** Returns the subscription of this browser to messages of the server that has `key`. */
async function subscription(key: string): Promise<PushSubscription> {
  await register();
  const { pushManager } = await navigator.serviceWorker.ready;
  const known = await pushManager.getSubscription();
  const applicationServerKey = Uint8Array.fromBase64(key, { alphabet: "base64url" });
  if (known && isFor(known, applicationServerKey)) return known;
  await known?.unsubscribe();
  return await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
}

function register(): Promise<ServiceWorkerRegistration> {
  return navigator.serviceWorker.register(WORKER, { scope: "/", updateViaCache: "none" });
}

function isFor({ options }: PushSubscription, key: Uint8Array): boolean {
  const found = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer());
  return found.length === key.length && found.every((byte, i) => byte === key[i]);
}
