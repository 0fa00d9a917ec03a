import { assert, assertEquals, assertMatch } from "@std/assert";
import { ConnectUrls } from "../../../server/config/connect_urls.ts";
import { INVITATION_LIMITS } from "../../../server/accounts/invitations.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { type Overrides, TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

/** Limits under which no client is closed because of silence. */
const PATIENT = { pingSeconds: 86_400 };
const OPERATORS = { operators: [{ name: "root", password: "secret" }] };

/** An invitation that INVITATION has made. */
interface Invitation {
  /** The name of the invitation in INVITATION LIST and REVOKE. */
  readonly id: string;
  /** The secret that REDEEM takes. */
  readonly token: string;
}

/** Makes an invitation on these terms with INVITATION. */
async function make(client: IrcClient, terms = "#a"): Promise<Invitation> {
  const answer = await client.ask(`INVITATION ${terms}`);
  const [, id = ""] = /:([0-9a-f]{8}), by /.exec(answer[0] ?? "") ?? [];
  const [, token = ""] = /[?&]token=(\w+)"$/.exec(answer[1] ?? "") ?? [];
  assert(id !== "" && token !== "" && answer.length === 3, answer.join(" | "));
  return { id, token };
}

/** Starts a server; Ada is operator of #a, which is invite-only. */
async function inviteOnly(overrides: Overrides = {}) {
  const server = await TestServer.start({ limits: PATIENT, ...overrides });
  const ada = await server.register("ada", { join: "#a" });
  await ada.ask("MODE #a +i");
  return { server, ada };
}

/** Sends REDEEM; returns the description of its failure, or `undefined` if it succeeds. */
async function refusal(client: IrcClient, token: string): Promise<string | undefined> {
  const [first = ""] = await client.ask(`REDEEM ${token}`);
  return / FAIL REDEEM \S+ :(.*)$/.exec(first)?.[1];
}

const isIn = async (client: IrcClient, channel = "#a") =>
  (await client.ask(`TOPIC ${channel}`))[0]?.includes(" 442 ") === false;

Deno.test("REDEEM with the token from an invitation's line joins the user to the invite-only channel", async () => {
  const identity = { fingerprint: "ab12", isSignedFor: () => false };
  const options = {
    room: "#lobby",
    inviteOnly: false,
    name: "chat.test",
    listen: [],
    address: { hostname: "chat.example", port: 443 },
  };
  const connectUrls = new ConnectUrls({ options, identity, interfaces: [] });
  await using server = await TestServer.start({}, { connectUrls });
  const ada = await server.register("ada", { caps: "standard-replies invite-notify", join: "#a" });
  await ada.ask("MODE #a +i");
  const [terms = "", line = "", page = ""] = await ada.ask("INVITATION #A");
  assertMatch(
    terms,
    /^:chat\.test NOTE INVITATION CREATED (\w{8}) :\1, by ada: to #a, uses left: 1, expires in 1w\. Invited users run:$/,
  );
  assertMatch(
    line,
    /^:chat\.test NOTE INVITATION LINE \w{8} :chat connect "chat:\/\/chat\.example:443\/a\?fp=ab12&token=\w{32}"$/,
  );
  assertMatch(
    page,
    /^:chat\.test NOTE INVITATION PAGE \w{8} :Or in a browser: https:\/\/chat\.example:443\/a#token=\w{32}$/,
  );
  const [, token] = /token=(\w+)/.exec(line) ?? [];
  const bob = await server.register("bob");
  assertEquals(await bob.ask(`REDEEM ${token}`), [
    ":chat.test INVITE bob #a",
    ":bob!~bob@127.0.0.1 JOIN #a",
    ":chat.test 353 bob = #a :@ada bob",
    ":chat.test 366 bob #a :End of NAMES list",
  ]);
  assertEquals(await ada.heard(), [
    ":chat.test INVITE bob #a",
    ":bob!~bob@127.0.0.1 JOIN #a",
  ]);
});

Deno.test("an invitation's line has the address that its maker connected to", async () => {
  const { server, ada } = await inviteOnly();
  await using _ = server;
  const [, line = ""] = await ada.ask("INVITATION #a");
  assertMatch(line, new RegExp(`chat connect "chat://127\\.0\\.0\\.1:${server.port}/a\\?token=`));
});

Deno.test("an invitation's line is complete even with the longest names", async () => {
  const fingerprint = "ab".repeat(32);
  const name = `${"n".repeat(58)}.test`;
  const address = { hostname: "h".repeat(80), port: 65535 };
  const connectUrls = new ConnectUrls({
    options: { room: "#lobby", inviteOnly: false, name, listen: [], address },
    identity: { fingerprint, isSignedFor: () => false },
    interfaces: [],
  });
  await using server = await TestServer.start({ name }, { connectUrls });
  const room = `#${"é".repeat(31)}`;
  const ada = await server.register("a".repeat(32), { caps: "standard-replies", join: room });
  const [terms = "", line = ""] = await ada.ask(`INVITATION ${room} 1000 1y`);
  assert(terms.endsWith(". Invited users run:"), terms);
  const path = "%C3%A9".repeat(31);
  assertMatch(line, new RegExp(`:65535/${path}\\?fp=${fingerprint}&token=[0-9a-f]{32}"$`));
});

Deno.test("an invitation lets in as many users as its limit, even at the same time", async () => {
  const { server, ada } = await inviteOnly();
  await using _ = server;
  const { token } = await make(ada, "#a 2 1h");
  const clients = await Promise.all(["bob", "eve", "kim"].map((nick) => server.register(nick)));
  await Promise.all(clients.map((client) => client.send(`REDEEM ${token}`)));
  const heard = await Promise.all(clients.map((client) => client.heard()));
  assertEquals(heard.filter((lines) => lines.some((line) => line.includes(" JOIN #a"))).length, 2);
  assertEquals(heard.filter((lines) => lines[0]?.includes(" TOKEN_USED ")).length, 1);
});

Deno.test("an invitation expires", async () => {
  const { server, ada } = await inviteOnly();
  await using _ = server;
  const { token } = await make(ada, "#a 1h 5");
  const bob = await server.register("bob");
  server.clock.advance(3_600_000 - 1);
  await bob.heard();
  const eve = await server.register("eve");
  assertEquals(await refusal(eve, token), undefined);
  assert(await isIn(eve));
  server.clock.advance(1);
  assertEquals(await refusal(bob, token), "That token has expired: ask for another");
  assert(!await isIn(bob));
  assertEquals(await ada.ask("INVITATION LIST"), [
    ":chat.test NOTICE ada :End of the invitations that you can revoke",
  ]);
});

Deno.test("a user with an account can redeem an invitation again and counts once", async () => {
  const { server, ada } = await inviteOnly();
  await using _ = server;
  const { token } = await make(ada);
  const bob = await server.register("Bob");
  await bob.ask("REGISTER * * sesame");
  await bob.ask(`REDEEM ${token}`);
  assertEquals(await bob.ask(`REDEEM ${token}`), []);
  await bob.ask("PART #a");
  assertEquals(await refusal(bob, token), undefined);
  assert(await isIn(bob));
  const eve = await server.register("eve");
  assertEquals(await refusal(eve, token), "That token has already been used: ask for another");
});

Deno.test("a user without an account who leaves can redeem an invitation again, and counts once", async () => {
  const { server, ada } = await inviteOnly();
  await using _ = server;
  const { token } = await make(ada, "#a 2");
  const bob = await server.register("bob");
  for (let i = 0; i < 3; i++) {
    assertEquals(await refusal(bob, token), undefined);
    assert(await isIn(bob));
    await bob.ask("PART #a");
  }
  const [eve, kim] = [await server.register("eve"), await server.register("kim")];
  assertEquals(await refusal(eve, token), undefined);
  assertEquals(await refusal(kim, token), "That token has already been used: ask for another");
});

Deno.test("REDEEM by a member of the channel does not use up the invitation", async () => {
  const { server, ada } = await inviteOnly();
  await using _ = server;
  const { token } = await make(ada);
  assertEquals(await ada.ask(`REDEEM ${token}`), []);
  const bob = await server.register("bob");
  assertEquals(await refusal(bob, token), undefined);
  assert(await isIn(bob));
});

Deno.test("an invitation does not override a ban or a key", async () => {
  const { server, ada } = await inviteOnly();
  await using _ = server;
  await ada.ask("MODE #a +kb sesame eve!*@*");
  const { token } = await make(ada, "#a 5");
  const eve = await server.register("eve");
  assertEquals((await eve.ask(`REDEEM ${token}`)).at(-1)?.split(" ")[1], "474");
  const bob = await server.register("bob");
  assertEquals((await bob.ask(`REDEEM ${token}`)).at(-1)?.split(" ")[1], "475");
  await bob.ask("JOIN #a sesame");
  assert(await isIn(bob));
});

Deno.test("only users that may use INVITE can make invitations", async () => {
  const { server, ada } = await inviteOnly();
  await using _ = server;
  const { token } = await make(ada);
  const bob = await server.register("bob");
  assertEquals((await bob.ask("INVITATION #a"))[0]?.split(" ")[1], "442");
  await bob.ask(`REDEEM ${token}`);
  assertEquals((await bob.ask("INVITATION #a"))[0]?.split(" ")[1], "482");
  assertEquals((await bob.ask("INVITATION *"))[0]?.split(" ")[1], "481");
  assertEquals((await bob.ask("INVITATION #b"))[0]?.split(" ")[1], "403");
  await ada.ask("MODE #a -i");
  await make(bob);
});

Deno.test("after +i, an invitation made by a member without operator rights fails", async () => {
  const { server, ada } = await inviteOnly();
  await using _ = server;
  const fromOperator = await make(ada);
  await ada.ask("MODE #a -i");
  const bob = await server.register("bob", { join: "#a" });
  const fromMember = await make(bob, "#a 2");
  const eve = await server.register("eve");
  assertEquals(await refusal(eve, fromMember.token), undefined);
  assert(await isIn(eve));
  await ada.ask("MODE #a +i");
  const kim = await server.register("kim");
  assertEquals(
    await refusal(kim, fromMember.token),
    "#a has become invitation-only: ask one of its operators for an invitation",
  );
  assert(!await isIn(kim));
  assertEquals(await refusal(kim, fromOperator.token), undefined);
  assert(await isIn(kim));
});

Deno.test("INVITATION with terms out of range gets FAIL and says what is allowed", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  for (
    const [terms, description] of [
      ["0", "An invitation can have 1 to 1000 uses and a duration of at most 1y"],
      ["1001", "An invitation can have 1 to 1000 uses and a duration of at most 1y"],
      ["1y1s", "An invitation can have 1 to 1000 uses and a duration of at most 1y"],
      ["0s", "An invitation can have 1 to 1000 uses and a duration of at most 1y"],
      ["soon", "Give the number of uses, as in 5, and the duration, as in 12h or 2d"],
    ]
  ) {
    assertEquals(await ada.ask(`INVITATION #a ${terms}`), [
      `:chat.test FAIL INVITATION INVALID_PARAMS ${terms} :${description}`,
    ]);
  }
});

Deno.test("a user can have a limited number of invitations, and expired or revoked ones do not count", async () => {
  const { server, ada } = await inviteOnly();
  await using _ = server;
  const first = await make(ada, "#a 1h");
  for (let i = 1; i < INVITATION_LIMITS.perMaker; i++) await make(ada);
  const isFull = async () => (await ada.ask("INVITATION #a"))[0]?.includes(" LIMIT_REACHED * :");
  assert(await isFull());
  await ada.ask(`INVITATION REVOKE ${first.id}`);
  await make(ada, "#a 2h");
  assert(await isFull());
  // Without an account, users of one address share the limit, whatever their nicks.
  const bob = await server.register("bob", { join: "#b" });
  assert((await bob.ask("INVITATION #b"))[0]?.includes(" LIMIT_REACHED * :"));
  server.clock.advance(2 * 3_600_000);
  await make(bob, "#b");
});

Deno.test("an invitation's maker, the channel's operators and the server's can list and revoke it", async () => {
  const { server, ada } = await inviteOnly(OPERATORS);
  await using _ = server;
  await ada.ask("REGISTER * * sesame");
  await ada.ask("MODE #a -i");
  const bob = await server.register("bob", { join: "#a" });
  await bob.ask("REGISTER * * sesame");
  const eve = await server.register("eve", { join: "#a" });
  const one = await make(bob, "#a 3 2d");
  const two = await make(ada);
  const listed = async (client: IrcClient) =>
    (await client.ask("INVITATION LIST")).slice(0, -1).map((line) => line.split(" :")[1]);
  const lines = [
    `${one.id}, by bob: to #a, uses left: 3, expires in 2d`,
    `${two.id}, by ada: to #a, uses left: 1, expires in 1w`,
  ];
  assertEquals(await listed(bob), lines.slice(0, 1));
  assertEquals(await listed(ada), lines);
  assertEquals(await listed(eve), []);
  assertEquals(await eve.ask(`INVITATION REVOKE ${one.id}`), [
    `:chat.test FAIL INVITATION NO_SUCH_INVITATION ${one.id} ` +
    ":There is no invitation with this ID that you can revoke; see INVITATION LIST",
  ]);
  await eve.ask("OPER root secret");
  assertEquals(await listed(eve), lines);
  await ada.ask(`INVITATION REVOKE ${one.id}`);
  assertEquals(await listed(bob), []);
  const kim = await server.register("kim");
  assertEquals((await refusal(kim, one.token))?.slice(0, 29), "This server has no such token");
});

Deno.test("a maker without an account can revoke an invitation, others at their address cannot", async () => {
  const { server, ada } = await inviteOnly();
  await using _ = server;
  await ada.ask("MODE #a -i+s");
  const bob = await server.register("bob", { join: "#a" });
  const { id } = await make(bob);
  const eve = await server.register("eve");
  const listed = async (client: IrcClient) => (await client.ask("INVITATION LIST")).length - 1;
  assertEquals([await listed(bob), await listed(eve)], [1, 0]);
  assertEquals((await eve.ask(`INVITATION REVOKE ${id}`))[0]?.split(" ")[1], "FAIL");
  await bob.ask(`INVITATION REVOKE ${id}`);
  assertEquals(await listed(bob), 0);
});

Deno.test("an invitation to the server replaces the server password", async () => {
  await using server = await TestServer.start({ ...OPERATORS, password: "open" });
  const ada = await server.register("ada", { password: "open" });
  await ada.ask("OPER root secret");
  const { token } = await make(ada, "*");
  const bob = await server.connect();
  await bob.send(`PASS ${token}`);
  assertEquals((await bob.introduce({ nick: "bob" }))[0]?.split(" ")[1], "001");
  const eve = await server.connect();
  await eve.send(`PASS ${token}`, "NICK eve", "USER e 0 * :e");
  assertEquals(await eve.untilEnd(), [
    ":chat.test 464 eve :That token has already been used: ask for another",
    "ERROR :Wrong password",
  ]);
});

Deno.test("an invitation survives a restart with the uses that are left", async () => {
  using folder = new TempFolder();
  const overrides: Overrides = { memory: false, data: folder.path, ...OPERATORS };
  let invitation: Invitation | undefined;
  {
    await using server = await TestServer.start(overrides);
    const ada = await server.register("ada");
    await ada.ask("REGISTER * * sesame");
    await ada.ask("JOIN #a");
    await ada.ask("MODE #a +i");
    invitation = await make(ada, "#a 2");
    const bob = await server.register("bob");
    assertEquals(await refusal(bob, invitation.token), undefined);
  }
  await using server = await TestServer.start(overrides);
  const [eve, kim] = [await server.register("eve"), await server.register("kim")];
  assertEquals(await refusal(eve, invitation.token), undefined);
  assert(await isIn(eve));
  assertEquals(
    await refusal(kim, invitation.token),
    "That token has already been used: ask for another",
  );
});

Deno.test("an invitation follows a renamed channel, even after a restart", async () => {
  using folder = new TempFolder();
  const overrides: Overrides = { memory: false, data: folder.path };
  let invitation: Invitation | undefined;
  {
    await using server = await TestServer.start(overrides);
    const ada = await server.register("ada");
    await ada.ask("REGISTER * * sesame");
    await ada.ask("JOIN #a");
    const used = await make(ada);
    invitation = await make(ada);
    await ada.ask("RENAME #a #b");
    const bob = await server.register("bob");
    assertEquals(await refusal(bob, used.token), undefined);
    assert(await isIn(bob, "#b"));
  }
  await using server = await TestServer.start(overrides);
  const eve = await server.register("eve");
  assertEquals(await refusal(eve, invitation.token), undefined);
  assert(await isIn(eve, "#b"));
});

Deno.test("an invitation does not work for a later channel of the same name", async () => {
  const { server, ada } = await inviteOnly();
  await using _ = server;
  const { token, id } = await make(ada, "#a 5");
  await ada.ask("PART #a");
  const bob = await server.register("bob");
  assertEquals(await refusal(bob, token), "#a no longer exists");
  server.clock.advance(1);
  const kim = await server.register("kim", { join: "#a" });
  await kim.ask("MODE #a +i");
  assertEquals(await refusal(bob, token), "#a no longer exists");
  assert(!await isIn(bob));
  const [line] = await ada.ask("INVITATION LIST");
  assert(
    line?.endsWith(`:${id}, by ada: to #a (which no longer exists), uses left: 4, expires in 1w`),
    line,
  );
});
