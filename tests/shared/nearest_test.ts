import { assertEquals } from "@std/assert";
import { nearest } from "../../shared/nearest.ts";

const NAMES = ["login", "plain-screen", "room", "wait"];

Deno.test("the nearest name begins with what was typed, or differs from it little", () => {
  const found = ["plain", "rom", "lgoin", "frob", "zoo", ""].map((typed) => nearest(typed, NAMES));
  assertEquals(found, ["plain-screen", "room", "login", undefined, undefined, undefined]);
  assertEquals(nearest("room", []), undefined);
});
