import { assertEquals } from "@std/assert";
import { makeCertificate } from "../certificate.ts";
import { Identity } from "../server/net/identity.ts";
import { parseRange } from "../server/net/ip.ts";
import { strictTransport } from "../server/net/strict_transport.ts";
import { Authority } from "./support/authority.ts";
import { hello, User } from "./support/client_user.ts";
import type { IrcClient } from "./support/irc_client.ts";
import type { SecureOptions } from "./support/secure_socket.ts";
import { type Overrides, testOptions, TestServer } from "./support/server.ts";
import { fingerprintIn } from "./support/tls_server.ts";

const NAME = "chat.test";
const AUTHORITY = await Authority.make();
const IDENTITY = await vouchedFor(NAME);

/** A server that the authority vouches for. */
async function vouchedFor(name: string): Promise<Identity> {
  const pair = await AUTHORITY.issue({ name, days: 1 });
  return new Identity({ ...pair, fingerprint: fingerprintIn(pair) });
}

/** Somebody who comes by TLS and says nothing. */
async function coming(server: TestServer, options: SecureOptions): Promise<IrcClient> {
  const client = await server.encrypted(options);
  client.read();
  return client;
}

/** What `client` is told of `sts` when it asks for the capabilities by saying `line`. */
async function told(client: IrcClient, line = "CAP LS 302"): Promise<string | undefined> {
  const [, value] = / (?:LS|LIST) .*?sts=?(\S*)/.exec((await client.ask(line)).join("\n")) ?? [];
  return value;
}

/** What who comes by TLS, and asks for NAME, is told by a server like that. */
async function toldBy(overrides: Overrides, identity = IDENTITY): Promise<string | undefined> {
  await using server = new TestServer(overrides, { identity });
  return await told(await coming(server, { servername: NAME }));
}

Deno.test("who comes encrypted is told for how long to come so", async () => {
  assertEquals(await toldBy({}), "duration=2592000");
  assertEquals(await toldBy({ stsMs: 86_400_000 }), "duration=86400");
});

Deno.test("what was told is taken back with a duration of 0", async () => {
  assertEquals(await toldBy({ stsMs: 0 }), "duration=0");
});

Deno.test("how long is read again with the configuration file", async () => {
  const operators = [{ name: "root", password: "secret" }];
  const reload = () => testOptions({ operators, stsMs: 0 });
  await using server = new TestServer({ operators }, { identity: IDENTITY, reload });
  const root = await server.register("root");
  await root.ask("OPER root secret");
  assertEquals(await told(await coming(server, { servername: NAME })), "duration=2592000");
  await root.ask("REHASH");
  assertEquals(await told(await coming(server, { servername: NAME })), "duration=0");
});

Deno.test("nothing is told where no authority vouches for the name of the server", async () => {
  const own = new Identity(await makeCertificate({ names: [NAME], days: 1 }));
  assertEquals(await toldBy({}, own), undefined);
  assertEquals(await toldBy({ name: "other.test" }), undefined);
});

Deno.test("who comes for another name, or for none, is told nothing that lasts", async () => {
  await using server = new TestServer({}, { identity: IDENTITY });
  assertEquals(await told(await coming(server, { servername: "other.test" })), undefined);
  assertEquals(await told(await coming(server, {})), undefined);
  assertEquals(await told(await coming(server, { servername: "CHAT.test" })), "duration=2592000");
});

Deno.test("who does not know values is not told, and nobody can ask for it", async () => {
  await using server = new TestServer({}, { identity: IDENTITY });
  const ada = await coming(server, { servername: NAME });
  assertEquals(await told(ada, "CAP LS"), undefined);
  assertEquals(await ada.ask("CAP REQ :batch sts"), [":chat.test CAP * NAK :batch sts"]);
  assertEquals(await told(ada, "CAP LIST"), undefined);
});

Deno.test("on the same machine, nobody is told to encrypt", async () => {
  await using server = new TestServer({}, { identity: IDENTITY });
  assertEquals(await told(await server.connect()), undefined);
});

Deno.test("who comes from elsewhere in plain text is told where to encrypt, unless it is taken back", () => {
  const arrival = {
    encrypted: false,
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

/** The way to a server that somebody from another machine comes, as often as they come. */
class Way implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #visits: Promise<unknown>[];

  constructor(to: number) {
    this.#visits = [this.#lead(to)];
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async #lead(to: number): Promise<void> {
    for await (const near of this.#listener) {
      const far = await Deno.connect({ hostname: "127.0.0.1", port: to });
      const header = `PROXY TCP4 192.0.2.1 192.0.2.9 50000 ${this.port}\r\n`;
      await far.write(new TextEncoder().encode(header));
      const ways = [near.readable.pipeTo(far.writable), far.readable.pipeTo(near.writable)];
      this.#visits.push(Promise.allSettled(ways));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const visit of this.#visits) await visit;
  }
}

Deno.test("chat connect does what chat serve asks for, and goes on doing so", async () => {
  const name = "localhost";
  const trustedProxies = [parseRange("127.0.0.1")].flatMap((range) => range ?? []);
  const identity = await vouchedFor(name);
  await using server = new TestServer({ name, trustedProxies, password: "sesame" }, { identity });
  await using way = new Way(server.port);
  using user = new User([AUTHORITY.certificate]);
  const refusals = () =>
    server.log.filter(([, { reason }]) => reason === "speaks plain text").length;
  for (const _visit of ["the first", "another"]) {
    assertEquals(await user.connect(`irc://localhost:${way.port}`, hello()), 0);
    assertEquals(refusals(), 1);
    assertEquals(user.policies.split(" ").slice(0, 2), [name, `${way.port}`]);
  }
});
