import { assert, assertEquals } from "@std/assert";
import { Exchange, mechanismNames, type Step } from "../../../server/auth/sasl.ts";
import { Pieces, toPieces } from "../../../shared/sasl.ts";
import { decoyKeys } from "../../../server/auth/scram.ts";
import { base64, plain } from "../../support/irc_client.ts";

function begin(mechanism = "PLAIN"): Exchange {
  const exchange = Exchange.begin(mechanism, (name) => decoyKeys(new Uint8Array(32), name));
  assert(exchange);
  return exchange;
}

const ADA: Step = { type: "password", account: "ada", password: "sesame" };

Deno.test("a mechanism is found by its name, in upper or lower case", () => {
  begin("plain");
  for (const name of ["", "SCRAM-SHA-1", "constructor"]) {
    const exchange = Exchange.begin(name, () => decoyKeys(new Uint8Array(32), ""));
    assertEquals(exchange, undefined, name);
  }
});

Deno.test("EXTERNAL is offered only with a certificate, and its account is optional", () => {
  assertEquals(mechanismNames(undefined), "PLAIN,SCRAM-SHA-256");
  assertEquals(mechanismNames("9f2c"), "PLAIN,SCRAM-SHA-256,EXTERNAL");
  assertEquals(begin("EXTERNAL").take("+"), { type: "certificate", account: "" });
  assertEquals(begin("EXTERNAL").take(base64("ada")), { type: "certificate", account: "ada" });
  assertEquals(begin("EXTERNAL").take(base64("ada\0x")).type, "refused");
});

Deno.test("PLAIN is an account and a password; another authorization identity is refused", () => {
  const table: readonly [sent: string, type: Step["type"]][] = [
    ["ada\0ada\0sesame", "password"],
    ["\0ada\0sesame", "password"],
    ["bob\0ada\0sesame", "refused"],
    ["\0\0sesame", "refused"],
    ["\0ada\0", "refused"],
    ["\0ada", "refused"],
    ["\0ada\0ses\0ame", "refused"],
    ["", "refused"],
  ];
  for (const [sent, type] of table) assertEquals(begin().take(base64(sent)).type, type, sent);
  assertEquals(begin().take(plain("ada", "sesame")), ADA);
});

Deno.test("a response arrives in pieces of 400 characters; if the last piece is full, + ends it", () => {
  const long = { ...ADA, password: "x".repeat(300) };
  const response = plain("ada", long.password);
  const exchange = begin();
  assertEquals(exchange.take(response.slice(0, 400)).type, "incomplete");
  assertEquals(exchange.take(response.slice(400)), long);

  const even = { ...ADA, password: "x".repeat(295) };
  const pieces = plain("ada", even.password);
  assertEquals(pieces.length, 400);
  const another = begin();
  assertEquals(another.take(pieces).type, "incomplete");
  assertEquals(another.take("+"), even);
});

Deno.test("text is sent in pieces of 400 characters; if it is empty or its last piece full, + ends it", () => {
  const table: readonly [length: number, pieces: readonly number[]][] = [
    [0, [1]],
    [299, [400, 1]],
    [300, [400, 1]],
    [301, [400, 4]],
    [600, [400, 400, 1]],
  ];
  for (const [length, pieces] of table) {
    const text = "x".repeat(length);
    assertEquals(toPieces(text).map((piece) => piece.length), pieces, `${length}`);
    const pieced = new Pieces();
    assertEquals(toPieces(text).map((piece) => pieced.take(piece)).at(-1), { type: "whole", text });
  }
});

Deno.test("invalid base64, invalid UTF-8 and endless responses are refused", () => {
  for (const piece of ["!!!", "a", "/w==", "é"]) {
    assertEquals(begin().take(piece).type, "refused", piece);
  }
  const exchange = begin();
  const types = Array.from({ length: 5 }, () => exchange.take("A".repeat(400)).type);
  assertEquals(types, [...Array(4).fill("incomplete"), "refused"]);
});

Deno.test("SCRAM answers the opening with a challenge, and a wrong proof fails", () => {
  const exchange = begin("SCRAM-SHA-256");
  const first = exchange.take(base64("n,,n=ada,r=abc"));
  assert(first.type === "challenge" && first.text.startsWith("r=abc"), first.type);
  const wrong = exchange.take(base64(`c=biws,${first.text.split(",")[0]},p=AAAA`));
  assertEquals(wrong, { type: "proof", account: "ada", text: undefined });
  assertEquals(begin("SCRAM-SHA-256").take("+").type, "refused");
});
