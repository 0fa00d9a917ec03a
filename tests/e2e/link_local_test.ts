import { assertEquals } from "@std/assert";
import { makeCertificate } from "../../shared/certificate.ts";
import { serve, User } from "../support/client_user.ts";
import { TlsServer } from "../support/tls_server.ts";

/** A link-local address of this machine with its zone, if it has one. */
const ADDRESS = Deno.networkInterfaces()
  .filter(({ address }) => address.startsWith("fe80:"))
  .map(({ address, name }) => `${address.replace(/%.*$/, "")}%25${name}`)[0];

Deno.test({
  name: "a server at a link-local address is reached with TLS",
  ignore: ADDRESS === undefined,
  async fn() {
    const pair = await makeCertificate({ names: ["localhost"], days: 10 });
    using user = new User();
    await using server = await TlsServer.start(pair, "::");
    const exitCode = user.connect(
      `chat://[${ADDRESS}]:${server.port}/a?fp=${pair.fingerprint}`,
    );
    await serve(await server.accept());
    assertEquals(await exitCode, 0);
  },
});
