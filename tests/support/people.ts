import type { IrcClient } from "./irc_client.ts";
import { TestServer } from "./server.ts";

/** Registers Ada and Bob with these capabilities, and Eve with message-tags alone, all in `#a`. */
export async function joinThree(
  server: TestServer,
  caps: string,
): Promise<[IrcClient, IrcClient, IrcClient]> {
  const ada = await server.register("ada", { caps, join: "#a" });
  const bob = await server.register("bob", { caps, join: "#a" });
  const eve = await server.register("eve", { caps: "message-tags", join: "#a" });
  for (const client of [ada, bob, eve]) await client.heard();
  return [ada, bob, eve];
}

/** Ada's account and its password. */
export const ADA = { account: "ada", password: "sesame" };

/** Starts a server on which Ada has an account. */
export async function serverWithAda(): Promise<TestServer> {
  const server = await TestServer.start();
  const ada = await server.register("ada");
  await ada.send(`REGISTER * * ${ADA.password}`);
  await ada.until("REGISTER");
  await ada.close();
  return server;
}
