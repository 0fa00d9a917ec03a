/**
 * A person, whose client keeps no state across reconnects. The person talks at random, and checks
 * what the client is shown: one order, nothing twice, nothing that contradicts what was shown
 * before.
 *
 * @module
 */

import { type Message, parse } from "../../protocol.ts";
import { RoomView } from "./room_view.ts";
import type { World } from "./world.ts";

/** The account that people write to, whose owner is often away. */
export const ABSENT = "p5";
/** The longest visit of that owner, in milliseconds. */
const VISIT_MS = 800;
/** The rooms. */
const ROOMS = ["#a", "#b"] as const;
/** The capabilities that clients ask for. */
const CAPS = [
  "echo-message message-tags",
  "echo-message message-tags server-time batch labeled-response",
  "echo-message message-tags extended-join multi-prefix userhost-in-names",
] as const;
/** The numerics that refuse a message. */
const REFUSALS = new Set(["401", "403", "404", "412", "442"]);
/** The numerics that refuse a nick. */
const NICK_REFUSALS = new Set(["432", "433"]);

/** The surroundings of a {@linkcode Person}. */
export interface PersonParts {
  /** The nick that the person asks for. */
  readonly name: string;
  /** The name of the device, which no other has. */
  readonly device: string;
  /** The fingerprint of its certificate, if it has one. */
  readonly certificate?: string;
  readonly world: World;
  /** Connects to a server; returns `undefined` if no server accepts the connection. */
  readonly connect: (person: Person) => Connected | undefined;
  readonly violated: (text: string) => void;
}

/** A connection to a server. */
export interface Connected {
  /** The name of the connection, which no other has. */
  readonly id: string;
  /** Sends a line. */
  readonly send: (line: string) => void;
  /** Ends the connection. */
  readonly drop: () => void;
}

/** A message that was sent and has no outcome yet. */
interface Sent {
  readonly text: string;
  isOver: boolean;
}

/** One visit: from connecting to the end of the connection. */
export class Visit {
  /** The name of the connection. */
  readonly id: string;
  /** The ids of the messages and other events that were shown. */
  readonly ids: string[] = [];
  /** The texts of the messages that were shown. */
  readonly texts = new Set<string>();
  isOver = false;
  isRegistered = false;
  /** The texts that were shown before it sent QUIT. */
  textsBeforeQuit: ReadonlySet<string> = new Set();
  /** True once the server has performed the QUIT. */
  hasQuit = false;
  nick: string;
  readonly rooms = new Map<string, RoomView>();
  /** The messages that were sent since the last PING. */
  sent: Sent[] = [];
  /** The messages before each PING that is not answered. */
  readonly pings = new Map<string, readonly Sent[]>();

  constructor(id: string, nick: string) {
    this.id = id;
    this.nick = nick;
  }
}

/** A person. */
export class Person {
  readonly device: string;
  readonly certificate: string | undefined;
  /** All visits, the present one last. */
  readonly visits: Visit[] = [];
  readonly #parts: PersonParts;
  #connected: Connected | undefined;
  #count = 0;
  #isTalking = true;

  constructor(parts: PersonParts) {
    this.#parts = parts;
    this.device = parts.device;
    this.certificate = parts.certificate;
  }

  /** The present visit. */
  get visit(): Visit | undefined {
    const visit = this.visits.at(-1);
    return visit?.isOver ? undefined : visit;
  }

  /** Connects, and begins to talk. */
  begin(): void {
    this.#connect();
    this.#talkLater();
  }

  /** Stops talking; still answers the PINGs of the server. */
  fallSilent(): void {
    this.#isTalking = false;
  }

  /** Sends a PING; {@linkcode isAnswered} says if it was answered. */
  ask(token: string): void {
    this.#ping(token);
  }

  /** Returns true if all PINGs were answered. */
  get isAnswered(): boolean {
    return this.visit?.isRegistered === true && this.visit.pings.size === 0;
  }

  #connect(): void {
    const { world } = this.#parts;
    const connected = this.#parts.connect(this);
    if (!connected) {
      world.after(world.between(50, 200), () => this.#connect());
      return;
    }
    this.#connected = connected;
    const visit = new Visit(connected.id, this.#parts.name);
    this.visits.push(visit);
    const { name, certificate } = this.#parts;
    this.#send(`CAP REQ :${world.random.pick(CAPS)}`);
    if (certificate !== undefined) {
      this.#send("CAP REQ :sasl", "AUTHENTICATE EXTERNAL", "AUTHENTICATE +");
    }
    this.#send(`NICK ${name}`, `USER ${name} 0 * :${name}`, "CAP END");
  }

  #send(...lines: readonly string[]): void {
    for (const line of lines) this.#connected?.send(line);
  }

  #talkLater(): void {
    const { world } = this.#parts;
    world.after(world.between(20, 500), () => {
      if (!this.#isTalking) return;
      if (this.visit?.isRegistered) this.#act();
      this.#talkLater();
    });
  }

  #act(): void {
    const { world: { random }, name, device } = this.#parts;
    for (let burst = 1 + random.below(3); burst > 0; burst--) {
      const room = random.pick(ROOMS);
      const n = this.#count++;
      const kind = random.below(17);
      if (kind < 5) this.#say(room);
      else if (kind < 7) this.#send(`JOIN ${room}`);
      else if (kind === 7) this.#send(`PART ${room}`);
      else if (kind === 8) this.#send(`TOPIC ${room} :${device} ${n}`);
      else if (kind === 9) this.#send(`NAMES ${room}`);
      else if (kind === 10) this.#send(`NICK ${name}${random.pick(["", "x", "y"])}`);
      else if (kind === 11) this.#send(`KICK ${room} p${random.below(5)}`);
      else if (kind === 12) this.#send(`MODE ${room} +v p${random.below(5)}`);
      else if (kind === 13) this.#send(`@label=l${n} JOIN ${room}`);
      else if (kind === 14) this.#ping(`t${n}`);
      else if (kind === 15) this.#say(name === ABSENT ? room : ABSENT);
      else this.#actRarely();
    }
  }

  #actRarely(): void {
    const { random } = this.#parts.world;
    if (random.below(4) === 0) return this.#quit();
    if (random.below(4) === 0) return this.#connected?.drop();
    if (random.below(4) === 0) return this.#send(`NS STAY ${random.pick(["on", "off"])}`);
    this.#send(`NICK p${random.below(5)}z`);
  }

  #quit(): void {
    if (this.visit) this.visit.textsBeforeQuit = new Set(this.visit.texts);
    this.#send("QUIT");
  }

  /** Ends `visit` after a while. */
  #quitLater(visit: Visit): void {
    const { world } = this.#parts;
    world.after(world.between(0, VISIT_MS), () => {
      if (this.visit === visit && this.#isTalking) this.#quit();
    });
  }

  #say(target: string): void {
    const { visit } = this;
    if (!visit) return;
    const text = `${this.device}-${this.visits.length}-${this.#count++}`;
    visit.sent.push({ text, isOver: false });
    this.#send(`PRIVMSG ${target} :${text}`);
  }

  #ping(token: string): void {
    const { visit } = this;
    if (!visit) return;
    visit.pings.set(token, visit.sent);
    visit.sent = [];
    this.#send(`PING ${token}`);
  }

  /** Takes the end of the connection. */
  closed(): void {
    const { visit } = this;
    if (!visit) return;
    visit.isOver = true;
    this.#connected = undefined;
    const { world } = this.#parts;
    world.after(world.between(10, 300), () => this.#connect());
  }

  /** Takes a line. */
  received(line: string): void {
    const { visit } = this;
    const message = parse(line);
    if (!visit || !message) return;
    const id = message.tags?.get("msgid");
    // A message that has waited has its first id.
    const isLetter = message.command === "PRIVMSG" && !message.params[0]?.startsWith("#");
    if (id !== undefined && !isLetter) this.#checkOrder(visit, id, line);
    switch (message.command) {
      case "001":
        visit.isRegistered = true;
        visit.nick = message.params[0] ?? "";
        if (this.#parts.name === ABSENT) this.#quitLater(visit);
        return this.#send(`JOIN ${this.#parts.world.random.pick(ROOMS)}`);
      case "PING":
        return this.#send(`PONG ${message.params[0]}`);
      case "PONG":
        return this.#checkPong(visit, message.params[1] ?? "");
      case "PRIVMSG":
        return this.#heard(visit, message);
      case "ERROR":
        visit.hasQuit = message.params[0]?.startsWith("Quit:") === true;
        return;
      default:
        if (REFUSALS.has(message.command)) return refuse(visit);
        if (NICK_REFUSALS.has(message.command) && !visit.isRegistered) {
          return this.#send(`NICK ${this.#parts.name}q${this.#count++}`);
        }
        this.#see(visit, message, line);
    }
  }

  #checkOrder(visit: Visit, id: string, line: string): void {
    const last = visit.ids.at(-1);
    if (last !== undefined && id < last) this.#violated(visit, `is shown out of order: ${line}`);
    if (id !== last) visit.ids.push(id);
  }

  #heard(visit: Visit, { params: [target = "", stamped = ""] }: Message): void {
    const text = stamped.replace(/^\[.* UTC\] /, "");
    if (visit.texts.has(text)) this.#violated(visit, `is shown ${text} twice`);
    const again = this.visits.find((each) => each.hasQuit && each.textsBeforeQuit.has(text));
    if (again && !target.startsWith("#")) {
      this.#violated(visit, `is shown ${text} again, after ${again.id}`);
    }
    visit.texts.add(text);
    for (const sent of allSent(visit)) if (sent.text === text) sent.isOver = true;
  }

  #checkPong(visit: Visit, token: string): void {
    const sent = visit.pings.get(token);
    if (!sent) return this.#violated(visit, `gets PONG ${token} twice or without PING`);
    // The server answers lines in order, so the answers to all earlier lines must have arrived.
    for (const [earlier, each] of visit.pings) {
      const open = each.find(({ isOver }) => !isOver);
      if (open) this.#violated(visit, `gets PONG ${token} before the outcome of ${open.text}`);
      visit.pings.delete(earlier);
      if (earlier === token) return;
    }
  }

  #see(visit: Visit, message: Message, line: string): void {
    const { source = "", command, params } = message;
    const nick = source.split("!", 1)[0] ?? "";
    const isOwn = nick === visit.nick;
    if (isOwn && command === "NICK") visit.nick = params[0] ?? "";
    if (isOwn && command === "JOIN") visit.rooms.set(params[0] ?? "", new RoomView());
    for (const [name, room] of visit.rooms) {
      const isHere = command === "NICK" || command === "QUIT" || params.includes(name);
      const wrong = isHere ? room.see(nick, command, params, isOwn) : undefined;
      if (wrong !== undefined) this.#violated(visit, `${wrong} in ${name}: ${line}`);
    }
    const isOut = (command === "PART" && isOwn) || (command === "KICK" && params[1] === visit.nick);
    if (isOut) visit.rooms.delete(params[0] ?? "");
  }

  #violated(visit: Visit, text: string): void {
    this.#parts.violated(`${visit.id}, ${this.device}, ${text}`);
  }
}

function allSent(visit: Visit): Sent[] {
  return [...[...visit.pings.values()].flat(), ...visit.sent];
}

/**
 * Takes a refusal, which does not name the refused message. Answers arrive in order, so it is the
 * first message without an outcome.
 */
function refuse(visit: Visit): void {
  const first = allSent(visit).find(({ isOver }) => !isOver);
  if (first) first.isOver = true;
}
