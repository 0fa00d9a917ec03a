/**
 * Messages to an account whose owner is away while nodes of a cluster are killed: the owner must get
 * each of them once.
 */

import { parse } from "../../protocol.ts";
import type { ChatNode } from "./chat_cluster.ts";
import { IrcClient } from "./irc_client.ts";

const OWNER = "pen";
const PASSWORD = "sesame";
/** The number of messages that wait for each visit of the owner. */
const COUNT = 3;

/** The messages to one account. */
export class Letters {
  /** Descriptions of what should not have happened. */
  readonly wrong: string[] = [];
  /** The messages that the owner has got so far. */
  readonly #got = new Set<string>();
  #count = 0;

  /** Registers the account. */
  async begin(node: ChatNode): Promise<void> {
    const owner = await IrcClient.register(node.port, { nick: OWNER });
    await owner.ask(`REGISTER * * ${PASSWORD}`);
    await owner.send("QUIT");
    await owner.untilEnd();
  }

  /**
   * Writes to the owner, who then logs in at this node; returns the owner's client, which has just
   * got the messages.
   */
  async deliver(node: ChatNode, what: string): Promise<IrcClient> {
    const writer = await IrcClient.register(node.port, { nick: "writer" });
    const texts = Array.from({ length: COUNT }, () => `letter ${this.#count++}`);
    await writer.send(...texts.map((text) => `PRIVMSG ${OWNER} :${text}`), "QUIT");
    await writer.untilEnd();
    const owner = await IrcClient.connect(node.port);
    const shown = await this.#logIn(owner, what);
    for (const text of texts) {
      if (!shown.has(text)) this.wrong.push(`before ${what}, "${text}" is not shown`);
    }
    return owner;
  }

  /** Lets the owner leave and log in again at this node, where no message may wait. */
  async visitAgain(owner: IrcClient, node: ChatNode, what: string): Promise<void> {
    await owner.send("QUIT");
    await owner.untilEnd();
    const again = await IrcClient.connect(node.port);
    await this.#logIn(again, `the visit after ${what}`);
    await again.send("QUIT");
    await again.untilEnd();
  }

  async #logIn(owner: IrcClient, what: string): Promise<ReadonlySet<string>> {
    const lines = await owner.introduce({ nick: OWNER, login: [OWNER, PASSWORD] });
    const shown = new Set<string>();
    for (const line of lines) {
      const { command, params: [, text = ""] = [] } = parse(line) ?? {};
      if (command !== "PRIVMSG") continue;
      const letter = text.slice(text.indexOf("letter"));
      if (this.#got.has(letter)) this.wrong.push(`before ${what}, "${letter}" is shown again`);
      this.#got.add(letter);
      shown.add(letter);
    }
    return shown;
  }
}
