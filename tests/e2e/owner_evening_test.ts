// A test of the owner of a server through a whole evening: a new nick, broken connections,
// restarts, a second machine, and a restored copy. The owner always stays the owner, and no friend
// loses an account or a nick.

import { assert, assertEquals } from "@std/assert";
import { Beginner } from "../support/beginner.ts";
import { Process, ServeProcess } from "../support/chat_process.ts";
import { TempFolder } from "../support/temp_folder.ts";

/**
 * An address at which other machines reach this one. For such an address, the client remembers the
 * fingerprint.
 */
const ADDRESS = Deno.networkInterfaces()
  .find(({ family, address }) => family === "IPv4" && !address.startsWith("127."))?.address;
// Windows has no such terminal.
const ignore = Deno.build.os === "windows" || ADDRESS === undefined;

/** A port of `ADDRESS` that leads to a server, which may be replaced. */
class Port implements Disposable {
  /** The server's port on the loopback address. */
  server = 0;
  readonly #listener = Deno.listen({ hostname: ADDRESS ?? "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.TcpConn>();

  constructor() {
    void this.#forward();
  }

  get address(): string {
    return `${ADDRESS}:${this.#listener.addr.port}`;
  }

  /** Breaks all connections. */
  break(): void {
    for (const connection of this.#open) closeQuietly(connection);
    this.#open.clear();
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    this.break();
  }

  async #forward(): Promise<void> {
    for await (const client of this.#listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.server })
        .catch(() => undefined);
      if (server === undefined) {
        closeQuietly(client);
        continue;
      }
      this.#open.add(client).add(server);
      void pipe(client, server);
      void pipe(server, client);
    }
  }
}

/** Forwards bytes until either side has ended; then closes both. */
async function pipe(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    for (let n = await from.read(buffer); n !== null; n = await from.read(buffer)) {
      for (let at = 0; at < n;) at += await to.write(buffer.subarray(at, n));
    }
  } catch {
    // The connection was broken.
  }
  closeQuietly(from);
  closeQuietly(to);
}

function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // The connection is closed already.
  }
}

/** Starts a server with its files in `data`, to which `port` then leads. */
async function serve(data: string, port: Port): Promise<ServeProcess> {
  const server = ServeProcess.start({ data });
  port.server = Number((await server.address()).split(":")[1]);
  return server;
}

async function kill(server: ServeProcess): Promise<void> {
  server.kill("SIGKILL");
  await server.ended();
}

/** Checks that no fingerprint has changed, and that each user has their own nick. */
function nothingIsStrange({ screen }: Beginner): void {
  const text = screen.all.join("\n");
  assert(!/has changed|anna2|mama1|opa1/.test(text), text);
}

/** Has `owner` paste the line for owners, take another nick, and make a room for invited users. */
async function takePossession(owner: Beginner, url: string): Promise<void> {
  owner.paste(`chat connect "${url}"\r`);
  await owner.sees("You own this server");
  owner.type("/nick mama\r");
  await owner.sees("you are now mama");
  owner.type("/join secret\r");
  await owner.sees("in #secret:");
  owner.type("/room invite\r");
  await owner.sees("only invited people can join #secret");
  owner.type("only us\r");
  await owner.sees("<mama> only us");
}

/** Makes the user of a second machine the owner there, too. */
async function link(owner: Beginner, laptop: Beginner, address: string): Promise<void> {
  owner.type("/link\r");
  const code = (await owner.finds("type /link ")).split(" ")[0];
  laptop.type(`chat connect ${address}\r`);
  await laptop.sees("you are anna1");
  laptop.type(`/link ${code}\r`);
  await laptop.sees("You are now an IRC operator");
  laptop.type("/join secret\r");
  await laptop.sees("<mama> only us");
}

/** Has `owner` send WHOIS for their own nick; waits for the `count`-th answer. */
async function isStillOwner(owner: Beginner, count: number): Promise<void> {
  owner.type("/whois mama\r");
  await owner.sees("logged in as anna", count);
  await owner.sees("  an operator of this server", count);
}

Deno.test({
  name: "an owner stays the owner through a nick, broken connections, restarts and a restored copy",
  ignore,
  async fn() {
    using folder = new TempFolder();
    const [first, copy, second] = ["first", "copy", "second"].map((name) =>
      `${folder.path}/${name}`
    );
    assert(first !== undefined && copy !== undefined && second !== undefined);
    using port = new Port();
    await using owner = await Beginner.start("anna");
    await using laptop = await Beginner.start("anna");
    await using friend = await Beginner.start("opa");
    {
      await using server = await serve(first, port);
      const [, query] = await server.stdout(/To own this server, run: chat connect "\S+(\?\S+)"/);
      await takePossession(owner, `chat://${port.address}/lobby${query}`);
      friend.type(`chat connect ${port.address}\r`);
      await friend.sees("The nick opa is now yours");

      port.break();
      for (const user of [owner, friend]) await user.sees("-- reconnected");
      await isStillOwner(owner, 1);
      await kill(server);
    }
    {
      await using server = await serve(first, port);
      await owner.sees("-- reconnected", 2);
      await isStillOwner(owner, 2);

      await link(owner, laptop, port.address);
      await friend.sees("-- reconnected", 2);

      assertEquals((await Process.run(["backup", "--data", first, copy])).code, 0);
      await kill(server);
    }
    assertEquals((await Process.run(["restore", "--data", second, copy])).code, 0);
    await using _server = await serve(second, port);
    for (const [user, count] of [[owner, 3], [laptop, 1], [friend, 3]] as const) {
      await user.sees("-- reconnected", count);
    }
    await isStillOwner(owner, 3);
    await isStillOwner(laptop, 1);

    for (const user of [owner, laptop, friend]) nothingIsStrange(user);

    // These are new clients, which read the remembered fingerprint, nick and rooms.
    for (const [user, target] of [[owner, ""], [friend, port.address]] as const) {
      user.type("/quit\r");
      await user.screen.until(({ rows }) =>
        rows.filter((row) => row !== "").at(-1)?.startsWith("READY") ?? false
      );
      user.type(`clear; chat connect ${target}\r`);
      await user.sees("in #lobby:");
    }
    await owner.sees("connected to chat as mama");
    await owner.sees("2 #secret");
    owner.type("/go secret\r");
    await owner.sees("<mama> only us");
    await isStillOwner(owner, 1);
    friend.type("still here\r");
    await friend.sees("<opa> still here");
    for (const user of [owner, friend]) nothingIsStrange(user);
  },
});
