import { connect } from "../../client.ts";
import { FakeClock } from "./fake_clock.ts";
import { ALL_CAPS, FakeServer, type Peer } from "./fake_server.ts";
import { Screen } from "./screen.ts";

/** A client on a screen, in `#a` of a fake server. */
export interface Setup extends AsyncDisposable {
  readonly screen: Screen;
  readonly server: FakeServer;
  readonly peer: Peer;
  readonly clock: FakeClock;
  readonly exitCode: Promise<number>;
}

/** Starts a client on `screen` and lets it join `#a`. */
export async function setUp(
  screen = new Screen(),
  caps = ALL_CAPS,
  tokens = "CASEMAPPING=ascii",
  server = new FakeServer(),
): Promise<Setup> {
  const clock = new FakeClock();
  const exitCode = connect(server.connectOptions, { stdio: screen, clock, random: () => 1 });
  const peer = await server.acceptInRoom({ caps, tokens });
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
      await screen[Symbol.asyncDispose]();
    },
  };
}

/** Returns the rows of the screen that are not empty, without the time of day. */
export function shown(screen: Screen): string[] {
  return screen.rows.filter((row) => row !== "").map((row) => row.replace(/^\d\d:\d\d /, ""));
}

/** Returns all lines, including the scrollback, without the time of day. */
export function everything(screen: Screen): string[] {
  return screen.all.map((row) => row.replace(/^\d\d:\d\d /, ""));
}

/**
 * Waits until the screen shows everything that `peer` has sent; `mark` is a text that it sends
 * last.
 */
export async function sync({ peer, screen }: Setup, mark: string): Promise<void> {
  await peer.send(`:irc.test NOTE X Y :${mark}`);
  await screen.shows(mark);
}
