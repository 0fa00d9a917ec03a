import { Process } from "./chat_process.ts";
import { WAIT_MS } from "./patience.ts";
import { TempFolder } from "./temp_folder.ts";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The path of Chromium; undefined if it is not installed. */
export const CHROMIUM = PATHS.find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

/** A Chromium without a window; disposing closes it. Each visitor has a profile of their own. */
export class Visitors implements AsyncDisposable {
  readonly #browser: Browser;
  /** All that the pages have written to the console, and their errors. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async arrive(): Promise<Visitors> {
    // Imported only here, because the terminal emulator of `screen.ts` cannot be loaded after it.
    const { chromium } = await import("playwright-core");
    const args = ["--no-sandbox", "--disable-gpu", "--ignore-certificate-errors"];
    return new Visitors(await chromium.launch({ executablePath: CHROMIUM ?? "", args }));
  }

  /** Opens `url` in a new profile. */
  async open(url: string, options?: BrowserContextOptions): Promise<Page> {
    const context = await this.#browser.newContext(options);
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    page.on("console", (message) => this.complaints.push(message.text()));
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    await page.goto(url);
    return page;
  }

  /** Opens `url`, and joins as `nick`. */
  async join(url: string, nick: string, options?: BrowserContextOptions): Promise<Page> {
    const page = await this.open(url, options);
    await page.getByLabel("Your name here").fill(nick);
    await page.getByRole("button", { name: "Join", exact: true }).click();
    await page.getByRole("log").waitFor();
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** Writes `text` in the current conversation. */
export async function write(page: Page, text: string): Promise<void> {
  await page.locator(".composer textarea").fill(text);
  await page.keyboard.press("Enter");
}

/** Sends the files that are about to be sent. */
export async function sendFiles(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator(".attached").waitFor({ state: "detached" });
}

/** Resolves once `text` is among the messages. */
export async function reads(page: Page, text: string): Promise<void> {
  await page.locator(".message .text").filter({ hasText: text }).first().waitFor();
}

/** Resolves once the page has the title `text`. */
export async function hasTitle(page: Page, text: string): Promise<void> {
  while (await page.title() !== text) await page.evaluate("new Promise(requestAnimationFrame)");
}

/** Resolves once the value of `expression`, a script that may be a promise, is true. */
export async function holds(page: Page, expression: string): Promise<void> {
  // The page allows no `eval`, which `waitForFunction` would use.
  while (!await page.evaluate(expression)) {
    await page.evaluate("new Promise(requestAnimationFrame)");
  }
}

/** Resolves once `found` has exactly `count` elements; `count` must be at least 1. */
export async function isCounted(found: Locator, count: number): Promise<void> {
  await found.nth(count - 1).waitFor({ state: "attached" });
  await found.nth(count).waitFor({ state: "detached" });
}

/**
 * Starts a server that keeps its data in the folder `data`, by default on a free port; resolves to
 * it and to the URL of its page.
 */
export async function serveWithPage(data: string, port = "0") {
  const process = new Process(["serve", "--listen", `127.0.0.1:${port}`, "--data", data]);
  const [, url = ""] = await process.stdout(/In a browser: (\S+)/);
  return { process, url };
}

/**
 * Starts a server with its data in a new folder, and a browser for the visitors of its page. All
 * end together.
 */
export async function openPage() {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(new TempFolder());
  const { process, url } = await serveWithPage(folder.path);
  stack.use(process);
  const visitors = stack.use(await Visitors.arrive());
  const all = stack.move();
  return { url, folder, process, visitors, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** Starts the server of a page again, after its end, with the same data and on the same port. */
export async function serveAgain(
  { folder, url }: { readonly folder: TempFolder; readonly url: string },
): Promise<Process> {
  const { process } = await serveWithPage(folder.path, new URL(url).port);
  return process;
}
