/**
 * Measures the work of the servers of a cluster for a message, in rooms of different sizes. Unlike
 * the measurement of the throughput, it sends the same number of messages at the same pace to all
 * rooms, so that an entry of the log has the same number of messages.
 *
 * @module
 */

import { pause, systemClock } from "../shared/clock.ts";
import { Member, type ServerProcess, type ThreadTimes, usedMs } from "./members.ts";
import { ROOM } from "./talking.ts";

/**
 * The number of bursts, and of messages in a burst. Members read several bursts at a time, because
 * otherwise their own work would take most of the time.
 */
const BURSTS = 300;
const READ_BURSTS = 20;
const BURST = 10;
/** The least time between two bursts, in milliseconds. */
const PACE_MS = 50;
/** The time for which servers with idle members are measured, in milliseconds. */
const IDLE_MS = 5000;
/** The number of members that join at a time. */
const JOINING = 200;

/** The number of deliveries, and the processor time that each of some servers used for them. */
interface Work {
  readonly deliveries: number;
  readonly ms: readonly number[];
}

/** Prints a table of the work for a message to rooms with these numbers of members. */
export async function workFor(
  sizes: readonly number[],
  { leader, follower, single }: Readonly<Record<"leader" | "follower" | "single", ServerProcess>>,
): Promise<void> {
  console.log("\n| members | leader, for a message | node, for a delivery | alone |");
  console.log("| ---: | ---: | ---: | ---: |");
  for (const size of sizes) {
    const alone = await measure(single, [single], size);
    const shared = await measure(follower, [leader, follower], size);
    const [leaderMs = NaN, followerMs = NaN] = shared.ms;
    const [aloneMs = NaN] = alone.ms;
    console.log(
      `| ${size} | ${us(leaderMs / (BURSTS * BURST))} | ` +
        `${us(followerMs / shared.deliveries)} | ${us(aloneMs / alone.deliveries)} |`,
    );
  }
}

/** Sends messages to a room with `size` members at `server`, besides the speaker. */
async function measure(
  server: ServerProcess,
  measured: readonly ServerProcess[],
  size: number,
): Promise<Work> {
  const speaker = await Member.join(server.address, "speaker", ROOM);
  const members: Member[] = [];
  while (members.length < size) {
    const first = members.length;
    const names = Array.from(
      { length: Math.min(JOINING, size - first) },
      (_, i) => `m${first + i}`,
    );
    members.push(...await Promise.all(names.map((name) => join(server, name))));
  }
  await Promise.all([speaker, ...members].map((member) => member.barrier()));
  const idle = await used(measured, () => pause(systemClock, IDLE_MS));
  const start = performance.now();
  const busy = await used(measured, () => talk(speaker, members));
  const seconds = (performance.now() - start) / 1000;
  for (const member of [speaker, ...members]) member.close();
  return {
    deliveries: BURSTS * BURST * size,
    ms: busy.map((each, i) => each - (idle[i] ?? 0) * seconds * 1000 / IDLE_MS),
  };
}

/** Lets a member join without the list of all others, which would take most of the time. */
async function join({ address }: ServerProcess, name: string): Promise<Member> {
  const member = await Member.register(address, name);
  await member.send(`CAP REQ :no-implicit-names\r\nJOIN ${ROOM}\r\n`);
  await member.barrier();
  return member;
}

async function talk(speaker: Member, members: readonly Member[]): Promise<void> {
  const line = `PRIVMSG ${ROOM} :${"x".repeat(64)}\r\n`;
  const length = `:${speaker.mask} ${line}`.length;
  const received = () => members.reduce((sum, { bytes }) => sum + bytes, 0);
  const before = received();
  for (let sent = 1; sent <= BURSTS; sent++) {
    const paced = pause(systemClock, PACE_MS);
    await speaker.send(line.repeat(BURST));
    await speaker.barrier();
    await paced;
    if (sent % READ_BURSTS > 0) continue;
    for (const member of members) member.readOn();
    while (received() - before < sent * BURST * members.length * length) {
      await pause(systemClock, 1);
    }
    for (const member of members) member.stopReading();
  }
}

/** Returns the processor time that each server uses during `work`, in milliseconds. */
async function used(
  measured: readonly ServerProcess[],
  work: () => Promise<void>,
): Promise<number[]> {
  const before: readonly ThreadTimes[] = measured.map((server) => server.threadTimes());
  await work();
  return measured.map((server, i) => usedMs(before[i] ?? new Map(), server.threadTimes()));
}

function us(milliseconds: number): string {
  return Number.isFinite(milliseconds) ? `${(milliseconds * 1000).toFixed(2)} µs` : "";
}
