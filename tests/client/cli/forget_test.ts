import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { forget } from "../../../client/cli/forget.ts";
import { makeCertificate } from "../../../shared/certificate.ts";
import { UsageError, UserError } from "../../../shared/errors.ts";
import { serve, User } from "../../support/client_user.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { TlsServer } from "../../support/tls_server.ts";

Deno.test("a server is forgotten on one port or on all, and other servers stay", () => {
  using folder = new TempFolder();
  Deno.mkdirSync(`${folder.path}/chat`);
  const path = folder.write("chat/known_servers", "h:1 a\nh:2 b\n# a note\n[::1]:1 c\nh:1 d");
  const environment = new Map([["XDG_CONFIG_HOME", folder.path]]);
  assertEquals(forget(["H:1"], environment).length, 1);
  assertEquals(Deno.readTextFileSync(path), "h:2 b\n# a note\n[::1]:1 c");
  assertEquals(forget(["h"], environment), [
    "the fingerprint of h:2 is forgotten: chat connect trusts the server anew at the next visit",
  ]);
  assertThrows(() => forget(["h"], environment), UserError, "no fingerprint of h is known");
  assertEquals(forget(["[::1]"], environment).length, 1);
  assertEquals(Deno.readTextFileSync(path), "# a note");
  for (const args of [[], ["a b"], ["h", "i"]]) {
    assertThrows(() => forget(args, environment), UsageError, "chat forget HOST");
  }
});

Deno.test("a server whose certificate has changed is trusted anew once it is forgotten", async () => {
  using user = new User();
  const pairs = [
    await makeCertificate({ names: ["localhost"], days: 3650 }),
    await makeCertificate({ names: ["localhost"], days: 3650 }),
  ];
  await using server = await TlsServer.start(pairs[0] ?? { key: "", cert: "" });
  const target = `chat://127.0.0.1:${server.port}/a`;
  const visit = async () => {
    const exitCode = user.connect(target);
    await serve(await server.accept());
    assertEquals(await exitCode, 0);
  };
  await visit();
  server.present(pairs[1] ?? { key: "", cert: "" });
  const address = `127.0.0.1:${server.port}`;
  await assertRejects(() => user.connect(target), UserError, `run "chat forget ${address}"`);
  await (await server.accept()).expectEnd();
  forget([address], new Map([["XDG_CONFIG_HOME", user.config]]));
  await visit();
});
