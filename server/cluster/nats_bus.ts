/**
 * Connects a process with the other processes of a cluster and with the log, by NATS: messages go
 * over core NATS, the log is a stream of JetStream. Uses no consumers of JetStream, because a
 * consumer stands still for a minute if its NATS server dies. Followers of the log get the entries
 * that the stream republishes, and ask for missing ones by their numbers.
 *
 * @module
 */

import {
  jetstream,
  JetStreamApiCodes,
  type JetStreamClient,
  jetstreamManager,
  PubHeaders,
  RepublishHeaders,
} from "@nats-io/jetstream";
import type { Msg } from "@nats-io/nats-core";
import { pause, systemClock } from "../../shared/clock.ts";
import { UnreachableError, UserError } from "../../shared/errors.ts";
import { Guard } from "../../shared/guard.ts";
import { formatSize } from "../../shared/sizes.ts";
import { NATS_TEXTS } from "../texts/cluster.ts";
import { encode, readEntry, readMessage } from "./encoding.ts";
import {
  ensureStream,
  isApiError,
  LEAST_PAYLOAD,
  type LogStream,
  type Manager,
  type Subjects,
  subjectsOf,
} from "./log_stream.ts";
import { LogTrouble, reasonOf } from "./log_trouble.ts";
import {
  type Bus,
  type Entry,
  type Life,
  type Message,
  nodeOf,
  type Reply,
  type Request,
  type Station,
} from "./messages.ts";
import { type Connection, connectNats, type NatsOptions } from "./nats_connection.ts";
import { piecesOf } from "./splitting.ts";

/** The time for which a request waits for the reply of the log, in milliseconds. */
const TIMEOUT_MS = 1000;

/** The time in which NATS must find or create the stream of the log, in milliseconds. */
const OPEN_MS = 10_000;

/** The time between two attempts to find or create the stream, in milliseconds. */
const RETRY_MS = 200;

/** The bytes that are left free in a message for its headers. */
const HEADERS = 4096;

/** The facts about the log of a cluster. */
export interface LogInfo {
  /** The identity of the log. If another log replaces it, that log has another identity. */
  readonly log: string;
  /** The number of the first entry; if the log has no entries, that of the next one. */
  readonly first: number;
  /** The number of the last entry; 0 if there never was one. */
  readonly last: number;
}

/** An append without a reply. */
type Append = Extract<Request, { type: "append" }> & {
  readonly bytes: Uint8Array;
  /** The number of the last attempt to send it. */
  attempt: number;
};

/** The error of an append of an entry that is larger than {@linkcode NatsBus.maxBytes}. */
export class EntryTooLargeError extends Error {
  /** The error's name, as stack traces show it. */
  override name = "EntryTooLargeError";
}

/** The connection of a process with its cluster. */
export class NatsBus implements Bus, AsyncDisposable {
  /** The connection, for messages of other kinds. */
  readonly connection: Connection;
  /** The subjects of the cluster. */
  readonly subjects: Subjects;
  readonly #options: NatsOptions;
  readonly #guard: Guard;
  readonly #manager: Manager;
  readonly #client: JetStreamClient;
  #station: Station | undefined;
  #maxBytes = 0;
  #isConnected = true;
  #isClosing = false;
  readonly #trouble: LogTrouble;
  /** The appends without a reply, by their ids. */
  readonly #appends = new Map<string, Append>();
  /** The number of attempts so far to send an append. */
  #attempts = 0;
  /** The number of the last of these attempts that got a reply. */
  #replied = 0;

  private constructor(options: NatsOptions, connection: Connection, jsm: Manager) {
    const { address, clock = systemClock, log } = options;
    this.#options = options;
    this.connection = connection;
    this.subjects = subjectsOf(address.name);
    this.#guard = new Guard({ clock, log });
    this.#trouble = new LogTrouble(log);
    this.#manager = jsm;
    this.#client = jetstream(connection, { timeout: TIMEOUT_MS });
    this.#readLimit();
  }

  /**
   * Connects to NATS, and finds or creates the log.
   *
   * @throws {UserError} if that is not possible.
   */
  static async open(options: NatsOptions): Promise<NatsBus> {
    const connection = await connectNats(options);
    const jsm = await jetstreamManager(connection, { timeout: TIMEOUT_MS, checkAPI: false });
    const bus = new NatsBus(options, connection, jsm);
    void bus.#watch();
    try {
      const limit = bus.#maxBytes + HEADERS;
      if (limit < LEAST_PAYLOAD) throw new UserError(NATS_TEXTS.smallMessages(formatSize(limit)));
      await bus.#openLog();
      return bus;
    } catch (error) {
      await bus.close();
      throw error;
    }
  }

  /** The largest entry that can be appended, as {@linkcode encode} makes it, in bytes. */
  get maxBytes(): number {
    return this.#maxBytes;
  }

  /** True while there is a connection to a NATS server. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** The reason why the last append failed, as text; `undefined` if it was stored or refused. */
  get trouble(): string | undefined {
    return this.#trouble.reason;
  }

  /** Begins to pass messages, replies and committed entries to `station`. */
  async join(station: Station): Promise<void> {
    this.#station = station;
    const { all, committed, to } = this.subjects;
    this.#listen(committed, (msg) => this.#committed(msg));
    this.#listen(all, (msg) => this.#read(msg));
    // The process may get another identity, but not another node.
    this.#listen(to(`${nodeOf(station.life)}.*`), (msg) => {
      if (msg.subject === to(station.life)) this.#read(msg);
    });
    await this.connection.flush();
  }

  /** Sends a message to one other process. */
  send(to: Life, message: Message): void {
    this.#send(this.subjects.to(to), message);
  }

  /** Sends a message to all other processes. */
  publish(message: Message): void {
    this.#send(this.subjects.all, message);
  }

  /**
   * Sends a request to the log.
   *
   * @throws {EntryTooLargeError} if the entry of an append is larger than `maxBytes`.
   */
  request(request: Request): void {
    if (request.type === "get") {
      void this.#get(request.seq);
      return;
    }
    const bytes = encode(request.entry);
    if (bytes.length > this.#maxBytes) {
      throw new EntryTooLargeError(`${bytes.length} bytes are more than ${this.#maxBytes}`);
    }
    void this.#append({ ...request, bytes, attempt: 0 });
  }

  /**
   * Returns the facts about the log, and creates a new log if NATS has lost it.
   *
   * @throws {Error} if NATS does not answer in time.
   */
  async info(): Promise<LogInfo> {
    const { created, state } = await ensureStream(this.#manager, this.#stream);
    return { log: created, first: Math.max(1, state.first_seq), last: state.last_seq };
  }

  /**
   * Removes the entries of the log before `first`.
   *
   * @throws {Error} if NATS does not answer in time.
   */
  async purge(first: number): Promise<void> {
    await this.#manager.streams.purge(this.#options.address.name, { seq: first });
  }

  /** Ends the connection, after all messages have been sent. */
  async close(): Promise<void> {
    this.#isClosing = true;
    // If the connection is lost just now, the messages are lost, too.
    if (this.#isConnected) await this.connection.flush().catch(() => {});
    await this.connection.close();
  }

  /** Closes the connection. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #stream(): LogStream {
    const { info } = this.connection;
    return {
      name: this.#options.address.name,
      isClustered: info?.cluster !== undefined,
      maxBytes: this.#maxBytes + HEADERS,
    };
  }

  async #openLog(): Promise<void> {
    const { address: { name }, clock = systemClock } = this.#options;
    const begin = clock.moment();
    for (;;) {
      try {
        await this.info();
        return;
      } catch (error) {
        if (error instanceof UserError) throw error;
        if (clock.moment().since(begin) >= OPEN_MS) {
          throw new UnreachableError(NATS_TEXTS.noLog(name, reasonOf(error)));
        }
      }
      // A NATS cluster that has just started elects its leader first.
      await pause(clock, RETRY_MS);
    }
  }

  #readLimit(): void {
    const { info } = this.connection;
    if (info) this.#maxBytes = info.max_payload - HEADERS;
  }

  /** Notes when the connection is lost, and when it is replaced. */
  async #watch(): Promise<void> {
    const { log } = this.#options;
    for await (const status of this.connection.status()) {
      if (status.type === "disconnect") {
        this.#isConnected = false;
        log.warn("the connection to NATS was lost", { server: status.server });
      } else if (status.type === "reconnect") {
        this.#isConnected = true;
        log.info("connected to NATS again", { server: status.server });
        this.#readLimit();
        // These appends may be lost with the old connection. Only a timeout would show that.
        for (const append of [...this.#appends.values()]) void this.#append(append);
      } else if (status.type === "error") {
        log.warn("NATS reports an error", { error: status.error.message });
      }
    }
    if (!this.#isClosing) log.error("the connection to NATS has ended");
  }

  /** Subscribes; an error of `take` would end the reading of all messages, so it is caught. */
  #listen(subject: string, take: (msg: Msg) => void): void {
    this.connection.subscribe(subject, {
      callback: (error, msg) => {
        this.#guard.run("a message of the cluster failed", { subject }, () => {
          if (error) throw error;
          take(msg);
        });
      },
    });
  }

  #read(msg: Msg): void {
    const message = readMessage(msg.data);
    if (message === undefined) throw new Error("it is not a message");
    this.#station?.received(message);
  }

  #committed(msg: Msg): void {
    const seq = Number(msg.headers?.get(RepublishHeaders.Sequence));
    // This process need not decode what it has just encoded.
    const own = this.#appends.get(msg.headers?.get(PubHeaders.MsgIdHdr) ?? "");
    const entry = own?.entry ?? readEntry(msg.data);
    if (entry === undefined) throw new Error("it is not an entry");
    this.#station?.received({ type: "committed", seq, entry });
  }

  #reply(reply: Reply): void {
    const { type } = reply;
    const take = () => this.#station?.replied(reply);
    this.#guard.run("a reply of the log failed", { type }, take);
  }

  #send(subject: string, message: Message): void {
    if (this.#isClosing) return;
    const { type } = message;
    for (const piece of piecesOf(message, this.#maxBytes)) {
      if (piece) this.connection.publish(subject, piece);
      else this.#guard.report("a message is too large", { type }, new Error("it is not sent"));
    }
  }

  async #append(append: Append): Promise<void> {
    if (this.#isClosing) return;
    const attempt = ++this.#attempts;
    append.attempt = attempt;
    this.#appends.set(append.id, append);
    try {
      const reply = await this.#store(append);
      this.#replied = Math.max(this.#replied, attempt);
      this.#trouble.ended();
      this.#reply(reply);
    } catch (error) {
      // An attempt that is lost with its connection fails late. A later attempt may have got a
      // reply.
      if (attempt > this.#replied && !this.#isClosing) this.#trouble.failed(error);
    }
    if (append.attempt === attempt) this.#appends.delete(append.id);
  }

  /** Stores an entry, if the last entry of the log has the `expected` number. */
  async #store({ id, expected, bytes }: Append): Promise<Reply> {
    const options = { msgID: id, expect: { lastSequence: expected } };
    try {
      const { seq } = await this.#client.publish(this.subjects.log, bytes, options);
      return { type: "stored", id, seq };
    } catch (error) {
      if (!isApiError(error, JetStreamApiCodes.StreamWrongLastSequence)) throw error;
      // The message ends with the number, as in "wrong last sequence: 7".
      return { type: "refused", id, last: Number(/\d+$/.exec(reasonOf(error))?.[0] ?? NaN) };
    }
  }

  /**
   * Returns the entry with this number; `undefined` if the log has none.
   *
   * @throws {Error} if NATS does not answer in time.
   */
  async find(seq: number): Promise<Entry | undefined> {
    const stored = await this.#manager.direct.getMessage(this.#options.address.name, { seq });
    if (stored === null) return undefined;
    const entry = readEntry(stored.data);
    if (entry === undefined) throw new Error("it is not an entry");
    return entry;
  }

  /**
   * Appends the first entry of a log, unless the log already has one.
   *
   * @throws {Error} if NATS does not answer in time.
   */
  async found(id: string, entry: Entry): Promise<void> {
    try {
      const expect = { lastSequence: 0 };
      await this.#client.publish(this.subjects.log, encode(entry), { msgID: id, expect });
    } catch (error) {
      if (!isApiError(error, JetStreamApiCodes.StreamWrongLastSequence)) throw error;
    }
  }

  async #get(seq: number): Promise<void> {
    try {
      const entry = await this.find(seq);
      if (entry) {
        this.#reply({ type: "entry", seq, entry });
        return;
      }
      const { first } = await this.info();
      this.#reply({ type: "none", seq, first });
    } catch (error) {
      this.#options.log.debug("an entry of the log did not come", { seq, reason: reasonOf(error) });
    }
  }
}
