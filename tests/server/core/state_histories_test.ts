import { assert, assertEquals } from "@std/assert";
import { LocalLog } from "../../../server/core/event_log.ts";
import type { Network } from "../../../server/state/network.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { linesOf, rebuilt } from "../../support/network_graph.ts";
import { Random } from "../../support/random.ts";
import { TestServer } from "../../support/server.ts";

const NICKS = ["ada", "bob", "dan", "eve", "fay"] as const;
/** The nicks that own an account. Some users log in to the account of the first. */
const OWNERS: readonly string[] = ["ada", "bob"];
const ROOMS = ["#a", "#b", "#c", "#ada"] as const;
const PASSWORD = "sesame";

/**
 * Returns a line that changes the state, if its sender may do that. OWN stands for the sender's
 * first nick, and PRESENT for the present one.
 */
function randomLine(random: Random): string {
  const lines = random.pick([joining, joining, inRooms, inRooms, ofUsers, ofServer]);
  return random.pick(lines(random, random.pick(ROOMS), random.below(1000)));
}

function joining(random: Random, room: string, number: number): string[] {
  const nick = random.pick(NICKS);
  return [
    ...ROOMS.map((each) => `JOIN ${each} key`),
    ...ROOMS.map((each) => `PRIVMSG ${each} :${number}`),
    `PART ${room}`,
    `KICK ${room} ${nick}`,
    `INVITE ${nick} ${room}`,
    `KNOCK ${room}`,
    "QUIT",
  ];
}

function inRooms(random: Random, room: string, number: number): string[] {
  const sign = random.pick(["+", "+", "-"]);
  return [
    `TOPIC ${room} :${number}`,
    `RENAME ${room} #${random.pick(NICKS)}`,
    `MODE ${room} ${sign}${random.pick(["C", "M", "R", "i", "m", "n", "p", "s", "t"])}`,
    `MODE ${room} ${sign}${random.pick(["h", "o", "q", "v"])} ${random.pick(NICKS)}`,
    `MODE ${room} ${sign}${random.pick(["I", "b", "e"])} $a:${random.pick(OWNERS)}`,
    `MODE ${room} ${sign}b ${number}!*@*`,
    `MODE ${room} ${sign}k key`,
    `MODE ${room} -impRs`,
    `MODE ${room} ${random.pick([`+W ${1 + number}`, "-W"])}`,
    `TBAN ${room} ${1 + random.below(3)}m ${number}!*@*`,
    `METADATA ${room} SET ${random.below(20)}${random.pick(["", ` :${number}`])}`,
    `INVITATION ${room}`,
  ];
}

function ofUsers(random: Random, room: string, number: number): string[] {
  const nick = random.pick(NICKS);
  const letter = random.pick(["B", "R", "i", "s", "w"]);
  return [
    `MODE PRESENT ${random.pick(["+", "+", "-"])}${letter}`,
    `PRIVMSG ${nick} :${number}`,
    `NICK OWN${random.pick(["", "1", "2"])}`,
    `SETNAME :${number}`,
    `AWAY${random.pick(["", ` :${number}`])}`,
    `ACCEPT ${random.pick(["", "-"])}${nick}`,
    `METADATA * SET ${random.below(20)} :${number}`,
    `MARKREAD ${room} timestamp=2025-01-01T00:00:0${random.below(10)}.000Z`,
    `NS STAY ${random.pick(["on", "off"])}`,
  ];
}

function ofServer(random: Random, _room: string, number: number): string[] {
  return [
    `OPER root ${PASSWORD}`,
    "MODE PRESENT -o",
    "INVITATION",
    `CHGHOST ${random.pick(NICKS)} u${number} h${number}.example.org`,
    `DLINE 192.0.${random.below(9)}.0/24 :${number}`,
    `UNDLINE 192.0.${random.below(9)}.0/24`,
    `KLINE ${random.below(9)}!*@* :${number}`,
  ];
}

/** A client that sends random lines, and connects again after QUIT. */
class Wanderer {
  readonly #server: TestServer;
  readonly #nick: string;
  #client: IrcClient | undefined;

  constructor(server: TestServer, nick: string) {
    this.#server = server;
    this.#nick = nick;
  }

  /** Connects if the client is not connected, and otherwise sends `line`. */
  async send(line: string, random: Random): Promise<void> {
    if (!this.#client) {
      const isMember = random.below(2) === 0;
      const account = OWNERS.includes(this.#nick) ? this.#nick : "ada";
      const login = isMember ? { login: [account, PASSWORD] as const } : {};
      this.#client = await this.#server.register(
        `${this.#nick}${1000 + random.below(1000)}`,
        login,
      );
      await this.#client.ask(`NICK ${this.#nick}`);
      await this.#client.ask(`JOIN ${ROOMS.join()} ${ROOMS.map(() => "key").join()}`);
    } else if (line === "QUIT") {
      await this.leave();
    } else {
      // The first parameter of each numeric is the present nick.
      const [answer] = await this.#client.askMessages("MODE");
      const [present = ""] = answer?.params ?? [];
      await this.#client.ask(line.replace("OWN", this.#nick).replace("PRESENT", present));
    }
  }

  /** Disconnects. */
  async leave(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.send("QUIT :bye");
    await client?.untilEnd();
  }
}

/** A server, and networks that follow it from copies of its state. */
class Followed {
  readonly server: TestServer;
  readonly #original: Network;
  readonly #copies: Network[];

  private constructor(server: TestServer, original: Network, copies: Network[]) {
    this.server = server;
    this.#original = original;
    this.#copies = copies;
  }

  static async start(): Promise<Followed> {
    const originals: Network[] = [];
    const copies: Network[] = [];
    const operators = [{ name: "root", password: PASSWORD }];
    const server = await TestServer.start({ operators, limits: { pingSeconds: 86_400 } }, {
      openEvents(parts) {
        originals.push(parts.network);
        return new LocalLog({
          ...parts,
          deliver(event, audience) {
            for (const copy of copies) copy.apply(structuredClone(event));
            parts.deliver(event, audience);
          },
        });
      },
    });
    const [original] = originals;
    assert(original, "the server has opened no log");
    return new Followed(server, original, copies);
  }

  /** Makes a copy of the present state, which follows from then on. */
  copy(): void {
    this.#copies.push(rebuilt(this.#original));
  }

  /** Compares all copies with the state of the server. */
  async compare(): Promise<void> {
    const expected = await linesOf(this.#original);
    for (const copy of this.#copies) assertEquals(await linesOf(copy), expected);
  }
}

Deno.test("states that are rebuilt during a random history are the same, and stay the same", async () => {
  for (let seed = 1; seed <= 3; seed++) {
    const random = new Random(seed);
    const followed = await Followed.start();
    await using server = followed.server;
    for (const owner of OWNERS) {
      const client = await server.register(owner);
      await client.ask(`REGISTER * * ${PASSWORD}`);
      await client.close();
    }
    const wanderers = NICKS.map((nick) => new Wanderer(server, nick));
    for (let step = 0; step < 400; step++) {
      await random.pick(wanderers).send(randomLine(random), random);
      if (step % 10 === 0) server.clock.advance(random.below(20_000));
      if (step % 100 === 99) {
        followed.copy();
        await followed.compare();
      }
    }
    for (const wanderer of wanderers) await wanderer.leave();
    server.staying = server.server.counts.users;
  }
});
