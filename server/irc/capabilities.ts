/**
 * The IRCv3 capabilities of this server, by name, and sets of them.
 *
 * Source: https://ircv3.net/specs/extensions/capability-negotiation
 *
 * @module
 */

/** The capabilities, in the order in which CAP LS lists them. */
export const CAPABILITY_NAMES = [
  "account-notify",
  "account-tag",
  "away-notify",
  "batch",
  "cap-notify",
  "chghost",
  "draft/account-registration",
  "draft/channel-rename",
  "draft/chathistory",
  "draft/event-playback",
  "draft/extended-isupport",
  "draft/message-redaction",
  "draft/metadata-2",
  "draft/metadata-3",
  "draft/multiline",
  "draft/pre-away",
  "draft/read-marker",
  "draft/webpush",
  "echo-message",
  "extended-join",
  "invite-notify",
  "extended-monitor",
  "labeled-response",
  "message-tags",
  "multi-prefix",
  "no-implicit-names",
  "sasl",
  "server-time",
  "setname",
  "soju.im/search",
  "soju.im/webpush",
  "standard-replies",
  "userhost-in-names",
] as const;

/** The name of a capability of this server. */
export type Capability = typeof CAPABILITY_NAMES[number];

const NAMES: ReadonlySet<string> = new Set(CAPABILITY_NAMES);

/** Returns true if this server has a capability called `name`. */
export function isCapability(name: string): name is Capability {
  return NAMES.has(name);
}

/**
 * An immutable set of capabilities. Equal sets are the same object, so comparing two references is
 * enough to find the recipients that get the same bytes, however many capabilities there are.
 */
export class Caps {
  /** The sets in use, each by the names of its capabilities, joined by spaces. */
  static readonly #sets = new Map<string, WeakRef<Caps>>();
  static readonly #unused = new FinalizationRegistry<string>((key) => {
    // An equal set may have been made since; its entry stays.
    if (!Caps.#sets.get(key)?.deref()) Caps.#sets.delete(key);
  });
  /** The set without capabilities. */
  static readonly none: Caps = Caps.of([]);
  /**
   * The set of a recipient that does not speak IRC, such as `nc`: it gets only text. This set is
   * empty, too, but it is not the same object as {@linkcode Caps.none}.
   */
  static readonly plainText: Caps = new Caps([]);

  /** The names in the set, in the order of {@linkcode CAPABILITY_NAMES}. */
  readonly names: readonly Capability[];
  readonly #names: ReadonlySet<Capability>;

  private constructor(names: readonly Capability[]) {
    this.names = names;
    this.#names = new Set(names);
  }

  /** Returns the set of these names. */
  static of(names: Iterable<Capability>): Caps {
    const wanted = new Set(names);
    const sorted = CAPABILITY_NAMES.filter((name) => wanted.has(name));
    const key = sorted.join(" ");
    const known = Caps.#sets.get(key)?.deref();
    if (known) return known;
    const caps = new Caps(sorted);
    Caps.#sets.set(key, new WeakRef(caps));
    Caps.#unused.register(caps, key);
    return caps;
  }

  /** Returns true if all of `names` are in the set. */
  hasAll(names: readonly Capability[]): boolean {
    return names.every((name) => this.#names.has(name));
  }

  /** Returns true if `name` is in the set. */
  has(name: Capability): boolean {
    return this.#names.has(name);
  }

  /** Returns the set with `name` added. */
  with(name: Capability): Caps {
    return this.has(name) ? this : Caps.of([...this.names, name]);
  }

  /** Returns the set with `name` removed. */
  without(name: Capability): Caps {
    return this.has(name) ? Caps.of(this.names.filter((each) => each !== name)) : this;
  }
}

/** The limits of one message of several lines: its bytes of text, and its lines. */
export const MULTILINE_LIMITS = { bytes: 4096, lines: 32 } as const;

/**
 * The version number in `CAP LS 302`. For a client that gives this number or a greater one, CAP LS
 * shows values, and cap-notify is always on
 * (https://ircv3.net/specs/extensions/capability-negotiation, "CAP LS Version").
 */
export const VERSION_WITH_VALUES = 302;
