import { assertEquals } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { Identities } from "../../../client/net/identities.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeServer, type Peer } from "../../support/fake_server.ts";
import { Pipes } from "../../support/pipes.ts";
import { Screen } from "../../support/screen.ts";
import { TempFolder } from "../../support/temp_folder.ts";

Deno.test("the file keeps one line for each server, and the others as they are", () => {
  using folder = new TempFolder();
  const path = folder.write("identities", "chat.test:7342 ada\nother.test:1 bob bob\n");
  const identities = new Identities(path);
  assertEquals(identities.find("chat.test:7342"), { nick: "ada" });
  identities.keep("chat.test:7342", { nick: "mama", account: "ada" });
  assertEquals(Deno.readTextFileSync(path), "other.test:1 bob bob\nchat.test:7342 mama ada\n");
  assertEquals(identities.find("chat.test:7342"), { nick: "mama", account: "ada" });
  assertEquals(identities.find("nowhere.test:1"), undefined);
});

Deno.test("a file that cannot be used is ignored", () => {
  using folder = new TempFolder();
  const identities = new Identities(`${folder.write("file", "")}/identities`);
  identities.keep("chat.test:7342", { nick: "ada" });
  assertEquals(identities.find("chat.test:7342"), undefined);
});

/** A client of the user `user`, in a terminal or in a pipe. */
class Client {
  readonly #folder: TempFolder;
  readonly server = new FakeServer();

  constructor(folder: TempFolder) {
    this.#folder = folder;
  }

  /** Runs a client, while `act` types; resolves when the client has left. */
  async run(
    stdio: Screen | Pipes,
    act: (peer: Peer) => Promise<void>,
    { user = "ada", flags = [] }: { user?: string; flags?: readonly string[] } = {},
  ): Promise<void> {
    const environment = new Map([["XDG_CONFIG_HOME", this.#folder.path], ["LOGNAME", user]]);
    const options = connectOptions(
      [`irc://127.0.0.1:${this.server.port}/a`, ...flags],
      environment,
    );
    const clock = new FakeClock();
    const exitCode = connect(options, { stdio, clock, random: () => 1 });
    const peer = await this.server.acceptInRoom();
    await act(peer);
    peer.close();
    if (stdio instanceof Screen) {
      await stdio.shows("connection lost");
      stdio.type("\x04");
    }
    await exitCode;
  }
}

Deno.test("a terminal remembers the nick that was last chosen at a server", async () => {
  using folder = new TempFolder();
  const client = new Client(folder);
  await using _server = client.server;
  await using first = new Screen();
  const nicks: string[] = [];
  await client.run(first, async (peer) => {
    nicks.push(peer.nick);
    await first.shows("in #a:");
    first.type("/nick mama\r");
    await peer.expect(/^NICK mama$/);
    await peer.send(":ada!u@h NICK mama");
    await first.shows("you are now mama");
    await peer.send(":mama!u@h NICK Guest75201");
    await first.shows("you are now Guest75201");
  });
  await using second = new Screen();
  await client.run(second, async (peer) => {
    nicks.push(peer.nick);
    await second.shows("in #a:");
  });
  const pipes = new Pipes();
  pipes.endInput();
  await client.run(pipes, async (peer) => {
    nicks.push(peer.nick);
    await peer.expect(/^QUIT/);
  }, { flags: ["--nick", "ci"] });
  await using third = new Screen();
  await client.run(third, async (peer) => {
    nicks.push(peer.nick);
    await third.shows("in #a:");
  });
  assertEquals(nicks, ["ada", "mama", "ci", "mama"]);
});

Deno.test("a terminal asks for a nick once if the user's name is one that many machines have", async () => {
  using folder = new TempFolder();
  const client = new Client(folder);
  await using _server = client.server;
  await using first = new Screen();
  const nicks: string[] = [];
  const answered = first.shows("your nick (Enter for root):").then(() => first.type("1 2\r"))
    .then(() => first.shows("that is not a nick")).then(() => first.type("ada\r"));
  await client.run(first, async (peer) => {
    nicks.push(peer.nick);
    await first.shows("in #a:");
  }, { user: "root" });
  await answered;
  Deno.writeTextFileSync(`${folder.path}/chat/identities`, "* ada\n");
  await using second = new Screen();
  await client.run(second, async (peer) => {
    nicks.push(peer.nick);
    await second.shows("in #a:");
  }, { user: "root" });
  assertEquals([nicks, second.all.join().includes("your nick")], [["ada", "ada"], false]);
});

Deno.test("a typed nick is kept if another client of the user has connected with another nick meanwhile", async () => {
  using folder = new TempFolder();
  const client = new Client(folder);
  await using server = client.server;
  await using screen = new Screen();
  const answered = screen.shows("your nick").then(() => {
    new Identities(`${folder.path}/chat/identities`)
      .keep(`127.0.0.1:${server.port}`, { nick: "bob", account: "bob" });
    screen.type("ada\r");
  });
  await client.run(screen, async ({ nick }) => {
    assertEquals(nick, "ada");
    await screen.shows("in #a:");
  }, { user: "root" });
  await answered;
});

Deno.test("without a terminal, nobody is asked for a nick", async () => {
  using folder = new TempFolder();
  const client = new Client(folder);
  await using _server = client.server;
  const pipes = new Pipes();
  pipes.endInput();
  await client.run(pipes, async (peer) => {
    assertEquals(peer.nick, "root");
    await peer.expect(/^QUIT/);
  }, { user: "root" });
});

Deno.test("at a server that the user joins with /connect, the nick is the same", async () => {
  using folder = new TempFolder();
  const client = new Client(folder);
  await using _server = client.server;
  await using other = new FakeServer();
  await using first = new Screen();
  const act = (screen: Screen) => (_peer: Peer) => screen.shows("in #a:");
  await client.run(first, act(first), { user: "root", flags: ["--nick", "ada"] });
  await using second = new Screen();
  await client.run(second, async () => {
    await second.shows("in #a:");
    second.type(`/connect irc://127.0.0.1:${other.port}/b\r`);
    const peer = await other.accept();
    await peer.welcome();
    assertEquals(peer.nick, "ada");
    await peer.join("#b");
    await second.shows("in #b:");
    second.type("\x1b1");
    await second.until(({ rows }) =>
      rows.findLast((row) => row !== "")?.startsWith("[#a]") === true
    );
    peer.close();
  }, { user: "root" });
});
