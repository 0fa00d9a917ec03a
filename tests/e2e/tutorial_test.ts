// The four steps of the tutorial that chat began as, with clients as a beginner writes them: bare
// sockets, recv(1024), and no newline after what is sent.

import { assertEquals, assertMatch } from "@std/assert";
import { Process, ServeProcess } from "../support/chat_process.ts";

function python(script: string, ...args: readonly (string | number)[]): Process {
  return new Process(["-u", "-c", script, ...args.map(String)], { command: "python3" });
}

const CONNECT = `
import socket, sys

def connect():
    client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    client.connect(("localhost", int(sys.argv[1])))
    return client
`;

/** A client that sends its input, and prints received text after a mark. */
const CLIENT = `${CONNECT}
import threading

client = connect()

def send_what_is_typed():
    for line in sys.stdin:
        client.send(line.rstrip("\\n").encode("utf8"))

threading.Thread(target=send_what_is_typed, daemon=True).start()
print("connected")
while received := client.recv(1024):
    print(" < " + received.decode("utf8"), end="")
`;

/** Starts a client that connects to the server. */
async function enter(server: ServeProcess): Promise<Process> {
  const client = python(CLIENT, await server.plainPort());
  await client.stdout(/connected/);
  return client;
}

Deno.test("step 1: the server accepts every connection", async () => {
  await using server = ServeProcess.start({ plainPort: 0 });
  const script = `${CONNECT}
clients = [connect(), connect()]
print(len(clients), "connected")
input()
`;
  await using clients = python(script, await server.plainPort());
  await clients.stdout(/2 connected/);
  await server.stderr(/connected .*connected /s);
});

Deno.test("step 2: the server reads from every client, even if another is silent", async () => {
  await using server = ServeProcess.start({ plainPort: 0 });
  await using reader = await enter(server);
  await server.stderr(/connected /);
  const script = `${CONNECT}
silent, first, second = connect(), connect(), connect()
second.send(b"Hello, world!")
input()
first.send(b"Hello, from the first!")
input()
`;
  await using writers = python(script, await server.plainPort());
  await reader.stdout(/ < \S+: Hello, world!\n/);
  await writers.write("go on\n");
  await reader.stdout(/ < \S+: Hello, from the first!\n/);
});

Deno.test("step 3: a client sends its input, line by line", async () => {
  await using server = ServeProcess.start({ plainPort: 0 });
  await using reader = await enter(server);
  await server.stderr(/connected /);
  await using client = await enter(server);
  for (const line of ["Hi there", "how are you?", "Grüße 🎉"]) {
    await client.write(`${line}\n`);
    const [said] = await reader.stdout(new RegExp(` < \\S+: ${line.replace("?", "\\?")}\n`));
    assertMatch(said, /^ < \S+: /);
  }
});

Deno.test("step 4: every client but the sender gets a message", async () => {
  await using server = ServeProcess.start({ plainPort: 0 });
  await using ada = await enter(server);
  await server.stderr(/(connected .*){1}/s);
  await using bob = await enter(server);
  await server.stderr(/(connected .*){2}/s);
  await using eve = await enter(server);
  await server.stderr(/(connected .*){3}/s);

  await ada.write("from ada\n");
  for (const other of [bob, eve]) await other.stdout(/ < \S+: from ada\n/);
  await bob.write("from bob\n");
  for (const other of [ada, eve]) await other.stdout(/ < \S+: from bob\n/);
  await eve.write("from eve\n");
  for (const other of [ada, bob]) await other.stdout(/ < \S+: from eve\n/);

  // Each client has the lines of the two others, in order, and none of its own.
  server.kill("SIGTERM");
  const heard = await Promise.all([ada, bob, eve].map(async (client) => {
    const { stdout } = await client.end();
    return [...stdout.matchAll(/from (\w+)/g)].map(([, name]) => name);
  }));
  assertEquals(heard, [["bob", "eve"], ["ada", "eve"], ["ada", "bob"]]);
});
