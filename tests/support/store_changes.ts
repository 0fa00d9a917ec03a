import type { Event, Said } from "../../server/events/events.ts";
import { type EventId, EventIds } from "../../server/events/ids.ts";
import type { HistoryKey, Range, Store } from "../../server/store/store.ts";
import { Random } from "./random.ts";

/** The keys of the channels whose histories are changed. */
export const CHANNELS = ["#a", "#b", "#c"];
const KEYS = [...CHANNELS, "ada bob", "ada eve", "bob eve", "ada ada"];
/** The words of the messages. */
export const WORDS = ["tea", "milk", "sugar", "cup"];
/** Makes the same random changes in several stores. */
export class StoreChanges {
  readonly random: Random;
  readonly #stores: readonly Store[];
  readonly #ids = new EventIds();
  /** The ids of all events, and the keys that they were appended with. */
  readonly #all: (readonly [HistoryKey, EventId])[] = [];
  /** The events that were replaced by another one. */
  readonly changed = new Set<EventId>();
  #made = 0;
  /**
   * The key and the id of the event to replace next, so that some events are replaced twice;
   * `undefined` to replace any event.
   */
  #again: readonly [HistoryKey, EventId] | undefined;

  constructor(seed: number, stores: readonly Store[]) {
    this.random = new Random(seed);
    this.#stores = stores;
  }

  /** Returns a message with an id of its own. */
  said(text: string): Said {
    const { random } = this;
    const time = this.#made++;
    const by = { id: 1, nick: random.pick(["ada", "bob"]), mask: "ada!~ada@192.0.2.1" };
    const command = random.pick(["PRIVMSG", "NOTICE", "TAGMSG"] as const);
    const to = { type: "channel", channel: "#a" } as const;
    const id = this.#ids.next(time);
    return { type: "Said", id, time, by, command, to, text, tags: new Map() };
  }

  #event(): Event {
    const said = this.said(`${this.#made} ${this.random.text(WORDS.map((word) => `${word} `), 3)}`);
    if (this.random.below(4) > 0) return said;
    return {
      type: "Parted",
      id: said.id,
      time: said.time,
      by: said.by,
      channel: "#a",
      reason: "x",
    };
  }

  /** Returns the key and the id of an event, which may be gone or elsewhere. */
  some(): readonly [HistoryKey, EventId] {
    const { random } = this;
    if (this.#all.length === 0 || random.below(20) === 0) return ["#a", "0000000zzzz"];
    const [key, id] = random.pick(random.below(2) > 0 ? this.#all.slice(-5) : this.#all);
    return [random.below(8) === 0 ? random.pick(KEYS) : key, id];
  }

  #make(change: (store: Store) => void): void {
    for (const store of this.#stores) change(store);
  }

  #append(): void {
    const key = this.random.pick(KEYS);
    const event = this.#event();
    this.#all.push([key, event.id]);
    this.#make((store) => store.append(key, event));
  }

  #replace(): void {
    const [key, id] = this.#again ?? this.some();
    this.#again = this.random.below(3) === 0 ? [key, id] : undefined;
    const event = this.random.below(3) === 0 ? { ...this.#event(), id } : undefined;
    if (event) this.changed.add(id);
    this.#make((store) => store.replace(key, id, event));
  }

  #move(): void {
    const { random } = this;
    const from = random.pick(CHANNELS);
    const to = random.below(3) === 0 ? undefined : random.pick(CHANNELS);
    this.#make((store) => store.move(from, to));
    for (const [index, [key, id]] of this.#all.entries()) {
      if (key === from && to !== undefined) this.#all[index] = [to, id];
    }
  }

  #keep(): void {
    const { random } = this;
    const name = random.pick(["ada", "bob", "Eve", "eve"]);
    const account = { name, createdAt: random.below(9), fingerprints: [] };
    const marker = { reader: name, target: "#a", upTo: random.below(9) };
    const isDeleted = random.below(3) === 0;
    if (random.below(2) === 0) {
      this.#make((store) => store.keep("account", name, isDeleted ? undefined : account));
    } else this.#make((store) => store.keep("marker", name, isDeleted ? undefined : marker));
  }

  /** Makes a change of any kind. */
  step(): void {
    const kind = this.random.below(12);
    if (kind < 7) this.#append();
    else if (kind < 9) this.#replace();
    else if (kind < 10) this.#move();
    else this.#keep();
  }

  /** Returns a range whose ends may be absent, or in the wrong order. */
  range(): Range {
    const end = () => this.random.below(2) === 0 ? undefined : this.some()[1];
    return { after: end(), before: end() };
  }
}
