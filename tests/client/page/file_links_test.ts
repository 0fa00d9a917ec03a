import { assertEquals } from "@std/assert";
import { fileNameOf } from "../../../client/page/file_links.ts";

const FOLDER = `/-/files/${"a1-_".repeat(6)}`;

Deno.test("only a link to a file of this server is shown by the file's name", () => {
  const cases = [
    [`https://chat.test:7342${FOLDER}/tea_pot.png`, "tea_pot.png"],
    [`https://chat.test:7342${FOLDER}/caf%C3%A9.html`, "café.html"],
    [`https://chat.test:7342${FOLDER}/%E0%A4%A`, "%E0%A4%A"],
    // Another server would choose the name that is shown.
    [`https://evil.test:7342${FOLDER}/chat.test`, undefined],
    [`https://chat.test:7342@evil.test${FOLDER}/a.png`, undefined],
    [`https://chat.test${FOLDER}/a.png`, undefined],
    ["https://chat.test:7342/lobby", undefined],
    [`https://chat.test:7342${FOLDER}/`, undefined],
    ["no address", undefined],
  ] as const;
  for (const [address, name] of cases) {
    assertEquals(fileNameOf(address, "chat.test:7342"), name, address);
  }
});
