import { assertEquals } from "@std/assert";
import type { IrcClient } from "./irc_client.ts";
import { type Overrides, type TestParts, TestServer } from "./server.ts";

/** Two users, Ada and Bob, who must be able to exchange messages whatever another client does. */
export class Talk implements AsyncDisposable {
  readonly server: TestServer;
  readonly #ada: IrcClient;
  readonly #bob: IrcClient;
  #said = 0;

  private constructor(server: TestServer, ada: IrcClient, bob: IrcClient) {
    this.server = server;
    this.#ada = ada;
    this.#bob = bob;
  }

  /** Starts a server and registers Ada and Bob in `#lobby`. */
  static async begin(overrides: Overrides = {}, parts: TestParts = {}): Promise<Talk> {
    const server = await TestServer.start({ plainPort: 0, ...overrides }, parts);
    const ada = await server.register("ada", { join: "#lobby" });
    const bob = await server.register("bob", { join: "#lobby" });
    return new Talk(server, ada, bob);
  }

  /** The ports at which a client can connect, for IRC and for plain text. */
  get ports(): number[] {
    return [this.server.port, this.server.plainPort];
  }

  /** Sends a message from Ada to Bob, who must get it, and no other message since the last time. */
  async exchange(text = "still here", times = 1): Promise<void> {
    const lines = Array.from({ length: times }, () => `PRIVMSG #lobby :${this.#said++} ${text}`);
    await this.#ada.send(...lines);
    await this.#ada.heard();
    const heard = (await this.#bob.heard()).filter((line) => line.includes(" PRIVMSG "));
    assertEquals(heard, lines.map((line) => `:ada!~ada@127.0.0.1 ${line}`));
  }

  /** Waits until only Ada and Bob are connected. */
  async waitUntilAlone(): Promise<void> {
    await this.waitForConnections(2);
    assertEquals(this.server.server.counts.users, 2);
    await this.exchange();
  }

  /** Waits until `condition` holds. */
  async until(condition: () => boolean): Promise<void> {
    await this.server.until(condition, this.#ada);
  }

  /** Waits until there are `count` connections. */
  async waitForConnections(count: number): Promise<void> {
    await this.until(() => this.server.server.counts.connections === count);
  }

  /** Waits until `count` users are registered. */
  async waitForUsers(count: number): Promise<void> {
    await this.until(() => this.server.server.counts.users === count);
  }

  /** Returns the reasons of the refusals logged since the last call, and clears the log. */
  refused(): unknown[] {
    const entries = this.server.log.splice(0);
    return entries.flatMap(([message, { reason }]) => message === "refused" ? [reason] : []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}
