import { assert, assertEquals } from "@std/assert";
import { AT_ONCE } from "../../server/uploads/quota.ts";
import { ServeProcess } from "../support/chat_process.ts";
import { IrcClient } from "../support/irc_client.ts";
import { RawUpload, usageOf } from "../support/raw_upload.ts";

const ignore = Deno.build.os !== "linux";
const KIB = 1024;
const MIB = 1024 * KIB;
/** The number of uploads that stop halfway; each comes from an address of its own. */
const COUNT = 200;
const ADDRESS_OF = (index: number) => `10.3.0.${index + 1}`;

Deno.test(
  "half uploads of many addresses hold no more memory, files and sockets than the limits allow",
  {
    ignore,
  },
  async () => {
    await using server = ServeProcess.start({ trustedProxy: ["127.0.0.1"], allowPlaintext: true });
    const port = Number((await server.address()).split(":")[1]);
    await using ada = await IrcClient.connect(port);
    await ada.send("PROXY TCP4 10.9.0.1 127.0.0.1 1 1", "NICK ada", "USER u 0 * u");
    await ada.until("001");
    await ada.ask("REGISTER * * sesame");
    const usage = () => usageOf(server.pid, server.data);
    const before = usage();

    await using stack = new AsyncDisposableStack();
    const begun = await Promise.all(Array.from({ length: COUNT }, async (_, index) => {
      const options = { account: "ada", address: ADDRESS_OF(index), stated: 2 * MIB };
      const upload = stack.use(await RawUpload.begin(port, options));
      await upload.send(300 * KIB);
      return upload;
    }));
    // The server answers the uploads that it refuses, and waits for the others. These others send a
    // little more, because a busy machine takes long to check all passwords, and the server ends
    // uploads that stall.
    const waiting = () => begun.filter(({ status }) => status === undefined);
    while (waiting().length > AT_ONCE.all || usage().files < AT_ONCE.all) {
      for (const upload of waiting()) await upload.send(1);
      await ada.ask("PING begun");
    }
    const during = usage();
    assertEquals(new Set(begun.map(({ status }) => status)), new Set([undefined, 429]));
    assertEquals(during.files, AT_ONCE.all);
    const sent = waiting().reduce((sum, upload) => sum + upload.sent, 0);
    assert(during.bytes <= sent, `${during.bytes} of ${sent}`);
    assert(during.memory - before.memory < 100 * MIB, `${before.memory} → ${during.memory}`);

    for (const upload of begun) upload[Symbol.dispose]();
    while (usage().files > 0 || usage().descriptors > before.descriptors) {
      await ada.ask("PING over");
    }
  },
);
