/**
 * Makes the lines that list the members of a channel, and keeps them for the next client. The most
 * frequent change to a large channel is a join, which only adds a name to the lines. Does not know
 * clients.
 *
 * @module
 */

import { byteLength } from "../../shared/text.ts";
import { prefixesOf } from "../state/modes.ts";
import type { Channel, User } from "../state/state.ts";

/** The form in which a client gets names. */
export interface NamesForm {
  /** True to show all prefixes of a member; false to show the highest. */
  readonly hasAllPrefixes: boolean;
  /** True to show masks; false to show nicks. */
  readonly hasMasks: boolean;
  /** The largest length of a line of names, in bytes. */
  readonly lineLength: number;
}

/** The lines of names of one channel, in one form. */
export class NameLines {
  /** The lines. The last one grows when members join. */
  readonly lines: string[] = [];
  readonly #members: Channel["members"];
  readonly #form: NamesForm;
  readonly #isShown: (member: User) => boolean;
  readonly #revision: number;
  /** The members who are not in the lines yet; those who join meanwhile come last. */
  readonly #rest: Iterator<readonly [User, string]>;
  #taken = 0;
  /** The bytes that are left in the last line. */
  #room = 0;

  /** Creates an empty list of lines, for those `members` for whom `isShown` returns true. */
  constructor(members: Channel["members"], form: NamesForm, isShown: (member: User) => boolean) {
    this.#members = members;
    this.#form = form;
    this.#isShown = isShown;
    this.#revision = members.revision;
    this.#rest = members.entries();
  }

  /** True until a member whose name is in the lines may have left or changed. */
  get isCurrent(): boolean {
    return this.#members.revision === this.#revision;
  }

  /** Returns true if the lines have this form. */
  isIn(form: NamesForm): boolean {
    const { hasAllPrefixes, hasMasks, lineLength } = this.#form;
    return form.hasAllPrefixes === hasAllPrefixes && form.hasMasks === hasMasks &&
      form.lineLength === lineLength;
  }

  /**
   * Adds the names of the next members, at most `count`; returns false once all members are in the
   * lines.
   */
  extend(count: number): boolean {
    for (let i = 0; i < count; i++) {
      // Once an iterator has reported its end, it does not return members who join later.
      if (this.isCurrent && this.#taken === this.#members.size) return false;
      const { value, done } = this.#rest.next();
      if (done) return false;
      this.#taken++;
      const [member, memberModes] = value;
      if (this.#isShown(member)) this.#add(nameOf(member, memberModes, this.#form));
    }
    return true;
  }

  #add(name: string): void {
    const length = byteLength(name) + 1;
    const last = this.lines.length - 1;
    if (last < 0 || length > this.#room) {
      this.lines.push(name);
      this.#room = this.#form.lineLength - byteLength(name);
    } else {
      this.lines[last] += ` ${name}`;
      this.#room -= length;
    }
  }
}

/**
 * The number of forms in which the lines of one channel are kept. The two capabilities multi-prefix
 * and userhost-in-names make four forms.
 */
const FORMS = 4;

/** The lines with all members of each channel, in the forms that were used last. */
const kept = new WeakMap<Channel["members"], readonly NameLines[]>();

/**
 * Returns the kept lines for all members of `channel`, or new ones if none are kept. Names may be
 * missing, such as those of members who joined last; {@linkcode NameLines.extend} adds them.
 */
export function keptLines({ members }: Channel, form: NamesForm): NameLines {
  const current = kept.get(members) ?? [];
  const found = current.find((lines) => lines.isCurrent && lines.isIn(form));
  if (found) return found;
  const made = new NameLines(members, form, () => true);
  kept.set(members, [made, ...current.filter(({ isCurrent }) => isCurrent)].slice(0, FORMS));
  return made;
}

/** Returns the prefixes and the name of a member with `memberModes`. */
function nameOf({ actor }: User, memberModes: string, form: NamesForm): string {
  const name = form.hasMasks ? actor.mask : actor.nick;
  return memberModes === "" ? name : prefixesIn(memberModes, form.hasAllPrefixes) + name;
}

/** Returns the prefixes of a member with `memberModes`: all, or only the highest. */
export function prefixesIn(memberModes: string, hasAllPrefixes: boolean): string {
  const prefixes = prefixesOf(memberModes);
  return hasAllPrefixes ? prefixes : prefixes.slice(0, 1);
}
