import { assertEquals } from "@std/assert";
import {
  isSaveAnswer,
  isSender,
  isUploadQuestion,
} from "../../../server/cluster/upload_questions.ts";

const UPLOAD = {
  id: "abcdefghijklmnopqrstuvw_",
  account: "ada",
  name: "Tee_trinken.jpg",
  mediaType: "image/jpeg",
  bytes: 7,
  sha256: "0f".repeat(32),
  time: 1,
  messages: [],
};

Deno.test("a question to save a file, as the door makes it, is valid", () => {
  assertEquals(isUploadQuestion({ type: "save", upload: UPLOAD }), true);
});

for (
  const [field, value] of [
    ["id", "../../../etc/passwd_____"],
    ["id", "short"],
    ["name", "../x"],
    ["name", ".x"],
    ["name", "a\r\nSet-Cookie: x"],
    ["name", "x".repeat(100)],
    ["name", ""],
    ["account", "Ada"],
    ["mediaType", "text/html"],
    ["bytes", -1],
    ["bytes", 1.5],
    ["sha256", "x"],
    ["sha256", undefined],
    ["messages", ["00000000000000"]],
  ] as const
) {
  Deno.test(`a question to save a file is invalid if its ${field} is ${JSON.stringify(value)}`, () => {
    const upload = { ...UPLOAD, [field]: value };
    assertEquals(isUploadQuestion({ type: "save", upload }), false);
  });
}

Deno.test("a question for a sender has an address, and may have credentials", () => {
  const is = (credentials: unknown) => isUploadQuestion({ type: "sender", credentials });
  assertEquals(is({ address: "192.0.2.1" }), true);
  assertEquals(is({ address: "192.0.2.1", authorization: "Basic x", certificate: "y" }), true);
  assertEquals(is({ authorization: "Basic x" }), false);
  assertEquals(is({ address: "192.0.2.1", authorization: 1 }), false);
  assertEquals(isUploadQuestion({ type: "other" }), false);
});

Deno.test("an answer of another form is invalid", () => {
  assertEquals(isSender({ type: "account", name: "ada" }), true);
  assertEquals(isSender({ type: "account" }), false);
  assertEquals(isSender({ type: "other" }), false);
  assertEquals(isSaveAnswer({ result: "saved", isAlone: false }), true);
  assertEquals(isSaveAnswer({ result: "other", isAlone: false }), false);
  assertEquals(isSaveAnswer(undefined), false);
});
