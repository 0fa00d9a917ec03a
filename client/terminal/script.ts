/**
 * The client of a program: runs the commands of its input, one JSON object per line, and prints all
 * events and the result of each command. Does not know how commands work.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import type { ClientEvent } from "../session/events.ts";
import type { Outcome } from "../session/outcome.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import { SCRIPT_TEXTS } from "../texts/terminal.ts";
import { eventToJson, type Ref, resultToJson } from "./json.ts";
import { type GivenLine, parseCommand, type ScriptContext } from "./script_commands.ts";
import type { RoomLost, Task, TaskParts } from "./task.ts";

/** The number of commands that may run at the same time; further ones wait. */
const MAX_RUNNING = 32;

/** A `join` without an outcome. */
interface OpenJoin {
  readonly room: string;
  readonly settle: (outcome: Outcome) => void;
}

/** The options of a script. */
export interface ScriptOptions {
  /** True to stay when the input has ended. */
  readonly follow: boolean;
  /** The time. */
  readonly clock: Clock;
}

/** The task of running the commands of a program. */
export class Script implements Task {
  readonly #lines: AsyncIterable<string>;
  readonly #options: ScriptOptions;
  #parts: TaskParts | undefined;
  #joins: OpenJoin[] = [];
  readonly #running = new Set<Promise<void>>();
  #leaving: string | undefined;
  #hasJoined = false;

  /** Creates the task of running the commands in `lines`. */
  constructor(lines: AsyncIterable<string>, options: ScriptOptions) {
    this.#lines = lines;
    this.#options = options;
  }

  /** Part of {@linkcode Task}. */
  lineOf(event: ClientEvent): string | undefined {
    if (event.type === "join" && event.own) {
      this.#hasJoined = true;
      this.#settleJoins(event.room, { status: "done", ids: [] });
    }
    if (event.type === "room-refused") {
      this.#settleJoins(event.room, { status: "refused", reason: event.reason, ids: [] });
    }
    return eventToJson(event);
  }

  /**
   * Part of {@linkcode Task}: only the refusal of the first room ends the client, since a bot may
   * be in several rooms.
   */
  isEndedBy(event: RoomLost): boolean {
    const isJoined = this.#hasJoined || this.#parts?.session.home === undefined;
    return event.type === "room-refused" && !isJoined;
  }

  /** Part of {@linkcode Task}. */
  async run(parts: TaskParts): Promise<string> {
    this.#parts = parts;
    for await (const line of this.#lines) {
      if (parts.hasEnded()) return "";
      if (line.trim() === "") continue;
      const given = parseCommand(line);
      // Nothing overtakes a message that waits: PART, for example, would make it undeliverable.
      if ("command" in given.given && !given.given.command.isMessage) {
        await parts.session.settled(0);
      }
      if (parts.hasEnded()) return "";
      this.#start(given, parts);
      while (this.#running.size >= MAX_RUNNING) await Promise.race(this.#running);
      if (this.#leaving !== undefined) break;
    }
    await Promise.all(this.#running);
    if (this.#options.follow && this.#leaving === undefined) await new Promise<never>(() => {});
    return this.#leaving ?? "";
  }

  /** Part of {@linkcode Task}. */
  async ended(): Promise<void> {
    const reason = SESSION_TEXTS.closed;
    for (const { settle } of this.#joins.splice(0)) settle({ status: "lost", reason, ids: [] });
    await Promise.all(this.#running);
  }

  /** Runs a command, and prints its result. */
  #start({ ref, name, given }: GivenLine, parts: TaskParts): void {
    const outcome: Promise<Outcome> = "error" in given
      ? Promise.resolve({ status: "refused", reason: given.error, ids: [] })
      : given.command.run(this.#context(ref, parts), given.values);
    const running = outcome.then((outcome) => {
      if (outcome.status !== "done") parts.fail();
      parts.print(resultToJson(name, ref, outcome, this.#options.clock.now()));
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  #context(ref: Ref, { session, print }: TaskParts): ScriptContext {
    return {
      session,
      now: () => this.#options.clock.now(),
      join: (name, key) => this.#join(name, key),
      show: (messages) => {
        for (const message of messages) print(eventToJson(message, ref) ?? "");
      },
      leave: (reason) => this.#leaving = reason,
    };
  }

  #join(name: string, key: string | undefined): Promise<Outcome> {
    const session = this.#parts?.session;
    const room = session?.nameOf(session.state.isupport.toRoom(name)) ?? name;
    if (/[\s,]/.test(room)) {
      return Promise.resolve({ status: "refused", reason: SCRIPT_TEXTS.badRoom(room), ids: [] });
    }
    if (session?.state.rooms.get(room)) return Promise.resolve({ status: "done", ids: [] });
    const { promise, resolve: settle } = Promise.withResolvers<Outcome>();
    this.#joins.push({ room, settle });
    session?.join(room, key);
    return promise;
  }

  #settleJoins(name: string, outcome: Outcome): void {
    const session = this.#parts?.session;
    if (!session) return;
    // The server may have another name for the room.
    const isMeant = ({ room }: OpenJoin) =>
      session.state.isupport.isSame(session.nameOf(room), name) ||
      session.state.isupport.isSame(room, name);
    const meant = this.#joins.filter(isMeant);
    this.#joins = this.#joins.filter((join) => !isMeant(join));
    for (const { settle } of meant) settle(outcome);
  }
}
