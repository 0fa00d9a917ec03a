import { assertEquals } from "@std/assert";
import {
  certificateNames,
  claimLine,
  type Interface,
  invitation,
  type Ticket,
  ticketTo,
} from "../server/config/invite.ts";

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
const TICKET: Ticket = { room: "#lobby", fingerprint: FP };

Deno.test("a server at every address names the one that others reach", () => {
  assertEquals(
    invitation({ kind: "irc", hostname: "0.0.0.0", port: 7342 }, HOME, TICKET),
    "Listening on 0.0.0.0:7342. A friend types: " +
      `chat connect "chat://192.168.1.7:7342/lobby?fp=${FP}"`,
  );
  assertEquals(
    invitation({ kind: "irc", hostname: "::", port: 7342 }, HOME, TICKET),
    "Listening on [::]:7342. A friend types: " +
      `chat connect "chat://192.168.1.7:7342/lobby?fp=${FP}"`,
  );
  const v6Only = HOME.filter(({ family }) => family === "IPv6");
  assertEquals(
    invitation({ kind: "irc", hostname: "::", port: 6667 }, v6Only, TICKET),
    "Listening on [::]:6667. A friend types: " +
      `chat connect "chat://[2001:db8::7]:6667/lobby?fp=${FP}"`,
  );
});

Deno.test("a server at one address names that, and a port that is not the usual one", () => {
  assertEquals(
    invitation({ kind: "irc", hostname: "192.0.2.1", port: 40123 }, HOME, TICKET),
    "Listening on 192.0.2.1:40123. A friend types: " +
      `chat connect "chat://192.0.2.1:40123/lobby?fp=${FP}"`,
  );
});

Deno.test("a server with a name that somebody vouches for is known by that", () => {
  const identity = (names: readonly string[]) => ({
    fingerprint: FP,
    isVouchedFor: (name: string) => names.includes(name),
  });
  const options = { room: "#lobby", name: "chat.example" };
  assertEquals(ticketTo(options, identity([])), TICKET);
  const ticket = ticketTo(options, identity(["chat.example"]));
  assertEquals(
    invitation({ kind: "irc", hostname: "0.0.0.0", port: 6697 }, HOME, ticket),
    "Listening on 0.0.0.0:6697. A friend types: " +
      `chat connect "chat://chat.example:6697/lobby"`,
  );
});

Deno.test("what a URL would take for something else in a room's name is encoded", () => {
  const line = invitation({ kind: "irc", hostname: "192.0.2.1", port: 1 }, HOME, {
    ...TICKET,
    room: '##?"küche',
  });
  assertEquals(line.split("/").at(-1), `%23%3F%22k%C3%BCche?fp=${FP}"`);
});

Deno.test("a certificate is for the server's name and all addresses, each once", () => {
  assertEquals(certificateNames("localhost", [...LOOPBACK, ...LOOPBACK]), [
    "localhost",
    "127.0.0.1",
    "::1",
  ]);
});

Deno.test("people with nc are told what to type as well", () => {
  assertEquals(
    invitation({ kind: "plain", hostname: "0.0.0.0", port: 7343 }, HOME, TICKET),
    "Listening on 0.0.0.0:7343. A friend types: nc 192.168.1.7 7343",
  );
});

Deno.test("nobody is told to come from elsewhere where only this machine can", () => {
  assertEquals(
    invitation({ kind: "irc", hostname: "127.0.0.1", port: 7342 }, HOME, TICKET),
    "Listening on 127.0.0.1:7342. On this machine, type: chat connect 127.0.0.1",
  );
  assertEquals(
    invitation({ kind: "irc", hostname: "0.0.0.0", port: 7342 }, LOOPBACK, TICKET),
    "Listening on 0.0.0.0:7342. On this machine, type: chat connect localhost",
  );
});

Deno.test("who owns the server comes from wherever it can be reached, by TLS also on this machine", () => {
  const irc = { kind: "irc", hostname: "0.0.0.0", port: 7342 } as const;
  const named: Ticket = { ...TICKET, name: "chat.example" };
  const query = `fp=${FP}&token=abc`;
  for (
    const [interfaces, ticket, url] of [
      [HOME, TICKET, `chat://192.168.1.7:7342/lobby?${query}`],
      [LOOPBACK, TICKET, `chat://localhost:7342/lobby?${query}`],
      [HOME, named, "chat://chat.example:7342/lobby?token=abc"],
      [LOOPBACK, named, `chat://localhost:7342/lobby?${query}`],
    ] as const
  ) {
    assertEquals(
      claimLine(irc, interfaces, ticket, "abc"),
      `To own it, type: chat connect "${url}"`,
    );
  }
});
