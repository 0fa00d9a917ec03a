import { Buffer } from "node:buffer";
import { assertEquals } from "@std/assert";
import { CHROMIUM, holds, isCounted, openPage, reads, write } from "../support/browser.ts";

const ignore = CHROMIUM === undefined;

Deno.test("a picture is shown before it is sent, and a text goes with it", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada", { viewport: { width: 360, height: 740 } });
  await ada.getByText("The name ada is yours now").waitFor();
  const bob = await visitors.join(url, "bob");
  const picture = { name: "kettle.png", mimeType: "image/png", buffer: await ada.screenshot() };
  const files = ada.getByRole("group", { name: "1 file to send" });
  const preview = files.getByRole("img", { name: "Picture kettle.png" });
  await ada.getByLabel("Send files").setInputFiles(picture);
  await files.locator('[width="116"][height="240"]').waitFor();
  await files.getByRole("button", { name: "Cancel" }).click();
  await files.waitFor({ state: "detached" });

  await ada.getByLabel("Send files").setInputFiles(picture);
  await preview.waitFor();
  // A command and another conversation leave the picture where it is.
  await write(ada, "/query bob");
  await files.waitFor({ state: "detached" });
  await ada.goBack();
  await preview.waitFor();
  await write(ada, "this is the kettle");
  await files.waitFor({ state: "detached" });
  await bob.getByRole("img", { name: "Picture kettle.png" }).waitFor();
  await isCounted(bob.locator(".message"), 1);
  await reads(bob, "this is the kettle");
  assertEquals(visitors.complaints, []);
});

Deno.test("files that wait to be sent outlast a reload, until they are sent or cancelled", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await ada.getByText("The name ada is yours now").waitFor();
  const picture = { name: "kettle.png", mimeType: "image/png", buffer: await ada.screenshot() };
  const note = { name: "tea.txt", mimeType: "text/plain", buffer: Buffer.from("green tea") };
  const isKept = (count: number) =>
    holds(
      ada,
      `new Promise((resolve) => {
      indexedDB.open("chat files").onsuccess = ({ target: { result } }) => {
        const all = result.transaction("files").objectStore("files").getAll();
        all.onsuccess = () => {
          result.close();
          resolve(all.result.flatMap(({ files }) => files).length === ${count});
        };
      };
    })`,
    );
  await ada.getByLabel("Send files").setInputFiles(picture);
  await ada.getByLabel("Send files").setInputFiles(note);
  await isKept(2);
  await ada.reload();
  const files = ada.getByRole("group", { name: "2 files to send" });
  await files.getByRole("img", { name: "Picture kettle.png" }).waitFor();
  const tab = await ada.context().newPage();
  await tab.goto(url);
  await tab.getByRole("log").waitFor();
  assertEquals(await tab.locator(".attached").count(), 0);

  await write(ada, "for later");
  await isCounted(ada.locator(".message"), 2);
  await reads(ada, "tea.txt");
  await isKept(0);
  const address = await ada.getByRole("link", { name: "tea.txt" }).getAttribute("href") ?? "";
  assertEquals(await (await fetch(address)).text(), "green tea");
  await ada.reload();
  await reads(ada, "tea.txt");
  assertEquals(await ada.locator(".attached").count(), 0);

  await ada.getByLabel("Send files").setInputFiles(note);
  await isKept(1);
  await ada.locator(".attached").getByRole("button", { name: "Cancel" }).click();
  await isKept(0);
});

Deno.test("a browser without space for files says so", { ignore }, async () => {
  await using parts = await openPage();
  const ada = await parts.visitors.join(parts.url, "ada");
  await ada.getByText("The name ada is yours now").waitFor();
  await ada.evaluate(`IDBObjectStore.prototype.put = () => {
    throw new DOMException("full", "QuotaExceededError");
  }`);
  await ada.getByLabel("Send files").setInputFiles({
    name: "tea.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("tea"),
  });
  await ada.getByText("Your browser has no space to keep these files").waitFor();
  await ada.getByRole("group", { name: "1 file to send" }).waitFor();
});

Deno.test(
  "a file that was not sent waits again, and its text becomes a draft again",
  { ignore },
  async () => {
    await using parts = await openPage();
    const { url, visitors } = parts;
    const ada = await visitors.join(url, "ada");
    await ada.getByText("The name ada is yours now").waitFor();
    await ada.route("**/-/files", (route) => route.abort());
    const [broken, text] = ["broken.png", "tea.txt"].map((name) => {
      const mimeType = name.endsWith("png") ? "image/png" : "text/plain";
      return { name, mimeType, buffer: Buffer.from("tea") };
    });
    if (!broken || !text) return;
    await ada.getByLabel("Send files").setInputFiles([broken, text]);
    const files = ada.getByRole("group", { name: "2 files to send" });
    await files.getByText("tea.txt").waitFor();
    // What is no picture has no preview.
    await files.getByRole("img").waitFor({ state: "detached" });
    const field = ada.locator(".composer textarea");
    await field.fill("look at this");
    await ada.getByRole("button", { name: "Send", exact: true }).click();
    await ada.getByText("tea.txt was not uploaded").waitFor();
    await holds(ada, "document.querySelector('textarea').value === 'look at this'");
    await files.getByText("tea.txt").waitFor();
    assertEquals(await ada.locator(".message").count(), 0);
  },
);
