import { Buffer } from "node:buffer";
import { assertEquals } from "@std/assert";
import { CHROMIUM, isCounted, openPage, reads, sendFiles, write } from "../support/browser.ts";

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

Deno.test("a text whose file was not sent becomes a draft again", { ignore }, async () => {
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
  await sendFiles(ada);
  await ada.getByText("tea.txt was not uploaded").waitFor();
  await ada.waitForFunction("document.querySelector('textarea').value === 'look at this'");
  assertEquals(await ada.locator(".message").count(), 0);
});
