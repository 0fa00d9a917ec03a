/**
 * The settings of the client, as a table, and their values, which `/set` shows and changes.
 * Performs no I/O: a store keeps the changed settings.
 *
 * @module
 */

import { SETTING_TEXTS } from "../texts/settings.ts";

/** A setting. */
export interface Setting {
  /** The name, as it is typed. */
  readonly name: string;
  /**
   * The values that it can have. If there are no choices, the value is a list of words with commas
   * between them.
   */
  readonly choices: readonly string[];
  /** The default value. */
  readonly normal: string;
  /** The explanation, in one line. */
  readonly help: string;
}

const ON_OFF = ["on", "off"] as const;

/** All settings. */
export const SETTINGS = [
  {
    name: "bell",
    choices: ON_OFF,
    normal: "on",
    help: "ring the bell for a private message and for your nick",
  },
  {
    name: "notify",
    choices: ON_OFF,
    normal: "on",
    help: "show messages to you as desktop notifications, if the terminal supports them",
  },
  {
    name: "keywords",
    choices: [],
    normal: "",
    help: "words that ring the bell like your nick: /set keywords tea,cake",
  },
  {
    name: "typing",
    choices: ["on", "show", "off"],
    normal: "on",
    help:
      "on: tell others when you type, and show others' typing; show: only show it; off: neither",
  },
  {
    name: "time",
    choices: ["minutes", "seconds", "off"],
    normal: "minutes",
    help: "the time before each line",
  },
  {
    name: "joins",
    choices: ["fold", "show", "hide"],
    normal: "fold",
    help: "fold joins and leaves between messages into one line, show each, or hide all",
  },
  { name: "colors", choices: ON_OFF, normal: "on", help: "colors, unless NO_COLOR is set" },
  {
    name: "ascii",
    choices: ON_OFF,
    normal: "off",
    help: "write … and lines with ASCII characters",
  },
  {
    name: "row",
    choices: ON_OFF,
    normal: "on",
    help: "the row of rooms",
  },
  {
    name: "plain",
    choices: ON_OFF,
    normal: "off",
    help: "lines only, without a prompt, for screen readers; takes effect at the next start",
  },
] as const satisfies readonly Setting[];

/** The name of a setting. */
export type SettingName = (typeof SETTINGS)[number]["name"];

/** The place where settings are kept: a name and a value each. */
export interface SettingStore {
  /** Returns the kept settings. */
  read(): Iterable<readonly string[]>;
  /** Keeps these settings in place of all others; returns false if that fails. */
  keep(settings: readonly (readonly string[])[]): boolean;
}

/** The values of all settings. */
export class Settings {
  readonly #store: SettingStore | undefined;
  readonly #values = new Map<string, string>();

  readonly #once: Map<string, string>;
  /** The settings that this client has, which the user can see and change. */
  readonly all: readonly Setting[];

  /**
   * Reads the settings from `store`; values that do not fit the table are skipped. The values in
   * `once` take precedence until the user changes the setting or the program ends; they are not
   * kept. The user sees and can change only the settings in `all`.
   */
  constructor(
    store?: SettingStore,
    once: Iterable<readonly [SettingName, string]> = [],
    all: readonly Setting[] = SETTINGS,
  ) {
    this.all = all;
    this.#store = store;
    this.#once = new Map(once);
    for (const [name = "", value = ""] of store?.read() ?? []) {
      if (fits(find(name), value)) this.#values.set(name, value);
    }
  }

  /** Returns the value of a setting. */
  get(name: SettingName): string {
    return this.#once.get(name) ?? this.#values.get(name) ?? find(name)?.normal ?? "";
  }

  /** Returns true if a setting is on. */
  isOn(name: SettingName): boolean {
    return this.get(name) === "on";
  }

  /** Returns the words of a setting whose value is a list. */
  words(name: SettingName): string[] {
    const value = this.get(name);
    return value.split(",").map((word) => word.trim()).filter((word) => word !== "");
  }

  /** Changes a setting and keeps it; returns a sentence for the user. */
  set(name: string, value: string): string {
    const setting = this.all.find((each) => each.name === name);
    if (!setting) return SETTING_TEXTS.unknown(name);
    if (!fits(setting, value)) return SETTING_TEXTS.badValue(name, setting.choices);
    const next = isList(setting) ? listOf(value) : value;
    this.#values.set(name, next);
    this.#once.delete(setting.name);
    // Another client may have changed another setting meanwhile.
    const kept = Array.from(this.#store?.read() ?? []).filter(([other]) => other !== name);
    const isKept = this.#store?.keep([...kept, [name, next]]) ?? false;
    return SETTING_TEXTS.changed(name, shownValue(setting, next), isKept);
  }

  /** Returns the lines that show the settings; only one line if `name` is given. */
  describe(name?: string): string[] {
    const shown = this.all.filter((each) => !name || each.name === name);
    if (shown.length === 0) return [SETTING_TEXTS.unknown(name ?? "")];
    const width = Math.max(...this.all.map(({ name }) => name.length));
    return shown.map(({ name, choices, normal, help }) =>
      SETTING_TEXTS.setting(
        name.padEnd(width),
        shownValue({ choices }, this.#once.get(name) ?? this.#values.get(name) ?? normal),
        choices,
        help,
      )
    );
  }
}

/** The word for an empty list. */
const OFF = "off";

function isList({ choices }: Pick<Setting, "choices">): boolean {
  return choices.length === 0;
}

/** Returns the words in `text`, with commas between them; an empty text for `off`. */
function listOf(text: string): string {
  return text === OFF ? "" : text.split(/[\s,]+/).filter((word) => word !== "").join(",");
}

function shownValue(setting: Pick<Setting, "choices">, value: string): string {
  return isList(setting) && value === "" ? OFF : value;
}

function fits(setting: Setting | undefined, value: string): boolean {
  return setting !== undefined && (isList(setting) || setting.choices.includes(value));
}

function find(name: string): Setting | undefined {
  return SETTINGS.find((setting) => setting.name === name);
}
