import { assertRejects } from "@std/assert";
import { post } from "../../../server/push/posting.ts";

Deno.test("a name that leads to this machine gets no request", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const endpoint = `https://localhost:${listener.addr.port}/`;
  await assertRejects(
    () => post({ endpoint, headers: {}, body: new Uint8Array(1) }),
    Error,
    "not at a public address",
  );
});
