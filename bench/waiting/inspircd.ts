/**
 * Starts InspIRCd (Debian package `inspircd`), for comparison.
 *
 * @module
 */

import type { ServerAddress } from "../wires.ts";
import { OPERATOR } from "./cases.ts";

const PORT = 7302;
/** The modules with the compared commands. */
const MODULES = ["cap", "chghost", "ircv3", "ircv3_batch", "ircv3_ctctags", "knock", "monitor"];

/** A running InspIRCd. */
export class InspIrcd implements AsyncDisposable {
  readonly address: ServerAddress = { port: PORT, fingerprint: "" };
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;

  private constructor(child: Deno.ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
  }

  /** Starts it; returns `undefined` if it is not installed. */
  static async start(): Promise<InspIrcd | undefined> {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/in.conf`, configuration(folder));
    try {
      const child = new Deno.Command("inspircd", {
        args: ["--runasroot", "--nofork", `--config=${folder}/in.conf`],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      const server = new InspIrcd(child, folder);
      await server.#listens();
      return server;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  async #listens(): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port: PORT })).close();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    throw new Error("InspIRCd does not listen");
  }

  /** Stops it, and removes its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function configuration(folder: string): string {
  const { name, password } = OPERATOR;
  return `
<server name="irc.local" description="b" network="b" id="001">
<admin name="a" nick="a" email="a@b.c">
<bind address="127.0.0.1" port="${PORT}" type="clients">
<connect name="main" allow="*" timeout="60" pingfreq="3000" hardsendq="100M" softsendq="100M"
  recvq="1M" threshold="1000000" commandrate="100000000" fakelag="no" localmax="100000"
  globalmax="100000" resolvehostnames="no" useconnectban="no" maxconnwarn="no" maxchans="200">
<class name="all" commands="*" privs="*" usermodes="*" chanmodes="*">
<type name="all" classes="all">
<oper name="${name}" password="${password}" type="all" host="*@*">
<performance netbuffersize="10240" somaxconn="4096" limitsomaxconn="no" softlimit="50000" quietbursts="yes">
<options defaultmodes="not">
<limits maxnick="32">
<pid file="${folder}/in.pid">
<path configdir="${folder}" datadir="${folder}" logdir="${folder}" moduledir="/usr/lib/inspircd/modules">
${MODULES.map((module) => `<module name="${module}">`).join("\n")}
`;
}
