import { assertEquals } from "@std/assert";
import { CHROMIUM, isCounted, openPage, write } from "../support/browser.ts";

const ignore = CHROMIUM === undefined;

Deno.test("a room is left at the second click only, a private conversation at the first", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await write(ada, "/join trip");
  await ada.getByRole("heading", { name: "#trip" }).waitFor();
  await write(ada, "/query ada");
  const list = ada.locator(".sidebar");
  await list.getByRole("button", { name: "Leave ada" }).click();
  await list.getByText("ada", { exact: true }).waitFor({ state: "detached" });

  await list.getByRole("button", { name: "Leave #trip" }).click();
  const sure = list.getByRole("button", { name: "Leave", exact: true });
  await sure.waitFor();
  await ada.locator(".composer textarea").click();
  await sure.waitFor({ state: "detached" });
  await isCounted(list.getByText("#trip"), 1);
  await list.getByRole("button", { name: "Leave #trip" }).click();
  await sure.click();
  await list.getByText("#trip").waitFor({ state: "detached" });

  // The user can undo that, until they do something else.
  const status = ada.getByRole("status").filter({ hasText: "You left #trip." });
  await status.getByRole("button", { name: "Join again" }).click();
  await ada.getByRole("heading", { name: "#trip" }).waitFor();
  assertEquals(await status.count(), 0);
  await write(ada, "/part");
  await status.waitFor();
  await write(ada, "I am here");
  await status.waitFor({ state: "detached" });
  await write(ada, "/join trip");
  await ada.getByRole("heading", { name: "#trip" }).waitFor();
  await write(ada, "/part");
  await status.getByRole("button", { name: "Close" }).click();
  await status.waitFor({ state: "detached" });
});

Deno.test("the offer to join a room again goes once another device has joined it", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await ada.getByText("The name ada is yours now").waitFor();
  await write(ada, "/join trip");
  await ada.getByRole("heading", { name: "#trip" }).waitFor();
  const phone = await ada.context().newPage();
  await phone.goto(url);
  await phone.getByRole("log").waitFor();
  await write(ada, "/part");
  const status = ada.getByRole("status").filter({ hasText: "You left #trip." });
  await status.waitFor();
  await write(phone, "/join trip");
  await status.waitFor({ state: "detached" });
});
