/** Kills servers on one folder, again and again, while a load runs on them. */

import { systemClock } from "../../shared/clock.ts";
import { DATABASE } from "../../server/store/open.ts";
import { StoreReader } from "../../server/store/reader.ts";
import { verify } from "../../server/store/verify.ts";
import { ServeProcess } from "./chat_process.ts";
import { Random } from "./random.ts";
import { TempFolder } from "./temp_folder.ts";

/** About one in this many servers is killed within `START_MS` milliseconds after its start. */
const EARLY = 8;
const START_MS = 250;

/** The work of clients, whose results are compared with the state of the server after a kill. */
export interface Load {
  /** The settings of the servers, in addition to those of the loop. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Compares everything that clients saw before the last kill with the data of the new server. */
  begin(port: number): Promise<void>;
  /** Works until it calls `kill` itself. */
  work(port: number, kill: () => void): Promise<void>;
  /** Checks the files that the killed server has left. */
  killed(): void;
}

/**
 * Starts and kills servers `kills` times, each at a moment that `random` decides. Resolves to the
 * error that `chat export --verify` finds at the end.
 */
export async function killAgainAndAgain(
  kills: number,
  random: Random,
  makeLoad: (data: string) => Load,
): Promise<string | undefined> {
  using folder = new TempFolder();
  const data = `${folder.path}/data`;
  const load = makeLoad(data);
  const start = () => ServeProcess.start({ data, logLevel: "error", ...load.config });
  for (let count = 0; count < kills; count++) {
    await using server = start();
    if (count > 0 && random.below(EARLY) === 0) {
      await passed(random.below(START_MS));
    } else {
      const port = await portOf(server);
      await load.begin(port);
      await load.work(port, () => server.kill("SIGKILL"));
    }
    server.kill("SIGKILL");
    await server.ended();
    load.killed();
  }
  await using server = start();
  await load.begin(await portOf(server));
  using reader = new StoreReader(`${data}/${DATABASE}`);
  return verify(reader).error;
}

/** Resolves after `ms` milliseconds. */
export function passed(ms: number): Promise<void> {
  return new Promise((resolve) => systemClock.after(ms, resolve));
}

async function portOf(server: ServeProcess): Promise<number> {
  return Number((await server.address()).split(":")[1]);
}
