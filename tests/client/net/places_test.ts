import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { formatServer, parseTarget } from "../../../client/cli/target.ts";
import { LineOfServer } from "../../../client/net/folder.ts";
import { Places } from "../../../client/net/places.ts";
import { UsageError } from "../../../shared/errors.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeServer } from "../../support/fake_server.ts";
import { Pipes } from "../../support/pipes.ts";
import { Screen } from "../../support/screen.ts";
import { TempFolder } from "../../support/temp_folder.ts";

Deno.test("the file keeps the rooms of each server, and the last server at its end", () => {
  using folder = new TempFolder();
  const path = folder.write("places", "other.test:1 #x\n\nchat.test:7342 #a #tea,sesame\n");
  const places = new Places(path);
  const rooms = [{ name: "#a" }, { name: "#tea", key: "sesame" }];
  assertEquals(places.all[0], { target: "chat.test:7342", rooms });
  places.keep("other.test:1", rooms);
  assertEquals(
    Deno.readTextFileSync(path),
    "chat.test:7342 #a #tea,sesame\nother.test:1 #a #tea,sesame\n",
  );
});

Deno.test("a client leaves the rooms that another client of the user has joined meanwhile", () => {
  using folder = new TempFolder();
  const path = folder.write("places", "");
  const target = "irc://chat.test:6667";
  const [one, other] = [new Places(path), new Places(path)];
  const keep = (places: Places, ...names: string[]) =>
    places.keep(target, names.map((name) => ({ name })));
  const rooms = () => new Places(path).roomsAt(target).map(({ name }) => name).join(" ");
  keep(one, "#a", "#b");
  keep(other, "#a", "#b", "#c");
  keep(one, "#a", "#b", "#d");
  assertEquals(rooms(), "#a #b #d #c");
  keep(one, "#a", "#d");
  assertEquals(rooms(), "#a #d #c");
  keep(other, "#a", "#b");
  assertEquals(rooms(), "#a #b #d");
});

Deno.test("a server is written so that it can be read again", () => {
  const fp = "a".repeat(64);
  for (
    const target of [
      "localhost",
      "[::1]:7000",
      "chat.example.org",
      `chat://chat.example.org:7000?fp=${fp}`,
      "irc://chat.example.org",
      "ircs://[fe80::1%25eth0]:7000",
    ]
  ) {
    const parsed = parseTarget(target);
    assertEquals(parseTarget(formatServer(parsed)), parsed, target);
  }
});

Deno.test("a server is the same with and without its fingerprint, and has the rooms of both lines", () => {
  using folder = new TempFolder();
  const url = `chat://192.0.2.1:7342?fp=${"a".repeat(64)}`;
  // These lines are in the format of an earlier version.
  const path = folder.write(
    "places",
    `${url} #tea,key #a\n192.0.2.1:7342 #a #b\nirc.test:6667 #c\n`,
  );
  const places = new Places(path);
  const rooms = [{ name: "#a" }, { name: "#b" }, { name: "#tea", key: "key" }];
  for (const target of [url, "192.0.2.1:7342", "chat://192.0.2.1:7342", "irc://192.0.2.1:7342"]) {
    assertEquals(places.roomsAt(target), rooms, target);
  }
  places.keep(url, [{ name: "#d" }]);
  places.keep("192.0.2.1:7342", [{ name: "#e" }]);
  assertEquals(places.all, [
    { target: "192.0.2.1:7342", rooms: [{ name: "#e" }] },
    { target: "irc.test:6667", rooms: [{ name: "#c" }] },
  ]);
});

Deno.test("people are ignored at a server with its fingerprint and without", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/ignored`;
  new LineOfServer(path, `chat://[fe80::1%25eth0]:7342?fp=${"a".repeat(64)}`).keep(["troll"]);
  const line = new LineOfServer(path, "chat://[fe80::1%25eth0]:7342");
  assertEquals(line.read(), ["troll"]);
  line.keep([]);
  assertEquals(Deno.readTextFileSync(path), "");
});

/** A visit: the arguments, the rooms that are joined, and what is then typed and answered. */
interface Visit {
  readonly args: readonly string[];
  readonly joins: readonly string[];
  readonly types?: string;
  readonly answer?: string;
}

/** Runs a client in a terminal for one visit at `server`, with the files in `folder`. */
async function visit(
  { args, joins, types = "/away", answer = ":irc.test 305 ann :back" }: Visit,
  server: FakeServer,
  folder: TempFolder,
): Promise<void> {
  await using screen = new Screen();
  const environment = new Map([["XDG_CONFIG_HOME", folder.path]]);
  const options = connectOptions([...args, "--nick", "ann"], environment);
  const parts = { clock: new FakeClock(), random: () => 1 };
  const exitCode = connect(options, { ...parts, stdio: screen });
  const peer = await server.accept();
  await peer.welcome();
  for (const join of joins) {
    const { params: [room] } = await peer.expect(new RegExp(`^JOIN :?${join}$`));
    await peer.send(`:ann!u@h JOIN ${room}`);
  }
  await screen.shows("/help lists");
  screen.type(`${types}\r`);
  await peer.line();
  await peer.send(answer, ":irc.test NOTE X Y :all there");
  await screen.shows("all there");
  screen.close();
  await peer.expect(/^QUIT/);
  peer.close();
  await exitCode;
}

Deno.test("without a server, a terminal goes back to the last one, and into the same rooms", async () => {
  using folder = new TempFolder();
  await using server = new FakeServer();
  const address = `irc://127.0.0.1:${server.port}`;
  const visits: readonly Visit[] = [
    { args: [`${address}/a,tea`], joins: ["#a", "#tea"] },
    { args: [], joins: ["#a", "#tea"], types: "/topic", answer: ":irc.test 331 ann #a :none" },
    { args: [address], joins: ["#a", "#tea"], types: "/part #tea", answer: ":ann!u@h PART #tea" },
    { args: [`${address}/b`], joins: ["#b", "#a"] },
    { args: [], joins: ["#b", "#a"] },
  ];
  for (const each of visits) await visit(each, server, folder);
  assertEquals(new Places(`${folder.path}/chat/places`).all, [
    { target: address, rooms: [{ name: "#b" }, { name: "#a" }] },
  ]);
});

Deno.test("without a server, the client refuses a pipe, and several rooms", async () => {
  using folder = new TempFolder();
  Deno.mkdirSync(`${folder.path}/chat`);
  folder.write("chat/places", "localhost:1 #a\n");
  const environment = new Map([["XDG_CONFIG_HOME", folder.path]]);
  const stdio = new Pipes();
  assertThrows(() => connectOptions([], new Map()), UsageError, "the server is missing");
  for (const args of [[], ["localhost:1/a,b"]]) {
    const options = connectOptions(args, environment);
    await assertRejects(() => connect(options, { stdio }), UsageError);
  }
});
