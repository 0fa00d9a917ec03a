import type { IrcClient } from "./irc_client.ts";
import type { TestServer } from "./server.ts";

/** Ada and Bob, who have these capabilities, and Eve, who has message-tags alone, all in `#a`. */
export async function people(
  server: TestServer,
  caps: string,
): Promise<[IrcClient, IrcClient, IrcClient]> {
  const ada = await server.register("ada", { caps, join: "#a" });
  const bob = await server.register("bob", { caps, join: "#a" });
  const eve = await server.register("eve", { caps: "message-tags", join: "#a" });
  for (const client of [ada, bob, eve]) await client.heard();
  return [ada, bob, eve];
}
