import { dialPlain } from "../../client/net/dial.ts";
import type { DialSocket } from "../../client/net/socket_stream.ts";
import { streamDialer } from "../../client/net/stream_dialer.ts";
import type { SessionOptions } from "../../client/session/options.ts";
import { Session } from "../../client/session/session.ts";
import { FakeClock } from "./fake_clock.ts";
import { FakeServer, type Peer } from "./fake_server.ts";
import { Recorder } from "./recorder.ts";

/** A session that is not started, and its surroundings. */
export interface Setup extends AsyncDisposable {
  readonly server: FakeServer;
  readonly session: Session;
  readonly told: Recorder;
  readonly clock: FakeClock;
}

/** Options of a session over sockets. */
type SocketOptions = Partial<Omit<SessionOptions, "dial">> & { readonly dial?: DialSocket };

/** Makes a session, not started, for the server on `port` of this machine. */
export function sessionAt(
  port: number,
  told: Recorder,
  { dial = dialPlain, clock = new FakeClock(), ...options }: SocketOptions = {},
): Session {
  return new Session({
    host: "127.0.0.1",
    port,
    nick: "ann",
    history: 0,
    clock,
    dial: streamDialer(dial, clock),
    random: () => 1,
    ...options,
  }, told);
}

/** Makes a session, not started, and a fake server for it. */
export function setUp(
  options: Partial<Pick<SessionOptions, "room" | "password" | "history" | "login" | "host">> = {
    room: "#a",
  },
): Setup {
  const server = new FakeServer();
  const told = new Recorder();
  const clock = new FakeClock();
  const session = sessionAt(server.port, told, {
    ...options,
    clock,
    dial: (_host, port, signal) => dialPlain("127.0.0.1", port, signal),
  });
  return {
    server,
    session,
    told,
    clock,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await session.leave("");
    },
  };
}

/** Starts the session; the server registers it and lets it join its channel. */
export async function started({ session, server, told }: Setup, caps = ""): Promise<Peer> {
  const [peer] = await Promise.all([server.acceptInRoom({ caps }), session.start()]);
  await told.take("join");
  return peer;
}

/**
 * Lets a minute pass in which the server answers the client's PINGs, but nothing else. So the
 * client's requests are lost, but the connection is not.
 */
export async function missAnswer({ clock, told }: Setup, peer: Peer): Promise<void> {
  clock.advance(30_000);
  await peer.answerPing();
  await peer.send(":irc.test NOTE X Y :still there");
  while ((await told.take("answer")).text !== "still there");
  clock.advance(30_000);
  await peer.answerPing();
}
