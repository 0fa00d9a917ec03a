import { assertEquals, assertMatch } from "@std/assert";
import {
  certificateNames,
  type ConnectUrlParts,
  ConnectUrls,
  type Interface,
} from "../../../server/config/connect_urls.ts";

const LOOPBACK: readonly Interface[] = [
  { family: "IPv4", address: "127.0.0.1" },
  { family: "IPv6", address: "::1" },
];
const HOME: readonly Interface[] = [
  ...LOOPBACK,
  { family: "IPv6", address: "fe80::1" },
  { family: "IPv6", address: "2001:db8::7" },
  { family: "IPv4", address: "169.254.1.1" },
  { family: "IPv4", address: "192.168.1.7" },
];

const FP = "0123456789abcdef".repeat(4);
const ANYWHERE = { hostname: "0.0.0.0", port: 7342 };

/** The parts that a test changes. */
interface Changes {
  readonly options?: Partial<ConnectUrlParts["options"]>;
  readonly interfaces?: readonly Interface[];
  /** The names in a certificate of an authority. */
  readonly vouched?: readonly string[];
  /** The command that joins a server. */
  readonly connect?: string;
}

/** Returns the directions to a server with a self-signed certificate. */
function connectUrls(
  { options, interfaces = HOME, vouched = [], connect }: Changes = {},
): ConnectUrls {
  return new ConnectUrls({
    options: {
      room: "#lobby",
      inviteOnly: false,
      name: "chat.example",
      listen: [ANYWHERE],
      ...options,
    },
    identity: { fingerprint: FP, isSignedFor: (name) => vouched.includes(name) },
    interfaces,
    ...(connect !== undefined && { connect }),
  });
}

const irc = (hostname: string, port = 7342) => ({ kind: "irc", hostname, port }) as const;

Deno.test("a server that listens on every address announces the one that others can reach", () => {
  assertEquals(
    connectUrls().announcement(irc("0.0.0.0")),
    "Listening on 0.0.0.0:7342. Friends join with: " +
      `chat connect "chat://192.168.1.7:7342/lobby?fp=${FP}"`,
  );
  assertEquals(
    connectUrls().announcement(irc("::")),
    "Listening on [::]:7342. Friends join with: " +
      `chat connect "chat://192.168.1.7:7342/lobby?fp=${FP}"`,
  );
  const interfaces = HOME.filter(({ family }) => family === "IPv6");
  assertEquals(
    connectUrls({ interfaces }).announcement(irc("::", 6667)),
    "Listening on [::]:6667. Friends join with: " +
      `chat connect "chat://[2001:db8::7]:6667/lobby?fp=${FP}"`,
  );
});

Deno.test("a server that listens on one address announces it, with its port", () => {
  assertEquals(
    connectUrls().announcement(irc("192.0.2.1", 40123)),
    "Listening on 192.0.2.1:40123. Friends join with: " +
      `chat connect "chat://192.0.2.1:40123/lobby?fp=${FP}"`,
  );
});

Deno.test("a server with an authority's certificate announces its name", () => {
  assertEquals(
    connectUrls({ vouched: ["chat.example"] }).announcement(irc("0.0.0.0", 6697)),
    "Listening on 0.0.0.0:6697. Friends join with: " +
      `chat connect "chat://chat.example:6697/lobby"`,
  );
});

Deno.test("a server with --address announces that address", () => {
  const address = { hostname: "chat.example.net" };
  const line = (changes: Changes) =>
    connectUrls(changes).announcement(irc("10.0.0.2")).split(" chat connect ")[1];
  assertEquals(
    line({ options: { address } }),
    `"chat://chat.example.net:7342/lobby?fp=${FP}"`,
  );
  assertEquals(
    line({ options: { address: { ...address, port: 443 } }, vouched: ["chat.example.net"] }),
    `"chat://chat.example.net:443/lobby"`,
  );
  // The authority's certificate is for another name.
  assertEquals(
    line({ options: { address }, vouched: ["chat.example"] }),
    `"chat://chat.example.net:7342/lobby?fp=${FP}"`,
  );
  // The port of --address does not apply to the plain port.
  assertEquals(
    connectUrls({ options: { address: { ...address, port: 443 } } })
      .announcement({ kind: "plain", hostname: "0.0.0.0", port: 7343 }),
    "Listening on 0.0.0.0:7343. Friends join with: nc chat.example.net 7343",
  );
});

Deno.test("characters that are special in a URL or a shell are encoded in the name of a room", () => {
  const line = connectUrls().command({ at: irc("192.0.2.1"), room: '##?"küche!$`' });
  assertEquals(line.split("/").at(-1), `%23%3F%22k%C3%BCche%21%24%60?fp=${FP}"`);
});

Deno.test("a certificate has the server's name and all addresses, each once", () => {
  assertEquals(certificateNames("localhost", [...LOOPBACK, ...LOOPBACK]), [
    "localhost",
    "127.0.0.1",
    "::1",
  ]);
});

Deno.test("the plain port is announced with a command for nc", () => {
  assertEquals(
    connectUrls().announcement({ kind: "plain", hostname: "0.0.0.0", port: 7343 }),
    "Listening on 0.0.0.0:7343. Friends join with: nc 192.168.1.7 7343",
  );
});

Deno.test("a server that only this machine can reach is announced for this machine", () => {
  assertEquals(
    connectUrls().announcement(irc("127.0.0.1")),
    "Listening on 127.0.0.1:7342. To join from this machine, run: chat connect 127.0.0.1",
  );
  assertEquals(
    connectUrls({ interfaces: LOOPBACK }).announcement(irc("0.0.0.0")),
    "Listening on 0.0.0.0:7342. To join from this machine, run: chat connect localhost",
  );
  assertEquals(
    connectUrls().announcement(irc("::1")),
    'Listening on [::1]:7342. To join from this machine, run: chat connect "[::1]"',
  );
});

Deno.test("there is a URL for other machines if they can reach the server", () => {
  const page = { page: false };
  assertEquals(
    connectUrls({ options: page }).url(ANYWHERE),
    `chat://192.168.1.7:7342/lobby?fp=${FP}`,
  );
  const address = { hostname: "chat.example.net", port: 443 };
  assertEquals(
    connectUrls({ options: { ...page, address }, interfaces: LOOPBACK }).url(ANYWHERE),
    `chat://chat.example.net:443/lobby?fp=${FP}`,
  );
  for (const changes of [{}, { options: { inviteOnly: true } }]) {
    assertEquals(connectUrls({ ...changes, interfaces: LOOPBACK }).url(ANYWHERE), undefined);
  }
});

Deno.test("with a page, the URL for other machines is one that a phone can open", () => {
  assertEquals(connectUrls().url(ANYWHERE), "https://192.168.1.7:7342/lobby");
});

Deno.test("the page's URL has a line of its own, and the owner's URL has the token in its fragment", () => {
  const urls = connectUrls();
  assertEquals(
    urls.pageLine(irc("0.0.0.0")),
    "In a browser: https://192.168.1.7:7342/lobby",
  );
  assertEquals(
    urls.claimOnPage(ANYWHERE, "abc"),
    "Or open: https://192.168.1.7:7342/lobby#token=abc",
  );
  const room = { room: "##two words" };
  assertEquals(
    connectUrls({ options: room, interfaces: LOOPBACK }).pageLine(irc("127.0.0.1")),
    "In a browser: http://localhost:7342/%23two%20words",
  );
  const off = connectUrls({ options: { page: false } });
  assertEquals([off.pageLine(irc("0.0.0.0")), off.claimOnPage(ANYWHERE, "abc")], [
    undefined,
    undefined,
  ]);
});

Deno.test("an invite-only server announces a TLS command for members, even on this machine", () => {
  const options = { inviteOnly: true };
  for (
    const [changes, place] of [
      [{ options }, "192.168.1.7"],
      [{ options, interfaces: LOOPBACK }, "localhost"],
    ] as const
  ) {
    assertEquals(
      connectUrls(changes).announcement(irc("0.0.0.0")),
      "Listening on 0.0.0.0:7342. Users with an account join with: " +
        `chat connect "chat://${place}:7342/lobby?fp=${FP}"`,
    );
  }
});

Deno.test("the owner's command uses the best reachable address, by TLS even on this machine", () => {
  const query = `fp=${FP}&token=abc`;
  const vouched = ["chat.example"];
  for (
    const [changes, url] of [
      [{}, `chat://192.168.1.7:7342/lobby?${query}`],
      [{ interfaces: LOOPBACK }, `chat://localhost:7342/lobby?${query}`],
      [{ vouched }, "chat://chat.example:7342/lobby?token=abc"],
      [{ vouched, interfaces: LOOPBACK }, `chat://localhost:7342/lobby?${query}`],
    ] as const
  ) {
    assertEquals(
      connectUrls(changes).claim(ANYWHERE, "abc"),
      `To own this server, run: chat connect "${url}"`,
    );
  }
});

Deno.test("an invitation names the address the inviting client uses, or one that others can reach", () => {
  const V6 = { hostname: "::", port: 6697 };
  const HERE = { hostname: "127.0.0.1", port: 7342 };
  for (
    const [listen, at, place] of [
      [[ANYWHERE], irc("10.0.0.2"), "10.0.0.2:7342"],
      [[ANYWHERE], irc("127.0.0.1"), "192.168.1.7:7342"],
      [[ANYWHERE], irc("fe80::1"), "192.168.1.7:7342"],
      [[HERE, V6], irc("127.0.0.1"), "192.168.1.7:6697"],
      [[HERE], irc("127.0.0.1"), "127.0.0.1:7342"],
      [[{ ...ANYWHERE, port: 0 }], irc("::1", 40123), "192.168.1.7:40123"],
    ] as const
  ) {
    const line = connectUrls({ options: { listen } }).command({ at, room: "#a", token: "t" });
    assertEquals(line, `chat connect "chat://${place}/a?fp=${FP}&token=t"`);
  }
});

Deno.test("the announcement names the command that the user joins with; an invitation does not", () => {
  const connect = "deno task connect";
  const anywhere = connectUrls({ connect });
  const here = connectUrls({ connect, interfaces: LOOPBACK });
  const byAccount = connectUrls({ connect, options: { inviteOnly: true } });
  for (
    const line of [
      anywhere.announcement(irc("0.0.0.0")),
      here.announcement(irc("0.0.0.0")),
      byAccount.announcement(irc("0.0.0.0")),
      anywhere.claim(ANYWHERE, "abc"),
    ]
  ) assertMatch(line, /: deno task connect (?:localhost$|"chat:)/);
  assertMatch(anywhere.command({ at: ANYWHERE, room: "#a" }), /^chat connect "chat:/);
});
