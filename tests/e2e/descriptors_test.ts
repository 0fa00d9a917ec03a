import { once } from "node:events";
import { connect } from "node:net";
import { CHAT, ServeProcess } from "../support/chat_process.ts";
import { inTime } from "../support/patience.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { TempFolder } from "../support/temp_folder.ts";

Deno.test({
  name: "a server that had no file descriptors left accepts connections again",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = new TempFolder();
    await using server = startLimited(folder);
    const address = await server.address();
    using ada = await RawSocket.register(address, "ada");
    {
      using crowd = new DisposableStack();
      for (let i = 0; i < 200; i++) crowd.use(await RawSocket.connect(address));
      await server.stderr(/cannot accept connections/);
      await ada.write("PING still\r\n");
      await ada.readUntil(/PONG .*still/);
    }
    using _bob = await RawSocket.register(address, "bob");
    await server.stderr(/connections are accepted again/);
  },
});

Deno.test({
  name: "connections that clients reset at once cost no file descriptors",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = new TempFolder();
    await using server = startLimited(folder);
    const address = await server.address();
    const [host, port] = address.split(":");
    for (let i = 0; i < 200; i++) {
      const client = connect({ host, port: Number(port) });
      await once(client, "connect");
      client.resetAndDestroy();
      await once(client, "close");
    }
    using _ada = await inTime(RawSocket.register(address, "ada"), "the welcome");
  },
});

/** Starts a server that can have 128 file descriptors. */
function startLimited(folder: TempFolder): ServeProcess {
  const command = folder.write("limited", `#!/bin/sh\nulimit -n 128\nexec ${CHAT} "$@"\n`);
  Deno.chmodSync(command, 0o700);
  return ServeProcess.start({ limits: { connectionsPerAddress: 1000 } }, { command });
}
