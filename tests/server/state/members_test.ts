import { assert, assertEquals } from "@std/assert";
import { Members } from "../../../server/state/members.ts";
import { newUser } from "../../../server/state/mutable_state.ts";
import type { User } from "../../../server/state/state.ts";

function user(id: number, nick: string): User {
  return newUser({
    type: "Connected",
    id: `0000000000${id}`,
    time: 0,
    by: { id, nick, mask: `${nick}!~${nick}@127.0.0.1` },
    username: `~${nick}`,
    host: "127.0.0.1",
    realname: nick,
  });
}

const [ada, bob, eve] = [user(1, "ada"), user(2, "bob"), user(3, "eve")];

Deno.test("the list has the current members, in the order of joining", () => {
  const members = new Members();
  assertEquals(members.everybody, []);
  members.set(ada, "o").set(bob, "").set(eve, "");
  assertEquals(members.everybody, [ada, bob, eve]);
  members.delete(bob);
  assertEquals(members.everybody, [ada, eve]);
  members.set(bob, "");
  assertEquals(members.everybody, [ada, eve, bob]);
  members.clear();
  assertEquals(members.everybody, []);
});

Deno.test("a list of members does not change when a member joins or leaves", () => {
  const members = new Members().set(ada, "o").set(bob, "");
  const before = members.everybody;
  members.delete(ada);
  members.set(eve, "");
  assertEquals(before, [ada, bob]);
});

Deno.test("a change of a member's modes keeps the same list", () => {
  const members = new Members().set(ada, "o").set(bob, "");
  const before = members.everybody;
  members.set(bob, "v");
  assert(members.everybody === before);
  assertEquals(members.get(bob), "v");
});
