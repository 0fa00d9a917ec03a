import { assertEquals, assertMatch } from "@std/assert";
import { cannotListen } from "../../../server/net/ports.ts";

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

Deno.test("an address that the machine lacks is named, whichever code reports it", () => {
  for (const code of ["EADDRNOTAVAIL", "EINVAL"]) {
    const address = { hostname: "192.0.2.99", port: 7342 };
    const { message } = cannotListen("--metrics", address, systemError(code));
    assertMatch(message, /has no address 192\.0\.2\.99: choose another with --metrics$/, code);
  }
});
