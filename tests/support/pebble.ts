import { Authority } from "./authority.ts";
import { Process } from "./chat_process.ts";
import { freePort } from "./free_port.ts";
import { findProgram } from "./programs.ts";
import { TempFolder } from "./temp_folder.ts";

const PEBBLE = findProgram("pebble");
const NAME_SERVER = findProgram("pebble-challtestsrv");

/** True if Pebble, an authority for tests, is installed. */
export const HAS_PEBBLE = PEBBLE !== undefined && NAME_SERVER !== undefined;

/** The settings of the authority. */
interface PebbleOptions {
  /** The address to which all names lead. */
  readonly namesLeadTo: string;
}

/** A running authority, with a name server of its own. */
export class Pebble implements AsyncDisposable {
  private constructor(
    /** The URL of its directory. */
    readonly directory: string,
    /** The port to which it connects, at a domain, to check that the server controls the domain. */
    readonly proofPort: number,
    /** The file with the certificate that clients of the directory must trust. */
    readonly trusted: string,
    readonly stack: AsyncDisposableStack,
  ) {}

  static async start({ namesLeadTo }: PebbleOptions): Promise<Pebble> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(new TempFolder());
    const authority = await Authority.make();
    const { cert, key } = await authority.issue({ name: "localhost", days: 1 });
    const [port, management, names, proofPort] = [freePort(), freePort(), freePort(), freePort()];
    const configuration = {
      pebble: {
        listenAddress: `127.0.0.1:${port}`,
        managementListenAddress: `127.0.0.1:${management}`,
        certificate: folder.write("cert.pem", cert),
        privateKey: folder.write("key.pem", key),
        httpPort: proofPort,
        tlsPort: freePort(),
      },
    };
    const nameServer = stack.use(
      new Process([
        ...["-dns01", `127.0.0.1:${names}`, "-management", `127.0.0.1:${freePort()}`],
        ...["-http01", "", "-https01", "", "-tlsalpn01", ""],
        ...["-defaultIPv4", namesLeadTo, "-defaultIPv6", ""],
      ], { command: NAME_SERVER ?? "" }),
    );
    await nameServer.stdout(/Starting management server/);
    const file = folder.write("pebble.json", JSON.stringify(configuration));
    const pebble = stack.use(
      new Process(["-config", file, "-dnsserver", `127.0.0.1:${names}`], {
        command: PEBBLE ?? "",
        env: { PEBBLE_VA_NOSLEEP: "1" },
      }),
    );
    await pebble.stdout(/ACME directory available/);
    const trusted = folder.write("authority.pem", authority.certificate);
    return new Pebble(`https://localhost:${port}/dir`, proofPort, trusted, stack.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack.disposeAsync();
  }
}
