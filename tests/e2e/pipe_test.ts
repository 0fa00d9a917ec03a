import { assert, assertEquals, assertMatch } from "@std/assert";
import { Process, ServeProcess } from "../support/chat_process.ts";
import { RawSocket } from "../support/raw_socket.ts";

function connect(target: string, nick: string, ...flags: string[]): Process {
  return new Process(["connect", target, "--nick", nick, ...flags]);
}

/** Starts a server, and in its room a client `eve` that prints the events. */
async function startFollowed(room = "#lobby", ...flags: string[]) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(ServeProcess.start());
  const target = `${await server.address()}/${room}`;
  using witness = await RawSocket.register(await server.address(), "witness");
  await witness.write(`JOIN ${room}\r\n`);
  await witness.readUntil(/ 366 /);
  const follower = stack.use(connect(target, "eve", "--follow", ...flags));
  const isJson = flags.includes("--json");
  await follower.write(
    isJson ? '{"do":"say","to":"#ROOM","text":"here"}\n'.replace("#ROOM", room) : "here\n",
  );
  await witness.readUntil(/:eve!.* PRIVMSG .*here/);
  return { target, follower, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("lines of input are sent to the room, and all have arrived at exit code 0", async () => {
  await using room = await startFollowed();
  assertEquals(await Process.run(["connect", room.target, "--nick", "ada"], "one\ntwo\nthree"), {
    code: 0,
    stdout: "",
    stderr: "",
  });
  const [said] = await room.follower.stdout(/<ada> one\n<ada> two\n<ada> three\n/);
  assert(said);
});

Deno.test("long input arrives whole and in order", async () => {
  await using room = await startFollowed();
  const lines = Array.from({ length: 2000 }, (_, i) => `line ${i} ${"ü".repeat(i % 100)}`);
  const { code } = await Process.run(["connect", room.target, "--nick", "ada"], lines.join("\n"));
  assertEquals(code, 0);
  const [text] = await room.follower.stdout(/<ada> line 0 [^]*<ada> line 1999 ü*\n/);
  assertEquals(text.trimEnd().split("\n"), lines.map((line) => `<ada> ${line}`));
});

Deno.test("--json prints each event as one object a line", async () => {
  await using room = await startFollowed("#lobby", "--json");
  await Process.run(["connect", room.target, "--nick", "ada"], 'say "cheese"\n');
  const [line] = await room.follower.stdout(/^.*cheese.*$/m);
  const { time, id, type, room: name, nick, text } = JSON.parse(line);
  assertEquals([type, name, nick, text], ["message", "#lobby", "ada", 'say "cheese"']);
  assertMatch(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assertMatch(id, /^\S+$/);
});

Deno.test("--follow stays at the end of input, and does not print the user's own lines", async () => {
  await using room = await startFollowed();
  const { stdout } = await Process.run(["connect", room.target, "--nick", "ada"], "from ada\n");
  assertEquals(stdout, "");
  await room.follower.stdout(/<ada> from ada\n/);
  room.follower.kill("SIGTERM");
  assert(!(await room.follower.end()).stdout.includes("<eve>"));
});

Deno.test("control characters in messages are not printed", async () => {
  await using room = await startFollowed();
  await Process.run(["connect", room.target, "--nick", "ada"], "a\x1b[2Jb\u202ec\n");
  const [line] = await room.follower.stdout(/<ada> .*\n/);
  assertMatch(line, /^<ada> a(\[2J)?bc\n$/);
});

Deno.test("the target can name another room", async () => {
  await using room = await startFollowed("#kitchen", "--json");
  await Process.run(["connect", room.target, "--nick", "ada"], "tea?\n");
  const [line] = await room.follower.stdout(/^.*tea\?.*$/m);
  assertEquals(JSON.parse(line).room, "#kitchen");
});

Deno.test("the password is taken from the environment, and a wrong one is reported", async () => {
  await using server = ServeProcess.start({ password: "sesame" });
  const address = await server.address();
  const connectWith = (password: string) =>
    Process.run(["connect", address], "hello\n", { env: { CHAT_PASSWORD: password } });
  assertEquals((await connectWith("sesame")).code, 0);
  for (const password of ["wrong", ""]) {
    const { code, stderr } = await connectWith(password);
    assertEquals(code, 1);
    assertMatch(stderr, /^chat: [^\n]*password[^\n]*\n$/i);
  }
});

Deno.test("a port without a listener is one line and exit code 1", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, stdout, stderr } = await Process.run(["connect", `127.0.0.1:${port}`], "hello\n");
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertMatch(stderr, new RegExp(`^chat: [^\\n]*127\\.0\\.0\\.1:${port}[^\\n]*\\n$`));
});

Deno.test("a server that is not a chat server is reported in one line", async () => {
  await using web = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    return new Response("Welcome to the web");
  });
  const { code, stderr } = await Process.run(["connect", `127.0.0.1:${web.addr.port}`], "hello\n");
  assertEquals(code, 1);
  assertMatch(stderr, /^chat: [^\n]*\n$/);
});
