import { assertEquals } from "@std/assert";
import { destinationIn, show } from "../../../client/page/worker/clicked.ts";

/** Shows a conversation in a browser with windows at these URLs; returns what it did. */
async function clicked(data: unknown, urls: readonly string[]): Promise<unknown[]> {
  const done: unknown[] = [];
  await show(destinationIn(data), {
    matchAll: () =>
      Promise.resolve(urls.map((url) => ({
        url,
        postMessage: (message) => void done.push([url, message]),
        focus: () => Promise.resolve(void done.push(`focus ${url}`)),
      }))),
    openWindow: (path) => Promise.resolve(void done.push(`open ${path}`)),
  });
  return done;
}

Deno.test("a click on a notification leads to its conversation, in an open page or in a new one", async () => {
  const tea = { path: "/tea", name: "#tea" };
  const page = "https://chat.test/cake";
  const picture = "https://chat.test/-/files/1/a.png";
  assertEquals(await clicked(tea, [picture, page, "https://chat.test/"]), [
    [page, tea],
    `focus ${page}`,
  ]);
  assertEquals(await clicked(tea, [picture]), ["open /tea"]);
  assertEquals(await clicked({ path: "/", name: "bob" }, [page]), [
    [page, { path: "/", name: "bob" }],
    `focus ${page}`,
  ]);
});

Deno.test("a notification without a conversation opens the page", async () => {
  for (const data of [undefined, null, "/tea", 7, [], { path: 7, name: null }]) {
    assertEquals(destinationIn(data), { path: "/" });
    assertEquals(await clicked(data, []), ["open /"]);
  }
});
