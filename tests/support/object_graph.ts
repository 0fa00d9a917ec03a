/** Describes all fields of objects, also private ones, so that two objects can be compared. */

import { assert } from "@std/assert";
import type { Runtime } from "node:inspector";
import { Session } from "node:inspector/promises";

/** The parts that are described in another way, by class and field, such as `Ranks.#owners`. */
export interface GraphRules {
  /**
   * The fields that are left out. A field of objects without a class is given by its name alone.
   */
  readonly ignored: ReadonlySet<string>;
  /**
   * The maps, sets and lists whose order does not matter, each with 1. With 2, the order of the
   * lists and sets in it does not matter either.
   */
  readonly unordered: ReadonlyMap<string, number>;
  /**
   * Returns the name of an object that is described by itself, and only named where others refer to
   * it; `undefined` for all other objects.
   */
  readonly nameOf: (value: object) => string | undefined;
}

/**
 * Describes an object and everything that it refers to: one line for each field. The objects must
 * not change meanwhile.
 */
export async function describe(root: object, rules: GraphRules): Promise<string[]> {
  using fields = new PrivateFields();
  return await new Description(rules, fields).of(root);
}

class Description {
  readonly #rules: GraphRules;
  readonly #privateFields: PrivateFields;
  /** The lines so far. */
  readonly #lines: string[] = [];
  /** The objects that are described by themselves, or have a class, each with its name. */
  readonly #known = new Map<object, string>();
  /** The named objects that are still to be described. */
  readonly #queue: { readonly name: string; readonly value: object }[] = [];

  constructor(rules: GraphRules, privateFields: PrivateFields) {
    this.#rules = rules;
    this.#privateFields = privateFields;
  }

  async of(root: object): Promise<string[]> {
    await this.#contents("", root);
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      await this.#contents(next.name, next.value);
    }
    return this.#lines;
  }

  async #add(path: string, value: unknown, unordered = 0): Promise<void> {
    if (typeof value !== "object" || value === null) {
      const text = typeof value === "function" ? "a function" : this.#primitive(value);
      this.#lines.push(`${path} = ${text}`);
      return;
    }
    const known = this.#known.get(value);
    if (known !== undefined) {
      this.#lines.push(`${path} = ${known}`);
      return;
    }
    const name = this.#rules.nameOf(value);
    if (name === undefined) return await this.#contents(path, value, unordered);
    this.#lines.push(`${path} = ${this.#introduce(name, value)}`);
  }

  #primitive(value: unknown): string {
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  }

  /** Gives a name to an object that is described later; no other object gets this name. */
  #introduce(name: string, value: object): string {
    const names = new Set(this.#known.values());
    const own = names.has(name) ? `another ${name}` : name;
    this.#known.set(value, own);
    this.#queue.push({ name: own, value });
    return own;
  }

  async #contents(path: string, value: object, unordered = 0): Promise<void> {
    const { name: kind } = value.constructor;
    if (value instanceof Map) await this.#entries(path, [...value], unordered);
    else if (value instanceof Set) await this.#elements(path, [...value], unordered);
    else if (Array.isArray(value)) await this.#elements(path, value, unordered);
    else this.#lines.push(`${path}: ${kind}`);
    if (kind === "Map" || kind === "Set" || kind === "Array") return;
    const isPlain = kind === "Object";
    if (!isPlain) this.#known.set(value, path);
    const privateFields = isPlain ? [] : await this.#privateFields.of(value);
    const fields = new Map([...Object.entries(value), ...privateFields]);
    for (const field of [...fields.keys()].sort()) {
      const rule = isPlain ? field : `${kind}.${field}`;
      if (this.#rules.ignored.has(rule)) continue;
      await this.#add(`${path}.${field}`, fields.get(field), this.#rules.unordered.get(rule));
    }
  }

  async #entries(
    path: string,
    entries: readonly (readonly [unknown, unknown])[],
    unordered: number,
  ): Promise<void> {
    const named = entries.map(([key, value]) => [this.#keyOf(key), value] as const);
    if (unordered > 0) named.sort(([one], [other]) => one < other ? -1 : 1);
    this.#lines.push(`${path} has ${named.map(([key]) => key).join(" ")}`);
    for (const [key, value] of named) await this.#add(`${path}[${key}]`, value, unordered - 1);
  }

  async #elements(path: string, elements: readonly unknown[], unordered: number): Promise<void> {
    if (unordered <= 0) {
      this.#lines.push(`${path} has ${elements.length}`);
      for (const [index, each] of elements.entries()) await this.#add(`${path}[${index}]`, each);
      return;
    }
    const keys = elements.map((each) => this.#keyOf(each)).sort();
    this.#lines.push(`${path} has, in any order, ${keys.join(" ")}`);
  }

  /** Returns the text of a key: a primitive value, or an object that has a name. */
  #keyOf(value: unknown): string {
    if (typeof value !== "object" || value === null) return this.#primitive(value);
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const name = this.#rules.nameOf(value);
    assert(name !== undefined, "a key is an object without a name");
    return this.#introduce(name, value);
  }
}

/** The name of the global variable by which values pass from and to the debugger. */
const SHELF = "objectGraphShelf";

/** Reads private fields, as only a debugger can. */
class PrivateFields implements Disposable {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
  }

  /** Returns the private fields of `object`. */
  async of(object: object): Promise<Map<string, unknown>> {
    Reflect.set(globalThis, SHELF, object);
    const { result } = await this.#session.post("Runtime.evaluate", { expression: SHELF });
    const { objectId = "" } = result;
    const found = await this.#privateProperties(objectId);
    await this.#session.post("Runtime.callFunctionOn", {
      objectId,
      functionDeclaration: `function (...values) { globalThis.${SHELF} = values; }`,
      arguments: found.map(({ value: { objectId, unserializableValue, value } }) => {
        if (objectId !== undefined) return { objectId };
        return unserializableValue === undefined ? { value } : { unserializableValue };
      }),
    });
    const values: unknown = Reflect.get(globalThis, SHELF);
    assert(Array.isArray(values) && values.length === found.length);
    return new Map(found.map(({ name }, index) => [name, values[index]]));
  }

  async #privateProperties(objectId: string): Promise<PrivateProperty[]> {
    const parameters = { objectId, ownProperties: true };
    const answer: unknown = await this.#session.post("Runtime.getProperties", parameters);
    assert(typeof answer === "object" && answer !== null);
    const properties = "privateProperties" in answer ? answer.privateProperties : [];
    // Private methods and accessors have no value.
    return Array.isArray(properties) ? properties.filter(isPrivateProperty) : [];
  }

  [Symbol.dispose](): void {
    Reflect.deleteProperty(globalThis, SHELF);
    this.#session.disconnect();
  }
}

/** A private field, as the debugger describes it. */
interface PrivateProperty {
  readonly name: string;
  readonly value: Runtime.RemoteObject;
}

function isPrivateProperty(property: unknown): property is PrivateProperty {
  return typeof property === "object" && property !== null && "value" in property;
}
