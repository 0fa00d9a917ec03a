import { assertThrows } from "@std/assert";
import { pageFiles } from "../../tools/page.ts";

Deno.test("a page of more than 90 kB is not built", () => {
  const texts = {
    "index.html": "",
    "icon.svg": "",
    "page.css": "",
    "manifest.webmanifest": "",
    "worker.js": "",
    // Random bytes cannot be compressed.
    "page.js": crypto.getRandomValues(new Uint8Array(60_000)).toBase64(),
  };
  pageFiles(texts);
  const page = crypto.getRandomValues(new Uint8Array(65_000)).toBase64() + texts["page.js"];
  assertThrows(() => pageFiles({ ...texts, "page.js": page }), Error, "90000 at most");
});
