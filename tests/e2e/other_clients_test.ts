// Tests of other terminal clients with `chat serve`. Clients that are not installed are skipped.

import { assertEquals, assertMatch } from "@std/assert";
import { ServeProcess } from "../support/chat_process.ts";
import { CLIENT_PROGRAMS, startClient, type Visit } from "../support/client_programs.ts";
import type { Pty } from "../support/pty.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { TempFolder } from "../support/temp_folder.ts";

/** A server, with Ada in `#tea`. */
class Tea implements AsyncDisposable {
  private constructor(
    readonly server: ServeProcess,
    readonly address: string,
    readonly fingerprint: string,
    readonly ada: RawSocket,
  ) {}

  static async start(): Promise<Tea> {
    const server = ServeProcess.start();
    const address = await server.address();
    const [, fingerprint = ""] = await server.stdout(/\?fp=([\da-f]{64})&token=/);
    const ada = await RawSocket.register(address, "ada");
    await ada.write("JOIN #tea\r\n");
    await ada.readUntil(/ 366 /);
    return new Tea(server, address, fingerprint, ada);
  }

  /** Returns the server and the user for a client. */
  visit(nick: string, more: Partial<Visit> = {}): Visit {
    return { port: Number(this.address.split(":")[1]), nick, ...more };
  }

  /** Types the command to join in `client`; waits until `nick` has joined. */
  async join(client: Pty, nick: string): Promise<void> {
    await client.screen.shows("There is no message of the day");
    client.type("/join #tea\r");
    await this.sees(new RegExp(`:${nick}!\\S+ JOIN `));
    // The client has now opened a window or buffer for the room.
    await client.screen.until(({ rows }) => rows.some((row) => /\[2:chat\/#tea| 2:#tea/.test(row)));
  }

  /** Waits until Ada has got text that matches `pattern`; returns it. */
  async sees(pattern: RegExp): Promise<string> {
    const text = await this.ada.readUntil(pattern);
    assertMatch(text, pattern);
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ada[Symbol.dispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

/** Returns the messages of Ada on the screen. */
function fromAda({ screen }: Pty): string[] {
  return screen.rows.flatMap((row) => /^[\d:]+ +(?:<[ @]ada>|@?ada \|) (.*)/.exec(row)?.[1] ?? []);
}

/** Waits until the screen shows a message of Ada. */
function hears(client: Pty, text: string): Promise<void> {
  return client.screen.until(() => fromAda(client).some((message) => message.trim() === text));
}

for (const program of CLIENT_PROGRAMS) {
  const { name } = program;
  const ignore = program.path === undefined;

  Deno.test({
    name: `${name} talks in a room, and shows what it missed when it comes back, and only that`,
    ignore,
    async fn() {
      await using tea = await Tea.start();
      using folder = new TempFolder();
      {
        await using bob = startClient(program, folder, tea.visit("bob"));
        await tea.join(bob, "bob");
        bob.type("wörld 🎉\r");
        await tea.sees(/:bob!\S+ PRIVMSG #tea :wörld 🎉\r\n/);
        await tea.ada.write("PRIVMSG #tea :grüß dich\r\n");
        await hears(bob, "grüß dich");
        bob.type("/quit\r");
        await tea.sees(/:bob!\S+ QUIT /);
        await bob.exited;
      }
      await tea.ada.write("PRIVMSG #tea :you missed this\r\n");
      await using bob = startClient(program, folder, tea.visit("bob"));
      await tea.join(bob, "bob");
      await hears(bob, "you missed this");
      await tea.ada.write("PRIVMSG #tea :welcome back\r\n");
      await hears(bob, "welcome back");
      assertEquals(fromAda(bob).map((text) => text.trim()), ["you missed this", "welcome back"]);
    },
  });

  Deno.test({
    name: `${name} connects with TLS to the server with the pinned fingerprint, and to no other`,
    ignore,
    async fn() {
      await using tea = await Tea.start();
      using folder = new TempFolder();
      await using bob = startClient(
        program,
        folder,
        tea.visit("bob", { fingerprint: tea.fingerprint }),
      );
      await tea.join(bob, "bob");
      await tea.ada.write("WHOIS bob\r\n");
      // RPL_WHOISSECURE
      assertMatch(await tea.sees(/ 318 /), / 671 ada bob /);

      using other = new TempFolder();
      const stranger = tea.visit("eve", { fingerprint: "0".repeat(64) });
      await using eve = startClient(program, other, stranger);
      await eve.screen.until(({ all }) =>
        all.some((row) => /Pinned certificate mismatch|fingerprint does NOT match/.test(row))
      );
      await tea.ada.write("ISON bob eve\r\n");
      assertMatch(await tea.sees(/ 303 /), / 303 ada :?bob\r\n/);
    },
  });

  Deno.test({
    name: `${name} logs in to an account by SASL`,
    ignore,
    async fn() {
      await using tea = await Tea.start();
      using folder = new TempFolder();
      {
        using carol = await RawSocket.register(tea.address, "carol");
        await carol.write("REGISTER * * sesame-street\r\nQUIT\r\n");
        assertMatch(await carol.readAll(), / REGISTER SUCCESS carol /);
      }
      const visit = tea.visit("carol", { password: "sesame-street" });
      await using carol = startClient(program, folder, visit);
      await tea.join(carol, "carol");
      await tea.ada.write("WHOIS carol\r\n");
      // RPL_WHOISACCOUNT
      assertMatch(await tea.sees(/ 318 /), / 330 ada carol carol /);
    },
  });
}
