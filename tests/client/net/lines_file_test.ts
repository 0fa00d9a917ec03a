import { setImmediate } from "node:timers";
import { assertEquals } from "@std/assert";
import { LinesFile } from "../../../client/net/lines_file.ts";
import { TempFolder } from "../../support/temp_folder.ts";

/** The number of lines that another client adds. */
const COUNT = 300;

Deno.test("no line is lost if one client adds lines while another replaces the file", async () => {
  using folder = new TempFolder();
  const file = new LinesFile(folder.write("lines", ""), (_path, _action, reason) => reason);
  const url = new URL("../../support/line_adder.ts", import.meta.url);
  const adder = new Worker(url, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  adder.onmessage = () => resolve();
  adder.onerror = ({ message }) => reject(new Error(message));
  adder.postMessage({ path: file.path, count: COUNT });
  let isDone = false;
  const added = promise.finally(() => isDone = true);
  while (!isDone) {
    file.change((lines) => [...lines]);
    // The worker's message arrives in another turn.
    await new Promise<void>((next) => setImmediate(next));
  }
  await added;
  adder.terminate();
  assertEquals(file.read(), [...Array.from({ length: COUNT }, (_, i) => `line ${i}`), ""]);
});
