import { dialPlain } from "../../client/dial.ts";
import { Session, type SessionOptions } from "../../client/session.ts";
import { FakeClock } from "./fake_clock.ts";
import { FakeServer, type Peer } from "./fake_server.ts";
import { Recorder } from "./recorder.ts";

/** A session that is not started, and what belongs to it. */
export interface Setup extends AsyncDisposable {
  readonly server: FakeServer;
  readonly session: Session;
  readonly told: Recorder;
  readonly clock: FakeClock;
}

/** A session, not started, at the server on that port of this machine. */
export function sessionAt(
  port: number,
  told: Recorder,
  options: Partial<SessionOptions> = {},
): Session {
  return new Session({
    host: "127.0.0.1",
    port,
    nick: "ann",
    history: 0,
    clock: new FakeClock(),
    dial: dialPlain,
    random: () => 1,
    ...options,
  }, told);
}

/** Makes a session for a server that the test plays. */
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

/** Starts the session, lets it in and into its room. */
export async function started({ session, server, told }: Setup, caps = ""): Promise<Peer> {
  const [peer] = await Promise.all([server.acceptInRoom({ caps }), session.start()]);
  await told.take("join");
  return peer;
}
