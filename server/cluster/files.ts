/**
 * The uploaded files of a server in a cluster. The state has the list of files, so the leader
 * decides who may add one. Each server has a copy of each file: the one that gets it from a user
 * keeps it, and the others fetch it.
 *
 * @module
 */

import type { Msg } from "@nats-io/nats-core";
import { type Moment, pause } from "../../shared/clock.ts";
import { Guard } from "../../shared/guard.ts";
import type { HttpCredentials } from "../accounts/http_login.ts";
import type { Context } from "../core/context.ts";
import { HttpError } from "../doors/file_answers.ts";
import {
  appendUpload,
  type FileKeeper,
  type SaveResult,
  type Sender,
  senderOf,
} from "../doors/file_keeper.ts";
import type { Upload } from "../events/records.ts";
import { UPLOAD_TEXTS } from "../texts/uploads.ts";
import type { UploadFolder } from "../uploads/folder.ts";
import { fetchCopy } from "./copy_fetching.ts";
import { offerCopies } from "./copy_offer.ts";
import type { Copy, CopyParts } from "./copy_questions.ts";
import { encode, tryDecode } from "./encoding.ts";
import { FileFetching, RETRY_MS } from "./file_fetching.ts";
import {
  isSaveAnswer,
  isSender,
  isUploadQuestion,
  type SaveAnswer,
  type UploadQuestion,
} from "./upload_questions.ts";

/** The number of files that are given to other servers at a time. */
const GIVEN_AT_ONCE = 8;
/** The time in which the leader must check a password, in milliseconds. */
const SENDER_MS = 10_000;
/** The time for which a request waits for another leader, in milliseconds. */
const LEADER_MS = 5000;
/** The time between two questions while there is no leader, in milliseconds. */
const LEADER_LOOK_MS = 100;
/** The time after which the leader is asked again to add a file, in milliseconds. */
const ASK_AGAIN_MS = 1000;
/** The time in which a file must be added, in milliseconds. */
const SAVE_MS = 10_000;
/** The longest time for which an upload waits for another server to copy it, in milliseconds. */
const COPY_MS = 5000;
/** The time between two looks at the state, in milliseconds. */
const LOOK_MS = 10;
/**
 * The longest time between two comparisons of the folder with the state, in milliseconds. If the
 * number of files has changed, the next comparison is made at once.
 */
const TIDY_MS = 1000;
/** The time for which files must be missing before that is logged, in milliseconds. */
const REPORT_MS = 10_000;
const NO_STATE = new Uint8Array(0);

/** The parts of {@linkcode ClusterFiles}. */
export interface ClusterFilesParts extends CopyParts {
  /** The name of this node. */
  readonly node: string;
  /** The context that delivers. */
  readonly context: Context;
  /** The folder of the files. */
  readonly folder: UploadFolder;
  /** Returns the name of the node that leads, if one does. */
  readonly leader: () => string | undefined;
  /** Returns the context that decides, while this server leads. */
  readonly deciding: () => Context | undefined;
  /** Returns true if the state has all entries of the log. */
  readonly isCurrent: () => boolean;
}

/** The files of a server. */
export class ClusterFiles implements FileKeeper {
  readonly #parts: ClusterFilesParts;
  readonly #guard: Guard;
  readonly #fetching: FileFetching;
  /** The new files that no other server has copied yet. */
  readonly #uncopied = new Set<string>();
  #tidiedAt: Moment | undefined;
  /** The number of files in the state at `#tidiedAt`. */
  #listed = 0;
  /** The moment since which files have been missing, if some are. */
  #missing: { readonly since: Moment; readonly isReported: boolean } | undefined;
  #offer: AsyncDisposable | undefined;
  #isClosed = false;

  /** Does nothing before {@linkcode begin}. */
  constructor(parts: ClusterFilesParts) {
    this.#parts = parts;
    this.#guard = new Guard(parts);
    const { bus: { connection, subjects } } = parts;
    this.#fetching = new FileFetching({
      ...parts,
      fetch: async ({ id: name, bytes }, path) =>
        await fetchCopy(parts, path, { kind: "files", name, bytes }) !== undefined,
      fetched: (id) => connection.publish(subjects.copied, encode(id)),
    });
  }

  /** Begins to give files to other servers, and to answer their questions. */
  begin(): void {
    const { bus: { connection, subjects }, folder, node } = this.#parts;
    this.#offer = offerCopies(this.#parts, {
      kind: "files",
      atOnce: GIVEN_AT_ONCE,
      has: (name) => folder.has(name),
      open: (name) => this.#open(name),
    });
    connection.subscribe(subjects.uploads(node), {
      callback: (_, msg) =>
        void this.#answer(msg).catch((error: unknown) =>
          this.#guard.report("a question about an upload failed", {}, error)
        ),
    });
    connection.subscribe(subjects.copied, {
      callback: (_, { data }) => {
        const id = tryDecode(data);
        if (typeof id === "string") this.#uncopied.delete(id);
      },
    });
  }

  /** Ends the offer, and all waiting. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#fetching.close();
    await this.#offer?.[Symbol.asyncDispose]();
  }

  /** Asks the leader for the sender of a request; waits a little for a leader if there is none. */
  async senderOf(credentials: HttpCredentials): Promise<Sender> {
    const { clock } = this.#parts;
    for (const begun = clock.moment();;) {
      const answer = await this.#ask({ type: "sender", credentials }, SENDER_MS);
      if (isSender(answer) && answer.type !== "leaderless") return answer;
      const isLate = clock.moment().since(begun) > LEADER_MS;
      if (isLate || this.#isClosed) return { type: "leaderless" };
      await pause(clock, LEADER_LOOK_MS);
    }
  }

  /**
   * Adds a file to the state. Waits until the log has the file's event. If other servers run, then
   * waits for some time until one of them has a copy.
   */
  async save(upload: Upload): Promise<SaveResult> {
    const { clock, context: { network: { uploads } } } = this.#parts;
    const isSaved = () => uploads.get(upload.id) !== undefined;
    const begun = clock.moment();
    this.#uncopied.add(upload.id);
    try {
      for (;;) {
        const answer = await this.#ask({ type: "save", upload }, ASK_AGAIN_MS);
        const { result, isAlone } = isSaveAnswer(answer) ? answer : UNKNOWN;
        if (result !== "saved" && result !== "leaderless") return result;
        if (await this.#until(isSaved, ASK_AGAIN_MS)) {
          if (!isAlone) await this.#until(() => !this.#uncopied.has(upload.id), COPY_MS);
          return "saved";
        }
        if (this.#isClosed || clock.moment().since(begun) > SAVE_MS) return "leaderless";
      }
    } finally {
      this.#uncopied.delete(upload.id);
    }
  }

  async fetch(upload: Upload): Promise<void> {
    if (await this.#fetching.get(upload)) return;
    const fields = { "Retry-After": String(RETRY_MS / 1000) };
    throw new HttpError(503, UPLOAD_TEXTS.elsewhere, fields);
  }

  tidy(): void {
    const { clock, context: { network: { uploads } }, folder, isCurrent } = this.#parts;
    const now = clock.moment();
    const isDue = !this.#tidiedAt || now.since(this.#tidiedAt) >= TIDY_MS;
    if (!isDue && uploads.size === this.#listed) return;
    // If the state lacks entries of the log, one of them may add a file that is in this folder.
    if (this.#isClosed || !isCurrent()) return;
    this.#tidiedAt = now;
    this.#listed = uploads.size;
    folder.keepOnly((id) => uploads.get(id) !== undefined);
    const missing = uploads.all().filter(({ id }) => !folder.has(id)).toArray();
    this.#fetching.getAll(missing);
    this.#report(missing.length, now);
  }

  /** Logs when files have been missing for a while, and when all of them have come. */
  #report(count: number, now: Moment): void {
    const { log } = this.#parts;
    const before = this.#missing;
    if (count === 0) {
      if (before?.isReported) log.info("all uploaded files are here");
      this.#missing = undefined;
    } else if (!before) this.#missing = { since: now, isReported: false };
    else if (!before.isReported && now.since(before.since) >= REPORT_MS) {
      this.#missing = { ...before, isReported: true };
      log.info("uploaded files are missing", { count });
    }
  }

  #open(name: string): Promise<Copy> {
    const path = this.#parts.folder.pathOf(name);
    if (path === undefined) return Promise.reject(new Deno.errors.NotFound());
    return Promise.resolve({ path, state: NO_STATE, done() {} });
  }

  /**
   * Resolves to true once `holds` returns true; to false after `ms` milliseconds, or once this is
   * closed.
   */
  async #until(holds: () => boolean, ms: number): Promise<boolean> {
    const { clock } = this.#parts;
    for (const begun = clock.moment(); !holds();) {
      if (this.#isClosed || clock.moment().since(begun) > ms) return false;
      await pause(clock, LOOK_MS);
    }
    return true;
  }

  /**
   * Asks the leader, which may be this server; resolves to `undefined` if the leader does not
   * answer, or another server leads meanwhile.
   */
  async #ask(question: UploadQuestion, timeout: number): Promise<unknown> {
    const { leader } = this.#parts;
    const node = leader();
    if (node === undefined || this.#isClosed) return undefined;
    let isAnswered = false;
    const answer = this.#request(node, question, timeout).finally(() => isAnswered = true);
    const end = this.#until(() => isAnswered || leader() !== node, timeout);
    return await Promise.race([answer, end.then(() => undefined)]);
  }

  async #request(node: string, question: UploadQuestion, timeout: number): Promise<unknown> {
    const { bus: { connection, subjects }, log } = this.#parts;
    // A process does not get its own messages.
    if (node === this.#parts.node) return await this.#answerTo(question);
    try {
      const msg = await connection.request(subjects.uploads(node), encode(question), { timeout });
      return tryDecode(msg.data);
    } catch (error) {
      log.debug("the leader has not answered", { question: question.type, error: String(error) });
      return undefined;
    }
  }

  async #answer(msg: Msg): Promise<void> {
    const question = tryDecode(msg.data);
    if (!isUploadQuestion(question)) return;
    const answer = await this.#answerTo(question);
    if (!this.#parts.bus.connection.isClosed()) msg.respond(encode(answer));
  }

  async #answerTo(question: UploadQuestion): Promise<Sender | SaveAnswer> {
    const deciding = this.#parts.deciding();
    if (question.type === "sender") {
      return deciding ? await senderOf(deciding, question.credentials) : { type: "leaderless" };
    }
    if (!deciding) return UNKNOWN;
    const { id, account, name, mediaType, bytes, sha256 } = question.upload;
    const result = appendUpload(deciding, {
      ...{ id, account, name, bytes },
      ...(mediaType !== undefined && { mediaType }),
      ...(sha256 !== undefined && { sha256 }),
      time: deciding.clock.now(),
      messages: [],
    });
    return { result, isAlone: deciding.nodes.names.size < 2 };
  }
}

/** The answer of a server that does not lead. */
const UNKNOWN: SaveAnswer = { result: "leaderless", isAlone: false };
