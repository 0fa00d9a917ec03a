import { connect } from "../../client.ts";
import { FakeClock } from "./fake_clock.ts";
import { ALL_CAPS, FakeServer, type Peer } from "./fake_server.ts";
import { Screen } from "./screen.ts";

/** A client on a screen, in room `#a` of a server that the test plays. */
export interface Setup extends AsyncDisposable {
  readonly screen: Screen;
  readonly server: FakeServer;
  readonly peer: Peer;
  readonly clock: FakeClock;
  readonly exitCode: Promise<number>;
}

export async function setUp(screen = new Screen(), caps = ALL_CAPS): Promise<Setup> {
  const server = new FakeServer();
  const clock = new FakeClock();
  const exitCode = connect(server.connectOptions, { stdio: screen, clock, random: () => 1 });
  const peer = await server.acceptInRoom({ caps });
  await screen.shows("in #a:");
  return {
    screen,
    server,
    peer,
    clock,
    exitCode,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      screen.close();
      await exitCode;
      screen[Symbol.dispose]();
    },
  };
}

/** The rows of the screen that are not empty, without the time of day. */
export function shown(screen: Screen): string[] {
  return screen.rows.filter((row) => row !== "").map((row) => row.replace(/^\d\d:\d\d /, ""));
}

/** All lines, with the scrollback, without the time of day. */
export function everything(screen: Screen): string[] {
  return screen.all.map((row) => row.replace(/^\d\d:\d\d /, ""));
}

/** Waits until what `peer` has sent before is on the screen. */
export async function sync({ peer, screen }: Setup, mark: string): Promise<void> {
  await peer.send(`:irc.test NOTE X Y :${mark}`);
  await screen.shows(mark);
}
