import { assert, assertEquals } from "@std/assert";
import { dialEncrypted } from "../../../client/net/dial.ts";
import type { KnownIdentity } from "../../../client/session/identity.ts";
import type { SessionOptions } from "../../../client/session/options.ts";
import type { Session } from "../../../client/session/session.ts";
import { Token } from "../../../client/session/token.ts";
import { makeCertificate } from "../../../shared/certificate.ts";
import { Identity as ServerIdentity } from "../../../server/net/identity.ts";
import { BreakableSocket } from "../../support/breakable_socket.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { Recorder } from "../../support/recorder.ts";
import { type Overrides, TestServer } from "../../support/server.ts";
import { sessionAt, setUp, started } from "../../support/session.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const SERVER = await makeCertificate({ names: ["localhost"], days: 1 });

/** A user with a key, whose connection a test can break. */
class KeyUser {
  readonly told = new Recorder();
  readonly clock = new FakeClock();
  readonly remembered: KnownIdentity[] = [];
  readonly session: Session;
  /** The port of the server, which another server may take over. */
  port: number;
  #socket: BreakableSocket | undefined;

  constructor(port: number, folder: string, options: Partial<SessionOptions> = {}) {
    this.port = port;
    const dial = dialEncrypted({ fingerprint: SERVER.fingerprint, folder }, { clock: this.clock });
    this.session = sessionAt(port, this.told, {
      nick: "ada",
      clock: this.clock,
      remember: (known) => void this.remembered.push(known),
      ...options,
      dial: async (host, _port, signal) =>
        this.#socket = new BreakableSocket(await dial(host, this.port, signal)),
    });
  }

  /** Breaks the connection, and waits until the client is back. */
  async comeBack(): Promise<void> {
    this.#socket?.break();
    await this.told.take("disconnected");
    this.clock.advance(1000);
    await this.told.take("connected");
  }

  /** Starts, and waits for the connection. */
  async start(): Promise<void> {
    await this.session.start();
    await this.told.take("connected");
  }
}

function serverWith(overrides: Overrides): Promise<TestServer> {
  return TestServer.start(overrides, { identity: new ServerIdentity(SERVER) });
}

function accountsOf({ store }: TestServer): string[] {
  return Array.from(store.records("account"), ([name]) => name).sort();
}

Deno.test("an owner who changes the nick is still the owner after a broken connection and a restart", async () => {
  using folder = new TempFolder();
  const data = { memory: false, data: folder.path };
  let user: KeyUser;
  {
    await using server = await serverWith(data);
    const text = server.server.claim();
    assert(text !== undefined);
    user = new KeyUser(server.port, folder.path, { token: new Token(text), nick: "second1" });
    await user.start();
    await user.told.take("members");
    user.session.send("NICK", "mama");
    await user.told.take("nick");
    user.session.send("MODE", "#lobby", "+i");
    await user.told.take("mode");
    await user.comeBack();
    assertEquals((await user.told.take("members")).members, ["~mama"]);
    assertEquals([user.session.state.nick, accountsOf(server)], ["mama", ["second1"]]);
  }
  await using server = await serverWith(data);
  user.port = server.port;
  await user.told.take("disconnected");
  user.clock.advance(2000);
  assertEquals((await user.told.take("members")).members, ["~mama"]);
  assertEquals([user.session.state.nick, accountsOf(server)], ["mama", ["second1"]]);
  user.session.send("WHOIS", "mama");
  await answerWith(user, "operator");
  assertEquals(user.told.events.filter(({ type }) => type === "warning"), []);
  assertEquals(user.remembered.at(-1), { nick: "mama", account: "second1" });
  await user.session.leave("");
});

/** Waits for an answer that contains `text`. */
async function answerWith({ told }: KeyUser, text: string): Promise<void> {
  for (;;) {
    const answer = await told.take("answer");
    if (answer.text.includes(text)) return;
  }
}

Deno.test("a user without an account gets none by coming back", async () => {
  using folder = new TempFolder();
  using other = new TempFolder();
  await using server = await serverWith({});
  const bob = new KeyUser(server.port, other.path, { nick: "bob" });
  await bob.start();
  const ada = new KeyUser(server.port, folder.path, { nick: "bob" });
  await ada.start();
  assertEquals(ada.session.state.nick, "bob1");
  await ada.comeBack();
  assertEquals([ada.session.state.nick, accountsOf(server)], ["bob1", ["bob"]]);
  await Promise.all([ada.session.leave(""), bob.session.leave("")]);
});

Deno.test("a user whose account is gone is told so, and gets no new one by coming back", async () => {
  using folder = new TempFolder();
  await using server = await serverWith({});
  const ada = new KeyUser(server.port, folder.path);
  await ada.start();
  await using root = await server.register("root");
  const token = server.server.claim();
  await root.ask("REGISTER * * sesame");
  await root.ask(`REDEEM ${token}`);
  const code = /DROP ada (\w+)/.exec((await root.ask("PRIVMSG NickServ :DROP ada")).join())?.[1];
  await root.send(`PRIVMSG NickServ :DROP ada ${code}`);
  await ada.told.take("disconnected");
  ada.clock.advance(1000);
  await ada.told.take("connected");
  assertEquals(
    (await ada.told.take("warning")).text,
    "the server does not log you in as ada any more: log in again, or type /link on a machine " +
      "that is logged in",
  );
  assertEquals(accountsOf(server), ["root"]);
  await ada.session.leave("");
});

Deno.test("a client whose nick is taken meanwhile comes back under the name of its account", async () => {
  using folder = new TempFolder();
  await using server = await serverWith({});
  const ada = new KeyUser(server.port, folder.path);
  await ada.start();
  ada.session.send("NICK", "mama");
  await ada.told.take("nick");
  ada.session.send("NICK", "papa");
  await ada.told.take("nick");
  await using bob = await server.register("bob");
  ada.session.send("QUIT");
  await ada.told.take("disconnected");
  await bob.ask("NICK papa");
  ada.clock.advance(1000);
  // The server waits for the user of the nick, whose connection may be ending.
  const clock = setInterval(() => server.clock.advance(1000), 5);
  const { nick, wanted } = await ada.told.take("nick-taken");
  clearInterval(clock);
  assertEquals([nick, wanted], ["ada", "papa"]);
  assertEquals(ada.remembered.at(-1), { nick: "papa", account: "ada" });
  await ada.session.leave("");
});

Deno.test("a machine that is linked to an account whose nick is free comes back under it", async () => {
  using folder = new TempFolder();
  await using server = await serverWith({});
  const desk = await server.encrypted(await makeCertificate({ names: [], days: 1 }));
  desk.read();
  await desk.introduce({ nick: "ada" });
  await desk.ask("NICK mama");
  const [, code = ""] = /\/link (\S+)/.exec((await desk.ask("LINK")).join()) ?? [];
  const phone = new KeyUser(server.port, folder.path, { nick: "zoe" });
  await phone.start();
  phone.session.link(code);
  assertEquals((await phone.told.take("nick")).to, "ada");
  // The connection is broken only after the client has got the answer to its PING.
  const done = await phone.session.request({ command: "PING", params: ["x"] });
  assertEquals(done.status, "done");
  phone.session.send("QUIT");
  await phone.told.take("disconnected");
  phone.clock.advance(1000);
  assertEquals((await phone.told.take("connected")).nick, "ada");
  assertEquals(phone.remembered.at(-1), { nick: "ada", account: "ada" });
  await phone.session.leave("");
});

Deno.test("a nick that the server gave is not wanted on the next connection", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  await peer.send(":ann!u@h NICK Guest75201");
  await setup.told.take("nick");
  peer.close();
  await setup.told.take("disconnected");
  setup.clock.advance(1000);
  const back = await setup.server.accept();
  await back.expect(/^CAP LS/);
  await back.send(":irc.test CAP * LS :");
  await back.expect(/^NICK ann$/);
  back.close();
});
