import { assert, assertEquals } from "@std/assert";
import { LocalLog } from "../../../server/core/event_log.ts";
import { confirmationCode } from "../../../server/accounts/removing.ts";
import type { ServeParts } from "../../../server.ts";
import { LateLog } from "../../support/late_log.ts";
import { type Overrides, TestServer } from "../../support/server.ts";

const OPERATORS: Overrides = { operators: [{ name: "root", password: "sesame" }] };

/** A log that does not apply an event in the turn in which the event is appended. */
const late: NonNullable<ServeParts["openEvents"]> = (parts) => new LateLog(new LocalLog(parts));

/** A turn: a client, and the lines that it sends at once. */
type Turn = readonly [client: "ada" | "bob", ...lines: string[]];

/** The last line of a turn, if the turn closes the other client. */
const CLOSES_OTHER = /^(KILL|KLINE|NS DROP) /;

/** Returns the lines that two clients get in these turns, each client until it is closed. */
async function heard(
  openEvents: ServeParts["openEvents"],
  turns: readonly Turn[],
): Promise<string[]> {
  await using server = await TestServer.start(OPERATORS, openEvents ? { openEvents } : {});
  const clients = new Map([["ada", await server.connect()], ["bob", await server.connect()]]);
  const lines: string[] = [];
  for (const [name, ...sent] of turns) {
    const sender = clients.get(name);
    assert(sender, `${name} has quit`);
    // Clients that ask for the nick of a recently active user have to wait.
    if (name === "bob" && sent.includes("NICK ada")) server.clock.advance(1001);
    await sender.send(...sent);
    const last = sent.at(-1) ?? "";
    const isGone = sent.includes("QUIT");
    if (isGone) clients.delete(name);
    lines.push(...isGone ? await sender.untilEnd() : await sender.heard());
    for (const [other, client] of clients) {
      if (other === name) continue;
      const isClosed = CLOSES_OTHER.test(last);
      if (isClosed) clients.delete(other);
      const told = isClosed ? await client.untilEnd() : await client.heard();
      for (const line of told) lines.push(`${other}: ${line}`);
    }
  }
  return lines.map((line) =>
    line.replace(/msgid=\w+/, "msgid=ID").replace(/VAPID=\S+/, "VAPID=KEY")
  );
}

/** Returns the turns in which an operator removes a user who stays in rooms while offline. */
function removal(line: string): Turn[] {
  return [
    ["ada", "NICK ada", "USER ada 0 * :Ada", "OPER root sesame", "MODE ada +s", "JOIN #a"],
    ["bob", "NICK bob", "USER bob 0 * :Bob", "REGISTER * * sesame", "NS STAY on", "JOIN #a"],
    ["ada", line],
    ["ada", "WHOIS bob", "NAMES #a"],
  ];
}

/** Conversations that must be the same, whether events are applied at once or later. */
const CONVERSATIONS: Readonly<Record<string, readonly Turn[]>> = {
  "registering, with all lines at once": [
    ["ada", "CAP REQ :draft/metadata-3 batch draft/pre-away", "METADATA * SET url :x", "AWAY :out"],
    ["ada", "CAP END", "NICK ada", "USER ada 0 * :Ada", "LUSERS", "WHOIS ada"],
  ],
  "a nick that two ask for in the same turn": [
    ["ada", "NICK ada", "USER a 0 * :a"],
    ["bob", "NICK ada", "USER b 0 * :b", "NICK bob"],
    ["bob", "NICK ada"],
  ],
  "joining rooms, and leaving them": [
    ["ada", "NICK ada", "USER ada 0 * :Ada", "JOIN #a,#b,#A", "TOPIC #a :tea", "MODE #a +i"],
    ["bob", "NICK bob", "USER bob 0 * :Bob", "AWAY :out", "JOIN #b,#a", "PART #b,#b"],
    ["ada", "INVITE bob #a"],
    ["bob", "JOIN #a", "NAMES #a", "PRIVMSG #a :hello"],
    ["ada", "KICK #a bob,bob", "JOIN 0"],
  ],
  "logging in, with what has waited": [
    ["ada", "NICK ada", "USER ada 0 * :Ada", "REGISTER * * sesame", "JOIN #a", "QUIT"],
    ["bob", "NICK bob", "USER bob 0 * :Bob", "PRIVMSG ada :psst", "NICK ada", "JOIN #a"],
    ["bob", "CAP REQ :sasl account-notify", "AUTHENTICATE PLAIN", "AUTHENTICATE AGFkYQBzZXNhbWU="],
    [
      "bob",
      "PART #a",
      "JOIN #a",
      "PRIVMSG NickServ :STAY on",
      "PRIVMSG NickServ :LOGOUT",
      "WHOIS ada",
    ],
  ],
  "answers under labels, and what one has said oneself": [
    ["ada", "CAP REQ :labeled-response batch echo-message message-tags", "CAP END", "NICK ada"],
    ["ada", "USER ada 0 * :Ada", "@label=1 JOIN #a", "@label=2 PRIVMSG #a :tea?"],
    ["bob", "NICK bob", "USER bob 0 * :Bob", "JOIN #a", "PRIVMSG #a :tea!", "QUIT"],
    ["ada", "@label=3 PING x", "@label=4 WHOIS bob", "@label=5 OPER root sesame"],
  ],
  "what is sent behind QUIT": [
    ["ada", "NICK ada", "USER ada 0 * :Ada"],
    ["bob", "NICK bob", "USER bob 0 * :Bob", "JOIN #a", "QUIT", "CAP END", "JOIN #b"],
    ["ada", "LUSERS"],
  ],
  "putting out a user": [
    ["ada", "NICK ada", "USER ada 0 * :Ada", "OPER root sesame", "JOIN #a"],
    ["bob", "NICK bob", "USER bob 0 * :Bob", "JOIN #a"],
    ["ada", "KILL bob :enough"],
    ["ada", "WHOIS bob"],
  ],
  "killing a user who stays": removal("KILL bob :enough"),
  "banning a user who stays": removal("KLINE bob!*@* :enough"),
  "removing the account of a user who stays": removal(
    `NS DROP bob ${confirmationCode({ name: "bob", createdAt: Date.UTC(2026, 0, 1) })}`,
  ),
};

for (const [name, turns] of Object.entries(CONVERSATIONS)) {
  Deno.test(`${name}: clients get the same lines when events are applied late`, async () => {
    assertEquals(await heard(late, turns), await heard(undefined, turns));
  });
}

Deno.test("an owner's token grants everything, in order, when events are applied late", async () => {
  await using server = await TestServer.start({}, { openEvents: late });
  const ada = await server.connect();
  const token = server.server.claim();
  await ada.send("NICK ada", "USER ada 0 * :Ada", "REGISTER * * sesame", `REDEEM ${token}`);
  const told = (await ada.heard()).filter((line) => / (MODE|381|JOIN|366|NOTICE) /.test(line));
  assertEquals(told, [
    ":ada!~ada@127.0.0.1 MODE ada +o",
    ":chat.test 381 ada :You are now an IRC operator",
    ":ada!~ada@127.0.0.1 JOIN #lobby",
    ":chat.test 366 ada #lobby :End of NAMES list",
    ":chat.test NOTICE ada :You own this server: you are its operator, and the founder of #lobby",
  ]);
});
