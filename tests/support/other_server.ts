import { assertMatch } from "@std/assert";
import { Process } from "./chat_process.ts";
import { freePort } from "./free_port.ts";
import { findProgram } from "./programs.ts";
import { RawSocket } from "./raw_socket.ts";
import { TempFolder } from "./temp_folder.ts";

/** An IRC server of another project. */
export interface ServerProgram {
  readonly name: string;
  /** The path of its executable; undefined if it is not installed. */
  readonly path: string | undefined;
  /** Matches the line that it prints once it accepts connections. */
  readonly ready: RegExp;
  /** Returns a configuration for `port` of 127.0.0.1, with the widest limits. */
  configuration(port: number, folder: string): string;
  /** Returns the arguments to run it in the foreground. */
  arguments(configuration: string): string[];
}

/** The servers that tests run. */
export const SERVER_PROGRAMS = {
  ngircd: {
    name: "ngIRCd",
    path: findProgram("ngircd"),
    ready: /Now listening on /,
    configuration: (port) => `
      [Global]
      Name = irc.test
      Info = test
      Listen = 127.0.0.1
      Ports = ${port}
      [Limits]
      MaxConnectionsIP = 0
      MaxPenaltyTime = 0
      [Options]
      DNS = no
      Ident = no
      PAM = no
    `,
    arguments: (configuration) => ["--nodaemon", "--config", configuration],
  },
  inspircd: {
    name: "InspIRCd",
    path: findProgram("inspircd"),
    ready: /InspIRCd is now running/,
    configuration: (port, folder) => `
      <server name="irc.test" description="test" network="test">
      <admin name="test" nick="test" email="test@irc.test">
      <bind address="127.0.0.1" port="${port}" type="clients">
      <connect name="all" allow="*" localmax="50" globalmax="50" resolvehostnames="no"
        fakelag="no" threshold="1000" commandrate="1000000" recvq="1M">
      <path configdir="${folder}" datadir="${folder}" logdir="${folder}" runtimedir="${folder}">
      <pid file="${folder}/pid">
      <log method="file" type="*" level="default" target="${folder}/log">
      <module name="cap">
      <module name="ircv3_batch">
      <module name="ircv3_ctctags">
      <module name="ircv3_echomessage">
      <module name="ircv3_labeledresponse">
      <module name="denychans">
      <badchan name="#closed" reason="This room is closed">
      <module name="regex_glob">
      <module name="filter">
      <filteropts engine="glob">
      <keyword pattern="*forbidden*" reason="A forbidden word" action="block">
    `,
    arguments: (configuration) => ["--nofork", "--runasroot", "--config", configuration],
  },
} as const satisfies Readonly<Record<string, ServerProgram>>;

/** A running server of another project, with a user `witness` who reads what is said. */
export class OtherServer implements AsyncDisposable {
  private constructor(
    readonly port: number,
    readonly witness: RawSocket,
    readonly folder: string,
    readonly stack: AsyncDisposableStack,
  ) {}

  /** Starts `program`; the witness is the operator of `room`. */
  static async start(program: ServerProgram, room: string): Promise<OtherServer> {
    await using stack = new AsyncDisposableStack();
    const folder = await Deno.realPath(stack.use(new TempFolder()).path);
    const port = freePort();
    const path = `${folder}/server.conf`;
    Deno.writeTextFileSync(path, program.configuration(port, folder));
    // The daemon may run as another user.
    Deno.chmodSync(folder, 0o777);
    const args = program.arguments(path);
    const command = program.path ?? program.name;
    const server = stack.use(new Process(args, { command }));
    await server.stdout(program.ready);
    const witness = stack.use(await RawSocket.connect(`127.0.0.1:${port}`));
    const started = new OtherServer(port, witness, folder, stack.move());
    await started.ask("NICK witness\r\nUSER witness 0 * :witness\r\n", / (376|422) witness /);
    await started.ask(`JOIN ${room}\r\n`, / 366 witness /);
    return started;
  }

  /** Sends `lines` as the witness; resolves to the text up to `answer`. */
  async ask(lines: string, answer: RegExp): Promise<string> {
    await this.witness.write(lines);
    return await this.sees(answer);
  }

  /** Waits until the witness has got text that matches `pattern`; returns the text. */
  async sees(pattern: RegExp): Promise<string> {
    const text = await this.witness.readUntil(pattern);
    assertMatch(text, pattern);
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack.disposeAsync();
  }
}
