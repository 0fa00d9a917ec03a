import { assertEquals, assertMatch } from "@std/assert";
import { requestUpload, uploadFields } from "../../../client/session/uploads.ts";
import { statedName } from "../../../server/uploads/names.ts";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { setUp, started } from "../../support/session.ts";

const HOST = "soju.im/FILEHOST=https://chat.test:7342/-/files";

Deno.test("the right to upload is a token of the server, which is not shown", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  await peer.send(`:irc.test 005 ann ${HOST} :are supported`);
  await peer.send(":irc.test NOTE X Y :ready");
  await setup.told.take("answer");
  const right = requestUpload(setup.session);
  const { tags } = await peer.expect(/ UPLOAD$/);
  await peer.send(`@label=${tags?.get("label")} :irc.test NOTE UPLOAD TOKEN 0123 :Upload one file`);
  assertEquals(await right, {
    url: "https://chat.test:7342/-/files",
    authorization: "Bearer 0123",
  });
  assertEquals(setup.told.events.filter(({ type }) => type === "answer"), []);
});

Deno.test("the name of a file reaches the server, whatever it is", () => {
  for (const name of ["tea.txt", "a b.txt", "it's (1)*.txt", "café.txt", `"x"; y.txt`, "中.png"]) {
    const field = uploadFields(name, { url: "", authorization: undefined })["Content-Disposition"];
    assertMatch(field ?? "", /^[\x20-\x7e]+$/);
    assertEquals(statedName(field ?? ""), name);
  }
});
