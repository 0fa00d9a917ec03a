import { CHROMIUM, hasTitle, isCounted, openPage, serveAgain, write } from "../support/browser.ts";
import { Process } from "../support/chat_process.ts";

const ignore = CHROMIUM === undefined;

Deno.test("the page says whether the browser shows notifications", { ignore }, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  for (const [answer, text] of [["granted", "are on"], ["denied", "blocks"]] as const) {
    const page = await visitors.open("about:blank");
    await page.addInitScript(`
      globalThis.Notification = { permission: "default", requestPermission: async () => "${answer}" };
    `);
    await page.goto(url);
    await page.getByLabel("Your name here").fill(`ada-${answer}`);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Turn on notifications" }).click();
    await page.getByRole("status").filter({ hasText: text }).waitFor();
  }
});

Deno.test(
  "a silenced room is not counted in the title, even after a reload",
  { ignore },
  async () => {
    await using parts = await openPage();
    const { url, visitors } = parts;
    const ada = await visitors.open("about:blank");
    // It was silenced before the user had an account.
    await ada.addInitScript(
      `localStorage.setItem("silenced", localStorage.silenced ?? '{"0":"#attic"}')`,
    );
    await ada.goto(url);
    await ada.getByLabel("Your name here").fill("ada");
    await ada.getByRole("button", { name: "Join", exact: true }).click();
    await ada.getByText("The name ada is yours now").waitFor();
    await write(ada, "/quote METADATA #attic GET soju.im/muted");
    await ada.locator(".event").filter({ hasText: "#attic soju.im/muted *: 1" }).waitFor();
    await write(ada, "/join kitchen");
    await ada.getByRole("heading", { name: "#kitchen" }).waitFor();
    const { host } = new URL(url);
    const say = (text: string) => Process.run(["connect", host, "--nick", "pipe"], `${text}\n`);
    await say("ada: one");
    await ada.getByLabel("1 unread, 1 for you").first().waitFor();
    await ada.getByRole("button", { name: "#lobby", exact: false }).first().click();
    await hasTitle(ada, "#lobby");
    await ada.getByRole("button", { name: "Silence #lobby" }).click();
    await ada.getByRole("button", { name: "#kitchen" }).first().click();
    await say("ada: two");
    await ada.locator(".sidebar .silenced").getByLabel("1 unread, 1 for you").waitFor();
    await hasTitle(ada, "#kitchen");
    await ada.reload();
    await ada.getByRole("button", { name: "#lobby" }).first().click();
    await ada.getByRole("button", { name: "Stop silencing #lobby" }).waitFor();
    // The server knows it, too, and pushes nothing from there.
    const muted = async (value: string) => {
      await write(ada, "/quote METADATA #lobby GET soju.im/muted");
      await ada.locator(".event").filter({ hasText: value }).last().waitFor();
    };
    await muted("soju.im/muted *: 1");
    await isCounted(ada.locator(".event").filter({ hasText: "soju.im" }), 1);
    await write(ada, "/unsilence #lobby");
    await muted("Key not set");
  },
);

Deno.test("a silence that was ended without a connection ends at the server, too, after a reload", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, process, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await ada.getByText("The name ada is yours now").waitFor();
  const muted = async (value: string) => {
    await write(ada, "/quote METADATA #lobby GET soju.im/muted");
    await ada.locator(".event").filter({ hasText: value }).waitFor();
  };
  await ada.getByRole("button", { name: "Silence #lobby" }).click();
  await muted("soju.im/muted *: 1");
  process.kill("SIGKILL");
  await ada.getByText("what you write is kept").waitFor();
  await ada.getByRole("button", { name: "Stop silencing #lobby" }).click();
  await ada.goto("about:blank");
  await using _second = await serveAgain(parts);
  await ada.goto(url);
  await ada.getByRole("button", { name: "Silence #lobby" }).waitFor();
  await muted("Key not set");
});
