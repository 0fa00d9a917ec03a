import { connect } from "../../client.ts";
import { connectOptions } from "../../client/cli/options.ts";
import type { Stdio } from "../../client/terminal/stdio.ts";
import { FakeClock } from "./fake_clock.ts";
import type { Peer } from "./fake_server.ts";
import { Pipes } from "./pipes.ts";
import { TempFolder } from "./temp_folder.ts";

/** A user of `chat connect`, with a configuration folder of their own. */
export class User implements Disposable {
  readonly #folder = new TempFolder();
  readonly #authorities: readonly string[] | undefined;
  /** The folder of the user's settings, of all programs. */
  readonly config = `${this.#folder.path}/config`;
  /** The path of the user's key. */
  readonly key = `${this.#folder.path}/config/chat/key.pem`;
  /** The path of the list of known servers. */
  readonly knownServers = `${this.#folder.path}/config/chat/known_servers`;
  /** The path of the list of STS policies. */
  readonly policyFile = `${this.#folder.path}/config/chat/strict_transport`;

  /** Makes a new user that trusts these authorities, in PEM, or by default those of the runtime. */
  constructor(authorities?: readonly string[]) {
    this.#authorities = authorities;
  }

  /** Runs `chat connect TARGET` with the nick `ann`; resolves to its exit code. */
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

  /** The text of the file of known servers; empty if there is none. */
  get known(): string {
    return textOf(this.knownServers);
  }

  set known(text: string) {
    write(this.knownServers, text);
  }

  /** The text of the file of STS policies; empty if there is none. */
  get policies(): string {
    return textOf(this.policyFile);
  }

  set policies(text: string) {
    write(this.policyFile, text);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function write(path: string, text: string): void {
  Deno.mkdirSync(path.replace(/\/[^/]*$/, ""), { recursive: true });
  Deno.writeTextFileSync(path, text);
}

/** Returns pipes whose input is the line "hello" and then ends. */
export function hello(): Pipes {
  const pipes = new Pipes();
  pipes.input("hello\n");
  pipes.endInput();
  return pipes;
}

/** Serves a client that joins `#a`, sends no messages, and quits when its input ends. */
export async function serveSilent(peer: Peer, pipes: Pipes, password?: string): Promise<void> {
  await peer.welcome(password === undefined ? {} : { password });
  await peer.join("#a");
  pipes.endInput();
  await peer.expect(/^QUIT/);
  peer.close();
}

/** Serves a client with these capabilities that joins `#a`, sends "hello" and quits. */
export async function serve(peer: Peer, caps = ""): Promise<void> {
  await peer.welcome({ password: "sesame", caps });
  await peer.join("#a");
  await peer.expect(/^PRIVMSG #a :?hello$/);
  await peer.answerPing();
  await peer.expect(/^QUIT/);
  peer.close();
}
