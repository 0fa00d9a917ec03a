/**
 * Parts of the tests of the client in a pipe.
 *
 * @module
 */

import { connect } from "../../client.ts";
import { FakeClock } from "./fake_clock.ts";
import { FakeServer, type Peer } from "./fake_server.ts";
import { Pipes } from "./pipes.ts";

/** A client in a pipe, and the server that it connects to. */
export interface PipeSetup extends AsyncDisposable {
  readonly server: FakeServer;
  readonly pipes: Pipes;
  readonly clock: FakeClock;
  readonly exitCode: Promise<number>;
}

/** Starts `chat connect` with pipes for input and output. */
export function setUpPipe(
  options: { follow?: boolean; json?: boolean; room?: string } = {},
): PipeSetup {
  const server = new FakeServer();
  const pipes = new Pipes();
  const clock = new FakeClock();
  const parts = { stdio: pipes, clock, random: () => 1 };
  const exitCode = connect({ ...server.connectOptions, ...options }, parts);
  return {
    server,
    pipes,
    clock,
    exitCode,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      pipes.out.error = new Deno.errors.BrokenPipe("Broken pipe");
      pipes.signal("SIGTERM");
      await exitCode.catch(() => {});
    },
  };
}

/** Echoes the next line as our server does; returns its text. */
export async function echo(peer: Peer): Promise<string> {
  const { tags, params: [to, text = ""] } = await peer.expect(/ PRIVMSG /);
  await peer.send(`@label=${tags?.get("label")} :ann!u@h PRIVMSG ${to} :${text}`);
  return text;
}

/** Waits for the client's QUIT, and closes. */
export async function expectQuit(peer: Peer): Promise<void> {
  await peer.expect(/^QUIT/);
  peer.close();
}
