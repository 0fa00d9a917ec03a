import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { connect, type TLSSocket } from "node:tls";
import { once } from "node:events";
import { fingerprintOf } from "../../fingerprint.ts";
import { Authority } from "../support/authority.ts";
import { Process, ServeProcess } from "../support/chat_process.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { TempFolder } from "../support/temp_folder.ts";

/** An address of this machine that others could reach it at; those who come to it come from it. */
const OUTWARD = Deno.networkInterfaces()
  .find(({ family, address }) => family === "IPv4" && !address.startsWith("127."))?.address;

/** A server at that address, and the port it chose. */
async function startOutward(config: Readonly<Record<string, unknown>> = {}) {
  const server = ServeProcess.start({ listen: `${OUTWARD}:0`, ...config });
  const [, port = "", fingerprint = ""] = await server.stdout(
    /A friend types: chat connect "chat:\/\/[\d.]+:(\d+)\/lobby\?fp=([\da-f]{64})"\n/,
  );
  return { server, port: Number(port), fingerprint };
}

async function encrypt(port: number, servername?: string): Promise<TLSSocket> {
  const options = { host: OUTWARD, port, rejectUnauthorized: false };
  const socket = connect({ ...options, ...(servername !== undefined && { servername }) });
  await once(socket, "secureConnect");
  return socket;
}

const outward = { ignore: OUTWARD === undefined };

Deno.test("the line for a friend has the fingerprint of the server", outward, async () => {
  const { server, port, fingerprint } = await startOutward();
  await using _server = server;
  const socket = await encrypt(port);
  assertEquals(fingerprintOf(socket.getPeerCertificate().raw), fingerprint);
  socket.destroy();
});

Deno.test("a server keeps its fingerprint", outward, async () => {
  using folder = new TempFolder();
  const fingerprints: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { server, fingerprint } = await startOutward({ data: folder.path });
    fingerprints.push(fingerprint);
    await server[Symbol.asyncDispose]();
  }
  assertEquals(fingerprints[0], fingerprints[1]);
});

Deno.test("plain text from another machine is told to use TLS", outward, async () => {
  const { server, port } = await startOutward();
  await using _server = server;
  using socket = await RawSocket.connect(`${OUTWARD}:${port}`);
  await socket.write("NICK ada\r\nUSER x 0 * x\r\n");
  assertEquals(
    await socket.readAll(),
    `ERROR :From other machines, connect with TLS (SSL), to this same port ${port}\r\n`,
  );
  await server.stderr(/refused address=\S+ reason="speaks plain text"/);
});

Deno.test(
  "a client that knows sts is told to come back encrypted, and how long to do so",
  outward,
  async () => {
    using folder = new TempFolder();
    const { key, cert } = await (await Authority.make()).issue({
      name: "chat.example.org",
      days: 1,
    });
    await using server = ServeProcess.start({
      listen: `${OUTWARD}:0`,
      name: "chat.example.org",
      tlsKey: folder.write("key.pem", key),
      tlsCert: folder.write("cert.pem", cert),
      sts: "7d",
    });
    const [, port = ""] = await server.stdout(/"chat:\/\/chat\.example\.org:(\d+)\/lobby"\n/);
    using plain = await RawSocket.connect(`${OUTWARD}:${port}`);
    await plain.write("CAP LS 302\r\nNICK ada\r\nUSER x 0 * x\r\n");
    assertEquals(
      await plain.readAll(),
      `:chat.example.org CAP * LS :sts=port=${port}\r\n` +
        `ERROR :From other machines, connect with TLS (SSL), to this same port ${port}\r\n`,
    );
    const secure = await encrypt(Number(port), "chat.example.org");
    secure.write("CAP LS 302\r\n");
    let told = "";
    while (!told.includes("userhost-in-names")) told += (await once(secure, "data")).join("");
    assertMatch(told, / sts=duration=604800\r\n/);
    secure.destroy();
  },
);

Deno.test("plain text from another machine is let in where that is allowed", outward, async () => {
  const { server, port } = await startOutward({ allowPlaintext: true });
  await using _server = server;
  using _socket = await RawSocket.register(`${OUTWARD}:${port}`, "ada");
});

Deno.test("a key that is not the certificate's is one line, with both", async () => {
  using folder = new TempFolder();
  for (const name of ["one", "other"]) {
    const data = `${folder.path}/${name}`;
    await using server = ServeProcess.start({ data });
    await server.address();
  }
  const files = [
    "--tls-cert",
    `${folder.path}/one/cert.pem`,
    "--tls-key",
    `${folder.path}/other/key.pem`,
  ];
  const { code, stdout, stderr } = await Process.run(["serve", "--memory", ...files]);
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertMatch(stderr, /^chat: [^\n]+\n$/);
  assertStringIncludes(stderr, "other/key.pem is not the key of");
});
