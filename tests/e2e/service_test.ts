// Tests of the executable as a service manager runs it: its signals, its log, its sockets, its
// permissions.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { CHAT, Process, ServeProcess } from "../support/chat_process.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { TempFolder } from "../support/temp_folder.ts";

Deno.test("SIGHUP reads the configuration file again, and does not end the server", async () => {
  await using server = ServeProcess.start();
  const address = await server.address();
  using ada = await RawSocket.register(address, "ada");
  for (let count = 1; count <= 3; count++) {
    server.kill("SIGHUP");
    await server.stderr(new RegExp(`(?:configuration file reloaded by=SIGHUP[^]*){${count}}`));
  }
  await ada.write("PING still\r\n");
  await ada.readUntil(/PONG .*still/);
  server.kill("SIGTERM");
  assertMatch(await ada.readAll(), /ERROR :The server is shutting down/);
  assertEquals((await server.ended()).code, 0);
});

Deno.test("a SIGHUP while the server starts does not end it, and takes effect after the start", async () => {
  using folder = new TempFolder();
  const config = `${folder.path}/chat.json`;
  // A server that reads this file waits until the test writes to it.
  await new Deno.Command("mkfifo", { args: [config] }).output();
  await using server = new Process(["serve", "--memory", "--config", config]);
  const settings = new TextEncoder().encode(`{ "listen": "127.0.0.1:0", "logLevel": "info" }`);
  {
    using file = await Deno.open(config, { write: true });
    server.kill("SIGHUP");
    await file.write(settings);
  }
  await Deno.writeFile(config, settings);
  await server.stderr(/configuration file reloaded by=SIGHUP/);
  server.kill("SIGTERM");
  assertEquals((await server.ended()).code, 0);
});

/** Runs a server in a terminal, and closes the terminal once the server listens. */
const CLOSED = `
import os, pty, sys
server, terminal = pty.fork()
if server == 0:
    os.execv(sys.argv[1], [sys.argv[1], "serve", "--memory", "--listen", "127.0.0.1:0"])
shown = b""
while b"Or open" not in shown:
    shown += os.read(terminal, 4096)
os.close(terminal)
print("code", os.waitstatus_to_exitcode(os.waitpid(server, 0)[1]))
`;

Deno.test("a server ends when the terminal in which it runs is closed", async () => {
  const args = ["-c", CLOSED, Deno.realPathSync(CHAT)];
  const ended = await Process.run(args, "", { command: "python3" });
  assertEquals(ended, { code: 0, stdout: "code 0\n", stderr: "" });
});

/** Runs a server whose log nobody reads; prints a line once many clients have come and gone. */
const UNREAD = `
import os, socket, subprocess, sys
_, full = os.pipe()
server = subprocess.Popen([sys.argv[1], "serve", "--memory", "--listen", "127.0.0.1:0", "--metrics", "0",
    "--log-level", "debug"], stdout=subprocess.PIPE, stderr=full, text=True)
port = int(server.stdout.readline().split(":")[1].split(".")[0])
for i in range(600):
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    client.sendall(b"NICK n%d\\r\\nUSER a 0 * a\\r\\nQUIT\\r\\n" % i)
    while client.recv(65536):
        pass
    client.close()
print("answered", flush=True)
server.terminate()
print("code", server.wait(10), flush=True)
`;

Deno.test("if nobody reads the log, no client waits", async () => {
  const ended = await Process.run(["-c", UNREAD, CHAT], "", { command: "python3" });
  assertEquals(ended, { code: 0, stdout: "answered\ncode 0\n", stderr: "" });
});

/** Opens a port, connects to it, and becomes a server that takes it over. */
const PASSED = `
import os, socket, sys
listening = socket.create_server(("127.0.0.1", 0))
port = listening.getsockname()[1]
client = socket.create_connection(("127.0.0.1", port), timeout=20)
client.sendall(b"NICK early\\r\\nUSER a 0 * a\\r\\nQUIT :bye\\r\\n")
if os.fork() == 0:
    data = b""
    while chunk := client.recv(65536):
        data += chunk
    print("welcomed" if b" 001 early " in data else data, flush=True)
    os._exit(0)
os.dup2(listening.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
named = sys.argv[2] if len(sys.argv) > 2 else str(port)
os.execv(sys.argv[1], [sys.argv[1], "serve", "--memory", "--listen", "127.0.0.1:" + named])
`;

Deno.test("a server takes over the port that a service manager holds, with its waiting clients", async () => {
  await using server = new Process(["-c", PASSED, Deno.realPathSync(CHAT)], { command: "python3" });
  await server.stdout(/welcomed/);
  server.kill("SIGTERM");
  assertEquals((await server.ended()).code, 0);
});

Deno.test("a server that gets a port for which it has no use does not start", async () => {
  const args = ["-c", PASSED, Deno.realPathSync(CHAT), "0"];
  const { code, stderr } = await Process.run(args, "", { command: "python3" });
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /passed a socket for 127\.0\.0\.1:\d+, which the server does not use: name it with --listen/,
  );
});

/** Opens one port on two addresses, and becomes a server that takes over both sockets. */
const PASSED_TWO = `
import os, socket, sys
first = socket.create_server(("127.0.0.1", 0))
port = first.getsockname()[1]
second = socket.create_server(("::1", port), family=socket.AF_INET6)
os.dup2(second.fileno(), 63)
os.dup2(first.fileno(), 3)
os.dup2(63, 4)
for fd in (3, 4):
    os.set_inheritable(fd, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2")
hosts = sys.argv[2:]
if os.fork() == 0:
    for host in hosts:
        client = socket.create_connection((host.strip("[]"), port), timeout=20)
        client.sendall(b"NICK early\\r\\nUSER a 0 * a\\r\\nQUIT :bye\\r\\n")
        while b" 001 early " not in client.recv(65536):
            pass
        print("welcomed by", host, flush=True)
    os._exit(0)
flags = [word for host in hosts for word in ("--listen", host + ":" + str(port))]
os.execv(sys.argv[1], [sys.argv[1], "serve", "--memory", *flags])
`;

Deno.test("two sockets with one port are told apart by their addresses", async () => {
  const args = ["-c", PASSED_TWO, Deno.realPathSync(CHAT), "[::1]", "127.0.0.1"];
  await using server = new Process(args, { command: "python3" });
  await server.stdout(/welcomed by \[::1\]/);
  await server.stdout(/welcomed by 127\.0\.0\.1/);
  server.kill("SIGTERM");
  assertEquals((await server.ended()).code, 0);
});

Deno.test("a server that gets two sockets with one port, and uses one of them, does not start", async () => {
  const args = ["-c", PASSED_TWO, Deno.realPathSync(CHAT), "127.0.0.1"];
  const { code, stderr } = await Process.run(args, "", { command: "python3" });
  assertEquals(code, 1);
  assertMatch(stderr, /passed a socket for \[::1\]:(\d+), .*name it with --listen "\[::1\]:\1"/);
});

Deno.test("the executable cannot write to the folders of the system, whoever runs it", async () => {
  for (const data of ["/etc/chat-test", "/usr/lib/chat-test", "/dev/chat-test"]) {
    const { code, stderr } = await Process.run([
      "serve",
      "--listen",
      "127.0.0.1:0",
      "--data",
      data,
    ]);
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /^chat: cannot create the folder .*: permission denied; choose another path/,
    );
  }
  const secret = ["serve", "--memory", "--listen", "127.0.0.1:0", "--config", "/etc/shadow"];
  const { code, stderr } = await Process.run(secret);
  assertEquals(code, 1);
  assertMatch(stderr, /^chat: cannot read \/etc\/shadow: permission denied/);
});

Deno.test("doctor reports by its exit code", async () => {
  using folder = new TempFolder();
  const args = ["doctor", "--data", `${folder.path}/data`];
  const healthy = await Process.run([...args, "--listen", "127.0.0.1:0"]);
  assertEquals(healthy.code, 0, healthy.stdout);
  assertMatch(healthy.stdout, /^ok +space +[\d.]+ [MGT]iB free$/m);
  await using server = ServeProcess.start();
  const taken = await Process.run([...args, "--listen", await server.address()]);
  assertEquals(taken.code, 1);
  assertMatch(taken.stdout, /^problem +port +port \d+ is in use/m);
  assert(taken.stdout.endsWith("1 problem found.\n"));
});
