import { assertEquals, assertRejects } from "@std/assert";
import { BodyError, bodyLength, readBody } from "../../../server/net/http_body.ts";

/** Returns the body in `text`, which comes in pieces of `size` bytes. */
async function bodyIn(text: string, length: number | "chunked", size = 3): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const readSome = () => {
    const some = bytes.subarray(at, at + size);
    at += some.length;
    return Promise.resolve(some.length === 0 ? null : some);
  };
  let body = "";
  for await (const piece of readBody(length, readSome)) body += new TextDecoder().decode(piece);
  return body;
}

Deno.test("a body has the length that the request states", async () => {
  assertEquals(await bodyIn("tea and more", 3), "tea");
  assertEquals(await bodyIn("", 0), "");
  await assertRejects(() => bodyIn("te", 3), BodyError);
});

Deno.test("a body in chunks ends with an empty chunk", async () => {
  for (const size of [1, 2, 5, 100]) {
    const text = '3\r\ntea\r\nA;name="x"\r\n0123456789\r\n0\r\n\r\n';
    assertEquals(await bodyIn(text, "chunked", size), "tea0123456789");
  }
  const malformed = [
    "",
    "3\r\nte",
    "3\r\nteas\r\n",
    "x\r\n",
    "-1\r\n",
    "3\r\ntea\r\n",
    "\r\n",
    "1".repeat(999),
  ];
  for (const text of malformed) {
    await assertRejects(() => bodyIn(text, "chunked"), BodyError);
  }
});

Deno.test("a request must say once where its body ends", () => {
  const lengths: readonly (readonly [headers: Record<string, string>, length: unknown])[] = [
    [{ "content-length": "12" }, 12],
    [{ "content-length": "0" }, 0],
    [{ "transfer-encoding": "Chunked" }, "chunked"],
    [{}, undefined],
    [{ "content-length": "12, 12" }, undefined],
    [{ "content-length": "+12" }, undefined],
    [{ "content-length": "0x10" }, undefined],
    [{ "content-length": "9".repeat(20) }, undefined],
    [{ "transfer-encoding": "gzip, chunked" }, undefined],
    [{ "transfer-encoding": "chunked", "content-length": "3" }, undefined],
  ];
  for (const [headers, length] of lengths) {
    assertEquals(bodyLength({ method: "POST", target: "/", headers }), length);
  }
});
