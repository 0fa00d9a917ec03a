import { assertEquals } from "@std/assert";
import { CHROMIUM, openPage, reads, write } from "../support/browser.ts";
import { IrcClient } from "../support/irc_client.ts";

const ignore = CHROMIUM === undefined;

Deno.test("members who are away are shown as away, also to a user who comes later", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const port = Number(new URL(url).port);
  await using ada = await IrcClient.register(port, { nick: "ada", join: "#lobby" });
  await ada.ask("AWAY :lunch");
  const bob = await visitors.join(url, "bob");
  const adaIs = (state: string) =>
    bob.locator(`.members button.${state}`, { hasText: "ada" }).waitFor();
  await adaIs("away");
  await bob.reload();
  await adaIs("away");
  await ada.ask("AWAY");
  await adaIs("here");
  assertEquals(visitors.complaints, []);
});

Deno.test("a person who has left and came back without the user's connection has not left", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const port = Number(new URL(url).port);
  const bob = await visitors.join(url, "bob");
  await bob.getByText("The name bob is yours now").waitFor();
  let isDown = false;
  let cut = () => {};
  await bob.routeWebSocket(/./, (socket) => {
    if (isDown) return void socket.close();
    const server = socket.connectToServer();
    cut = () => {
      isDown = true;
      void server.close();
      void socket.close();
    };
  });
  await bob.reload();
  {
    await using ada = await IrcClient.register(port, { nick: "ada", join: "#lobby" });
    await ada.ask("PRIVMSG bob :psst");
    await bob.locator("nav .conversation", { hasText: "ada" }).click();
    await reads(bob, "psst");
    await ada.send("QUIT");
  }
  await bob.getByText("ada left").waitFor();
  cut();
  await bob.getByText("Not connected").waitFor();
  await using _back = await IrcClient.register(port, { nick: "ada", join: "#lobby" });
  isDown = false;
  await bob.getByRole("button", { name: "Try now" }).click();
  await bob.getByText("ada left").waitFor({ state: "detached" });
  await write(bob, "/join #lobby");
  await bob.getByRole("log", { name: "Messages in #lobby" }).waitFor();
  await bob.locator(".members", { hasText: "ada" }).waitFor();
  assertEquals(await bob.getByText("ada left").count(), 0);
});
