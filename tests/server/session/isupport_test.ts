import { assert, assertEquals } from "@std/assert";
import { isupportTokens } from "../../../server/session/isupport.ts";
import { testOptions, TestServer } from "../../support/server.ts";

Deno.test("the tokens of 005 are sorted, and none contains a space", () => {
  const tokens = isupportTokens(testOptions());
  assertEquals(tokens, [...tokens].sort());
  for (const token of tokens) assert(/^[^\s:]\S*$/.test(token), token);
});

Deno.test("all tokens are sent on registration, in messages of at most fifteen parameters", async () => {
  await using server = new TestServer();
  const ada = await server.connect();
  await ada.send("NICK ada", "USER ada 0 * ada");
  const lines = (await ada.heard()).filter((line) => line.includes(" 005 "));
  const params = lines.map((line) => line.split(" :")[0]?.split(" ").slice(3) ?? []);
  assertEquals(params.flat(), isupportTokens(testOptions()));
  for (const each of params) assert(each.length <= 13);
});
