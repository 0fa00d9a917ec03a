/**
 * Measures the executable's client in a terminal: the time from a key until an emulated screen
 * shows it, and its memory after many messages. Build it first: `deno task compile`.
 *
 * ```sh
 * deno task figures             # the time from a key to the screen, while messages arrive
 * deno task figures --hostile   # the same while hostile servers send (--only WORD: some of them)
 * deno task figures --memory    # the memory after a million messages
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { pause, systemClock } from "../shared/clock.ts";
import { FakeServer, type Peer } from "../tests/support/fake_server.ts";
import {
  answerAll,
  HOSTILE_CAPS,
  HOSTILE_SERVERS,
  type HostileServer,
} from "../tests/support/hostile_servers.ts";
import { Pty } from "../tests/support/pty.ts";
import { TempFolder } from "../tests/support/temp_folder.ts";
import { median, Member, percentile, ServerProcess } from "./members.ts";

const ROOM = "#lobby";
const LINE_END = "\r\n";

/** The time between two bursts of messages, in milliseconds. */
const BURST_INTERVAL = 5;

/** The delay of each answer of a late server, in milliseconds. */
const LATE_MS = 200;

/** The time after which V8 has returned the memory that a burst took, in milliseconds. */
const QUIET_MS = 15_000;

/** The number of lines that a member sends before it waits until the client has them. */
const MEMORY_BURST = 2000;

const {
  memory,
  hostile,
  only = "",
  seconds = 10,
  rate = 2000,
  messages = 1_000_000,
  rooms = 1,
  chat = "dist/chat",
} = parseArgs(Deno.args, {
  boolean: ["hostile", "memory"],
  string: ["only", "seconds", "rate", "messages", "rooms", "chat"],
});

/** The places where messages arrive while keys are pressed. */
const PLACES = [
  { name: "no messages", room: undefined },
  { name: `${rate} messages a second in the room`, room: ROOM },
  { name: `${rate} messages a second in another room`, room: "#other" },
] as const;

/** A client in a terminal, with a folder of its own. */
class Client implements AsyncDisposable {
  readonly pty: Pty;
  readonly #folder = new TempFolder();

  constructor(port: number, rooms: readonly string[], scheme = "chat") {
    const address = `${scheme}://127.0.0.1:${port}/${rooms.join(",").replaceAll("#", "")}`;
    const { path } = this.#folder;
    this.pty = new Pty(chat, ["connect", address, "--nick", "ann"], 80, 24, {
      XDG_CONFIG_HOME: path,
      XDG_DATA_HOME: path,
    });
  }

  /**
   * Presses `key`; resolves to the milliseconds until the screen shows `line` before the cursor.
   */
  async press(key: string, line: string): Promise<number> {
    const start = performance.now();
    this.pty.type(key);
    await this.pty.screen.until(({ beforeCursor }) => beforeCursor === line);
    return performance.now() - start;
  }

  /**
   * Replaces the input by the last digit of `number`, in any room; resolves to the milliseconds
   * until the screen shows it.
   */
  async pressAny(number: number): Promise<number> {
    await pause(systemClock, 10);
    const mark = String(number % 10);
    const start = performance.now();
    this.pty.type(`\x15${mark}`);
    await this.pty.screen.until(({ beforeCursor }) => beforeCursor.endsWith(`] ${mark}`));
    return performance.now() - start;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pty[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

/** Prints the times from keys to the screen. */
async function measureKeys(): Promise<void> {
  await using server = await ServerProcess.start({ memory: true });
  const { port } = server.address;
  const sender = await Member.register(server.address, "bob");
  await sender.send(`JOIN ${ROOM},#other${LINE_END}`);
  await using client = new Client(port, [ROOM, "#other"]);
  await client.pty.screen.until(({ beforeCursor }) => beforeCursor === `[${ROOM}] `);
  console.log(
    "| while these arrive | keys | p50 | p99 | max |\n| :--- | ---: | ---: | ---: | ---: |",
  );
  for (const { name, room } of PLACES) {
    const flood = room === undefined ? undefined : new Flood(sender, room);
    const times = await pressFor(client, Number(seconds) * 1000);
    await flood?.end();
    const ms = (value: number) => `${value.toFixed(1)} ms`;
    const figures = [median(times), percentile(times, 0.99), times.at(-1) ?? NaN].map(ms);
    console.log(`| ${name} | ${times.length} | ${figures.join(" | ")} |`);
  }
  sender.close();
}

/** Presses keys for a time; returns the times until they are shown, in ascending order. */
async function pressFor(client: Client, duration: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + duration;
  for (let text = ""; performance.now() < end;) {
    // The time between two keys varies, so that the keys do not all fall into the same part of the
    // interval between two bursts.
    await pause(systemClock, 20 + Math.random() * 60);
    const isFull = text.length === 40;
    text = isFull ? "" : `${text}x`;
    times.push(await client.press(isFull ? "\x15" : "x", `[${ROOM}] ${text}`));
  }
  await client.press("\x15", `[${ROOM}] `);
  return times.toSorted((one, other) => one - other);
}

/** A member that sends messages at a steady rate. */
class Flood {
  readonly #start = performance.now();
  readonly #cancel: () => void;
  #sent = 0;
  #sending: Promise<void> = Promise.resolve();

  constructor(readonly sender: Member, room: string) {
    this.#cancel = systemClock.every(BURST_INTERVAL, () => {
      const due = Math.floor((performance.now() - this.#start) / 1000 * Number(rate)) - this.#sent;
      const lines = Array.from({ length: due }, () => messageTo(room, this.#sent++));
      this.#sending = this.#sending.then(() => sender.send(lines.join("")));
    });
  }

  async end(): Promise<void> {
    this.#cancel();
    await this.#sending;
  }
}

/**
 * Prints the times from keys to the screen while a hostile server sends, for each kind of hostile
 * server.
 */
async function measureHostile(): Promise<void> {
  console.log("| a server that sends | keys | p50 | max |\n| :--- | ---: | ---: | ---: |");
  const late: HostileServer = {
    name: "every answer 200 ms late",
    attack: () => pause(systemClock, LATE_MS * 10),
  };
  for (const { name, attack, answer } of [late, ...HOSTILE_SERVERS]) {
    if (!name.includes(only)) continue;
    await using server = new FakeServer(0);
    await using client = new Client(server.port, [ROOM], "irc");
    const peer = await server.accept();
    await peer.welcome({ caps: HOSTILE_CAPS, tokens: "CHANTYPES=# PREFIX=(ov)@+ CHATHISTORY=100" });
    await peer.join(ROOM);
    void answerAll(name === late.name ? lateIn(peer) : peer, answer);
    await client.pty.screen.until(({ beforeCursor }) => beforeCursor === `[${ROOM}] `);
    let isOver = false;
    const attacking = attack(peer).then(() => pause(systemClock, 500)).finally(() => isOver = true);
    const times: number[] = [];
    while (!isOver) times.push(await client.pressAny(times.length));
    await attacking;
    times.sort((one, other) => one - other);
    const [p50, max] = [median(times), times.at(-1) ?? NaN].map((each) => each.toFixed(1));
    console.log(`| ${name} | ${times.length} | ${p50} ms | ${max} ms |`);
    peer.close();
  }
}

/** Returns `peer`, but the lines that it sends reach the client late. */
function lateIn(peer: Peer): Pick<Peer, "line" | "send"> {
  const send = (...lines: string[]) => pause(systemClock, LATE_MS).then(() => peer.send(...lines));
  return { line: () => peer.line(), send };
}

/** Prints the memory of a client that has received many messages. */
async function measureMemory(): Promise<void> {
  await using server = await ServerProcess.start({ memory: true });
  const { port } = server.address;
  const names = Array.from({ length: Number(rooms) }, (_, i) => i === 0 ? ROOM : `#room${i}`);
  const sender = await Member.register(server.address, "bob");
  await sender.send(names.map((name) => `JOIN ${name}${LINE_END}`).join(""));
  await using client = new Client(port, names);
  const { screen, pid } = client.pty;
  await screen.until(({ beforeCursor }) => beforeCursor === `[${ROOM}] `);
  console.log(`at the start: ${megabytes(pid)}`);
  const started = performance.now();
  let peak = 0;
  for (let sent = 0; sent < Number(messages);) {
    const lines = Array.from({ length: MEMORY_BURST }, () => {
      const number = sent++;
      return messageTo(names[number % names.length] ?? ROOM, number);
    });
    lines.push(`PRIVMSG ${ROOM} :burst ${sent} has arrived${LINE_END}`);
    await sender.send(lines.join(""));
    await screen.until(({ rows }) => rows.some((row) => row.includes(`burst ${sent} has arrived`)));
    peak = Math.max(peak, residentBytes(pid));
    if (sent % 100_000 === 0) console.log(`after ${sent} messages: ${megabytes(pid)}`);
  }
  const took = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`the peak: ${(peak / 1e6).toFixed(0)} MB; ${took} s`);
  await pause(systemClock, QUIET_MS);
  console.log(`after a quiet time: ${megabytes(pid)}`);
  sender.close();
}

function messageTo(room: string, number: number): string {
  return `PRIVMSG ${room} :message ${number}, a few words of the length that people write in chats${LINE_END}`;
}

/** Returns the resident memory of a process; 0 except on Linux. */
function residentBytes(pid: number): number {
  if (Deno.build.os !== "linux") return 0;
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

function megabytes(pid: number): string {
  return `${(residentBytes(pid) / 1e6).toFixed(0)} MB`;
}

if (memory) await measureMemory();
else if (hostile) await measureHostile();
else await measureKeys();
