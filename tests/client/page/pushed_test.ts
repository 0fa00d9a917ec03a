import { assertEquals, assertNotEquals } from "@std/assert";
import { messageIn } from "../../../client/page/worker/pushed.ts";

Deno.test("a pushed line becomes a notification that leads to its conversation", () => {
  assertEquals(messageIn("@time=x;msgid=1 :bob!b@h PRIVMSG ada :the tea\x03 is ready"), {
    title: "bob",
    body: "the tea is ready",
    tag: "bob",
    path: "/#with=bob",
    name: "bob",
  });
  assertEquals(messageIn(":bob!b@h PRIVMSG #tea room :\x01ACTION waves\x01"), {
    title: "bob in #tea",
    body: "room",
    tag: "#tea",
    path: "/tea",
    name: "#tea",
  });
  assertEquals(messageIn(":bob!b@h PRIVMSG #tea/room :\x01ACTION waves\x01").body, "waves");
  for (const line of ["", "nonsense", ":bob!b@h JOIN #a"]) {
    assertEquals(messageIn(line), { title: "New message", body: "", tag: "/", path: "/" });
  }
});

Deno.test("a notification replaces the earlier one of the same person, but not one of another person", () => {
  const [bob, again, eve] = ["bob", "Bob", "eve"].map((nick) =>
    messageIn(`:${nick}!b@h PRIVMSG ada :tea`).tag
  );
  assertEquals(again, bob);
  assertNotEquals(eve, bob);
});
