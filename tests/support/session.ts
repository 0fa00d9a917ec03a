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

/** Makes a session for a server that the test plays. */
export function setUp(
  options: Partial<Pick<SessionOptions, "room" | "password" | "history" | "login" | "host">> = {
    room: "#a",
  },
): Setup {
  const server = new FakeServer();
  const told = new Recorder();
  const clock = new FakeClock();
  const session = new Session({
    host: "127.0.0.1",
    port: server.port,
    nick: "ann",
    history: 0,
    ...options,
    clock,
    dial: (_host, port, signal) => Deno.connect({ hostname: "127.0.0.1", port, signal }),
    random: () => 1,
  }, told);
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
