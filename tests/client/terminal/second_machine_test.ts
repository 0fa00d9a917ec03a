// A user who connects to a chat server from a second machine, and one who has an invitation.

import { assert, assertEquals } from "@std/assert";
import { connect } from "../../../client.ts";
import { connectOptions } from "../../../client/cli/options.ts";
import { makeCertificate } from "../../../shared/certificate.ts";
import { systemClock } from "../../../shared/clock.ts";
import { Identity } from "../../../server/net/identity.ts";
import { Screen } from "../../support/screen.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { everything } from "../../support/window.ts";

const SERVER = await makeCertificate({ names: ["localhost"], days: 1 });

/** A machine with a screen and a configuration folder. The name of its user is root. */
class Machine implements AsyncDisposable {
  readonly screen = new Screen(100, 40);
  readonly #folder = new TempFolder();
  readonly #server: TestServer;
  #exitCode: Promise<unknown> = Promise.resolve();

  constructor(server: TestServer) {
    this.#server = server;
  }

  /** Connects to `#a` with these flags; `token` is part of the URL. */
  connect(token: string, ...flags: string[]): void {
    const environment = new Map([["XDG_CONFIG_HOME", this.#folder.path], ["LOGNAME", "root"]]);
    const url = `chat://127.0.0.1:${this.#server.port}/a${token && `?token=${token}`}`;
    const options = connectOptions([url, ...flags], environment);
    this.#exitCode = connect(options, { stdio: this.screen, clock: systemClock });
  }

  async leave(): Promise<void> {
    this.screen.type("\x15/quit\r");
    await this.#exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.screen.close();
    await this.#exitCode;
    await this.screen[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

function secureServer(): Promise<TestServer> {
  return TestServer.start({}, { identity: new Identity(SERVER) });
}

/** Types /link on a machine that is logged in; resolves to the code that it shows. */
async function codeOf({ screen }: Machine): Promise<string> {
  screen.type("/link\r");
  const code = () => /\/link ([A-Z]{4}-[A-Z]{4})/.exec(screen.all.join("\n"))?.[1];
  await screen.until(() => code() !== undefined);
  return code() ?? "";
}

Deno.test("a machine that connects with the code of /link has the nick of the other machine at once", async () => {
  await using server = await secureServer();
  await using desk = new Machine(server);
  await using phone = new Machine(server);
  desk.connect("", "--nick", "ada");
  await desk.screen.shows("you joined #a");
  phone.connect(await codeOf(desk));
  await phone.screen.shows("in #a: ~ada");
  phone.screen.type("from the phone\r");
  for (const { screen } of [desk, phone]) await screen.shows("<ada> from the phone");
  const shown = everything(phone.screen).join("\n");
  assert(!/your nick|in use|taken|ada1|root/.test(shown), shown);
  assertEquals(Array.from(server.store.records("account"), ([name]) => name), ["ada"]);
  for (const machine of [desk, phone]) await machine.leave();
  // The machine knows the user from now on.
  phone.connect("");
  await phone.screen.until(({ all }) =>
    all.filter((row) => row.includes("connected to Test as ada")).length === 2
  );
  await phone.leave();
});

Deno.test("a user can give another nick on the second machine, and has it there", async () => {
  await using server = await secureServer();
  await using desk = new Machine(server);
  await using phone = new Machine(server);
  desk.connect("", "--nick", "ada");
  await desk.screen.shows("you joined #a");
  phone.connect(await codeOf(desk), "--nick", "adaphone");
  await phone.screen.shows("in #a: ~ada ~adaphone");
  for (const machine of [desk, phone]) await machine.leave();
});

Deno.test("a user with a code that the server does not know is told so, and joins all the same", async () => {
  await using server = await secureServer();
  await using phone = new Machine(server);
  phone.connect("ABCD-EFGH", "--nick", "ada");
  await phone.screen.shows("This server has no such code");
  await phone.screen.shows("you joined #a");
  await phone.leave();
});

Deno.test("no notice of an invitation is shown to a user who joins with that invitation", async () => {
  await using server = await secureServer();
  await using bob = await server.register("bob", { join: "#a" });
  const [, line = ""] = await bob.ask("INVITATION #a");
  const token = /[0-9a-f]{32}/.exec(line)?.[0];
  assert(token, line);
  await using phone = new Machine(server);
  phone.connect(token, "--nick", "ada");
  await phone.screen.shows("in #a: @bob ada");
  const shown = everything(phone.screen).join("\n");
  assert(!/invited/.test(shown), shown);
  await phone.leave();
});
