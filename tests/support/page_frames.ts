import type { Page } from "playwright-core";

/** The frames that a page has drawn for a time. */
export interface Frames {
  /** The milliseconds from each frame to the next, in ascending order. */
  readonly times: readonly number[];
  /** The number of frames without a message in the middle of the list. */
  readonly empty: number;
}

/** A frame that takes longer than this makes scrolling seem to stop, in milliseconds. */
export const LONG_FRAME_MS = 50;

/** Notes the time of each frame from now on, and looks for a message in the middle of the list. */
const RECORD = `{
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
  await page.evaluate(RECORD);
  await act();
  return JSON.parse(await page.evaluate("endFrames()"));
}

/** The longest time that a test scrolls, in milliseconds. */
const LIMIT_MS = 60_000;

/** The directions in which a wheel turns. */
export type Direction = "up" | "down";

/**
 * Turns the wheel over the list of messages, `pixels` in each step, until the list has come to its end in that
 * direction and stays there.
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
