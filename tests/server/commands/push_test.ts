import { assertEquals, assertMatch } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { assertSigned, PUSH_KEYS, PushService, Subscriber } from "../../support/push_service.ts";
import { type Overrides, TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

// https://ircv3.net/specs/extensions/webpush

const CAPS = "draft/webpush standard-replies";
const ENDPOINT = "https://push.example.org/abc";

/** A server with a push service, and a subscriber of the user `ada`, who is connected. */
async function fixture(overrides: Overrides = {}) {
  const service = new PushService();
  const server = await TestServer.start(overrides, { postPush: service.post });
  const subscriber = await Subscriber.make();
  const ada = await server.register("ada", { caps: CAPS });
  await ada.ask("REGISTER * * sesame");
  const subscribe = (client: IrcClient = ada, endpoint = ENDPOINT) =>
    client.ask(`WEBPUSH REGISTER ${endpoint} ${subscriber.keys}`);
  return { ada, server, service, subscribe, subscriber };
}

Deno.test("a private message to a user who is away is pushed, encrypted and signed", async () => {
  const { ada, server, service, subscribe, subscriber } = await fixture();
  await using _ = server;
  const [key] = await ada.ask("WEBPUSH VAPIDPUBKEY");
  const publicKey = key?.split(" ").at(-1) ?? "";
  assertEquals(await subscribe(), [`:chat.test WEBPUSH REGISTER ${ENDPOINT}`]);
  await ada.ask("AWAY :lunch");
  const bob = await server.register("bob");
  await bob.ask("PRIVMSG ada :the tea is ready");
  const request = await service.next();
  assertEquals(request.endpoint, ENDPOINT);
  assertEquals(request.headers["content-encoding"], "aes128gcm");
  await assertSigned(request, publicKey);
  assertMatch(
    await subscriber.decrypt(request.body),
    /^@time=\S+;msgid=\S+ :bob!\S+ PRIVMSG ada :the tea is ready$/,
  );
});

Deno.test("a message is pushed to a user who is gone, and for whom it waits", async () => {
  const { ada, server, service, subscribe, subscriber } = await fixture();
  await using _ = server;
  await subscribe();
  await ada.close();
  const bob = await server.register("bob");
  await server.until(() => server.server.counts.users === 1, bob);
  await bob.ask("PRIVMSG ada :one\x02 two");
  assertMatch(await subscriber.decrypt((await service.next()).body), /PRIVMSG ada :one\x02 two$/);
});

Deno.test("a message in a channel is pushed only to members whose nick it names", async () => {
  const { ada, server, service, subscribe, subscriber } = await fixture();
  await using _ = server;
  await subscribe();
  await ada.ask("JOIN #a");
  await ada.ask("AWAY :lunch");
  const bob = await server.register("bob");
  await bob.ask("JOIN #a");
  await bob.ask("JOIN #b");
  for (const line of ["PRIVMSG #a :tea?", "PRIVMSG #a :adam", "PRIVMSG #b :ada: tea?"]) {
    await bob.ask(line);
  }
  await bob.ask("NOTICE #a :ada: from a program");
  await bob.ask("TAGMSG #a");
  await bob.ask("PRIVMSG ada :\x01VERSION\x01");
  await bob.ask("PRIVMSG #a :(Ada), tea?");
  assertMatch(await subscriber.decrypt((await service.next()).body), /PRIVMSG #a :\(Ada\), tea\?$/);
  assertEquals(service.count, 0);
});

Deno.test("nothing is pushed to a user who is present, or for what they say themselves", async () => {
  const { ada, server, service, subscribe } = await fixture();
  await using _ = server;
  await subscribe();
  const bob = await server.register("bob");
  await bob.ask("PRIVMSG ada :hello");
  await ada.ask("AWAY :lunch");
  await ada.ask("PRIVMSG ada :note to self");
  await bob.ask("PRIVMSG ada :last");
  assertMatch((await service.next()).endpoint, /abc/);
  assertEquals(service.count, 0);
});

Deno.test("a subscription outlasts the server, and ends with UNREGISTER, the account or the service", async () => {
  using folder = new TempFolder();
  const stored = { memory: false, data: folder.path };
  const { server, subscribe, subscriber } = await fixture(stored);
  await subscribe();
  await server[Symbol.asyncDispose]();

  const service = new PushService();
  await using again = await TestServer.start(stored, { postPush: service.post });
  const bob = await again.register("bob");
  await bob.ask("PRIVMSG ada :one");
  assertMatch(await subscriber.decrypt((await service.next()).body), /:one$/);
  service.status = 410;
  await bob.ask("PRIVMSG ada :two");
  await service.next();
  await again.until(() => [...again.store.records("push")].length === 0, bob);

  const ada = await again.connect();
  await ada.introduce({ nick: "ada", caps: CAPS, login: ["ada", "sesame"] });
  const register = `WEBPUSH REGISTER ${ENDPOINT} ${PUSH_KEYS}`;
  await ada.ask(register);
  await bob.ask(`WEBPUSH UNREGISTER ${ENDPOINT}`);
  assertEquals([...again.store.records("push")].length, 1);
  await ada.ask(`WEBPUSH UNREGISTER ${ENDPOINT}`);
  assertEquals([...again.store.records("push")].length, 0);
  assertEquals(await ada.ask("WEBPUSH UNREGISTER https://push.example.org/never"), [
    ":chat.test WEBPUSH UNREGISTER https://push.example.org/never",
  ]);
  await ada.ask(register);
  await ada.ask("NS DROP ada");
  assertEquals([...again.store.records("push")].length, 1);
});

Deno.test("endpoints that are not at a public address, and wrong keys, are refused", async () => {
  const { ada, server } = await fixture();
  await using _ = server;
  const bad = [
    "http://push.example.org/a",
    "https://127.0.0.1/a",
    "https://[::1]/a",
    "https://[::ffff:10.0.0.1]/a",
    "https://10.1.2.3/a",
    "https://user:password@push.example.org/a",
    `https://push.example.org/${"a".repeat(320)}`,
    "nothing",
  ];
  for (const endpoint of bad) {
    const [answer] = await ada.ask(`WEBPUSH REGISTER ${endpoint} ${PUSH_KEYS}`);
    assertMatch(
      answer ?? "",
      /FAIL WEBPUSH INVALID_PARAMS REGISTER :The endpoint must be/,
      endpoint,
    );
  }
  const p256dh = PUSH_KEYS.split(";")[0];
  for (
    const keys of ["", "p256dh=abc;auth=abc", `${p256dh};auth=AAAA`, "auth=AAAAAAAAAAAAAAAAAAAAAA"]
  ) {
    const [answer] = await ada.ask(`WEBPUSH REGISTER ${ENDPOINT} :${keys}`);
    assertMatch(answer ?? "", /FAIL WEBPUSH INVALID_PARAMS REGISTER :The keys must be/, keys);
  }
  assertMatch((await ada.ask("WEBPUSH PING"))[0] ?? "", /FAIL WEBPUSH INVALID_PARAMS PING/);
  const guest = await server.register("guest", { caps: CAPS });
  const [answer] = await guest.ask(`WEBPUSH REGISTER ${ENDPOINT} ${PUSH_KEYS}`);
  assertMatch(answer ?? "", /FAIL WEBPUSH ACCOUNT_REQUIRED REGISTER/);
  const old = await server.register("old");
  assertMatch((await old.ask("WEBPUSH VAPIDPUBKEY"))[0] ?? "", / 421 /);
});

Deno.test("a flood of messages is pushed only in part", async () => {
  const { ada, server, service, subscribe } = await fixture();
  await using _ = server;
  await subscribe();
  await ada.ask("AWAY :lunch");
  const bob = await server.register("bob");
  for (let i = 0; i < 50; i++) await bob.send(`PRIVMSG ada :${i}`);
  await bob.heard();
  for (let i = 0; i < 20; i++) await service.next();
  await bob.heard();
  assertEquals(service.count, 0);
});

Deno.test("a push service that never answers does not keep messages from others", async () => {
  const { ada, server, service, subscribe } = await fixture();
  await using _ = server;
  await subscribe();
  await ada.ask("AWAY :lunch");
  const eve = await server.register("eve", { caps: CAPS });
  await eve.ask("REGISTER * * sesame");
  for (let i = 0; i < 10; i++) await subscribe(eve, `https://slow.example/${i}`);
  await eve.ask("AWAY :lunch");
  const bob = await server.register("bob");
  for (let i = 0; i < 5; i++) await bob.ask(`PRIVMSG eve :${i}`);
  await bob.ask("PRIVMSG ada :tea?");
  // Either of the two may be encrypted first.
  const sent = [await service.next(), await service.next()].map(({ endpoint }) => endpoint);
  assertEquals(sent.filter((endpoint) => endpoint === ENDPOINT), [ENDPOINT]);
  service.slow.resolve();
});

Deno.test("a user who changes the endpoint is not sent more messages", async () => {
  const { ada, server, service, subscribe } = await fixture();
  await using _ = server;
  await ada.ask("AWAY :lunch");
  const bob = await server.register("bob");
  for (let i = 0; i < 30; i++) {
    await subscribe(ada, `${ENDPOINT}/${i}`);
    await bob.ask("PRIVMSG ada :tea?");
    await ada.ask(`WEBPUSH UNREGISTER ${ENDPOINT}/${i}`);
  }
  for (let i = 0; i < 20; i++) await service.next();
  await bob.heard();
  assertEquals(service.count, 0);
});
