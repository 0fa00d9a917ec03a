import { assertEquals } from "@std/assert";
import { makeCertificate } from "../certificate.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { X509Certificate } from "node:crypto";
import { Identity } from "../server/net/identity.ts";
import { strictTransport } from "../server/net/strict_transport.ts";
import { Authority } from "./support/authority.ts";
import type { IrcClient } from "./support/irc_client.ts";
import type { SecureOptions } from "./support/secure_socket.ts";
import { testOptions, TestServer, type Wishes } from "./support/server.ts";

const NAME = "chat.test";
const VOUCHED = await (await Authority.make()).issue({ name: NAME, days: 1 });
const IDENTITY = new Identity({
  ...VOUCHED,
  fingerprint: fingerprintOf(new X509Certificate(VOUCHED.cert).raw),
});

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
async function toldBy(wishes: Wishes, identity = IDENTITY): Promise<string | undefined> {
  await using server = new TestServer(wishes, { identity });
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
