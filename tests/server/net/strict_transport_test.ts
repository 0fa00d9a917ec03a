import { assertEquals } from "@std/assert";
import { makeCertificate } from "../../../shared/certificate.ts";
import { Identity } from "../../../server/net/identity.ts";
import { parseRange } from "../../../shared/ip.ts";
import { strictTransport } from "../../../server/net/strict_transport.ts";
import { Authority } from "../../support/authority.ts";
import { hello, User } from "../../support/client_user.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import type { SecureOptions } from "../../support/secure_socket.ts";
import { type Overrides, testOptions, TestServer } from "../../support/server.ts";
import { fingerprintIn } from "../../support/tls_server.ts";

const NAME = "chat.test";
const AUTHORITY = await Authority.make();
const IDENTITY = await issuedFor(NAME);

/** Returns an identity with a certificate of the authority. */
async function issuedFor(name: string): Promise<Identity> {
  const pair = await AUTHORITY.issue({ name, days: 1 });
  return new Identity({ ...pair, fingerprint: fingerprintIn(pair) });
}

/** Connects by TLS and sends nothing. */
async function connect(server: TestServer, options: SecureOptions): Promise<IrcClient> {
  const client = await server.encrypted(options);
  client.read();
  return client;
}

/** Sends `line`, which lists capabilities; resolves to the value of `sts`. */
async function stsOf(client: IrcClient, line = "CAP LS 302"): Promise<string | undefined> {
  const [, value] = / (?:LS|LIST) .*?sts=?(\S*)/.exec((await client.ask(line)).join("\n")) ?? [];
  return value;
}

/** Connects by TLS, under NAME, to a server with these options; resolves to the value of `sts`. */
async function stsFrom(changes: Overrides, identity = IDENTITY): Promise<string | undefined> {
  await using server = await TestServer.start(changes, { identity });
  return await stsOf(await connect(server, { servername: NAME }));
}

Deno.test("a TLS client gets the duration of the policy", async () => {
  assertEquals(await stsFrom({}), "duration=2592000");
  assertEquals(await stsFrom({ stsMs: 86_400_000 }), "duration=86400");
});

Deno.test("--sts 0 removes the policy with a duration of 0", async () => {
  assertEquals(await stsFrom({ stsMs: 0 }), "duration=0");
});

Deno.test("REHASH changes the duration", async () => {
  const operators = [{ name: "root", password: "secret" }];
  const reload = () => testOptions({ operators, stsMs: 0 });
  await using server = await TestServer.start({ operators }, { identity: IDENTITY, reload });
  const root = await server.register("root");
  await root.ask("OPER root secret");
  assertEquals(await stsOf(await connect(server, { servername: NAME })), "duration=2592000");
  await root.ask("REHASH");
  assertEquals(await stsOf(await connect(server, { servername: NAME })), "duration=0");
});

Deno.test("there is no policy without an authority's certificate for the server's name", async () => {
  const own = new Identity(await makeCertificate({ names: [NAME], days: 1 }));
  assertEquals(await stsFrom({}, own), undefined);
  assertEquals(await stsFrom({ name: "other.test" }), undefined);
});

Deno.test("a client that asks for another name, or for none, gets no policy", async () => {
  await using server = await TestServer.start({}, { identity: IDENTITY });
  assertEquals(await stsOf(await connect(server, { servername: "other.test" })), undefined);
  assertEquals(await stsOf(await connect(server, {})), undefined);
  assertEquals(await stsOf(await connect(server, { servername: "CHAT.test" })), "duration=2592000");
});

Deno.test("CAP LS without values omits sts, and sts cannot be requested", async () => {
  await using server = await TestServer.start({}, { identity: IDENTITY });
  const ada = await connect(server, { servername: NAME });
  assertEquals(await stsOf(ada, "CAP LS"), undefined);
  assertEquals(await ada.ask("CAP REQ :batch sts"), [":chat.test CAP * NAK :batch sts"]);
  assertEquals(await stsOf(ada, "CAP LIST"), undefined);
});

Deno.test("a client on the same machine gets no policy", async () => {
  await using server = await TestServer.start({}, { identity: IDENTITY });
  assertEquals(await stsOf(await server.connect()), undefined);
});

Deno.test("a remote plaintext client gets the port to use, unless the policy is removed", () => {
  const arrival = {
    encrypted: false,
    isPrivate: false,
    local: { hostname: "192.0.2.9", port: 7342 },
    isWebSocket: false,
    servername: undefined,
  };
  const from = (address: string, stsMs: number) => {
    const rules = { identity: IDENTITY, options: { name: NAME, stsMs } };
    return strictTransport({ ...arrival, address }, rules);
  };
  assertEquals(from("192.0.2.1", 1000), "port=7342");
  assertEquals(from("192.0.2.1", 0), undefined);
  assertEquals(["127.0.0.1", "::1"].map((address) => from(address, 1000)), [undefined, undefined]);
});

/** A relay that makes its clients look remote to the server. */
class Relay implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections: Promise<unknown>[];

  constructor(to: number) {
    this.#connections = [this.#accept(to)];
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async #accept(to: number): Promise<void> {
    for await (const near of this.#listener) {
      const far = await Deno.connect({ hostname: "127.0.0.1", port: to });
      const header = `PROXY TCP4 192.0.2.1 192.0.2.9 50000 ${this.port}\r\n`;
      await far.write(new TextEncoder().encode(header));
      const pipes = [near.readable.pipeTo(far.writable), far.readable.pipeTo(near.writable)];
      this.#connections.push(Promise.allSettled(pipes));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) await connection;
  }
}

Deno.test("chat connect follows the policy of chat serve, at the next connection too", async () => {
  const name = "localhost";
  const trustedProxies = [parseRange("127.0.0.1")].flatMap((range) => range ?? []);
  const identity = await issuedFor(name);
  await using server = await TestServer.start({ name, trustedProxies, password: "sesame" }, {
    identity,
  });
  await using relay = new Relay(server.port);
  using user = new User([AUTHORITY.certificate]);
  const refusals = () =>
    server.log.filter(([, { reason }]) => reason === "The client speaks plain text").length;
  for (const _visit of ["the first", "another"]) {
    assertEquals(await user.connect(`irc://localhost:${relay.port}`, hello()), 0);
    assertEquals(refusals(), 1);
    assertEquals(user.policies.split(" ").slice(0, 2), [name, `${relay.port}`]);
  }
});
