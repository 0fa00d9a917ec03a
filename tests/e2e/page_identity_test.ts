import { assert, assertEquals, assertMatch } from "@std/assert";
import jsQR from "jsqr";
import type { Page } from "playwright-core";
// The emulator of a screen does not load after the driver of the browser.
import { Pty } from "../support/pty.ts";
import {
  CHROMIUM,
  isCounted,
  openPage,
  reads,
  serveWithPage,
  Visitors,
  write,
} from "../support/browser.ts";
import { CHAT, Process } from "../support/chat_process.ts";
import { IrcClient } from "../support/irc_client.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ignore = CHROMIUM === undefined;

/** Waits until `nick` is the only member of the room in the page with that name. */
async function isMember(page: Page, nick: string): Promise<void> {
  await page.locator(".members").getByText(nick, { exact: true }).waitFor();
}

/** Returns what the browser keeps of the user. */
async function kept(page: Page): Promise<string> {
  return `${await page.evaluate("localStorage.getItem('me')")}`;
}

/** Registers the account ada with a password, as an earlier page did. */
async function register(url: string, password: string): Promise<void> {
  await using client = await IrcClient.register(Number(new URL(url).port), { nick: "ada" });
  assertMatch((await client.ask(`REGISTER * * ${password}`)).join("\n"), / 900 /);
  await client.send("QUIT");
  await client.untilEnd();
}

const YOURS = "is yours now: this browser keeps the key to it";

Deno.test("a new visitor gets their nick again by the key, after a reload and a restart", {
  ignore,
}, async () => {
  using folder = new TempFolder();
  const { process, url } = await serveWithPage(folder.path);
  await using visitors = await Visitors.arrive();
  const ada = await visitors.join(url, "ada");
  await ada.getByText(`The name ada ${YOURS}`).waitFor();
  assertEquals(JSON.parse(await kept(ada)), { nick: "ada", account: "ada" });
  await ada.reload();
  await isMember(ada, "ada");
  await process[Symbol.asyncDispose]();
  await ada.getByText("Not connected").waitFor();
  const { port } = new URL(url);
  const again = ["serve", "--listen", `127.0.0.1:${port}`, "--data", folder.path];
  await using _again = new Process(again);
  await ada.getByText("Not connected").waitFor({ state: "detached" });
  await write(ada, "back");
  await reads(ada, "back");
  await ada.reload();
  await isMember(ada, "ada");
  assertEquals(await ada.getByText("has lost its key").count(), 0);
  assertEquals(JSON.parse(await kept(ada)), { nick: "ada", account: "ada" });
  // Nobody without the key is ada.
  const eve = await visitors.open(url);
  await eve.getByLabel("Your name here").fill("ada");
  await eve.keyboard.press("Enter");
  await eve.getByRole("alert").filter({ hasText: "choose another name, or log in" }).waitFor();
  assertEquals(visitors.complaints.filter((text) => !text.includes("ERR_CONNECTION_REFUSED")), []);
});

Deno.test("no script can read the key", { ignore }, async () => {
  await using parts = await openPage();
  const ada = await parts.visitors.join(parts.url, "ada");
  const read = `new Promise((resolve, reject) => {
    const request = indexedDB.open("chat");
    request.onerror = reject;
    request.onsuccess = () => {
      const get = request.result.transaction("keys").objectStore("keys").get("own");
      get.onsuccess = () => {
        const { privateKey } = get.result;
        crypto.subtle.exportKey("pkcs8", privateKey)
          .then(() => resolve("exported"), (error) => resolve(error.name + privateKey.extractable));
      };
    };
  })`;
  assertEquals(await ada.evaluate(read), "InvalidAccessErrorfalse");
});

Deno.test("a visitor with the password of an earlier page logs in, and is moved to the key", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const password = "a-password-that-the-page-has-made";
  await register(url, password);
  const ada = await visitors.open(url);
  const me = JSON.stringify({ nick: "ada", account: "ada", password });
  await ada.evaluate(`localStorage.setItem("me", ${JSON.stringify(me)})`);
  await ada.reload();
  await isMember(ada, "ada");
  // The password is kept until the key has logged in.
  await ada.getByText("From now on, this browser logs in by a key").waitFor();
  assertEquals(await kept(ada), me);
  await ada.reload();
  await isMember(ada, "ada");
  assertEquals(JSON.parse(await kept(ada)), { nick: "ada", account: "ada" });
  await ada.reload();
  await isMember(ada, "ada");
  assertEquals(await ada.getByText("has lost its key").count(), 0);
});

Deno.test("an account and its password log in on the page, once", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  await register(url, "correct-horse");
  const ada = await visitors.open(url);
  await ada.getByRole("button", { name: "Log in with a password" }).click();
  await ada.getByLabel("Your account").fill("ada");
  await ada.getByLabel("Its password").fill("wrong");
  await ada.getByRole("button", { name: "Log in", exact: true }).click();
  await ada.getByRole("alert").filter({ hasText: "Could not join" }).waitFor();
  await ada.getByLabel("Its password").fill("correct-horse");
  await ada.getByRole("button", { name: "Log in", exact: true }).click();
  await isMember(ada, "ada");
  assert(!(await kept(ada)).includes("horse"));
  await ada.getByText("From now on, this browser logs in by a key").waitFor();
  await ada.reload();
  await isMember(ada, "ada");
  assertEquals(await ada.getByText("has lost its key").count(), 0);
});

/** The width and height of a module of a QR code, in pixels. */
const SCALE = 4;

/** Reads a QR code of `size` modules, of which these are dark. */
function decode(size: number, dark: Iterable<readonly [x: number, y: number]>) {
  const width = size * SCALE;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [x, y] of dark) {
    for (let row = y * SCALE; row < (y + 1) * SCALE; row++) {
      const start = (row * width + x * SCALE) * 4;
      for (let at = start; at < start + SCALE * 4; at += 4) pixels.fill(0, at, at + 3);
    }
  }
  return jsQR.default(pixels, width, width)?.data;
}

/** Reads the QR code in the dialog. */
async function readCode(page: Page): Promise<string | undefined> {
  const path = `${await page.locator(".qr path").getAttribute("d")}`;
  const size = Number((await page.locator(".qr").getAttribute("viewBox"))?.split(" ")[2]);
  const modules = path.matchAll(/M(\d+) (\d+)h1v1h-1z/g);
  return decode(size, modules.map(([, x, y]) => [Number(x), Number(y)] as const));
}

/** Reads the QR code on a screen, whose characters are two modules, one above the other. */
function readScreen(rows: readonly string[]): string | undefined {
  const blocks = rows.filter((row) => /[█▀▄]/.test(row));
  const dark = blocks.flatMap((row, index) =>
    [...row].flatMap((character, x) => {
      const upper = "█▀".includes(character) ? [[x, 2 * index] as const] : [];
      const lower = "█▄".includes(character) ? [[x, 2 * index + 1] as const] : [];
      return [...upper, ...lower];
    })
  );
  const size = Math.max(2 * blocks.length, ...blocks.map((row) => row.length));
  return decode(size + QUIET_ZONE, dark.map(([x, y]) => [x, y + QUIET_ZONE] as const));
}

/** The width of the white border of a QR code, in modules; on a screen, its rows are blank. */
const QUIET_ZONE = 4;

Deno.test("a second browser is the same user by the link in a QR code", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await ada.getByText(`The name ada ${YOURS}`).waitFor();
  await ada.getByRole("button", { name: "Link a device" }).click();
  const link = await ada.locator(".link-device .url").innerText();
  assertMatch(link, /^http:\/\/localhost:\d+\/lobby#link=[A-Z]{4}-[A-Z]{4}$|#link=/);
  assertEquals(await readCode(ada), link);

  const phone = await visitors.open(link.replace("localhost", "127.0.0.1"));
  assertEquals(new URL(phone.url()).hash, "");
  await phone.getByRole("button", { name: "Link this browser" }).click();
  await isMember(phone, "ada");
  await ada.keyboard.press("Escape");
  await write(phone, "from the phone");
  await reads(ada, "from the phone");
  await isCounted(ada.locator(".members li"), 1);
  await phone.reload();
  await isMember(phone, "ada");

  // The code is used up.
  const eve = await visitors.open(link.replace("localhost", "127.0.0.1"));
  await eve.getByRole("button", { name: "Link this browser" }).click();
  await eve.getByRole("alert").filter({ hasText: "no such code: it was used" }).waitFor();
  assertEquals(visitors.complaints, []);
});

/** Starts `chat connect` in a terminal, with a key of its own in the folder `config`. */
async function terminal(url: string, nick: string, config: string): Promise<Pty> {
  const { host, port } = new URL(url);
  assert(host.endsWith(port));
  const command =
    `env -u NO_COLOR XDG_CONFIG_HOME=${config} ${CHAT} connect chat://127.0.0.1:${port}/lobby`;
  const pty = new Pty("sh", ["-c", `${command} --nick ${nick}`], 100, 40);
  await pty.screen.shows("in #lobby:");
  return pty;
}

Deno.test("a browser is the user of a terminal by the link that /link shows there", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors, folder } = parts;
  await using desk = await terminal(url, "ada", `${folder.path}/config`);
  desk.type("/link\r");
  await desk.screen.shows("#link=");
  const [link = ""] = /http:\S+#link=[A-Z]{4}-[A-Z]{4}/.exec(desk.screen.all.join("")) ?? [];
  assert(link, desk.screen.all.join("\n"));
  // Not `all`, which joins the rows that begin with blanks to those above.
  await desk.screen.until(({ rows }) => readScreen(rows) === link);
  const phone = await visitors.open(link);
  await phone.getByRole("button", { name: "Link this browser" }).click();
  await isMember(phone, "ada");
  await desk.screen.shows("logged in to the account ada with your code");
  await write(phone, "both of us");
  await desk.screen.shows("<ada> both of us");
  await isCounted(phone.locator(".members li"), 1);
});

Deno.test("a terminal is the user of a browser by the code that the page shows", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors, folder } = parts;
  const ada = await visitors.join(url, "ada");
  await ada.getByText(`The name ada ${YOURS}`).waitFor();
  await ada.getByRole("button", { name: "Link a device" }).click();
  const code = await ada.locator(".link-device .code").innerText();
  await using desk = await terminal(url, "zoe", `${folder.path}/config`);
  desk.type(`/link ${code}\r`);
  // The code is used up, so the dialog with it closes.
  await ada.getByText("Your other device is linked").waitFor();
  await ada.locator(".link-device").waitFor({ state: "detached" });
  await write(ada, "both of us");
  await desk.screen.shows("<ada> both of us");
  await ada.locator(".members").getByText("zoe").waitFor({ state: "detached" });
  await isCounted(ada.locator(".members li"), 1);
});

Deno.test("a visitor with a name of their own links by typing the code", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await ada.getByText(`The name ada ${YOURS}`).waitFor();
  const bob = await visitors.join(url, "bob");
  await bob.getByText(`The name bob ${YOURS}`).waitFor();
  const link = async () => {
    await ada.getByRole("button", { name: "Link a device" }).click();
    const code = await ada.locator(".link-device .code").innerText();
    await ada.getByRole("button", { name: "Close" }).click();
    return code;
  };
  await write(bob, `/link ${await link()}`);
  await bob.locator(".members").getByText("bob").waitFor({ state: "detached" });
  await isMember(bob, "ada");
  await bob.reload();
  await isMember(bob, "ada");
  assertEquals(JSON.parse(await kept(bob)), { nick: "ada", account: "ada" });
  await isCounted(ada.locator(".members li"), 1);

  const cleo = await visitors.open(url);
  await cleo.getByRole("button", { name: "Use my account of another device" }).click();
  await cleo.getByLabel("The code").fill((await link()).toLowerCase());
  await cleo.keyboard.press("Enter");
  await isMember(cleo, "ada");
});

Deno.test("a visitor with a name of their own links by opening the link", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await ada.getByText(`The name ada ${YOURS}`).waitFor();
  const bob = await visitors.join(url, "bob");
  await bob.getByText(`The name bob ${YOURS}`).waitFor();
  await ada.getByRole("button", { name: "Link a device" }).click();
  const link = await ada.locator(".link-device .url").innerText();
  // The window has the page already, so that only the fragment changes.
  await bob.evaluate(`location.hash = ${JSON.stringify(new URL(link).hash)}`);
  await bob.getByText("This browser is logged in as bob").waitFor();
  assertEquals(new URL(bob.url()).hash, "");
  // The user may as well stay who they are, and the code stays unused.
  await bob.getByRole("button", { name: "Stay bob" }).click();
  await isMember(bob, "bob");
  await bob.evaluate(`location.hash = ${JSON.stringify(new URL(link).hash)}`);
  await bob.getByRole("button", { name: "Link this browser" }).click();
  await isMember(bob, "ada");
  await ada.locator(".members li").nth(1).waitFor({ state: "detached" });
  await isCounted(ada.locator(".members li"), 1);
});

Deno.test("over https, the key logs in too, and a browser that has lost it says so", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { visitors } = parts;
  const url = parts.url.replace("http:", "https:");
  const ada = await visitors.join(url, "ada", { ignoreHTTPSErrors: true });
  await ada.getByText(`The name ada ${YOURS}`).waitFor();
  await ada.reload();
  await isMember(ada, "ada");
  await ada.evaluate("indexedDB.deleteDatabase('chat')");
  await ada.reload();
  await ada.getByText("This browser has lost its key to ada").waitFor();
  assertEquals(JSON.parse(await kept(ada)), { nick: "ada", account: "ada" });
});
