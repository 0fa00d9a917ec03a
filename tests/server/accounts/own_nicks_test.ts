import { assert, assertEquals } from "@std/assert";
import { OWN_NICK_LIMIT } from "../../../server/accounts/own_nicks.ts";
import {
  ADA_CERT,
  BOB_CERT,
  connect,
  registerAndQuit,
  registerWith,
  secureServer,
} from "../../support/certificate_users.ts";
import { serverWithAda } from "../../support/people.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const offer = (nick: string) =>
  `:chat.test NOTICE ${nick} :Nobody owns the nick ${nick}. OWN makes it yours ` +
  "(in chat connect: /own), so that no other user can take it";

Deno.test("a user who takes a free nick is told of OWN, and owns the nick after OWN", async () => {
  using folder = new TempFolder();
  const changes = { memory: false, data: folder.path };
  {
    await using server = await secureServer(changes);
    const { client: ada } = await registerWith(server, ADA_CERT, { nick: "guest" });
    assertEquals(await ada.ask("NICK ada"), [":guest!~guest@127.0.0.1 NICK ada", offer("ada")]);
    assertEquals(await ada.ask("OWN"), [
      ":chat.test NOTICE ada :The nick ada is now yours: it belongs to your account guest",
    ]);
    assertEquals(await ada.ask("OWN"), [":chat.test NOTICE ada :The nick ada is yours already"]);
    assertEquals(await ada.ask("NICK guest"), [":ada!~guest@127.0.0.1 NICK guest"]);
  }
  await using server = await secureServer(changes);
  const told = await registerAndQuit(server, BOB_CERT, { nick: "bob" });
  assertEquals(told.length, 3);
  const { client: bob } = await registerWith(server, BOB_CERT, { nick: "bob" });
  for (const nick of ["ada", "ADA", "аda", "guest"]) {
    assert((await bob.ask(`NICK ${nick}`))[0]?.includes(` 433 bob ${nick} `), nick);
  }
  const { client: ada } = await registerWith(server, ADA_CERT, { nick: "ada" });
  assertEquals(await ada.ask("OWN LIST"), [":chat.test NOTICE ada :Your nicks: guest ada"]);
  await ada.ask("OWN DEL ada");
  await ada.ask("NICK guest");
  assertEquals((await bob.ask("NICK ada"))[0], ":bob!~bob@127.0.0.1 NICK ada");
});

Deno.test("a user who was refused their own nick gets it when they log in", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada", { login: ["ada", "sesame"] });
  await ada.ask("NICK lovelace");
  await ada.ask("OWN");
  await ada.close();
  const eve = await server.register("eve");
  assert((await eve.ask("NICK lovelace"))[0]?.includes(" 433 "));
  const lines = await eve.ask("NS IDENTIFY sesame");
  assert(lines.includes(":eve!~eve@127.0.0.1 NICK lovelace"), lines.join("\n"));
});

Deno.test("a message to a nick that an absent user owns waits for that user's account", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada", { login: ["ada", "sesame"] });
  await ada.ask("NICK lovelace");
  await ada.ask("OWN");
  await ada.close();
  const bob = await server.register("bob");
  await server.until(() => server.server.counts.users === 1, bob);
  assert((await bob.ask("PRIVMSG lovelace :tea?"))[0]?.includes(" 301 bob ada "));
  const back = await server.register("tmp", { login: ["ada", "sesame"] });
  assert((await back.ask("PING x")).length > 0);
});

Deno.test("a nick has one owner, who needs an account, and each account has a limit of nicks", async () => {
  await using server = await secureServer();
  const eve = await server.register("eve");
  assertEquals(await eve.ask("OWN"), [
    ":chat.test FAIL OWN ACCOUNT_REQUIRED eve :Register an account first, with " +
    "REGISTER * * PASSWORD, which also owns your nick",
  ]);
  assertEquals(
    (await eve.ask("OWN LIST"))[0],
    ":chat.test FAIL OWN ACCOUNT_REQUIRED * :Log in first",
  );
  const { client: ada } = await registerWith(server, ADA_CERT, { nick: "ada" });
  for (let i = 0; i < OWN_NICK_LIMIT; i++) {
    await ada.ask(`NICK lady${i}`);
    await ada.ask("OWN");
  }
  await ada.ask("NICK countess");
  assert((await ada.ask("OWN"))[0]?.includes(" FAIL OWN LIMIT_REACHED countess "));
  assert((await ada.ask("OWN DEL ada"))[0]?.includes(" FAIL OWN NICK_NOT_OWNED ada "));
  assert((await ada.ask("OWN IT"))[0]?.includes(" FAIL OWN INVALID_PARAMS "));
});

Deno.test("a user with a key whose first nick was refused can own the nick that they took instead", async () => {
  await using server = await secureServer();
  await registerAndQuit(server, ADA_CERT, { nick: "ada" });
  const bob = await connect(server, BOB_CERT);
  await bob.introduce({ nick: "ada" });
  await bob.ask("NICK bob");
  const lines = await bob.ask("OWN");
  assert(lines.some((line) => line.includes(" 900 bob ")), lines.join("\n"));
  assert(
    lines.some((line) =>
      line.endsWith("The nick bob is now yours: the server recognizes you by your client's key")
    ),
  );
});

Deno.test("the nicks of an account are free once it is removed", async () => {
  await using server = await serverWithAda();
  const ada = await server.register("ada", { login: ["ada", "sesame"] });
  await ada.ask("NICK lovelace");
  await ada.ask("OWN");
  const code = /DROP ada (\w+)/.exec((await ada.ask("NS DROP ada")).join())?.[1];
  await ada.send(`NS DROP ada ${code}`);
  await ada.untilEnd();
  const bob = await server.register("bob");
  assertEquals(await bob.ask("NICK lovelace"), [":bob!~bob@127.0.0.1 NICK lovelace"]);
});
