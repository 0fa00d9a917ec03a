/** The stories of a soak: short scenarios with a few clients. Each story ends by itself. */

import type { Socket } from "../../shared/socket.ts";
import { passed } from "./kill_loop.ts";
import { IrcClient } from "./irc_client.ts";
import { proxyV1 } from "./proxy_header.ts";
import type { Random } from "./random.ts";
import { SecureSocket } from "./secure_socket.ts";
import { Guest } from "./soak_guest.ts";
import { WebClient } from "./web_socket.ts";

/** The rooms of the soak. */
export const ROOMS = ["#a", "#b", "#c", "#d", "#e", "#f"];
/** The number of messages in a flood: twice as many as a client may send at once. */
const FLOOD = 400;
const STALL_MS = 4000;

/** The parts of a soak that stories use. */
export interface Scene {
  readonly port: number;
  readonly random: Random;
  /** The operator of the server and of all rooms. */
  readonly operator: Guest;
  /** Returns a nick that no client of the soak has had. */
  nick(): string;
  /**
   * Adds a guest. When the round ends, the messages that the guest got are compared with those that
   * were sent during its visits.
   */
  meet(guest: Guest): void;
}

/**
 * Connects by a random transport from one of a thousand addresses. The server can remember more
 * addresses than that. So after a few minutes it knows them all, and its memory does not grow
 * because of new addresses.
 */
export async function connect({ port, random }: Pick<Scene, "port" | "random">): Promise<Socket> {
  const address = `10.0.${random.below(4)}.${1 + random.below(250)}`;
  const preface = proxyV1(address);
  const kind = random.below(8);
  if (kind === 0) return await SecureSocket.connect(port, {}, preface);
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  socket.setNoDelay(true);
  await socket.write(preface);
  return kind === 1 ? await WebClient.open(socket) : socket;
}

async function enter(scene: Scene): Promise<Guest> {
  const guest = await Guest.enter(await connect(scene), scene.nick());
  scene.meet(guest);
  return guest;
}

function line(scene: Scene, room: string): string {
  return `PRIVMSG ${room} :${crypto.randomUUID()} ${"tea ".repeat(scene.random.below(20))}`;
}

/** The stories. */
export const TROUBLES: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  async visit(scene) {
    const guest = await enter(scene);
    const [first, second] = [scene.random.pick(ROOMS), scene.random.pick(ROOMS)];
    await guest.ask(`JOIN ${first}`, line(scene, first), `JOIN ${second}`);
    await guest.ask(`NICK ${scene.nick()}`, line(scene, second), `PART ${first}`);
    await guest.ask(`JOIN ${first}`, line(scene, first));
    await guest.quit();
  },
  async vanish(scene) {
    await using guest = await enter(scene);
    const room = scene.random.pick(ROOMS);
    await guest.ask(`JOIN ${room}`, line(scene, room));
    await passed(scene.random.below(500));
  },
  async flood(scene) {
    const guest = await enter(scene);
    const room = scene.random.pick(ROOMS);
    await guest.ask(`JOIN ${room}`);
    await guest.ask(...Array.from({ length: FLOOD }, () => line(scene, room)));
    await guest.quit();
  },
  async kick(scene) {
    const guest = await enter(scene);
    const room = scene.random.pick(ROOMS);
    await guest.ask(`JOIN ${room}`);
    await scene.operator.ask(`KICK ${room} ${guest.nick} :out`);
    await guest.ask(`JOIN ${room}`, line(scene, room));
    await guest.quit();
  },
  async kill(scene) {
    await using guest = await enter(scene);
    await guest.ask(`JOIN ${scene.random.pick(ROOMS)}`);
    await scene.operator.ask(`KILL ${guest.nick} :gone`);
    await guest.ended();
  },
  async stall(scene) {
    const client = new IrcClient(await connect(scene));
    const room = scene.random.pick(ROOMS);
    const nick = scene.nick();
    const asks = Array.from({ length: 150 }, () => `CHATHISTORY LATEST ${room} * 100`);
    await client.send(
      "CAP REQ :batch server-time message-tags draft/chathistory",
      "CAP END",
      `NICK ${nick}`,
      `USER ${nick} 0 * x`,
      `JOIN ${room}`,
      ...asks,
    );
    await passed(STALL_MS);
    await client.close();
  },
  async silence(scene) {
    await using guest = await enter(scene);
    guest.isThere = false;
    await guest.ask(`JOIN ${scene.random.pick(ROOMS)}`);
    await guest.ended();
  },
  async garbage({ port, random }) {
    const client = await IrcClient.connect(port);
    await client.sendBytes(random.bytes(1 + random.below(32 * 1024)));
    await passed(200);
    await client.close();
  },
  async halves({ port, random }) {
    const client = await IrcClient.connect(port);
    const beginnings = [
      "GET / HT",
      "\x16\x03\x01\x02\x00",
      "PROXY TCP4 1.2",
      "NICK x",
      "CAP LS\r\n",
    ];
    await client.send(random.pick(beginnings));
    await passed(1000);
    await client.close();
  },
  async page({ port }) {
    const response = await fetch(`http://127.0.0.1:${port}/`, { redirect: "manual" });
    await response.body?.cancel();
  },
  async login(scene) {
    const password = scene.random.pick(["sesame", "wrong"]);
    const login = ["owner", password] as const;
    await using guest = await Guest.enter(await connect(scene), scene.nick(), { login });
    await guest.barrier();
  },
  async questions(scene) {
    const guest = await enter(scene);
    const room = scene.random.pick(ROOMS);
    await guest.ask("LIST", "WHO *", `NAMES ${room}`, `MODE ${room}`, "WHOIS witness", "LUSERS");
    await guest.ask(`JOIN ${room}`, `TOPIC ${room}`, `WHO ${room}`, "HELP", "MOTD");
    await guest.quit();
  },
};
