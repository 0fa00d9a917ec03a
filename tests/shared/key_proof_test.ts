import { assertEquals } from "@std/assert";
import { proofText } from "../../shared/key_proof.ts";

Deno.test("the text to sign names its purpose, the page, the key and the challenge", () => {
  assertEquals(
    proofText({ origin: "https://chat.example.org:7342", key: "MFkw", challenge: "abc=" }),
    "chat key proof\nhttps://chat.example.org:7342\nMFkw\nabc=",
  );
});
