import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../../shared/errors.ts";
import { cannotListen, listen, openPorts } from "../../../server/net/ports.ts";

/** Returns the command that the error advises. */
function adviceOf(flag: string, hostname: string, port: number, error: Error): string {
  const { message } = cannotListen(flag, { hostname, port }, error);
  return /(?:such as|another with) (.*)$/.exec(message)?.[1] ?? message;
}

function systemError(code: string): Error {
  return Object.assign(new Error("refused"), { code });
}

Deno.test("the advice for a port in use keeps the host, so that it opens nothing to other machines", () => {
  const table: readonly [flag: string, hostname: string, port: number, advice: string][] = [
    ["--listen", "127.0.0.1", 7342, "--listen 127.0.0.1:7343"],
    ["--listen", "::1", 7342, '--listen "[::1]:7343"'],
    ["--listen", "0.0.0.0", 7342, "--listen 7343"],
    ["--listen", "0.0.0.0", 65535, "--listen 65534"],
    ["--metrics", "127.0.0.1", 9342, "--metrics 9343"],
    ["--metrics", "10.0.0.1", 9342, "--metrics 10.0.0.1:9343"],
    ["--plain-port", "127.0.0.1", 7343, "--plain-port 7344"],
  ];
  const taken = systemError("EADDRINUSE");
  for (const [flag, hostname, port, advice] of table) {
    assertEquals(adviceOf(flag, hostname, port, taken), advice);
  }
});

Deno.test("the advice for a port that needs rights keeps the host", () => {
  const refused = systemError("EACCES");
  assertEquals(adviceOf("--listen", "127.0.0.1", 80, refused), "--listen 127.0.0.1:7342");
  assertEquals(adviceOf("--listen", "0.0.0.0", 80, refused), "--listen 7342");
});

Deno.test("an address that this machine does not have is named, by each kind of listener", async () => {
  // An address for documentation (RFC 5737).
  const options = { listen: [{ hostname: "192.0.2.99", port: 0 }] };
  await assertRejects(
    () => openPorts(options, listen),
    UserError,
    "this machine has no address 192.0.2.99: choose another with --listen",
  );
  const local = { hostname: "127.0.0.1", port: 0 };
  await assertRejects(
    () => openPorts({ listen: [local], metrics: { hostname: "192.0.2.99", port: 0 } }, listen),
    UserError,
    "this machine has no address 192.0.2.99: choose another with --metrics",
  );
});
