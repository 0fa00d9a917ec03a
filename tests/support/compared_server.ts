/**
 * A server, or several that act as one, whose answers are compared with those of another. Names
 * replace the parts of lines that may differ, such as ids and times.
 */

import { IrcClient, plain } from "./irc_client.ts";

/** The parts of lines that differ between one server and several by design, or in every run. */
const BY_DESIGN: readonly (readonly [what: string, pattern: RegExp, instead: string])[] = [
  ["times", /\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME"],
  ["times in seconds or milliseconds", /\b1[789]\d{8}(?:\d{3})?\b/g, "TIME"],
  ["times for people", /\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?/g, "TIME"],
  ["the idle time", /(?<= 317 \S+ \S+ )\d+/g, "IDLE"],
  ["the rest of a wait", /(?<=you can speak again in )\d+/g, "SECONDS"],
  ["the cloaks of addresses, which are made with a secret", /[a-z0-9.]+\.ip\b/g, "HOST"],
  ["addresses of the server", /127\.0\.0\.1:\d+/g, "SERVER"],
  ["the nodes to which a user is connected", / :(\S+), at n\d\.chat\.test.*/g, " $1"],
  ["the number of servers", /(?<=(?:and|on) )\d+ servers?/g, "SERVERS"],
  ["the key of Web Push", /(?<= VAPID=)\S+/g, "KEY"],
  ["tokens", /(?<= TOKEN )[0-9a-f]{32}\b/g, "TOKEN"],
  ["codes to link another client", /(?<= CODE )\S+/g, "CODE"],
];

/** The lines that a client has got; the last is `(the end)` if its connection has ended. */
export type Heard = readonly string[];

/** A server whose answers are compared. */
export class ComparedServer implements AsyncDisposable {
  readonly #portOf: (client: number) => number;
  readonly #clients = new Map<number, IrcClient>();
  /** The ids of messages, in the order in which they were first seen. */
  readonly #ids: string[] = [];
  readonly #names = new Map<string, string>();

  /** Connects the client `i` to the port `portOf(i)`. */
  constructor(portOf: (client: number) => number) {
    this.#portOf = portOf;
  }

  /** The number of messages that were seen. */
  get seen(): number {
    return this.#ids.length;
  }

  /** Returns true if the client is connected. */
  has(client: number): boolean {
    return this.#clients.has(client);
  }

  /** Connects a client and lets it register, perhaps with a login to an account. */
  async connect(client: number, caps: string, account: string | undefined): Promise<void> {
    const connected = await IrcClient.connect(this.#portOf(client));
    this.#clients.set(client, connected);
    const login = account === undefined
      ? []
      : ["CAP REQ sasl", "AUTHENTICATE PLAIN", `AUTHENTICATE ${plain(account, "sesame1")}`];
    const introduction = [`NICK p${client}`, `USER u${client} 0 * :Real ${client}`];
    await connected.send("CAP LS 302", `CAP REQ :${caps}`, ...login, "CAP END", ...introduction);
  }

  /** Sends lines of a client. In them, `<n>` names the `n`th message that was seen, from 0. */
  async send(client: number, lines: readonly string[]): Promise<void> {
    const sent = lines.map((line) =>
      line.replace(/<(\d+)>/g, (_, index) => this.#ids[Number(index)] ?? "none")
    );
    await this.#clients.get(client)?.send(...sent);
  }

  /** Ends the connection of a client, with QUIT or without. */
  async end(client: number, isQuit: boolean): Promise<void> {
    const connected = this.#clients.get(client);
    this.#clients.delete(client);
    if (isQuit) {
      await connected?.send("QUIT :done");
      await connected?.untilEnd();
    }
    await connected?.close();
    // Once a later client of the same node has got an answer, the servers know of the end, too.
    await using next = await IrcClient.connect(this.#portOf(client));
    await next.heard();
  }

  /** Returns what all clients have got since the last call: first `acting`, and then the others. */
  async heard(acting: number): Promise<ReadonlyMap<number, Heard>> {
    const heard = new Map<number, Heard>();
    const order = [acting, ...this.#clients.keys()];
    for (const client of new Set(order)) heard.set(client, await this.#heardBy(client));
    return heard;
  }

  async #heardBy(client: number): Promise<Heard> {
    const connected = this.#clients.get(client);
    if (!connected) return [];
    const batches = new Map<string, string>();
    let lines: readonly string[];
    try {
      lines = await connected.heard();
    } catch (error) {
      this.#clients.delete(client);
      // If the client has noticed the end while it waited, the error has the lines until then.
      const [, before] = /the server closed the connection after: (.*)/s.exec(String(error)) ?? [];
      lines = [...before?.split(" | ") ?? [], ...await connected.untilEnd(), "(the end)"];
    }
    return withLabelsFirst(lines).map((line) => this.#named(line, batches));
  }

  /** Returns a line with names in place of ids and of the parts in {@linkcode BY_DESIGN}. */
  #named(line: string, batches: Map<string, string>): string {
    let named = line.replace(/\bmsgid=([^ ;]+)/g, (_, id) => `msgid=${this.#nameOf(id)}`);
    // Later lines may contain the id of a message outside of a tag.
    named = named.replace(/\b0[0-9a-z]{10}\b/g, (id) => this.#names.get(id) ?? "(an id)");
    named = named.replace(/(BATCH [+-]|[@;]batch=)(\w+)/g, (_, before, reference) => {
      const name = batches.get(reference) ?? `batch${batches.size}`;
      batches.set(reference, name);
      return before + name;
    });
    for (const [, pattern, instead] of BY_DESIGN) named = named.replace(pattern, instead);
    return named;
  }

  #nameOf(id: string): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const name = `<${this.#ids.length}>`;
    this.#ids.push(id);
    this.#names.set(id, name);
    return name;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }
}

/**
 * Returns lines with the label of each answer at the beginning of the answer's first line. Removes
 * the batches of labeled answers: a server opens such a batch also for an answer that takes long,
 * and that depends on the machine.
 */
function withLabelsFirst(lines: readonly string[]): string[] {
  const result: string[] = [];
  let label = "";
  let batch: string | undefined;
  for (const line of lines) {
    const [, tags = "", message = ""] = /^(?:@(\S+) )?(.*)$/.exec(line) ?? [];
    const isIn = (tag: string) => tag === `batch=${batch}`;
    const own = tags.split(";").find((tag) => tag.startsWith("label="));
    label = own ?? label;
    const [, opened] = / BATCH \+(\w+) labeled-response$/.exec(message) ?? [];
    batch = opened ?? batch;
    if (opened !== undefined || message.endsWith(` BATCH -${batch}`)) continue;
    const rest = tags.split(";").filter((tag) => tag !== own && !isIn(tag)).join(";");
    result.push(`${label}${rest === "" ? "" : ` @${rest}`} ${message}`);
    label = "";
  }
  return result;
}
