// Certificates from Pebble, an authority for tests (https://github.com/letsencrypt/pebble). Skipped if it is
// not installed.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Authority } from "../support/authority.ts";
import { CHAT, Process, ServeProcess } from "../support/chat_process.ts";
import { freePort } from "../support/free_port.ts";
import { HAS_PEBBLE, Pebble } from "../support/pebble.ts";
import { SecureSocket } from "../support/secure_socket.ts";
import { TempFolder } from "../support/temp_folder.ts";

const NAME = "chat.example.org";

/**
 * Starts a server that gets its certificate from `pebble`, and answers the authority's checks at
 * its port.
 */
function start(pebble: Pebble, data: string): ServeProcess {
  const settings = {
    listen: [`127.0.0.1:${pebble.proofPort}`],
    data,
    acme: NAME,
    acmeDirectory: pebble.directory,
    address: NAME,
  };
  return ServeProcess.start(settings, { env: { DENO_CERT: pebble.trusted } });
}

/** Resolves to the issuer of the certificate that the server presents. */
async function issuerAt(port: number): Promise<string> {
  const socket = await SecureSocket.connect(port);
  const { issuer } = socket;
  socket.close();
  return issuer;
}

Deno.test({
  name: "a server proves its name, gets a certificate, and prints URLs without a fingerprint",
  ignore: !HAS_PEBBLE,
  async fn() {
    using folder = new TempFolder();
    await using pebble = await Pebble.start({ namesLeadTo: "127.0.0.1" });
    await using server = start(pebble, folder.path);
    const [, url] = await server.stdout(/Friends join with: chat connect "(.*)"/);
    assertEquals(url, `chat://${NAME}:${pebble.proofPort}/lobby`);
    assertMatch(await issuerAt(pebble.proofPort), /Pebble/);
    const args = ["doctor", "--data", folder.path, "--acme", NAME, "--listen", "127.0.0.1:0"];
    const { stdout } = await Process.run(args);
    assertMatch(stdout, /ok +certificate +\S+certificate\.pem and its key belong together/);
  },
});

Deno.test({
  name: "a server starts with the certificate that it has, and renews one that ends soon",
  ignore: !HAS_PEBBLE,
  async fn() {
    using folder = new TempFolder();
    await using lasting = await Pebble.start({ namesLeadTo: "127.0.0.1" });
    const fingerprints = new Set<string>();
    for (const expected of [1, 1]) {
      await using server = start(lasting, folder.path);
      await server.stdout(/Friends join/);
      fingerprints.add(await fingerprintOf(folder));
      assertEquals(fingerprints.size, expected);
    }
    const ending = await (await Authority.make()).issue({ name: NAME, days: 0.1 });
    // The other authority does not know the account of the first.
    await using other = await Pebble.start({ namesLeadTo: "127.0.0.1" });
    const pair = `${folder.path}/acme/certificate.pem`;
    Deno.removeSync(pair);
    for (const expected of [2, 3]) {
      await using server = start(other, folder.path);
      await server.stdout(/Friends join/);
      fingerprints.add(await fingerprintOf(folder));
      assertEquals(fingerprints.size, expected);
      Deno.writeTextFileSync(pair, ending.key + ending.cert);
    }
  },
});

Deno.test({
  name: "if the name leads elsewhere, or the authority is down, the server starts and says why",
  ignore: !HAS_PEBBLE,
  async fn() {
    using folder = new TempFolder();
    await using pebble = await Pebble.start({ namesLeadTo: "127.0.0.99" });
    await using server = start(pebble, folder.path);
    await server.stderr(
      /no certificate from the authority.*port 80 of chat\.example\.org must lead/,
    );
    await server.stdout(/Friends join/);
    assertEquals(await issuerAt(pebble.proofPort), "chat");
    const args = ["doctor", "--data", folder.path, "--acme", NAME, "--listen", "127.0.0.1:0"];
    const { stdout } = await Process.run(args);
    assertMatch(stdout, /warning +certificate .*the authority could not verify the name/);

    using other = new TempFolder();
    const down = ["--acme-directory", `https://localhost:${freePort()}/dir`];
    const named = ["--data", other.path, "--listen", "127.0.0.1:0", "--acme", NAME];
    await using alone = new Process(["serve", ...named, ...down], { command: CHAT });
    await alone.stderr(/no certificate from the authority.*cannot reach https:\/\/localhost/);
    assert(await alone.stdout(/Listening/));
  },
});

async function fingerprintOf(folder: TempFolder): Promise<string> {
  const text = await Deno.readTextFile(`${folder.path}/acme/certificate.pem`);
  return text.slice(text.indexOf("-----BEGIN CERTIFICATE-----"));
}
