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
    ["CAP REQ :batch labeled-response echo-message", "CAP END"],
  );
  assert(capabilities.echoes && capabilities.labels);
});

Deno.test("where nothing of use is offered, the negotiation ends", () => {
  assertEquals(answers(new Capabilities(), "CAP * LS :sasl tls"), ["CAP END"]);
  assertEquals(answers(new Capabilities(), "CAP * LS :"), ["CAP END"]);
});

Deno.test("a refusal ends the negotiation, and enables nothing", () => {
  const capabilities = new Capabilities();
  assertEquals(answers(capabilities, "CAP * LS :batch", "CAP * NAK :batch"), [
    "CAP REQ batch",
    "CAP END",
  ]);
  assert(!capabilities.labels);
});

Deno.test("labels count only together with batches, in which some answers come", () => {
  const capabilities = new Capabilities();
  answers(capabilities, "CAP * LS :labeled-response", "CAP * ACK :labeled-response");
  assert(!capabilities.labels);
});

Deno.test("what a server takes back is gone, and what it adds is asked for without a new end", () => {
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
