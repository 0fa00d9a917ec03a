import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../../../shared/errors.ts";
import { serveOptions, serveSettings } from "../../../server/config/config.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ENVIRONMENT = new Map([["HOME", "/home/ada"]]);

Deno.test("settings that exclude each other are refused, also from two sources", () => {
  const pairs: readonly (readonly [args: string, message: string])[] = [
    ["--memory --durable", "--memory writes none: remove one of them"],
    ["--memory --acme a.b", "remove --memory or --acme"],
    ["--memory --cluster nats://127.0.0.1:4222", "remove --memory"],
    ["--plain-port 0 --cluster nats://127.0.0.1:4222", "no --plain-port"],
    ["--plain-port 0 --password x", "--plain-port admits anyone"],
    ["--plain-port 0 --invite-only", "--plain-port admits anyone"],
    ["--acme a.b --tls-cert c.pem --tls-key k.pem", "--tls-cert names one"],
    ["--node n1", "--node names a server of a cluster"],
  ];
  for (const [args, message] of pairs) {
    assertThrows(() => serveOptions(args.split(" "), ENVIRONMENT), UsageError, message);
  }
  using folder = new TempFolder();
  const file = folder.write("chat.json", `{ "durable": true }`);
  const start = () => serveOptions(["--config", file, "--memory"], ENVIRONMENT);
  assertThrows(start, UsageError, "remove one of them");
});

Deno.test("a setting that has no effect beside others is named, unless it is a default", () => {
  using folder = new TempFolder();
  const unused = (args: string, config = "{}") => {
    const file = ["--config", folder.write("chat.json", config)];
    return serveSettings([...file, ...args.split(" ").filter(Boolean)], ENVIRONMENT).unused;
  };
  const rows: readonly (readonly [args: string, start: string])[] = [
    ["--memory --data /srv/chat", "--data has no effect: with --memory"],
    ["--memory --uploads 3G", "--uploads and --upload-size have no effect: with --memory"],
    ["--memory --upload-size 3M", "--uploads and --upload-size have no effect: with --memory"],
    ["--uploads off --upload-size 3M", "--upload-size has no effect: with --uploads off"],
    ["--uploads 1M --upload-size 3M", "--upload-size is larger than --uploads"],
    ["--acme-email a@b.example", "--acme-email and --acme-directory have no effect without"],
    ["--acme-directory https://a.example/", "--acme-email and --acme-directory have no effect"],
    ["--sts 30d", "--sts has no effect"],
  ];
  for (const [args, start] of rows) {
    const [first = "", ...others] = unused(args);
    assertEquals([first.slice(0, start.length), others], [start, []], args);
  }
  assertMatch(unused("", `{ "gatewayPassword": "x" }`).join(), /^gatewayPassword has no effect/);
  for (const args of ["", "--memory", "--uploads off", "--uploads 1M", "--memory --uploads off"]) {
    assertEquals(unused(args), [], args);
  }
  const inUse = "--sts 30d --tls-cert c --tls-key k --trusted-proxy 127.0.0.1 --upload-size 3M";
  assertEquals(unused(inUse, `{ "gatewayPassword": "x" }`), []);
});
