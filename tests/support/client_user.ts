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
  readonly policyFile = `${this.#folder.path}/config/chat/strict_transport`;

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
    return textOf(this.knownServers);
  }

  set known(text: string) {
    write(this.knownServers, text);
  }

  /** Which servers have asked for TLS alone. */
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

/** Says "hello", and no more. */
export function hello(): Pipes {
  const pipes = new Pipes();
  pipes.input("hello\n");
  pipes.endInput();
  return pipes;
}

/** Lets the client in, into `#a`, and sees it leave at the end of its input, of which nothing came. */
export async function serveSilent(peer: Peer, pipes: Pipes): Promise<void> {
  await peer.welcome();
  await peer.join("#a");
  pipes.endInput();
  await peer.expect(/^QUIT/);
  peer.close();
}

/** Lets the client in, with these capabilities, and hears what it says. */
export async function serve(peer: Peer, caps = ""): Promise<void> {
  await peer.welcome({ password: "sesame", caps });
  await peer.join("#a");
  await peer.expect(/^PRIVMSG #a :?hello$/);
  await peer.answerPing();
  await peer.expect(/^QUIT/);
  peer.close();
}
