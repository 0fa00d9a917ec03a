import { Buffer } from "node:buffer";
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  CHROMIUM,
  hasTitle,
  isCounted,
  openPage,
  reads,
  sendFiles,
  serveWithPage,
  Visitors,
  write,
} from "../support/browser.ts";
import { Process } from "../support/chat_process.ts";
import { PNG_WITH_PLACE } from "../support/pictures.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ignore = CHROMIUM === undefined;

Deno.test("two people talk on the page, and with irc clients in the same room", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  const bob = await visitors.join(url, "bob");
  await write(ada, "hello *all*");
  await reads(bob, "hello all");
  await write(bob, "hi ada");
  await reads(ada, "hi ada");
  await write(bob, "/me waves");
  await reads(ada, "waves");
  const looks = await ada.locator(".message .text").evaluateAll((found) =>
    found.map((each) => each.computedStyleMap().get("font-style")?.toString())
  );
  assertEquals(looks, ["normal", "normal", "italic"]);

  const { host } = new URL(url);
  const pipe = await Process.run(["connect", host, "--nick", "pipe"], "from a pipe\n");
  assertEquals(pipe.code, 0, pipe.stderr);
  await reads(ada, "from a pipe");
  assertEquals(visitors.complaints, []);
});

Deno.test(
  "a visitor who has typed a name can type a message at once, unless a touch opens the keyboard",
  {
    ignore,
  },
  async () => {
    await using parts = await openPage();
    const { url, visitors } = parts;
    const ada = await visitors.open(url);
    await ada.keyboard.type("ada");
    await ada.keyboard.press("Enter");
    await ada.locator(".composer textarea:focus").waitFor();
    await ada.keyboard.type("hello");
    await ada.keyboard.press("Enter");
    await reads(ada, "hello");
    const phone = await visitors.join(url, "bob", { hasTouch: true, isMobile: true });
    await reads(phone, "hello");
    assertEquals(await phone.locator(".composer textarea:focus").count(), 0);
  },
);

Deno.test("a message is answered, reacted to, edited and deleted on the page", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  const bob = await visitors.join(url, "bob");
  await write(ada, "is the kettle on?");
  await reads(bob, "is the kettle on?");

  const question = bob.locator(".message").filter({ hasText: "is the kettle on?" }).first();
  await question.hover();
  await question.getByRole("button", { name: "Reply" }).click();
  await write(bob, "it is");
  await ada.locator(".answers").filter({ hasText: "bob" }).or(
    ada.locator(".answers").filter({ hasText: "ada: is the kettle on?" }),
  ).first().waitFor();

  await question.hover();
  await question.getByRole("button", { name: "React" }).click();
  await question.getByRole("button", { name: "👍" }).click();
  await ada.locator(".reactions").filter({ hasText: "👍 1" }).waitFor();
  // A second click takes the reaction back.
  await ada.getByRole("button", { name: "👍 1", pressed: false }).click();
  await bob.getByRole("button", { name: "👍 2", pressed: true }).click();
  await ada.getByRole("button", { name: "👍 1", pressed: true }).waitFor();

  await bob.locator(".composer textarea").press("ArrowUp");
  await bob.getByText("Editing your message").waitFor();
  await write(bob, "it is, come over");
  await reads(ada, "it is, come over (edited)");

  const answer = bob.locator(".message").filter({ hasText: "come over" });
  await answer.hover();
  await answer.getByRole("button", { name: "Delete" }).click();
  await answer.getByRole("button", { name: "Delete for all" }).click();
  await ada.getByText("bob deleted a message").waitFor();
  assertEquals(await ada.getByText("come over").count(), 0);
});

Deno.test("after a reload, the visitor is the same person, and reads on", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await ada.getByText("The name ada is yours now").waitFor();
  const bob = await visitors.join(url, "bob");
  await write(ada, "the first");
  await reads(bob, "the first");
  await ada.locator(".composer textarea").fill("half a sentence");
  await ada.goto("about:blank");
  await write(bob, "the second");
  await reads(bob, "the second");
  await ada.goto(url);
  await reads(ada, "the second");
  assertEquals(await ada.locator(".composer textarea").inputValue(), "half a sentence");
  // No other user can take the name, and nobody is given another name without being asked.
  const guest = await visitors.open(url);
  const join = guest.getByRole("button", { name: "Join", exact: true });
  const name = guest.getByLabel("Your name here");
  await name.fill("Ada");
  await join.click();
  await guest.getByRole("alert").filter({ hasText: "choose another name, or log in" }).waitFor();
  await name.fill("guest");
  await join.click();
  await guest.getByText("The name guest is yours now").waitFor();
  await isCounted(guest.locator(".members").getByText("ada", { exact: true }), 1);
});

Deno.test("a user whose login is refused keeps the account, and can also join without it", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.open("about:blank");
  // The browser gives no keys to a page that it does not trust.
  await ada.addInitScript("Object.defineProperty(window, 'isSecureContext', { value: false })");
  await ada.goto(url);
  await ada.getByRole("button", { name: "Use my account of another device" }).click();
  await ada.getByRole("alert").filter({ hasText: "This browser can't be linked" }).waitFor();
  await ada.getByRole("button", { name: "Join with a new name" }).click();
  await ada.getByLabel("Your name here").fill("ada");
  await ada.getByRole("button", { name: "Join", exact: true }).click();
  await ada.getByText("The name ada is yours now: this browser keeps a password").waitFor();
  const key = await ada.evaluate("localStorage.getItem('me')");
  await ada.evaluate(
    "localStorage.setItem('me', localStorage.me.replace(/password\":\"./, '$&x'))",
  );
  await ada.goto(url);
  await ada.getByRole("alert").filter({ hasText: "Could not join" }).waitFor();
  assert(`${await ada.evaluate("localStorage.getItem('me')")}`.includes("password"));

  await ada.evaluate(`localStorage.setItem('me', ${JSON.stringify(key)})`);
  await ada.goto(url);
  await ada.locator(".members").getByText("ada", { exact: true }).waitFor();

  await ada.evaluate(
    "localStorage.setItem('me', localStorage.me.replace(/password\":\"./, '$&x'))",
  );
  await ada.goto(url);
  await ada.getByLabel("Your name here").fill("anna");
  await ada.getByRole("button", { name: "Join without my account" }).click();
  await ada.getByText("The name anna is yours now").waitFor();
});

Deno.test("when the server restarts, the page says so, and continues where it was", {
  ignore,
}, async () => {
  using folder = new TempFolder();
  const { process, url } = await serveWithPage(folder.path);
  await using visitors = await Visitors.arrive();
  const ada = await visitors.join(url, "ada");
  await write(ada, "before");
  await reads(ada, "before");
  await ada.locator(".waiting").waitFor({ state: "detached" });
  await process[Symbol.asyncDispose]();
  await ada.getByText("Not connected").waitFor();
  // Without a connection, the page does not know who is there.
  assertEquals(await ada.locator(".members .here, .members .away").count(), 0);
  await write(ada, "meanwhile");
  await ada.locator(".waiting").filter({ hasText: "meanwhile" }).waitFor();
  const attempt = ada.waitForEvent("console", (line) => line.text().includes("REFUSED"));
  await ada.getByRole("button", { name: "Try now" }).click();
  await attempt;
  const { port } = new URL(url);
  await using _again = new Process([
    "serve",
    "--listen",
    `127.0.0.1:${port}`,
    "--data",
    folder.path,
  ]);
  await reads(ada, "meanwhile");
  await ada.getByText("Not connected").waitFor({ state: "detached" });
  await isCounted(ada.locator(".message .text").filter({ hasText: "before" }), 1);
});

Deno.test("the owner's link makes its visitor the owner, and the token stays out of the address", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { process, visitors } = parts;
  const [, link = ""] = await process.stdout(/Or open: (\S+)/);
  const ada = await visitors.join(link, "ada");
  await ada.locator(".members li").getByText("~").waitFor();
  assertMatch(ada.url(), /\/lobby$/);
  assert(!link.endsWith("/lobby"));
});

Deno.test("earlier messages load as the user scrolls up, each once", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const { host } = new URL(url);
  const lines = Array.from({ length: 400 }, (_, i) => `line ${i}.`).join("\n");
  await Process.run(["connect", host, "--nick", "pipe"], `${lines}\n`);
  const ada = await visitors.join(url, "ada");
  await reads(ada, "line 399.");
  const first = ada.getByText("line 0.", { exact: true });
  const oldest = ada.locator(".message .text").first();
  for (let shown = await oldest.innerText(); shown !== "line 0.";) {
    await ada.getByRole("log").evaluate((list) => list.scrollTop = 0);
    await oldest.filter({ hasNotText: shown }).waitFor();
    shown = await oldest.innerText();
  }
  await first.scrollIntoViewIfNeeded();
  await isCounted(first, 1);
  await ada.getByText("This is the beginning of #lobby.").waitFor();
});

Deno.test("names and messages are shown as text, whatever they contain", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const { host } = new URL(url);
  const ada = await visitors.join(url, "ada");
  const texts = [
    `<img src="/x" onerror="document.title='taken'">`,
    `<script>document.title='taken'</script>`,
    `javascript:document.title='taken'`,
    `[click](javascript:alert(1)) https://example.org/"onclick="x`,
    `\u202eright to left &lt;b&gt; \u0000`.replace("\u0000", ""),
  ];
  await Process.run(["connect", host, "--nick", "pipe"], `${texts.join("\n")}\nthe end\n`);
  await reads(ada, "the end");
  for (const text of texts.slice(0, 3)) await reads(ada, text);
  assertEquals(await ada.locator(".text img, .text script").count(), 0);
  assertEquals(await ada.locator(`.text a:not([href^="https://example.org/"])`).count(), 0);
  await hasTitle(ada, "#lobby");
  assertEquals(visitors.complaints, []);
});

Deno.test("without the page, a browser is told that this is not a web server", async () => {
  using folder = new TempFolder();
  await using process = new Process([
    "serve",
    "--listen",
    "127.0.0.1:0",
    "--data",
    folder.path,
    "--page",
    "off",
  ]);
  const [, address = ""] = await process.stdout(/Listening on (\S+)\. /);
  const response = await fetch(`http://${address}/lobby`);
  assertEquals(response.status, 400);
  assertMatch(await response.text(), /^This is a chat server, not a web server/);
});

Deno.test(
  "pictures are picked, dropped and pasted, shown to others, and deleted with their message",
  {
    ignore,
  },
  async () => {
    await using parts = await openPage();
    const { url, visitors } = parts;
    const ada = await visitors.join(url, "ada");
    await ada.getByText("The name ada is yours now").waitFor();
    const bob = await visitors.join(url, "bob");
    const picture = Buffer.from(PNG_WITH_PLACE);
    await ada.getByLabel("Send files").setInputFiles({
      name: "tea pot.png",
      mimeType: "image/png",
      buffer: picture,
    });
    await sendFiles(ada);
    await bob.getByRole("img", { name: "Picture tea_pot.png" }).waitFor();
    const loaded = () =>
      bob.locator(".pictures img").evaluateAll((found) =>
        found.every((image) => "naturalWidth" in image && image.naturalWidth === 1)
      );
    assert(await loaded());
    // The link shows the name instead of the URL, and the progress of the upload is gone.
    await bob.getByRole("link", { name: "tea_pot.png", exact: true }).first().waitFor();
    assertEquals(await bob.getByText("/-/files/").count(), 0);
    await ada.getByText("Uploading").waitFor({ state: "detached" });

    // The data of a drop or a paste is made in the page, because no other program takes part.
    const give = (event: string, target: string, name: string) =>
      ada.evaluate(`{
      const data = new DataTransfer();
      data.items.add(new File(["<script>document.title = 'taken'</script>"], "${name}"));
      const options = { bubbles: true, cancelable: true };
      document.querySelector("${target}").dispatchEvent(
        "${event}" === "paste"
          ? new ClipboardEvent("paste", { ...options, clipboardData: data })
          : new DragEvent("drop", { ...options, dataTransfer: data }),
      );
    }`);
    await give("drop", ".app", "dropped.html");
    await sendFiles(ada);
    await reads(bob, "dropped.html");
    await give("paste", ".composer textarea", "pasted.svg");
    await sendFiles(ada);
    await reads(bob, "pasted.svg");
    await isCounted(bob.locator(".pictures img"), 1);

    // A hostile file is saved, not opened.
    const saved = bob.waitForEvent("download");
    await bob.getByRole("link", { name: "dropped.html" }).click();
    assertEquals((await saved).suggestedFilename(), "dropped.html");

    const message = ada.locator(".message").filter({ has: ada.locator("img") });
    await message.hover();
    await message.getByRole("button", { name: "Delete" }).click();
    await message.getByRole("button", { name: "Delete for all" }).click();
    await bob.getByText("ada deleted a message").waitFor();
    assertEquals(await bob.locator(".pictures img").count(), 0);
    assertEquals(visitors.complaints, []);
  },
);

Deno.test(
  "a message that is pushed to the browser becomes a notification, and its text only text",
  {
    ignore,
  },
  async () => {
    await using parts = await openPage();
    const { url, visitors } = parts;
    const ada = await visitors.join(url, "ada", { permissions: ["notifications"] });
    const worker = await ada.context().newCDPSession(ada);
    const registered = Promise.withResolvers<string>();
    worker.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      for (const { registrationId } of registrations) registered.resolve(registrationId);
    });
    await worker.send("ServiceWorker.enable");
    const registrationId = await registered.promise;
    await ada.evaluate("navigator.serviceWorker.ready.then(() => {})");
    const { origin } = new URL(url);
    const data = "@msgid=1 :<b>bob</b>!b@h PRIVMSG #a/b :<img src=x> ada, \x02tea\x02?";
    // Chromium without a desktop may drop a notification soon after it was shown.
    const first = `navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
      .then(([{ title, body, data, tag, renotify } = {}]) =>
        title && { title, body, data, tag, renotify })`;
    let shown: unknown;
    for (let attempt = 0; attempt < 100 && !shown; attempt++) {
      await worker.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data });
      shown = await ada.evaluate(first);
    }
    assertEquals(shown, {
      title: "<b>bob</b> in #a/b",
      body: "<img src=x> ada, tea?",
      data: { path: "/a%2Fb", name: "#a/b" },
      tag: "#a/b",
      renotify: true,
    });
    // A click comes to an open page as a message of the worker.
    await ada.evaluate(`navigator.serviceWorker.ready.then(({ active }) => {
      const data = { path: "/", name: "bob" };
      navigator.serviceWorker.dispatchEvent(new MessageEvent("message", { data, source: active }));
    })`);
    await ada.getByRole("log", { name: "bob" }).waitFor();
    // Chromium has no push service here, and says so.
    const others = visitors.complaints.filter((text) => !text.includes("support the Push API"));
    assertEquals(others, []);
  },
);
