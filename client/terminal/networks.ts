/**
 * The servers that the user is at, and the names that distinguish them and their rooms. Performs no
 * I/O.
 *
 * @module
 */

import { formatAddress } from "../../shared/address.ts";
import type { CompletionParts } from "../commands/completion.ts";
import type { Buffer } from "../session/buffer.ts";
import { SERVER_TEXTS } from "../texts/servers.ts";
import { pathsLike } from "./paths.ts";
import type { Network } from "./network.ts";

/** The networks of one window; there is always at least one. */
export class Networks {
  readonly #all: Network[];
  #current: Network;

  /** Begins with one network. */
  constructor(first: Network) {
    this.#all = [first];
    this.#current = first;
  }

  /** The networks, in the order in which the user connected to them. */
  get all(): readonly Network[] {
    return this.#all;
  }

  /** The network that the user sees. */
  get current(): Network {
    return this.#current;
  }

  /** Adds a network at the end. */
  add(network: Network): void {
    this.#all.push(network);
  }

  /** Makes `network` the one that the user sees. */
  show(network: Network): void {
    this.#current = network;
  }

  /** Removes a network that the user does not see. */
  remove(network: Network): void {
    const at = this.#all.indexOf(network);
    if (at >= 0 && network !== this.#current) this.#all.splice(at, 1);
  }

  /** Returns the network of `buffer`; the current one if the buffer was closed. */
  of(buffer: Buffer): Network {
    return this.#all.find(({ buffers }) => buffers.find(buffer.name) === buffer) ?? this.#current;
  }

  /** Returns the network whose server is called `name`, or has that host. */
  find(name: string): Network | undefined {
    const typed = name.toLowerCase();
    const isMeant = ({ host, port }: Network) =>
      host.toLowerCase() === typed ||
      formatAddress({ hostname: host.toLowerCase(), port }) === typed;
    return this.#all.find((network) => this.nameOf(network).toLowerCase() === typed) ??
      this.#all.find(isMeant);
  }

  /**
   * Returns a name for the server of `network`: the shortest one that fits no other server in the
   * list.
   */
  nameOf(network: Network): string {
    const { host, port } = network;
    const names = [shortName, ({ host }: Network) => host];
    const others = this.#all.filter((other) => other !== network);
    const nameOf = names.find((each) =>
      others.every((other) => each(other).toLowerCase() !== each(network).toLowerCase())
    );
    return nameOf?.(network) ?? formatAddress({ hostname: host, port });
  }

  /**
   * Returns the name of a buffer. The name of its server comes before it if another server has a
   * buffer of the same name.
   */
  labelOf(buffer: Buffer): string {
    if (this.#all.length === 1) return buffer.name;
    const network = this.of(buffer);
    const others = this.#all.filter((other) => other !== network);
    const isUnique = others.every(({ buffers }) => buffers.find(buffer.name) === undefined);
    return isUnique ? buffer.name : this.fullNameOf(buffer);
  }

  /** Returns the names by which the user may mean a buffer. */
  namesOf(buffer: Buffer): string[] {
    return this.#all.length === 1 ? [buffer.name] : [buffer.name, this.fullNameOf(buffer)];
  }

  /**
   * Returns the name of a buffer for a heading: with the name of its server, if there are several
   * servers.
   */
  titleOf(buffer: Buffer): string {
    if (this.#all.length === 1) return buffer.name;
    return SERVER_TEXTS.here(buffer.name, this.nameOf(this.of(buffer)));
  }

  /** The state of the servers, from which typed words are completed. */
  get completions(): Omit<CompletionParts, "settings" | "clientHelp"> {
    const { session: { state }, buffers, wantedNick } = this.#current;
    const all = () => this.#all.flatMap(({ buffers }) => buffers.all);
    return {
      state,
      buffers,
      wantedNick,
      files: pathsLike,
      places: () => all().map((buffer) => this.labelOf(buffer)),
      servers: () => this.#all.map((network) => this.nameOf(network)),
    };
  }

  /** Returns the name of a buffer, with the name of its server before it. */
  fullNameOf(buffer: Buffer): string {
    return `${this.nameOf(this.of(buffer))}/${buffer.name}`;
  }
}

/** The parts of host names that say nothing about the network. */
const GENERIC: ReadonlySet<string> = new Set(["chat", "irc", "www"]);

/** Returns the part of a host's name that distinguishes it: `libera` for `irc.libera.chat`. */
function shortName({ host }: Network): string {
  const labels = host.split(".");
  if (labels.length < 2 || /^[0-9.]+$|:/.test(host)) return host;
  const [first = ""] = labels.filter((label) => !GENERIC.has(label.toLowerCase()));
  return first || host;
}
