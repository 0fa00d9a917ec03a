import { assert, assertEquals } from "@std/assert";
import { Capabilities } from "../client/capabilities.ts";
import { format, parse } from "../protocol.ts";

/** What is answered to each of `lines`. */
function answers(capabilities: Capabilities, ...lines: string[]): string[] {
  return lines.flatMap((line) => {
    const message = parse(line);
    assert(message);
    return capabilities.receive(message).map(format);
  });
}

Deno.test("what is offered and of use is asked for, over several lines, values left out", () => {
  const capabilities = new Capabilities();
  assertEquals(
    answers(
      capabilities,
      "CAP * LS * :batch sasl=PLAIN tls",
      "CAP * LS :labeled-response=x echo-message",
      "CAP ann ACK :batch labeled-response echo-message",
    ),
    ["CAP REQ :batch labeled-response echo-message"],
  );
  assert(capabilities.isSettled);
  assert(capabilities.echoes && capabilities.labels);
});

Deno.test("where nothing of use is offered, the negotiation ends", () => {
  for (const list of ["sasl tls", ""]) {
    const capabilities = new Capabilities();
    assertEquals(answers(capabilities, "CAP * LS * :tls"), []);
    assert(!capabilities.isSettled);
    assertEquals(answers(capabilities, `CAP * LS :${list}`), []);
    assert(capabilities.isSettled);
  }
});

Deno.test("a refusal ends the negotiation, and enables nothing", () => {
  const capabilities = new Capabilities();
  assertEquals(answers(capabilities, "CAP * LS :batch"), ["CAP REQ batch"]);
  assert(!capabilities.isSettled);
  assertEquals(answers(capabilities, "CAP * NAK :batch"), []);
  assert(capabilities.isSettled);
  assert(!capabilities.labels);
});

Deno.test("labels count only together with batches, in which some answers come", () => {
  const capabilities = new Capabilities();
  answers(capabilities, "CAP * LS :labeled-response", "CAP * ACK :labeled-response");
  assert(!capabilities.labels);
});

Deno.test("what a server takes back is gone, and what it adds is asked for", () => {
  const capabilities = new Capabilities();
  answers(capabilities, "CAP * LS :echo-message", "CAP a ACK :echo-message");
  answers(capabilities, "CAP a DEL :echo-message");
  assert(!capabilities.echoes);
  assertEquals(answers(capabilities, "CAP a NEW :echo-message", "CAP a ACK :echo-message"), [
    "CAP REQ echo-message",
  ]);
  assert(capabilities.echoes);
});

Deno.test("what was not asked for is not enabled by a server that says so", () => {
  const capabilities = new Capabilities();
  answers(capabilities, "CAP a ACK :sasl constructor");
  assert(!capabilities.echoes && !capabilities.labels);
});

Deno.test("what is wanted beside is asked for, and what the server says of it is known then", () => {
  const capabilities = new Capabilities(["sasl"]);
  const asked = answers(capabilities, "CAP * LS :sasl=PLAIN,SCRAM-SHA-256 batch");
  assertEquals(asked, ["CAP REQ :sasl batch"]);
  assertEquals(capabilities.valueOf("sasl"), undefined);
  answers(capabilities, "CAP a ACK :sasl batch");
  assertEquals(capabilities.valueOf("sasl"), "PLAIN,SCRAM-SHA-256");
  assertEquals(capabilities.valueOf("batch"), "");
});
