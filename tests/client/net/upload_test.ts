import { assertEquals } from "@std/assert";
import { fileSender, type Uploaded } from "../../../client/net/upload.ts";
import type { Socket } from "../../../client/net/socket_stream.ts";
import type { Cancel } from "../../../shared/clock.ts";
import { UPLOAD_PATH } from "../../../protocol.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { inTime } from "../../support/patience.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const MINUTE_MS = 60_000;
const ANSWER_MS = 5 * MINUTE_MS;
const PART_BYTES = 16 * 1024;

/** A clock that tells when a timer of five minutes is set: the time for an answer. */
class UploadClock extends FakeClock {
  readonly #sent = Promise.withResolvers<void>();
  /** Resolves once the whole file is sent. */
  readonly sent = this.#sent.promise;

  override after(ms: number, action: () => void): Cancel {
    if (ms === ANSWER_MS) this.#sent.resolve();
    return super.after(ms, action);
  }
}

/** A socket that takes and answers nothing by itself. */
class StillSocket implements Socket {
  newFingerprint = undefined;
  keyProblem = undefined;
  isEncrypted = undefined;
  applySts = undefined;
  readonly #ended = Promise.withResolvers<null>();
  /** The number of bytes written. */
  written = 0;

  read(_into: Uint8Array): Promise<number | null> {
    return this.#ended.promise;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.written += bytes.length;
    return Promise.resolve(bytes.length);
  }

  close(): void {
    this.#ended.resolve(null);
  }
}

/** Uploads a file of `size` bytes over `socket`. */
async function upload(socket: Socket, clock: FakeClock, size: number): Promise<Uploaded> {
  using folder = new TempFolder();
  const dial = () => Promise.resolve(socket);
  const send = fileSender({ host: "127.0.0.1", port: 1, clock, dial });
  const path = folder.write("tea.txt", "x".repeat(size));
  return await send(path, { url: `https://127.0.0.1${UPLOAD_PATH}`, authorization: "x" });
}

Deno.test("an upload ends if the server does not answer for five minutes", async () => {
  const clock = new UploadClock();
  const result = upload(new StillSocket(), clock, 5);
  await inTime(clock.sent, "the file");
  clock.advance(ANSWER_MS);
  const reason = "the server got it, but did not answer for five minutes: try again later";
  assertEquals(await inTime(result, "the end"), { reason });
  assertEquals(clock.pending, 0);
});

Deno.test("an upload ends if the server takes nothing more of a file for a minute", async () => {
  const clock = new FakeClock();
  const full = Promise.withResolvers<void>();
  const stalled = Promise.withResolvers<number>();
  class FullSocket extends StillSocket {
    override write(bytes: Uint8Array): Promise<number> {
      if (this.written < 10 * PART_BYTES) return super.write(bytes);
      full.resolve();
      return stalled.promise;
    }

    override close(): void {
      super.close();
      stalled.reject(new Error("closed"));
    }
  }
  const result = upload(new FullSocket(), clock, 1024 * 1024);
  await inTime(full.promise, "the full socket");
  clock.advance(MINUTE_MS);
  const reason =
    "the server took nothing more of it for a minute: check your connection, and try again";
  assertEquals(await inTime(result, "the end"), { reason });
});

Deno.test("a slow upload of a large file goes on", async () => {
  const clock = new FakeClock();
  const answer = new TextEncoder().encode(
    "HTTP/1.1 201 Created\r\nLocation: /-/files/1/tea.txt\r\n\r\n",
  );
  const size = 1024 * 1024;
  const whole = Promise.withResolvers<void>();
  let isAnswered = false;
  class SlowSocket extends StillSocket {
    override write(bytes: Uint8Array): Promise<number> {
      clock.advance(MINUTE_MS - 1);
      const written = super.write(bytes);
      if (this.written > size) whole.resolve();
      return written;
    }

    override async read(into: Uint8Array): Promise<number | null> {
      await whole.promise;
      if (isAnswered) return null;
      isAnswered = true;
      into.set(answer);
      return answer.length;
    }
  }
  const result = await inTime(upload(new SlowSocket(), clock, size), "the answer");
  assertEquals(result, { url: "https://127.0.0.1/-/files/1/tea.txt" });
});

/** Uploads a file to a host that does with each connection what `serve` says. */
async function uploadToHost(
  clock: FakeClock,
  serve: (connection: Deno.TcpConn) => Promise<void>,
): Promise<Uploaded> {
  using folder = new TempFolder();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = listener.accept().then(async (connection) => {
    using _ = connection;
    await serve(connection);
  });
  const dial = () => Promise.reject(new Error("not this server"));
  const send = fileSender({ host: "127.0.0.1", port: 1, clock, dial });
  const url = `http://127.0.0.1:${listener.addr.port}/files`;
  const result = await send(folder.write("tea.txt", "tea"), { url, authorization: undefined });
  await served;
  return result;
}

Deno.test("an upload ends if another host does not answer for five minutes", async () => {
  const clock = new UploadClock();
  const result = uploadToHost(clock, async (connection) => {
    while (await connection.read(new Uint8Array(1024)).catch(() => null) !== null);
  });
  await inTime(clock.sent, "the file");
  clock.advance(ANSWER_MS);
  const reason = "the server got it, but did not answer for five minutes: try again later";
  assertEquals(await inTime(result, "the end"), { reason });
});

Deno.test("of an answer without an end, only the beginning is read", async () => {
  const encoder = new TextEncoder();
  const result = await inTime(
    uploadToHost(new FakeClock(), async (connection) => {
      await connection.write(encoder.encode("HTTP/1.1 500 Error\r\n\r\n"));
      const piece = encoder.encode("full ".repeat(1000));
      while (await connection.write(piece).catch(() => 0) > 0);
    }),
    "the end",
  );
  assertEquals(result, { reason: "full ".repeat(40).trim() });
});
