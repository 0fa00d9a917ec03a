import { assertEquals, assertThrows } from "@std/assert";
import { OutputError, writeLine } from "../../shared/output.ts";

/** Returns an output that fails with `error`. */
function failing(error: Error) {
  return {
    writeSync(): number {
      throw error;
    },
  };
}

Deno.test("a line is written completely, however little each write takes", () => {
  const written: number[] = [];
  const output = { writeSync: (bytes: Uint8Array) => written.push(...bytes.subarray(0, 2)) && 2 };
  writeLine("ü tea", output);
  assertEquals(new TextDecoder().decode(new Uint8Array(written)).trimEnd(), "ü tea");
});

Deno.test("an error of the output names the output, and a reader that has gone is not an error", () => {
  const full = failing(new Error("No space left on device (os error 28)"));
  const error = assertThrows(
    () => writeLine("tea", full),
    OutputError,
    "cannot write the output: No",
  );
  assertEquals([error.isQuiet, error.exitCode], [false, 1]);
  const gone = failing(new Deno.errors.BrokenPipe("Broken pipe (os error 32)"));
  const quiet = assertThrows(() => writeLine("tea", gone), OutputError);
  assertEquals([quiet.isQuiet, quiet.exitCode], [true, 141]);
});
