import { assert } from "@std/assert";
import { UPLOAD_PATH } from "../../protocol.ts";
import type { IrcClient } from "./irc_client.ts";
import { base64 } from "./irc_client.ts";
import { launch, type Launched, type Overrides, type TestParts, TestServer } from "./server.ts";
import { TempFolder } from "./temp_folder.ts";

/** A server with a folder for uploaded files, and the account `ada` with the password `sesame`. */
export class FileServer extends TestServer {
  readonly #folder: TempFolder | undefined;
  readonly data: string;
  #keepsFolder = false;

  private constructor(launched: Launched, data: string, folder: TempFolder | undefined) {
    super(launched);
    this.#folder = folder;
    this.data = data;
  }

  /** Starts a server in `data`; in a new folder if that is absent. */
  static override async start(
    overrides: Overrides = {},
    parts: TestParts = {},
    data?: string,
  ): Promise<FileServer> {
    const folder = data === undefined ? new TempFolder() : undefined;
    const path = data ?? folder?.path ?? "";
    const launched = await launch({ memory: false, data: path, ...overrides }, parts);
    return new FileServer(launched, path, folder);
  }

  /** Starts a server with the account `ada`, whose user is in `#a`. */
  static async withAda(overrides: Overrides = {}, parts: TestParts = {}) {
    const server = await FileServer.start(overrides, parts);
    const ada = await server.register("ada", {
      caps: "draft/message-redaction standard-replies message-tags echo-message batch",
      join: "#a",
    });
    await ada.ask("REGISTER * * sesame");
    return { server, ada };
  }

  /** The URL for uploads. */
  get url(): string {
    return `http://127.0.0.1:${this.port}${UPLOAD_PATH}`;
  }

  /** The names of the files in the folder of uploads. */
  get stored(): string[] {
    try {
      return Array.from(Deno.readDirSync(`${this.data}/uploads`), ({ name }) => name).sort();
    } catch {
      return [];
    }
  }

  /** Uploads `body` as `ada`, under `name`. */
  upload(body: BodyInit, name = "notes.txt", headers: Record<string, string> = {}) {
    return fetch(this.url, {
      method: "POST",
      body,
      headers: {
        "Authorization": basic("ada", "sesame"),
        "Content-Disposition": `attachment; filename="${name}"`,
        ...headers,
      },
    });
  }

  /** Uploads `body` as `ada`; returns the URL of the file. */
  async uploaded(body: BodyInit, name?: string): Promise<string> {
    const response = await this.upload(body, name);
    const text = await response.text();
    assert(response.status === 201, `${response.status} ${text}`);
    return response.headers.get("location") ?? "";
  }

  /** Sends a request as bytes; returns the answer as text, one letter for each byte. */
  async raw(head: readonly string[], ...body: readonly Uint8Array[]): Promise<string> {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    const begin = new TextEncoder().encode([...head, "", ""].join("\r\n"));
    for (const bytes of [begin, ...body]) {
      for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of socket.readable) pieces.push(piece);
    return new TextDecoder("latin1").decode(await new Blob(pieces.map((p) => p.slice())).bytes());
  }

  /** Keeps the folder when the server is disposed of, until {@linkcode removeFolder}. */
  keepFolder(): void {
    this.#keepsFolder = true;
  }

  /** Removes the folder. */
  removeFolder(): void {
    this.#folder?.[Symbol.dispose]();
  }

  /**
   * Lets the server do what is due now: sends it a request, and waits for the answer, which takes
   * at least one turn of the event loop.
   */
  async turn(): Promise<void> {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    await socket.write(new TextEncoder().encode("GET /-/files/x HTTP/1.1\r\nHost: x\r\n\r\n"));
    await socket.read(new Uint8Array(1));
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    if (!this.#keepsFolder) this.removeFolder();
  }
}

/** Returns the value of `Authorization` for an account and its password. */
export function basic(account: string, password: string): string {
  return `Basic ${base64(`${account}:${password}`)}`;
}

/** Returns the status of an answer, and its text. */
export async function result(response: Promise<Response> | Response): Promise<[number, string]> {
  const { status, text } = await Promise.resolve(response).then((r) => ({
    status: r.status,
    text: r.text(),
  }));
  return [status, (await text).trim()];
}

/** Says `text` in `#a`; returns the id of the message. */
export async function say(client: IrcClient, text: string): Promise<string> {
  const [line = ""] = await client.ask(`PRIVMSG #a :${text}`);
  const [, id = ""] = /msgid=([0-9a-z]+)/.exec(line) ?? [];
  assert(id !== "", line);
  return id;
}
