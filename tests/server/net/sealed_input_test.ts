import { assertEquals } from "@std/assert";
import { type Sealed, SealedInput } from "../../../server/net/sealed_input.ts";

const KIB = 1024;

/** A connection whose counts a test sets. */
class FakeSealed implements Sealed {
  taken = 0;
  opened = 0;
  isEnded = false;

  giveUp(): void {
    this.isEnded = true;
  }
}

Deno.test("a connection that receives 64 KiB of which nothing can be decrypted is ended", () => {
  const input = new SealedInput();
  const sealed = new FakeSealed();
  const open = new FakeSealed();
  for (const each of [sealed, open]) input.watch(each);
  for (let i = 0; i < 4; i++) {
    for (const each of [sealed, open]) each.taken += 16 * KIB - 1;
    open.opened++;
    input.check();
  }
  assertEquals([sealed.isEnded, open.isEnded], [false, false]);
  sealed.taken += 4;
  open.taken += 100 * KIB;
  open.opened++;
  input.check();
  assertEquals([sealed.isEnded, open.isEnded], [true, false]);
});

Deno.test("what was received before something could be decrypted does not count", () => {
  const input = new SealedInput();
  const connection = new FakeSealed();
  input.watch(connection);
  connection.taken = 1000 * KIB;
  connection.opened = 1;
  input.check();
  connection.taken += 64 * KIB - 1;
  input.check();
  assertEquals(connection.isEnded, false);
});

Deno.test("a connection that is forgotten is not ended", () => {
  const input = new SealedInput();
  const connection = new FakeSealed();
  input.watch(connection);
  input.forget(connection);
  connection.taken = 1000 * KIB;
  input.check();
  assertEquals(connection.isEnded, false);
});

Deno.test("what was received before a connection is watched does not count", () => {
  const input = new SealedInput();
  const connection = new FakeSealed();
  connection.taken = 60 * KIB;
  input.watch(connection);
  connection.taken += 60 * KIB;
  input.check();
  assertEquals(connection.isEnded, false);
});
