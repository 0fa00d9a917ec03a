import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { once } from "node:events";
import { connect } from "node:net";
import manifest from "../../deno.json" with { type: "json" };
import { systemClock } from "../../shared/clock.ts";
import { Process, ServeProcess } from "../support/chat_process.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { TempFolder } from "../support/temp_folder.ts";

Deno.test("the executable prints its version and its help", async () => {
  assertEquals(await Process.run(["--version"]), {
    code: 0,
    stdout: `chat ${manifest.version}\n`,
    stderr: "",
  });
  const { code, stdout, stderr } = await Process.run(["serve", "--help"]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertMatch(stdout, /^Usage: chat serve/);
});

Deno.test("a server prints its addresses and the commands to connect", async () => {
  await using server = ServeProcess.start({ plainPort: 0 });
  const [line] = await server.stdout(/.*chat connect.*/);
  assertMatch(
    line,
    /^Listening on 127\.0\.0\.1:(\d+)\. To join from this machine, run: chat connect 127\.0\.0\.1:\1$/,
  );
  await server.stdout(
    /Listening on 127\.0\.0\.1:(\d+)\. To join from this machine, run: nc 127\.0\.0\.1 \1\n/,
  );
});

Deno.test("the line that deno task serve prints joins that server when it is pasted", async () => {
  using folder = new TempFolder();
  const args = ["--listen", "127.0.0.1:0", "--data", folder.path, "--memory"];
  const deno = { command: Deno.execPath() };
  await using server = new Process(["task", "serve", ...args], deno);
  try {
    const [, line = ""] = await server.stdout(/run: (.+)\n/);
    const [program, ...words] = line.split(" ");
    assertEquals([program, ...words.slice(0, 2)], ["deno", "task", "connect"]);
    await server.stdout(/To own this server, run: deno task connect "chat:/);
    const { code } = await Process.run([...words, "--nick", "ada"], "hello\n", deno);
    assertEquals(code, 0);
    await server.stderr(/ nick=ada/);
  } finally {
    // SIGKILL would not do: `deno task` cannot pass it on to the server.
    server.kill("SIGINT");
    await server.ended();
  }
});

Deno.test("a server shows a QR code only in a terminal, unless told to show it always", async () => {
  const config = { address: "chat.example.org", plainPort: undefined };
  await using eager = ServeProcess.start({ ...config, qr: "always" });
  await eager.stdout(
    /Friends join with: .*\nIn a browser: .*\n.\[38;5;16;48;5;231m +.\[0m\n(?:.*\n)+To own this server/,
  );
  await using shy = ServeProcess.start({ ...config, qr: "auto" });
  await shy.stdout(
    /Friends join with: .*\nIn a browser: .*\nTo own this server/,
  );
  await using lonely = ServeProcess.start({ qr: "always" });
  await lonely.stdout(/No QR code: the first address is only for this machine/);
});

Deno.test("a server makes the folder for its files", async () => {
  using folder = new TempFolder();
  await using server = ServeProcess.start({ data: `${folder.path}/a/b` });
  await server.address();
  assert(Deno.statSync(`${folder.path}/a/b`).isDirectory);
});

Deno.test("connections that are reset before they are accepted do not delay others", async () => {
  await using server = ServeProcess.start();
  const address = await server.address();
  server.kill("SIGSTOP");
  const [, port = ""] = address.split(":");
  for (let i = 0; i < 20; i++) {
    const stranger = connect({ host: "127.0.0.1", port: Number(port) });
    await once(stranger, "connect");
    stranger.resetAndDestroy();
  }
  server.kill("SIGCONT");
  using _socket = await RawSocket.register(address, "ada");
  server.kill("SIGTERM");
  // A server that cannot accept connections says so, and waits before it accepts again.
  assertEquals((await server.ended()).stderr.match(/cannot accept .*/g), null);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`on ${signal} the server sends ERROR to its clients and ends with exit code 0`, async () => {
    await using server = ServeProcess.start();
    using socket = await RawSocket.register(await server.address(), "ada");
    server.kill(signal);
    assertMatch(await socket.readAll(), /ERROR :[^\r]*shutting down[^\r]*\r\n$/);
    const { code, stderr } = await server.ended();
    assertEquals(code, 0);
    assertStringIncludes(stderr, "disconnected nick=ada");
  });
}

/** Starts a server with much data queued for `socket`, which does not read. */
async function startStalled() {
  const server = ServeProcess.start({
    motd: `${"x".repeat(390)}\n`.repeat(1000),
    limits: { commandsPerSecond: 1e6, commandBurst: 1e6, sendQueueBytes: 1024 ** 3 },
  });
  const socket = await RawSocket.register(await server.address(), "ada");
  // Commands run in order: once the nick has changed, everything else is queued.
  await socket.write("MOTD\r\n".repeat(100) + "NICK lovelace\r\n");
  using other = await RawSocket.register(await server.address(), "bob");
  do await other.write("ISON lovelace\r\n"); while (
    !(await other.readUntil(/ 303 .*\r\n/)).includes("lovelace")
  );
  return { server, socket };
}

Deno.test("a client that does not read delays the shutdown by at most 2 seconds", async () => {
  const { server, socket } = await startStalled();
  await using _server = server;
  using _socket = socket;
  const start = performance.now();
  server.kill("SIGTERM");
  assertEquals((await server.ended()).code, 0);
  assert(performance.now() - start < 2_000);
});

Deno.test("a second signal ends the server at once", async () => {
  const { server, socket } = await startStalled();
  await using _server = server;
  using _socket = socket;
  server.kill("SIGTERM");
  await server.stderr(/shutting down/);
  server.kill("SIGINT");
  assertEquals((await server.ended()).code, 130);
});

for (const again of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`a Ctrl-C that a parent process forwards as ${again} counts once`, async () => {
    await using server = ServeProcess.start();
    using socket = await RawSocket.register(await server.address(), "ada");
    server.kill("SIGINT");
    await server.stderr(/shutting down/);
    server.kill(again);
    assertMatch(await socket.readAll(), /ERROR :[^\r]*shutting down/);
    assertEquals((await server.ended()).code, 0);
  });
}

/** Asserts that the command fails with one line and without a stack trace. */
async function assertFails(args: readonly string[], expected: RegExp, code = 1): Promise<void> {
  const ended = await Process.run(args);
  assertEquals({ code: ended.code, stdout: ended.stdout }, { code, stdout: "" }, ended.stderr);
  assertMatch(ended.stderr, /^chat: [^\n]+\n$/);
  assertMatch(ended.stderr, expected);
}

Deno.test("a taken port is one line that says what to do", async () => {
  using folder = new TempFolder();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  await assertFails(
    ["serve", "--listen", `127.0.0.1:${port}`, "--data", folder.path],
    new RegExp(`port ${port} is in use, .* --listen `),
  );
});

Deno.test("a server in memory makes no folder, and says which settings have no effect", async () => {
  using folder = new TempFolder();
  const data = `${folder.path}/data`;
  await using server = new Process([
    "serve",
    "--memory",
    "--listen",
    "127.0.0.1:0",
    "--data",
    data,
  ]);
  await server.stdout(/Listening on/);
  await server.stderr(/warn +a setting has no effect reason="--data has no effect/);
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

Deno.test("an address of another machine is one line that names it and the flag", async () => {
  // An address for documentation (RFC 5737).
  for (const flags of [["--listen"], ["--listen", "127.0.0.1:0", "--metrics"]]) {
    const args = ["serve", "--memory", ...flags, "192.0.2.99:7342"];
    const { code, stderr } = await Process.run(args);
    const flag = flags.at(-1);
    assertEquals(
      [code, stderr],
      [1, `chat: this machine has no address 192.0.2.99: choose another with ${flag}\n`],
    );
  }
});

Deno.test("a wrong configuration file is one line, with the position in the file", async () => {
  using folder = new TempFolder();
  const broken = folder.write("chat.json", '{\n  "room": oops\n}\n');
  await assertFails(
    ["serve", "--config", broken],
    /\.json, line 2, column 11: unexpected token "oops"/,
  );
  const unknown = folder.write("chat.json", '{ "rooom": "a" }');
  await assertFails(["serve", "--config", unknown], /unknown setting rooom; did you mean room\?/);
  await assertFails(["serve", "--config", `${folder.path}/x`], /cannot read .*: it does not exist/);
  await assertFails(
    ["serve", "--data", unknown],
    /cannot create the folder .*: a file has that name/,
  );
});

Deno.test("wrong usage is one line that points to help, and exit code 2", async () => {
  await assertFails([], /see: chat --help/, 2);
  await assertFails(["sreve"], /did you mean serve\?.*see: chat --help/, 2);
  await assertFails(["serve", "--lisen", "1"], /did you mean --listen\?.*chat serve --help/, 2);
  await assertFails(["connect"], /the server is missing.*see: chat connect --help/, 2);
});

Deno.test("a server that was stopped for longer than the ping timeout closes nobody", async () => {
  await using server = ServeProcess.start({ limits: { pingSeconds: 1 } });
  using ada = await RawSocket.register(await server.address(), "ada");
  server.kill("SIGSTOP");
  await ada.write("PING still-here\r\n");
  await new Promise<void>((resolve) => systemClock.after(4_000, resolve));
  server.kill("SIGCONT");
  await ada.write("QUIT\r\n");
  const heard = await ada.readAll();
  assertStringIncludes(heard, "PONG chat.local still-here\r\n");
  assertStringIncludes(heard, "ERROR :Quit");
});
