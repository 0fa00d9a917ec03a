import { connect } from "../../client.ts";
import { connectOptions } from "../../client/options.ts";
import type { Stdio } from "../../client/stdio.ts";
import { FakeClock } from "./fake_clock.ts";
import type { Peer } from "./fake_server.ts";
import { Pipes } from "./pipes.ts";
import { TempFolder } from "./temp_folder.ts";

/** A user's files, and `chat connect` with them. */
export class User implements Disposable {
  readonly #folder = new TempFolder();
  readonly #authorities: readonly string[] | undefined;
  readonly key = `${this.#folder.path}/config/chat/key.pem`;
  readonly knownServers = `${this.#folder.path}/config/chat/known_servers`;

  /** Somebody new, who believes these authorities, in PEM; undefined: those of the runtime. */
  constructor(authorities?: readonly string[]) {
    this.#authorities = authorities;
  }

  connect(
    target: string,
    stdio: Stdio = hello(),
    clock = new FakeClock(Date.now()),
  ): Promise<number> {
    const environment = new Map([
      ["XDG_CONFIG_HOME", `${this.#folder.path}/config`],
      ["CHAT_PASSWORD", "sesame"],
    ]);
    const options = connectOptions([target, "--nick", "ann"], environment);
    const authorities = this.#authorities;
    return connect(options, { stdio, clock, random: () => 1, ...(authorities && { authorities }) });
  }

  /** What was remembered earlier, or is now. */
  get known(): string {
    try {
      return Deno.readTextFileSync(this.knownServers);
    } catch {
      return "";
    }
  }

  set known(text: string) {
    Deno.mkdirSync(this.knownServers.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(this.knownServers, text);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

/** Says "hello", and no more. */
export function hello(): Pipes {
  const pipes = new Pipes();
  pipes.input("hello\n");
  pipes.endInput();
  return pipes;
}

/** Lets the client in and hears what it says. */
export async function serve(peer: Peer): Promise<void> {
  await peer.welcome({ password: "sesame" });
  await peer.join("#a");
  await peer.expect(/^PRIVMSG #a :?hello$/);
  await peer.answerPing();
  await peer.expect(/^QUIT/);
  peer.close();
}
