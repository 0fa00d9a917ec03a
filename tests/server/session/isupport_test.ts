import { assert, assertEquals } from "@std/assert";
import { isupportTokens } from "../../../server/session/isupport.ts";
import { testOptions, TestServer } from "../../support/server.ts";

Deno.test("the tokens of 005 are sorted, and none contains a space", () => {
  const tokens = isupportTokens(testOptions());
  assertEquals(tokens, [...tokens].sort());
  for (const token of tokens) assert(/^[^\s:]\S*$/.test(token), token);
});

Deno.test("005 gives MODES a number, and says that no client is disconnected for its rate", () => {
  const tokens = isupportTokens(testOptions());
  assert(tokens.includes("MODES=13"), tokens.join(" "));
  assert(tokens.includes("SAFERATE"));
});

Deno.test("as many modes as MODES says fit into one MODE", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const masks = Array.from({ length: 13 }, (_, i) => `m${i}!*@*`);
  await ada.ask(`MODE #a +${"b".repeat(13)} ${masks.join(" ")}`);
  const entries = (await ada.ask("MODE #a b")).filter((line) => line.includes(" 367 "));
  assertEquals(entries.map((line) => line.split(" ")[4]), masks);
});

Deno.test("only an invitation-only server says that it requires an account", () => {
  const required = "draft/ACCOUNTREQUIRED";
  assert(!isupportTokens(testOptions()).includes(required));
  assertEquals(isupportTokens(testOptions({ inviteOnly: true })).at(-1), required);
});

Deno.test("all tokens are sent on registration, in messages of at most fifteen parameters", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  await ada.send("NICK ada", "USER ada 0 * ada");
  const lines = (await ada.heard()).filter((line) => line.includes(" 005 "));
  const params = lines.map((line) => line.split(" :")[0]?.split(" ").slice(3) ?? []);
  const [token = ""] = params.flat().filter((token) => token.startsWith("VAPID="));
  assertEquals(
    params.flat(),
    isupportTokens(testOptions(), { pushKey: token.slice("VAPID=".length) }),
  );
  for (const each of params) assert(each.length <= 13);
});

Deno.test("the icon of the network is a token, which fits into its line and can change", async () => {
  const icon = `https://chat.example.org/icon?name=${"x".repeat(200)}`;
  const token = `draft/ICON=${icon.replace("=", "\\x3D")}`;
  const next: { icon?: string } = {};
  const shared = { inviteOnly: false, config: "chat.json", operators: [OPERATOR] };
  const reload = () => testOptions({ ...shared, ...next });
  await using server = await TestServer.start({ ...shared, icon }, { reload });
  const ada = await server.connect();
  await ada.send("NICK ada", "USER ada 0 * ada");
  const lines = (await ada.heard()).filter((line) => line.includes(" 005 "));
  assertEquals(lines.filter((line) => line.includes(` ${token} :are supported`)).length, 1);
  for (const line of lines) assert(line.endsWith(" :are supported by this server"), line);
  await ada.ask("OPER root secret");
  const told = (await ada.ask("REHASH")).filter((line) => line.includes(" 005 "));
  assertEquals(told, [":chat.test 005 ada -draft/ICON :are supported by this server"]);
  next.icon = "https://a.example/i.svg";
  const again = (await ada.ask("REHASH")).filter((line) => line.includes(" 005 "));
  assertEquals(again, [
    ":chat.test 005 ada draft/ICON=https://a.example/i.svg :are supported by this server",
  ]);
});

const OPERATOR = { name: "root", password: "secret" };
