import { assertEquals, assertRejects } from "@std/assert";
import { FollowingLog } from "../../../server/cluster/logs.ts";
import { HttpError } from "../../../server/doors/file_answers.ts";
import { FileReceiver } from "../../../server/doors/receiving_files.ts";
import type { Unstamped } from "../../../server/events/events.ts";
import { HttpPeer } from "../../../server/net/http_peer.ts";
import { UploadFolder } from "../../../server/uploads/folder.ts";
import { UPLOAD_PATH } from "../../../protocol.ts";
import { ModelStore } from "../../sim/model_store.ts";
import { beginning, openServer, ORIGIN, RECORDS } from "../../sim/server_parts.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { TempFolder } from "../../support/temp_folder.ts";

/** A node of a cluster, whose leader says that each request is one of the account `name`. */
class Node implements Disposable {
  readonly #folder = new TempFolder();
  readonly #server = openServer({
    clock: new FakeClock(),
    store: new ModelStore({ changes: [...RECORDS] }),
    openLog: (parts) => new FollowingLog(parts, beginning(parts)),
    onFault(text) {
      throw new Error(text);
    },
  });
  readonly #name: string;
  /** The accounts of the files that were saved. */
  readonly saved: string[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  /** Applies an event that the log of the cluster has. */
  apply(event: Unstamped): void {
    this.#server.log.apply(this.#server.log.stamp(event));
  }

  /** Saves an account of this name, which was created at `createdAt`. */
  create(name: string, createdAt: number): void {
    const { server: by } = this.#server.context;
    this.apply({ type: "AccountSaved", by, account: { name, createdAt, fingerprints: [] } });
  }

  /** Removes an account. */
  remove(account: string): void {
    this.apply({ type: "AccountRemoved", by: this.#server.context.server, account });
  }

  /** Receives a file, during whose upload `action` runs; resolves to its URL. */
  async receive(action: () => void): Promise<string> {
    const { context } = this.#server;
    const receiver = new FileReceiver({
      context,
      folder: new UploadFolder(this.#folder.path),
      keeper: {
        senderOf: () => Promise.resolve({ type: "account", name: this.#name }),
        save: ({ account }) => {
          this.saved.push(account);
          return Promise.resolve("saved");
        },
        fetch: () => Promise.resolve(),
        tidy() {},
      },
    });
    const socket = {
      read(into: Uint8Array) {
        action();
        into.set(new TextEncoder().encode("tea"));
        return Promise.resolve(3);
      },
      write: (bytes: Uint8Array) => Promise.resolve(bytes.length),
      close() {},
      closeWrite: () => Promise.resolve(),
    };
    const unread = new Uint8Array(0);
    const peer = new HttpPeer({ socket, unread, inflow: context.inflow });
    const visit = { ...ORIGIN, socket, unread, address: ORIGIN.host, certificate: undefined };
    const headers = { "content-length": "3", "content-type": "text/plain" };
    const url = await receiver.receive(peer, visit, {
      method: "POST",
      target: UPLOAD_PATH,
      headers,
    });
    peer.close();
    return url;
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

Deno.test("a node that does not have the new account of a sender yet takes the file", async () => {
  for (const isLate of [true, false]) {
    using node = new Node("zoe");
    await node.receive(() => isLate || node.create("zoe", 1));
    assertEquals(node.saved, ["zoe"]);
  }
});

Deno.test("a file is not taken for the next owner of its sender's name", async () => {
  using node = new Node("p0");
  const changes = () => {
    node.remove("p0");
    node.create("p0", 7);
  };
  await assertRejects(() => node.receive(changes), HttpError);
  assertEquals(node.saved, []);
});
