import type { CDPSession, Page } from "playwright-core";

/** The frames that a page has drawn while it was observed. */
export interface Frames {
  /** The milliseconds from each frame to the next, in ascending order. */
  readonly times: readonly number[];
  /** The number of frames without a message in the middle of the list. */
  readonly empty: number;
  /**
   * The processor time of each task of the page above 1 ms, in ascending order, in milliseconds.
   * Unlike the time of a frame, it does not grow when the machine is busy with other work.
   */
  readonly tasks: readonly number[];
}

/**
 * A frame, or a task, that takes longer than this makes scrolling seem to stop, in milliseconds.
 */
export const LONG_FRAME_MS = 50;

/** The name of the mark by which the trace shows which thread is the page's. */
const MARK = "frames are recorded";

/** Notes the time of each frame from now on, and looks for a message in the middle of the list. */
const RECORD = `{
  performance.mark("${MARK}");
  const times = [];
  let [last, empty, isOver] = [performance.now(), 0, false];
  const list = document.querySelector(".list").getBoundingClientRect();
  const next = (now) => {
    times.push(now - last);
    last = now;
    const [x, y] = [list.left + list.width / 2, list.top + list.height / 2];
    const seen = document.elementFromPoint(x, y);
    if (!seen?.closest(".message, .divider, .event, .actions")) empty++;
    if (!isOver) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  window.endFrames = () => {
    isOver = true;
    return JSON.stringify({ times: times.slice(1).sort((a, b) => a - b), empty });
  };
}`;

/** Returns the frames that `page` draws while `act` runs. */
export async function framesDuring(page: Page, act: () => Promise<void>): Promise<Frames> {
  const tasks = new Tasks();
  await tasks.follow(page);
  await page.evaluate(RECORD);
  await act();
  const frames = JSON.parse(await page.evaluate("endFrames()"));
  return { ...frames, tasks: await tasks.end() };
}

/** The processor time above which a task is noted, in microseconds. */
const NOTED_US = 1000;

/**
 * The tasks of the thread that runs a page's scripts and draws it, in Chromium's trace of itself.
 * Chromium has such a thread for each page, also for pages of its own, which it loads ahead of
 * their use.
 */
class Tasks {
  #session: CDPSession | undefined;
  readonly #ended = Promise.withResolvers<void>();
  /** The processor time of the tasks, in milliseconds, by their threads. */
  readonly #times = new Map<string, number[]>();
  #thread: string | undefined;

  async follow(page: Page): Promise<void> {
    const session = this.#session = await page.context().browser()?.newBrowserCDPSession();
    if (!session) throw new Error("the page has no browser");
    session.on("Tracing.dataCollected", ({ value }) => value.forEach((each) => this.#note(each)));
    session.on("Tracing.tracingComplete", () => this.#ended.resolve());
    const traceConfig = { includedCategories: ["toplevel", "blink.user_timing"] };
    await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig });
  }

  /** Resolves to the processor times of the tasks, in milliseconds, in ascending order. */
  async end(): Promise<number[]> {
    await this.#session?.send("Tracing.end");
    await this.#ended.promise;
    await this.#session?.detach();
    if (this.#thread === undefined) throw new Error("the trace does not have the page's mark");
    const found = this.#times.get(this.#thread) ?? [];
    return found.toSorted((one, other) => one - other);
  }

  #note({ name = "", pid, tid, tdur }: Readonly<Record<string, unknown>>): void {
    const thread = `${pid} ${tid}`;
    if (name === MARK) this.#thread = thread;
    const time = Number(tdur);
    if (!`${name}`.endsWith("RunTask") || !(time > NOTED_US)) return;
    const times = this.#times.get(thread);
    if (times) times.push(time / 1000);
    else this.#times.set(thread, [time / 1000]);
  }
}

/** The longest time that a test scrolls, in milliseconds. */
const LIMIT_MS = 60_000;

/** The directions in which a wheel turns. */
export type Direction = "up" | "down";

/**
 * Turns the wheel over the list of messages, `pixels` in each step, until the list has come to its
 * end in that direction and stays there.
 */
export async function scrollToEnd(
  page: Page,
  to: Direction,
  pixels: number,
  limitMs = LIMIT_MS,
): Promise<void> {
  const box = await page.getByRole("log").boundingBox();
  if (!box) return;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const isThere = to === "up"
    ? "document.querySelector('.list').scrollTop === 0 && " +
      "document.querySelector('.list-content > .divider').textContent.startsWith('This is the')"
    : "document.querySelector('.to-end') === null";
  const start = performance.now();
  // Each step gets a frame of its own: no browser draws what a user has no time to see.
  const look = `new Promise((done) => requestAnimationFrame(() => done(${isThere})))`;
  while (!await page.evaluate(look)) {
    if (performance.now() - start > limitMs) throw new Error(`the list does not come to its end`);
    await page.mouse.wheel(0, to === "up" ? -pixels : pixels);
  }
}
