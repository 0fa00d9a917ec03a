/**
 * Sends long answers in slices: the server makes one part of an answer in a turn of the event loop,
 * and serves other clients before the next part. No parts are made while many bytes wait for the
 * client to read them. So an answer of any length needs little memory, and little time at once.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { Caps } from "../irc/capabilities.ts";
import type { Outbox } from "../delivery/outbox.ts";
import type { Budget } from "../net/budget.ts";
import type { BatchOpening, Interrupted, ResponseBuffer } from "./response_buffer.ts";

/**
 * The steps that make an answer. The generator sends or checks something before each `yield`. The
 * result of a check may no longer hold at the next step.
 */
export type Steps = Generator<void, void, void>;

/**
 * The point up to which an answer is made: always `to the end`, or only until the client leaves
 * (`it leaves`).
 */
export type Until = "to the end" | "it leaves";

/** The approximate time of one slice, in milliseconds. */
const SLICE_MS = 2;
/**
 * The number of held replies at which the answer to a command with a label is interrupted: then
 * these replies are sent, and the rest of the answer is made later.
 */
const HELD_LIMIT = 20;
/** The answer that {@linkcode SlicedAnswers.sendAfter} continues: it belongs to no command. */
const NO_ANSWER: Interrupted = { open: [], isLabeled: false };

/** The interface that slices need from the client that gets the answer. */
export interface SliceClient {
  /** Its send queue. */
  readonly outbox: Outbox;
  /** The capabilities that it has enabled. */
  readonly caps: Caps;
  /** Returns true until the client is gone. */
  isPresent(): boolean;
  /** Stops reading its lines; call the result to continue. */
  pause(): () => void;
  /** Runs a step of the current command, and answers the error that it throws. */
  step(action: () => void): void;
  /** Sends a reply that needs no label and no batch. */
  pass(message: Message): void;
  /** Runs `action`, and sends its replies under `label`. */
  answerLabeled(label: string, action: () => void): void;
}

/** The long answers to one client. */
export class SlicedAnswers {
  readonly #client: SliceClient;
  readonly #budget: Budget;
  readonly #responses: ResponseBuffer;
  /** The number of answers that are not complete. */
  #unfinished = 0;
  #isSlicing = false;

  /** Sends the answers to `client` through `responses`, in time that `budget` grants. */
  constructor(client: SliceClient, budget: Budget, responses: ResponseBuffer) {
    this.#client = client;
    this.#budget = budget;
    this.#responses = responses;
  }

  /** True while a slice of an answer is made, except the first slice. */
  get isSlicing(): boolean {
    return this.#isSlicing;
  }

  /** True while an answer is not complete. */
  get isAnswering(): boolean {
    return this.#unfinished > 0;
  }

  /**
   * Answers the current command with `steps`: takes the first steps at once and, if the answer
   * takes long, the others in further slices. The client's next commands wait. With `to the end`,
   * for steps that change something, all steps are taken even if the client leaves meanwhile.
   */
  send(steps: Steps, until: Until = "it leaves"): void {
    if (!this.#takeSlice(steps)) this.sendLater(steps, until);
  }

  /**
   * Sends `steps` as {@linkcode send} does, but only in later turns: for answers that many clients
   * get at the same time.
   */
  sendLater(steps: Steps, until: Until = "it leaves"): void {
    this.#sendRest(steps, until, this.#responses.interrupt(this.#client.caps.has("batch")));
  }

  /**
   * Sends `steps` in later turns, after the answer to the current command and without its label.
   * They make messages that the client did not ask for.
   */
  sendAfter(steps: Steps): void {
    this.#sendRest(steps, "it leaves", NO_ANSWER);
  }

  /** Continues `answer` with `steps`, in later turns. */
  #sendRest(steps: Steps, until: Until, answer: Interrupted): void {
    const client = this.#client;
    const resumeLines = client.pause();
    this.#unfinished++;
    this.#takeAll(steps, until, answer).then((rest) =>
      client.step(() => {
        this.#unfinished--;
        const last = this.#responses.finish(rest);
        if (last && client.isPresent()) client.pass(last);
        resumeLines();
      })
    );
  }

  /** Returns `steps` within a batch, if the client has the batch capability. */
  *inBatch(opening: BatchOpening, steps: Steps): Steps {
    const client = this.#client;
    if (!client.caps.has("batch")) return yield* steps;
    client.pass(this.#responses.openBatch(opening));
    try {
      yield* steps;
    } finally {
      client.pass(this.#responses.closeBatch());
    }
  }

  /** Takes steps for about two milliseconds; returns true if there are no more. */
  #takeSlice(steps: Steps): boolean {
    const { outbox } = this.#client;
    const end = performance.now() + SLICE_MS;
    do {
      if (steps.next().done) return true;
      if (outbox.isHalfFull() || this.#responses.heldCount >= HELD_LIMIT) return false;
    } while (performance.now() < end);
    return false;
  }

  /**
   * Continues `interrupted` with all further steps, or those until the client leaves; returns the
   * answer as it is then.
   */
  async #takeAll(steps: Steps, until: Until, interrupted: Interrupted): Promise<Interrupted> {
    const client = this.#client;
    const isWanted = () => until === "to the end" || client.isPresent();
    let answer = interrupted;
    let isDone = false;
    const slice = (): boolean => {
      if (isDone || !isWanted()) return true;
      // If a step throws, the answer is over.
      isDone = true;
      isDone = this.#takeSlice(steps);
      return isDone;
    };
    // The end of a connection is noticed only when its lines are read again, which is after this
    // answer. So the outbox is checked, too.
    while (!isDone && (until === "to the end" || client.isPresent() && !client.outbox.isClosed)) {
      if (client.outbox.isHalfFull()) await client.outbox.drained();
      await this.#budget.next(() => client.step(() => answer = this.#resume(answer, slice)));
    }
    return answer;
  }

  /**
   * Continues `answer` with `slice`, which returns true if it completes the answer. Returns the
   * answer as it is afterwards.
   */
  #resume(answer: Interrupted, slice: () => boolean): Interrupted {
    this.#isSlicing = true;
    try {
      return this.#resumeLabeled(answer, slice);
    } finally {
      this.#isSlicing = false;
    }
  }

  #resumeLabeled(answer: Interrupted, slice: () => boolean): Interrupted {
    const { label } = answer;
    if (label === undefined) {
      this.#responses.resume(answer, slice);
      return answer;
    }
    let rest = answer;
    this.#client.answerLabeled(label, () =>
      this.#responses.resume(answer, () => {
        if (!slice()) rest = this.#responses.interrupt(this.#client.caps.has("batch"));
      }));
    return rest;
  }
}
