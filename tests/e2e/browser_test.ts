import { assertEquals } from "@std/assert";
import { TempFolder } from "../support/temp_folder.ts";

const SESSION = "client/session/session.ts";

Deno.test("a session can be bundled for a browser, and nothing is left to import", async () => {
  using folder = new TempFolder();
  const path = `${folder.path}/session.js`;
  const config = ["--quiet", "--no-lock", "--config", "tests/browser.json"];
  const bundle = new Deno.Command(Deno.execPath(), {
    args: ["bundle", ...config, "--platform", "browser", "--output", path, SESSION],
    stderr: "piped",
  });
  const { code, stderr } = await bundle.output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  assertEquals((await Deno.readTextFile(path)).match(/^import\b.*$/gm), null);
  const bundled: { Session?: unknown } = await import(import.meta.resolve(`../../${path}`));
  assertEquals(typeof bundled.Session, "function");
});
