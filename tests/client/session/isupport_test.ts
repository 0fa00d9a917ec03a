import { assertEquals } from "@std/assert";
import { Isupport } from "../../../client/session/isupport.ts";

function isupport(...tokens: string[]): Isupport {
  const result = new Isupport();
  result.add(tokens);
  return result;
}

Deno.test("names are folded by the server's CASEMAPPING", () => {
  const folded = ["ascii", "rfc1459", "rfc1459-strict"].map((mapping) =>
    isupport(`CASEMAPPING=${mapping}`).fold("Ann[]\\~É")
  );
  assertEquals(folded, ["ann[]\\~É", "ann{}|^É", "ann{}|~É"]);
  assertEquals(new Isupport().fold("A[~"), "a{^");
});

Deno.test("a name that begins with one of CHANTYPES is a room", () => {
  const server = isupport("CHANTYPES=#!");
  assertEquals(["#a", "!a", "&a", "a", "#"].map((name) => server.isRoom(name)), [
    true,
    true,
    false,
    false,
    false,
  ]);
  assertEquals([server.toRoom("a"), server.toRoom("#a"), server.toRoom("!a")], ["#a", "#a", "!a"]);
});

Deno.test("a message to a room's operators belongs to that room", () => {
  const server = isupport("STATUSMSG=@+");
  const targets = ["@#a", "+#a", "@+#a", "#a", "@ann", "@"];
  assertEquals(targets.map((to) => server.withoutStatus(to)), [
    "#a",
    "#a",
    "#a",
    "#a",
    "@ann",
    "@",
  ]);
});

Deno.test("LOBBY counts only if its value is the name of a room", () => {
  assertEquals(isupport("LOBBY=#lobby").lobby, "#lobby");
  assertEquals(isupport("LOBBY=ann").lobby, undefined);
  assertEquals(isupport().lobby, undefined);
});

Deno.test("a token can be removed, and its value can contain escapes", () => {
  const server = isupport("NETWORK=My\\x20Net", "LOBBY=#a");
  assertEquals(server.network, "My Net");
  server.add(["-LOBBY"]);
  assertEquals(server.lobby, undefined);
});

Deno.test("a member's entry is split into nick and prefixes, without the host", () => {
  const server = isupport("PREFIX=(qov)~@+");
  assertEquals(server.toMember("~@ann!u@h"), { nick: "ann", prefixes: "~@" });
  assertEquals(server.toMember("bob"), { nick: "bob", prefixes: "" });
});

Deno.test("the parameters of a MODE belong to the modes that take one", () => {
  const server = isupport("PREFIX=(ov)@+", "CHANMODES=b,k,l,imnst");
  assertEquals(server.memberChanges("+bnlo-kl+v-o", ["*!*@*", "5", "ann", "key", "bob", "ann"]), [
    { nick: "ann", prefix: "@", has: true },
    { nick: "bob", prefix: "+", has: true },
    { nick: "ann", prefix: "@", has: false },
  ]);
});
