import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { UserError } from "../../../shared/errors.ts";
import { makeCertificate } from "../../../shared/certificate.ts";
import { loadOrMakeKey } from "../../../client/net/own_key.ts";
import { Identity } from "../../../server/net/identity.ts";
import { serve, serveSilent, User } from "../../support/client_user.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeServer } from "../../support/fake_server.ts";
import { inTime } from "../../support/patience.ts";
import { Pipes } from "../../support/pipes.ts";
import { TestServer } from "../../support/server.ts";
import { fingerprintIn, TlsServer } from "../../support/tls_server.ts";

const ONE = await makeCertificate({ names: ["localhost"], days: 3650 });
const OTHER = await makeCertificate({ names: ["localhost"], days: 3650 });

for (const host of ["127.0.0.1", "localhost"]) {
  Deno.test(`a server at ${host} gets the user's key, and may have any certificate`, async () => {
    using user = new User();
    await using server = await TlsServer.start(ONE);
    for (const pair of [ONE, OTHER]) {
      server.present(pair);
      const exitCode = user.connect(`${host}:${server.port}/a`);
      await serve(await server.accept());
      assertEquals(await exitCode, 0);
    }
    const own = fingerprintIn(await loadOrMakeKey(user.key));
    assertEquals([server.certificates, user.known], [[own, own], ""]);
  });
}

Deno.test("a user of the server's own machine is recognized by the key", async () => {
  using user = new User();
  await using server = await TestServer.start({}, { identity: new Identity(ONE) });
  const pipes = new Pipes();
  pipes.endInput();
  await user.connect(`127.0.0.1:${server.port}`, pipes);
  const own = fingerprintIn(await loadOrMakeKey(user.key));
  assertEquals(
    Array.from(server.store.records("account"), ([name, { fingerprints }]) => [name, fingerprints]),
    [["ann", [own]]],
  );
});

Deno.test("a busy server on this machine has a second for the TLS handshake", async () => {
  using user = new User();
  await using server = await TestServer.start({}, { identity: new Identity(ONE) });
  const slow = new SlowHandshake(server.port);
  const clock = new FakeClock(Date.now());
  const pipes = new Pipes();
  const exitCode = user.connect(`127.0.0.1:${slow.port}`, pipes, clock);
  await slow.begun;
  clock.advance(100);
  await slow.probed;
  clock.advance(900);
  slow.release();
  pipes.endInput();
  await inTime(exitCode, "the exit code");
  slow.close();
  assertEquals(Array.from(server.store.records("account"), ([name]) => name), ["ann"]);
});

Deno.test("a server on this machine that refuses TLS is used in plain text at once", async () => {
  using user = new User();
  await using server = new FakeServer();
  const exitCode = user.connect(`127.0.0.1:${server.port}/a`);
  const refused = await server.accept();
  await refused.send(":irc.test NOTICE * :*** Looking up your hostname");
  await serve(await server.accept());
  assertEquals(await exitCode, 0);
});

Deno.test("a server on this machine that ignores TLS is used in plain text once it has answered there", async () => {
  using user = new User();
  await using server = new FakeServer();
  const clock = new FakeClock();
  const pipes = new Pipes();
  const exitCode = user.connect(`127.0.0.1:${server.port}/a`, pipes, clock);
  const silent = await server.accept();
  clock.advance(100);
  const probe = await server.accept();
  await probe.expect(/^CAP LS 302$/);
  await probe.send(":irc.test CAP * LS :");
  await probe.expectEnd();
  clock.advance(1000);
  await serveSilent(await server.accept(), pipes, "sesame");
  assertMatch(await silent.line() ?? "", /./);
  assertEquals(await inTime(exitCode, "the exit code"), 0);
});

Deno.test("a client does not connect to this machine without its key if the key cannot be read", async () => {
  using user = new User();
  await using server = await TlsServer.start(ONE);
  user.known = "";
  Deno.writeTextFileSync(user.key, "secret");
  const target = `127.0.0.1:${server.port}/a`;
  await assertRejects(() => user.connect(target), UserError, `${user.key}, the key by which`);
  assertEquals(server.received, "");
});

Deno.test("a port of this machine without a listener is reported", async () => {
  using user = new User();
  const server = new FakeServer();
  await server[Symbol.asyncDispose]();
  await assertRejects(
    () => user.connect(`127.0.0.1:${server.port}/a`),
    UserError,
    "nothing is listening",
  );
});

/**
 * Forwards connections to a server, and holds back the server's answers on the first connection.
 */
class SlowHandshake {
  /** Resolves once the first connection is open. */
  readonly begun: Promise<void>;
  /** Resolves once the client has closed the second one. */
  readonly probed: Promise<void>;
  /** Lets the answers on the first connection pass. */
  readonly release: () => void;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

  constructor(port: number) {
    const begun = Promise.withResolvers<void>();
    const probed = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    this.begun = begun.promise;
    this.probed = probed.promise;
    this.release = held.resolve;
    void this.#forward(port, begun.resolve, held.promise, probed.resolve);
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  close(): void {
    this.#listener.close();
  }

  async #forward(
    port: number,
    begun: () => void,
    held: Promise<void>,
    probed: () => void,
  ): Promise<void> {
    let count = 0;
    for await (const client of this.#listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      const number = ++count;
      if (number === 1) begun();
      const answers = (number === 1 ? held : Promise.resolve())
        .then(() => server.readable.pipeTo(client.writable));
      const asked = client.readable.pipeTo(server.writable)
        .finally(() => number === 2 && probed());
      void Promise.allSettled([answers, asked]);
    }
  }
}
