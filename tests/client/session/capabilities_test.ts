import { assert, assertEquals } from "@std/assert";
import { Capabilities } from "../../../client/session/capabilities.ts";
import { format, parse } from "../../../protocol.ts";

/** Returns the replies to `lines`. */
function answers(capabilities: Capabilities, ...lines: string[]): string[] {
  return lines.flatMap((line) => {
    const message = parse(line);
    assert(message);
    return capabilities.receive(message).map(format);
  });
}

Deno.test("useful capabilities are requested from a list of several lines, without their values", () => {
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

Deno.test("the negotiation ends if no useful capability is offered", () => {
  for (const list of ["sasl tls", ""]) {
    const capabilities = new Capabilities();
    assertEquals(answers(capabilities, "CAP * LS * :tls"), []);
    assert(!capabilities.isSettled);
    assertEquals(answers(capabilities, `CAP * LS :${list}`), []);
    assert(capabilities.isSettled);
  }
});

Deno.test("a NAK ends the negotiation and enables nothing", () => {
  const capabilities = new Capabilities();
  assertEquals(answers(capabilities, "CAP * LS :batch"), ["CAP REQ batch"]);
  assert(!capabilities.isSettled);
  assertEquals(answers(capabilities, "CAP * NAK :batch"), []);
  assert(capabilities.isSettled);
  assert(!capabilities.labels);
});

Deno.test("labels are used only together with batches, because some replies are batches", () => {
  const capabilities = new Capabilities();
  answers(capabilities, "CAP * LS :labeled-response", "CAP * ACK :labeled-response");
  assert(!capabilities.labels);
});

Deno.test("CAP DEL disables a capability, and after CAP NEW it is requested again", () => {
  const capabilities = new Capabilities();
  answers(capabilities, "CAP * LS :echo-message", "CAP a ACK :echo-message");
  answers(capabilities, "CAP a DEL :echo-message");
  assert(!capabilities.echoes);
  assertEquals(answers(capabilities, "CAP a NEW :echo-message", "CAP a ACK :echo-message"), [
    "CAP REQ echo-message",
  ]);
  assert(capabilities.echoes);
});

Deno.test("an ACK for a capability that was not requested enables nothing", () => {
  const capabilities = new Capabilities();
  answers(capabilities, "CAP a ACK :sasl constructor");
  assert(!capabilities.echoes && !capabilities.labels);
});

Deno.test("an additional capability is requested, and its value is known after the ACK", () => {
  const capabilities = new Capabilities(["sasl"]);
  const asked = answers(capabilities, "CAP * LS :sasl=PLAIN,SCRAM-SHA-256 batch");
  assertEquals(asked, ["CAP REQ :sasl batch"]);
  assertEquals(capabilities.valueOf("sasl"), undefined);
  answers(capabilities, "CAP a ACK :sasl batch");
  assertEquals(capabilities.valueOf("sasl"), "PLAIN,SCRAM-SHA-256");
  assertEquals(capabilities.valueOf("batch"), "");
});
