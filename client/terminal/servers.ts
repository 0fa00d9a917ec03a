/**
 * Connects to further servers, and leaves them, as the user asks for it. Only a command or a key of
 * the user shows another server, so that nothing goes to a server that the user did not expect.
 *
 * @module
 */

import { formatAddress } from "../../shared/address.ts";
import { UserError } from "../../shared/errors.ts";
import type { ServerList } from "../commands/command.ts";
import type { Buffer } from "../session/buffer.ts";
import { PasswordError } from "../session/refusals.ts";
import { withServerPassword } from "../session/server_password.ts";
import { SERVER_TEXTS } from "../texts/servers.ts";
import type { Network, NetworkOptions } from "./network.ts";
import type { Networks } from "./networks.ts";
import type { PasswordQuestion } from "./password_question.ts";

/** The function that returns the options for the server that the user has typed. */
export type ToServer = (target: string, password?: string) => NetworkOptions;

/** The parts of a window that connects to servers. */
export interface ServersParts {
  /** The servers. */
  readonly networks: Networks;
  /** Returns the options for a server; absent if there can be only one. */
  readonly toServer: ToServer | undefined;
  /** Makes a network that is not connected. */
  create(options: NetworkOptions): Network;
  /** Shows a network. */
  show(network: Network): void;
  /** Asks for the password of a server. */
  readonly question: PasswordQuestion;
  /** Ends the client, because a network has failed for good. */
  fail(error: unknown): void;
}

/** The servers of one window. */
export class Servers implements ServerList {
  readonly #parts: ServersParts;

  /** Acts on the networks of `parts`. */
  constructor(parts: ServersParts) {
    this.#parts = parts;
  }

  /** Part of {@linkcode ServerList}. */
  describe(): string[] {
    const { networks } = this.#parts;
    return networks.all.map((network) => {
      const { host, port, session, buffers, failure } = network;
      const name = networks.nameOf(network);
      if (failure !== undefined) return SERVER_TEXTS.failed(name, failure);
      return SERVER_TEXTS.server({
        name,
        address: formatAddress({ hostname: host, port }),
        nick: session.state.nick,
        rooms: buffers.all.filter(({ kind }) => kind === "room").length,
        isConnected: session.isConnected,
        isStarting: session.isStarting,
        isSeen: network === networks.current,
      });
    });
  }

  /** Part of {@linkcode ServerList}. */
  namesOf(buffer: Buffer): readonly string[] {
    return this.#parts.networks.namesOf(buffer);
  }

  /** Part of {@linkcode ServerList}. */
  labelOf(buffer: Buffer): string {
    return this.#parts.networks.labelOf(buffer);
  }

  /** Part of {@linkcode ServerList}. */
  show(name: string): string | void {
    const network = this.#parts.networks.find(name);
    if (!network) return SERVER_TEXTS.unknown(name);
    this.#parts.show(network);
  }

  /** Part of {@linkcode ServerList}. */
  connect(target: string, password?: string): string | void {
    const { networks, toServer, create, show } = this.#parts;
    if (!toServer) return SERVER_TEXTS.cannotConnect;
    const options = optionsOf(() => toServer(target, password));
    if (typeof options === "string") return options;
    const known = networks.all.find(({ host, port }) =>
      host.toLowerCase() === options.host.toLowerCase() && port === options.port
    );
    if (known && known.failure === undefined) {
      show(known);
      if (options.room !== undefined) known.session.join(options.room);
      return;
    }
    const network = create(options);
    networks.add(network);
    show(network);
    if (known) this.#remove(known);
    network.tell(SERVER_TEXTS.connecting(networks.nameOf(network)));
    void this.#start(network);
  }

  /** Connects to the server that the user sees, and then to the `others`. */
  async begin(others: readonly NetworkOptions[] = []): Promise<void> {
    const { networks, create } = this.#parts;
    if (!await this.#start(networks.current)) return;
    for (const network of others.map(create)) {
      networks.add(network);
      void this.#start(network);
    }
  }

  /** Part of {@linkcode ServerList}. */
  disconnect(name?: string): string | void {
    const { networks, show } = this.#parts;
    const network = name === undefined ? networks.current : networks.find(name);
    if (!network) return SERVER_TEXTS.unknown(name ?? "");
    const at = networks.all.indexOf(network);
    const next = networks.all[at - 1] ?? networks.all[at + 1];
    if (!next) return SERVER_TEXTS.onlyOne;
    const text = SERVER_TEXTS.left(networks.nameOf(network));
    if (network === networks.current) show(next);
    this.#remove(network);
    void network.session.leave("");
    networks.current.tell(text);
  }

  /**
   * Forgets the networks that have failed, except those that have buffers or that the user sees.
   */
  tidy(): void {
    const { networks } = this.#parts;
    const isOver = ({ failure, buffers }: Network) =>
      failure !== undefined && buffers.all.length === 0;
    for (const network of networks.all.filter(isOver)) {
      if (network !== networks.current) this.#remove(network);
    }
  }

  /**
   * Handles the failure of a session that was connected. A session that the user leaves does not
   * fail.
   */
  #follow(network: Network): void {
    network.session.ended.catch((error: unknown) => {
      const { networks, fail } = this.#parts;
      if (networks.all.length === 1 || !(error instanceof UserError)) return fail(error);
      network.failure = error.message;
      const text = SERVER_TEXTS.ended(networks.nameOf(network), error.message);
      network.warn(text);
    });
  }

  /**
   * Connects `network`; resolves to true once it is connected, and to false if it never will be. An
   * error ends the client if there is no other server, and is otherwise shown to the user.
   */
  async #start(network: Network): Promise<boolean> {
    const { networks, question } = this.#parts;
    try {
      const isConnected = await withServerPassword(
        (password) => network.session.start(password),
        (error) => {
          if (networks.all.length > 1) throw error;
          return question.ask(network, error.refusal);
        },
      );
      if (isConnected) this.#follow(network);
      return isConnected ?? false;
    } catch (error) {
      if (networks.all.includes(network)) await this.#failed(network, error);
      return false;
    }
  }

  /** Handles the failure of a first connection; reports the lines that the user wrote for it. */
  async #failed(network: Network, error: unknown): Promise<void> {
    const { networks, fail } = this.#parts;
    const endsClient = networks.all.length === 1 || !(error instanceof UserError);
    if (!endsClient) {
      const isPassword = error instanceof PasswordError;
      network.failure = isPassword ? SERVER_TEXTS.passwordWanted(error.refusal) : error.message;
      const name = networks.nameOf(network);
      networks.current.warn(SERVER_TEXTS.notConnected(name, network.failure));
    }
    await network.session.leave("");
    if (endsClient) fail(error);
    this.tidy();
  }

  #remove(network: Network): void {
    this.#parts.networks.remove(network);
    network.close();
  }
}

/** Returns options, or the reason why there are none. */
function optionsOf(make: () => NetworkOptions): NetworkOptions | string {
  try {
    return make();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
