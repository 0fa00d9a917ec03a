/**
 * A client of the soak, called a guest: it reads all the time, and notes the messages of each room.
 */

import type { Message } from "../../protocol.ts";
import { parse } from "../../protocol.ts";
import type { Socket } from "../../shared/socket.ts";
import { type Introduction, IrcClient } from "./irc_client.ts";

/** A stay of a user in a room. */
export interface Stay {
  readonly user: string;
  readonly room: string;
  /** The notes of the messages heard; see {@linkcode noteOf}. */
  lines: string[];
  /**
   * `left`: the user left, and had heard everything until then. `cut`: the connection ended first.
   */
  end: "open" | "left" | "cut";
}

/** Returns the note of a message, by which messages are compared: its id, its user and its text. */
export function noteOf({ tags, source, params }: Message): string {
  return `${tags?.get("msgid")} ${userOf(source)} ${params[1]}`;
}

/** Returns the user name in `NICK!USER@HOST`, which stays the same when the nick changes. */
export function userOf(source: string | undefined): string {
  return /!~?([^@]+)@/.exec(source ?? "")?.[1] ?? "";
}

/** Returns the nick in `NICK!USER@HOST`. */
export function nickOf(source: string | undefined): string {
  return source?.split("!")[0] ?? "";
}

/** A registered client whose user name is its first nick. */
export class Guest implements AsyncDisposable {
  /** Its user name. */
  readonly user: string;
  /** Its present nick. */
  nick: string;
  /** Its stays that have not been compared. */
  stays: Stay[] = [];
  /** The reason that the server gave when it closed the connection. */
  reason = "";
  /** True when its connection has ended. */
  hasEnded = false;
  /** False if the client must not answer when the server asks whether it is still there. */
  isThere = true;
  /** Called with each message to this client. */
  onMessage: ((message: Message) => void) | undefined;
  readonly #client: IrcClient;
  readonly #pongs = new Map<string, () => void>();
  #pings = 0;
  #isQuitting = false;
  #following: Promise<void> = Promise.resolve();

  private constructor(client: IrcClient, user: string) {
    this.#client = client;
    this.user = this.nick = user;
  }

  /** Registers on a socket. */
  static async enter(
    socket: Socket,
    nick: string,
    { caps = "", ...introduction }: Introduction = {},
  ): Promise<Guest> {
    const client = new IrcClient(socket);
    client.read();
    await client.introduce({
      ...introduction,
      nick,
      caps: `echo-message message-tags server-time ${caps}`,
    });
    const guest = new Guest(client, nick);
    guest.#following = guest.#follow();
    return guest;
  }

  /** Sends lines. */
  async send(...lines: readonly string[]): Promise<void> {
    await this.#client.send(...lines);
  }

  /**
   * Resolves when everything that the server has sent to it so far has arrived, or its connection
   * has ended.
   */
  async barrier(): Promise<void> {
    const token = `b${this.#pings++}`;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pongs.set(token, resolve);
    await this.send(`PING ${token}`);
    if (!this.hasEnded) await promise;
  }

  /** Sends lines, and waits until the server has answered them all. */
  async ask(...lines: readonly string[]): Promise<void> {
    await this.send(...lines);
    await this.barrier();
  }

  /** Sends QUIT; resolves when the connection has ended. */
  async quit(): Promise<void> {
    this.#isQuitting = true;
    await this.send("QUIT :bye");
    await this.#following;
  }

  /** Resolves when the server has closed the connection. */
  async ended(): Promise<void> {
    await this.#following;
  }

  /** Closes the connection without QUIT. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
    await this.#following;
  }

  async #follow(): Promise<void> {
    try {
      for (let line = await this.#client.next(); line !== undefined;) {
        const message = parse(line);
        if (message) this.#hear(message);
        line = await this.#client.next();
      }
    } catch (error) {
      this.reason ||= String(error);
    }
    this.hasEnded = true;
    for (const stay of this.stays) {
      if (stay.end === "open") stay.end = this.#isQuitting ? "left" : "cut";
    }
    for (const resolve of this.#pongs.values()) resolve();
    await this.#client.close();
  }

  #hear(message: Message): void {
    const { command, params, source } = message;
    const [first = "", second = ""] = params;
    const isOwn = nickOf(source) === this.nick;
    this.onMessage?.(message);
    if (command === "PING" && this.isThere) this.send(`PONG ${first}`).catch(() => {});
    if (command === "PONG") this.#pongs.get(second)?.();
    if (command === "PONG") this.#pongs.delete(second);
    if (command === "ERROR") this.reason = first;
    if (command === "NICK" && isOwn) this.nick = first;
    if (command === "JOIN" && isOwn) {
      this.stays.push({ user: this.user, room: first, lines: [], end: "open" });
    }
    if (command === "PRIVMSG") this.#stayIn(first)?.lines.push(noteOf(message));
    const isOut = (command === "PART" && isOwn) || (command === "KICK" && second === this.nick);
    const stay = isOut ? this.#stayIn(first) : undefined;
    if (stay) stay.end = "left";
  }

  #stayIn(room: string): Stay | undefined {
    return this.stays.find((stay) => stay.room === room && stay.end === "open");
  }
}
