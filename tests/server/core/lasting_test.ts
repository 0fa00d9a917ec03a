import { assert, assertEquals } from "@std/assert";
import { ACCOUNT_LIMIT } from "../../../server/accounts/accounts.ts";
import { INVITATION_LIMITS } from "../../../server/accounts/invitations.ts";
import { UNOWNED_LIMIT } from "../../../server/core/abandoned.ts";
import { SEEN_LIMIT } from "../../../server/core/seen.ts";
import type { RecordTypes } from "../../../server/events/records.ts";
import { SUBSCRIPTION_LIMIT } from "../../../server/state/push_subscriptions.ts";
import { PUSH_KEYS } from "../../support/push_service.ts";
import { CHANNEL_LIMIT } from "../../../server/state/permissions.ts";
import { OWNED_LIMITS } from "../../../server/state/ranks.ts";
import { MARKER_LIMIT } from "../../../server/state/read_markers.ts";
import { SERVER_BAN_LIMITS } from "../../../server/state/server_bans.ts";
import { TOKEN_LIMIT } from "../../../server/state/tokens.ts";
import { WAITING_LIMIT } from "../../../server/state/waiting.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import type { Store } from "../../../server/store/store.ts";
import { TestServer } from "../../support/server.ts";

const ROOM = { createdAt: 1, flags: "", settings: {}, ranks: {}, lists: {}, metadata: {} };
const TOKEN = { by: "x", time: 1, usedBy: [], uses: 1 };
const FOREVER = Date.UTC(2100, 0);
const BY = { id: 1, nick: "bob", mask: "bob!~b@192.0.2.1" };

/** A limit on records that users can make. */
interface Bound {
  /** The limit that the case is about. */
  readonly name: string;
  /** The largest number of the records that the case counts. */
  readonly limit: number;
  /** Fills the store up to the limit, or beyond it. */
  readonly fill: (store: Store) => void;
  /** The lines with which a user, who has the account `ada`, tries to exceed the limit. */
  readonly lines: readonly string[];
  /** Returns the number of records. */
  readonly count: (store: Store) => number;
}

function times(count: number, action: (index: number) => void): void {
  for (let index = 0; index < count; index++) action(index);
}

function keepRooms(store: Store, count: number, ranks: (index: number) => Record<string, string>) {
  times(count, (i) => {
    store.keep("channel", `#r${i}`, { ...ROOM, name: `#r${i}`, ranks: ranks(i) });
  });
}

/** Returns a function that counts the records of a kind whose key begins with `key`. */
function counting(kind: keyof RecordTypes, key = ""): (store: Store) => number {
  return (store) => [...store.records(kind)].filter(([each]) => each.startsWith(key)).length;
}

function invitations(store: Store, count: number, maker: (index: number) => string): void {
  times(count, (i) => {
    const worth = { kind: "invitation", maker: maker(i) } as const;
    store.keep("token", `h${i}`, { ...TOKEN, hash: `h${i}`, worth, until: FOREVER });
  });
}

/** The limits of each kind of record. A kind without a row does not compile. */
const BOUNDS: Readonly<Record<keyof RecordTypes, readonly Bound[]>> = {
  account: [{
    name: "accounts",
    limit: ACCOUNT_LIMIT,
    fill: (store) =>
      times(ACCOUNT_LIMIT - 1, (i) => {
        store.keep("account", `u${i}`, { name: `u${i}`, createdAt: 1, fingerprints: [] });
      }),
    lines: ["NS LOGOUT", "NICK other", "REGISTER * * sesame2"],
    count: counting("account"),
  }],
  ban: (["address", "mask"] as const).map((kind) => ({
    name: `bans of the kind ${kind}`,
    limit: SERVER_BAN_LIMITS[kind],
    fill: (store) =>
      times(SERVER_BAN_LIMITS[kind], (i) => {
        const target = kind === "mask" ? `n${i}!*@*` : `198.51.${Math.floor(i / 250)}.${i % 250}`;
        store.keep("ban", `${kind} ${target}`, { kind, target, by: "x", time: 1, reason: "" });
      }),
    lines: ["OPER root sesame", "KLINE one!*@*", "DLINE 203.0.113.1"],
    count: counting("ban", kind),
  })),
  channel: [
    {
      name: "rooms of one account",
      limit: OWNED_LIMITS.perAccount,
      fill: (store) => keepRooms(store, OWNED_LIMITS.perAccount, () => ({ ada: "qo" })),
      lines: ["JOIN #new", "PRIVMSG #new :hi", "PART #new"],
      count: counting("channel"),
    },
    {
      name: "rooms of all accounts",
      limit: OWNED_LIMITS.all,
      fill: (store) => keepRooms(store, OWNED_LIMITS.all, (i) => ({ [`u${i % 600}`]: "q" })),
      lines: ["JOIN #new", "PRIVMSG #new :hi", "PART #new"],
      count: counting("channel"),
    },
    {
      name: "rooms without an owner",
      limit: UNOWNED_LIMIT,
      fill: (store) => keepRooms(store, UNOWNED_LIMIT + 5, () => ({})),
      lines: [],
      count: counting("channel"),
    },
  ],
  clock: [{
    name: "leaps of the clock on trial",
    limit: 1,
    fill: () => {},
    lines: [],
    count: counting("clock"),
  }],
  waiting: [{
    name: "messages that wait for an account",
    limit: WAITING_LIMIT,
    fill: (store) => {
      store.keep("account", "bob", { name: "bob", createdAt: 1, fingerprints: [] });
      const to = { type: "account", account: "bob" } as const;
      const messages = Array.from(
        { length: WAITING_LIMIT },
        (_, i) => ({ id: `${i}`, by: BY, to }),
      );
      store.keep("waiting", "bob", messages);
    },
    lines: ["PRIVMSG bob :one more"],
    count: (store) => [...store.records("waiting")].flatMap(([, messages]) => messages).length,
  }],
  push: [{
    name: "subscriptions to messages of one account",
    limit: SUBSCRIPTION_LIMIT,
    fill: (store) =>
      times(SUBSCRIPTION_LIMIT, (i) => {
        const endpoint = `https://push.example/${i}`;
        store.keep("push", endpoint, { account: "ada", endpoint, p256dh: "x", auth: "x" });
      }),
    lines: ["CAP REQ draft/webpush", `WEBPUSH REGISTER https://push.example/more ${PUSH_KEYS}`],
    count: counting("push"),
  }],
  marker: [{
    name: "read markers of one account",
    limit: MARKER_LIMIT,
    fill: (store) =>
      times(MARKER_LIMIT, (i) => {
        store.keep("marker", `ada #m${i}`, { reader: "ada", target: `#m${i}`, upTo: 1 });
      }),
    lines: ["MARKREAD #more timestamp=2025-01-01T00:00:00.000Z"],
    count: counting("marker"),
  }],
  operator: [{
    name: "operators: only the server's token makes one",
    limit: 0,
    fill: () => {},
    lines: ["OPER root sesame", "REDEEM nothing"],
    count: counting("operator"),
  }],
  // Only a server of a cluster has a request, until the log has the change.
  request: [{
    name: "requests for operators: only the machine's owner makes one",
    limit: 0,
    fill: () => {},
    lines: ["OPER root sesame", "REDEEM nothing"],
    count: counting("request"),
  }],
  // Only a server of a cluster has a position.
  position: [{
    name: "positions in the log of a cluster",
    limit: 0,
    fill: () => {},
    lines: [],
    count: counting("position"),
  }],
  secret: [{
    name: "the server's secrets",
    limit: 4,
    fill: () => {},
    lines: [],
    count: counting("secret"),
  }],
  token: [
    {
      name: "tokens of a kind",
      limit: TOKEN_LIMIT,
      fill: (store) => invitations(store, TOKEN_LIMIT, (i) => `u${i}`),
      lines: ["JOIN #new", "INVITATION #new"],
      count: counting("token"),
    },
    {
      name: "invitations of one maker",
      limit: INVITATION_LIMITS.perMaker,
      fill: (store) => invitations(store, INVITATION_LIMITS.perMaker, () => "ada"),
      lines: ["JOIN #new", "INVITATION #new"],
      count: counting("token"),
    },
    {
      name: "codes of one account",
      limit: 1,
      fill: () => {},
      lines: ["LINK", "LINK", "LINK"],
      count: counting("token"),
    },
  ],
  upload: [{
    // `tests/server/doors/file_limits_test.ts` tries to exceed the limits by HTTP.
    name: "uploaded files: no command stores one",
    limit: 0,
    fill: () => {},
    lines: ["UPLOAD"],
    count: counting("upload"),
  }],
  presence: [{
    name: "users of one account who stay",
    limit: 1,
    fill: () => {},
    lines: ["NS STAY on", "QUIT"],
    count: counting("presence"),
  }],
  seen: [
    {
      name: "users who had been sent messages",
      limit: SEEN_LIMIT,
      fill: (store) =>
        times(SEEN_LIMIT, (i) => {
          store.keep("seen", `u${i}`, { time: FOREVER, channels: [["#a", "1"]] });
        }),
      lines: ["JOIN #new"],
      count: counting("seen"),
    },
    {
      name: "rooms that a user has left",
      limit: CHANNEL_LIMIT,
      fill: () => {},
      lines: Array.from({ length: CHANNEL_LIMIT + 20 }, (_, i) => [`JOIN #l${i}`, `PART #l${i}`])
        .flat(),
      count: (store) =>
        Math.max(...Array.from(store.records("seen"), ([, { channels }]) => channels.length)),
    },
  ],
};

async function exceed(server: TestServer, { lines }: Bound): Promise<void> {
  const ada = await server.register("ada", { caps: "draft/read-marker" });
  await ada.ask("REGISTER * * sesame");
  for (const line of lines) await ada.send(line);
  if (lines.includes("QUIT")) await ada.untilEnd();
  else await ada.heard();
  server.clock.advance(3000);
}

for (const bound of Object.values(BOUNDS).flat()) {
  Deno.test(`lasting data is limited: ${bound.name}`, async () => {
    const store = new SqliteStore(":memory:", { durable: false });
    bound.fill(store);
    store.commit();
    const operators = [{ name: "root", password: "sesame" }];
    await using server = await TestServer.start({ operators }, { store });
    if (bound.lines.includes("NS STAY on")) server.staying = 1;
    await exceed(server, bound);
    store.commit();
    const count = bound.count(store);
    assert(count <= bound.limit, `${count} ${bound.name}`);
  });
}

Deno.test("the threat model has a row for each kind of record", () => {
  const page = Deno.readTextFileSync("docs/threat-model.md");
  assertEquals(Object.keys(BOUNDS).filter((kind) => !page.includes(`(\`${kind}\`)`)), []);
});
