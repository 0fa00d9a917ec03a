/**
 * Pushes messages to owners of accounts who are away (Web Push). The server encrypts each message
 * for a browser or app, and sends it to the push service of that program, which wakes the program.
 *
 * Sources: https://ircv3.net/specs/extensions/webpush; RFC 8030; RFC 8291; RFC 8292.
 *
 * @module
 */

import { createECDH } from "node:crypto";
import { casefold, format } from "../../protocol.ts";
import { splitText } from "../../shared/text.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { TokenBuckets } from "../../shared/rate.ts";
import { keptSecret } from "../auth/kept_secrets.ts";
import { render } from "../delivery/render.ts";
import type { Said } from "../events/events.ts";
import type { PushSubscription } from "../events/records.ts";
import { Caps } from "../irc/capabilities.ts";
import type { Network } from "../state/network.ts";
import type { User } from "../state/state.ts";
import type { Store } from "../store/store.ts";
import type { PushRequest } from "./posting.ts";
import { accountsToTell, isFromMuted } from "./recipients.ts";

/** The parts that pushing messages needs. */
export interface PushParts {
  /** The server's name. */
  readonly name: string;
  /** The state. */
  readonly network: Network;
  /** The store, which keeps the server's key. */
  readonly store: Store;
  /** The clock. */
  readonly clock: Clock;
  /** The log. */
  readonly log: Log;
  /** Removes the subscription with this endpoint, because the push service has ended it. */
  readonly ended: (endpoint: string) => void;
  /** Sends a request; by default `post`, which is loaded on first use. */
  readonly post?: ((request: PushRequest) => Promise<number>) | undefined;
}

/**
 * The largest number of messages that wait to be sent. Further messages are dropped; users find
 * them in the history.
 */
const WAITING = 1000;
/**
 * The largest number of messages for one account that wait to be sent: one account must not fill
 * the queue.
 */
const WAITING_PER_ACCOUNT = 50;
/**
 * The largest number of requests at a time. Each account has at most one request at a time, because
 * its push service may never answer.
 */
const IN_FLIGHT = 16;
/**
 * The limit for messages to one account: `perSecond` on average, and `burst` at once. Further
 * messages are dropped.
 */
const RATE = { perSecond: 1, burst: 20 } as const;
/** The seconds for which a push service keeps a message for a program that it cannot reach. */
const TTL_SECONDS = 86_400;
/**
 * The size to which the text of a message is cut, in bytes. Push services accept 4096 bytes, which
 * must also have space for the rest of the line and for the encryption.
 */
const TEXT_BYTES = 2000;
/** The capabilities of the clients for which pushed messages are written. */
const CAPS = Caps.of(["account-tag", "message-tags", "server-time"]);
/**
 * The status codes by which a push service says that it no longer knows the subscription (RFC 8030,
 * section 7.3).
 */
const GONE: ReadonlySet<number> = new Set([404, 410]);

/** A message, and the subscription that it is for. */
type Waiting = readonly [PushSubscription, line: string];

/** The messages that are pushed, and the server's key for them. */
export class Pushes {
  readonly #secret: Uint8Array;
  #keys: { readonly publicKey: string; readonly privateKey: string } | undefined;
  readonly #parts: PushParts;
  /** The messages that wait, by account; the account whose turn comes next is the first. */
  readonly #waiting = new Map<string, Waiting[]>();
  #waitingCount = 0;
  /** The accounts for which a request is being sent. */
  readonly #busy = new Set<string>();
  readonly #rates = new TokenBuckets(RATE.perSecond, RATE.burst);
  readonly #sending = new Set<Promise<void>>();
  #closed = false;

  /** Uses the secret key in the store; makes it if the store has no key yet. */
  constructor(parts: PushParts) {
    this.#parts = parts;
    this.#secret = keptSecret(parts.store, "push");
  }

  /**
   * The public key by which push services recognize the server, in base64url (RFC 8292, section
   * 3.2).
   */
  get publicKey(): string {
    return this.#pair.publicKey;
  }

  /** The key pair. It is computed when it is first needed, because that takes a while. */
  get #pair(): { readonly publicKey: string; readonly privateKey: string } {
    if (this.#keys) return this.#keys;
    const key = createECDH("prime256v1");
    key.setPrivateKey(this.#secret);
    const publicKey = key.getPublicKey("base64url");
    return this.#keys = { publicKey, privateKey: key.getPrivateKey("base64url") };
  }

  /**
   * Pushes `said`, which `audience` sees, to the accounts that it concerns, if their owners are
   * away.
   */
  tell(said: Said, audience: readonly User[]): void {
    const { clock, network } = this.#parts;
    if (network.pushes.accountCount === 0) return;
    for (const account of accountsToTell(said, audience, network)) {
      const subscriptions = network.pushes.of(account);
      if (subscriptions.length === 0 || isFromMuted(said, network.account(account))) continue;
      if (!this.#rates.tryTake(casefold(account), clock.moment())) continue;
      for (const subscription of subscriptions) this.#add(subscription, lineOf(said));
    }
  }

  /** Drops all messages that wait; resolves when no request is being sent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.clear();
    this.#waitingCount = 0;
    await Promise.all(this.#sending);
  }

  #add(subscription: PushSubscription, line: string): void {
    const account = casefold(subscription.account);
    const own = this.#waiting.get(account) ?? [];
    if (this.#waitingCount >= WAITING || own.length >= WAITING_PER_ACCOUNT) return;
    own.push([subscription, line]);
    this.#waiting.set(account, own);
    this.#waitingCount++;
    this.#next();
  }

  #next(): void {
    if (this.#closed || this.#sending.size >= IN_FLIGHT) return;
    const [account = "", own = []] =
      this.#waiting.entries().find(([each]) => !this.#busy.has(each)) ?? [];
    const next = own.shift();
    if (!next) return;
    this.#waitingCount--;
    this.#waiting.delete(account);
    if (own.length > 0) this.#waiting.set(account, own);
    this.#busy.add(account);
    const sending = this.#send(...next).finally(() => {
      this.#sending.delete(sending);
      this.#busy.delete(account);
      this.#next();
    });
    this.#sending.add(sending);
  }

  /** Sends one message. Never rejects: a message that does not arrive is in the history. */
  async #send(subscription: PushSubscription, line: string): Promise<void> {
    const { ended, log, network } = this.#parts;
    const { endpoint } = subscription;
    try {
      const post = this.#parts.post ?? (await import("./posting.ts")).post;
      const status = await post(await this.#request(subscription, line));
      if (!GONE.has(status)) return;
      if (network.pushes.get(endpoint)) ended(endpoint);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.debug("a message was not pushed", { service: new URL(endpoint).host, reason });
    }
  }

  async #request({ endpoint, p256dh, auth }: PushSubscription, line: string): Promise<PushRequest> {
    const { buildPushPayload } = await import("@block65/webcrypto-web-push");
    const subscription = { endpoint, expirationTime: null, keys: { p256dh, auth } };
    const message = { data: line, options: { ttl: TTL_SECONDS, urgency: "high" as const } };
    const { headers, body } = await buildPushPayload(message, subscription, {
      // The contact for push services that have a complaint (RFC 8292, section 2.1).
      subject: `https://${this.#parts.name}`,
      ...this.#pair,
    });
    return { endpoint, headers: { ...headers }, body };
  }
}

/**
 * Returns the message as one line for all subscribers: without the sender's own tags, which may be
 * long (webpush, "Implementation"), and with only the beginning of a long text.
 */
function lineOf(said: Said): string {
  const [text = ""] = splitText(said.text.replaceAll("\n", " "), TEXT_BYTES);
  return format(render({ ...said, text, tags: new Map() }, CAPS));
}
