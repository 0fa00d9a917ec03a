import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { connect, type TLSSocket } from "node:tls";
import { once } from "node:events";
import { fingerprintOf } from "../../shared/fingerprint.ts";
import { Authority } from "../support/authority.ts";
import { Process, ServeProcess } from "../support/chat_process.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { TempFolder } from "../support/temp_folder.ts";

/** A non-loopback address of this machine; clients that connect to it look remote. */
const EXTERNAL = Deno.networkInterfaces()
  .find(({ family, address }) => family === "IPv4" && !address.startsWith("127."))?.address;

/** Starts a server at that address; resolves to it, its port and its fingerprint. */
async function startExternal(config: Readonly<Record<string, unknown>> = {}) {
  const server = ServeProcess.start({ listen: `${EXTERNAL}:0`, ...config });
  const [, port = "", fingerprint = ""] = await server.stdout(
    /Friends join with: chat connect "chat:\/\/[\d.]+:(\d+)\/lobby\?fp=([\da-f]{64})"\n/,
  );
  return { server, port: Number(port), fingerprint };
}

async function encrypt(port: number, servername?: string): Promise<TLSSocket> {
  const options = { host: EXTERNAL, port, rejectUnauthorized: false };
  const socket = connect({ ...options, ...(servername !== undefined && { servername }) });
  await once(socket, "secureConnect");
  return socket;
}

const needsExternal = { ignore: EXTERNAL === undefined };

Deno.test(
  "the command for a friend contains the fingerprint of the server",
  needsExternal,
  async () => {
    const { server, port, fingerprint } = await startExternal();
    await using _server = server;
    const socket = await encrypt(port);
    assertEquals(fingerprintOf(socket.getPeerCertificate().raw), fingerprint);
    socket.destroy();
  },
);

Deno.test("a server keeps its fingerprint over a restart", needsExternal, async () => {
  using folder = new TempFolder();
  const fingerprints: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { server, fingerprint } = await startExternal({ data: folder.path });
    fingerprints.push(fingerprint);
    await server[Symbol.asyncDispose]();
  }
  assertEquals(fingerprints[0], fingerprints[1]);
});

Deno.test("a remote plaintext client is told to use TLS", needsExternal, async () => {
  const { server, port } = await startExternal();
  await using _server = server;
  using socket = await RawSocket.connect(`${EXTERNAL}:${port}`);
  await socket.write("NICK ada\r\nUSER x 0 * x\r\n");
  assertEquals(
    await socket.readAll(),
    `ERROR :Remote clients must use TLS (SSL), on the same port, ${port}\r\n`,
  );
  await server.stderr(/refused address=\S+ reason="The client speaks plain text"/);
});

Deno.test(
  "a remote client that supports sts gets the port for TLS, and then the duration",
  needsExternal,
  async () => {
    using folder = new TempFolder();
    const { key, cert } = await (await Authority.make()).issue({
      name: "chat.example.org",
      days: 1,
    });
    await using server = ServeProcess.start({
      listen: `${EXTERNAL}:0`,
      name: "chat.example.org",
      tlsKey: folder.write("key.pem", key),
      tlsCert: folder.write("cert.pem", cert),
      sts: "7d",
    });
    const [, port = ""] = await server.stdout(/"chat:\/\/chat\.example\.org:(\d+)\/lobby"\n/);
    using plain = await RawSocket.connect(`${EXTERNAL}:${port}`);
    await plain.write("CAP LS 302\r\nNICK ada\r\nUSER x 0 * x\r\n");
    assertEquals(
      await plain.readAll(),
      `:chat.example.org CAP * LS :sts=port=${port}\r\n` +
        `ERROR :Remote clients must use TLS (SSL), on the same port, ${port}\r\n`,
    );
    const secure = await encrypt(Number(port), "chat.example.org");
    secure.write("CAP LS 302\r\n");
    let received = "";
    while (!received.includes("userhost-in-names")) {
      received += (await once(secure, "data")).join("");
    }
    assertMatch(received, / sts=duration=604800\r\n/);
    secure.destroy();
  },
);

Deno.test(
  "a remote plaintext client is admitted with --allow-plaintext",
  needsExternal,
  async () => {
    const { server, port } = await startExternal({ allowPlaintext: true });
    await using _server = server;
    using _socket = await RawSocket.register(`${EXTERNAL}:${port}`, "ada");
  },
);

Deno.test("a key that does not match the certificate is one line that names both", async () => {
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

Deno.test("a server warns at its start that its certificate is not for its name", async () => {
  using folder = new TempFolder();
  const authority = await Authority.make();
  const { cert, key } = await authority.issue({ name: "chat.example.org", days: 9 });
  const files = { tlsCert: folder.write("c", cert), tlsKey: folder.write("k", key) };
  await using wrong = ServeProcess.start({ ...files, name: "other.example.org" });
  await wrong.stderr(/warn .*certificate does not fit .*not for other\.example\.org.*set --name/);
  await using right = ServeProcess.start({ ...files, name: "chat.example.org" });
  await right.address();
  assertEquals(right.errors, "");
});

/** A context of Python's `ssl` with a short RSA key, which OpenSSL allows at level 0 only. */
const SHORT_KEY = (purpose: "CLIENT" | "SERVER") => `
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_${purpose})
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
context.set_ciphers("DEFAULT@SECLEVEL=0")
context.load_cert_chain("tests/fixtures/keys/rsa-1024.pem")
`;

Deno.test("the log says in words that a client does not trust the server's certificate", async () => {
  await using server = ServeProcess.start();
  const [host, port] = (await server.address()).split(":");
  const script = `import socket, ssl
try:
  ssl.create_default_context().wrap_socket(
      socket.create_connection(("${host}", ${port})), server_hostname="${host}")
except OSError:
  pass`;
  await Process.run(["-c", script], "", { command: "python3" });
  await server.stderr(/refused address=\S+ reason="[^"]*does not trust the server's certificate/);
});

Deno.test("a client whose key is too short is refused with that reason in the log", async () => {
  await using server = ServeProcess.start();
  const [host, port] = (await server.address()).split(":");
  const script = `${SHORT_KEY("CLIENT")}
try:
  with context.wrap_socket(socket.create_connection(("${host}", ${port}))) as client:
    client.recv(1)
except OSError:
  pass`;
  await Process.run(["-c", script], "", { command: "python3" });
  await server.stderr(
    /refused address=\S+ reason="TLS handshake failed: the key of the client's certificate is not accepted \(use RSA with at least 2048 bits/,
  );
});

Deno.test("chat connect says that the key of a server is too short", async () => {
  await using server = new Process([
    "-c",
    `${SHORT_KEY("SERVER")}
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
try:
  context.wrap_socket(listener.accept()[0], server_side=True)
except OSError:
  pass`,
  ], { command: "python3" });
  const [port] = await server.stdout(/\d+/);
  using folder = new TempFolder();
  const env = { XDG_CONFIG_HOME: folder.path };
  const address = `127.0.0.1:${port}`;
  const { code, stderr } = await Process.run(["connect", `ircs://${address}/a`], "", { env });
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^chat: the TLS handshake with \S+ failed, because the key of its certif[^\n]+\n$/,
  );
});
