/** The ports to choose from: below those that the system gives to outgoing connections. */
const FIRST = 10_000;
const LAST = 32_000;

/** Returns a port that nothing listens on, for a program that cannot choose one itself. */
export function freePort(): number {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
