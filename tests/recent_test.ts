import { assertEquals } from "@std/assert";
import { Recent } from "../server/recent.ts";

Deno.test("the latest are remembered, the oldest forgotten", () => {
  const recent = new Recent<number>(3);
  for (let i = 0; i < 5; i++) recent.add(String(i), i);
  const known = () => ["0", "1", "2", "3", "4"].map((id) => recent.get(id));
  assertEquals(known(), [undefined, undefined, 2, 3, 4]);
  recent.delete("3");
  assertEquals(known(), [undefined, undefined, 2, undefined, 4]);
});
