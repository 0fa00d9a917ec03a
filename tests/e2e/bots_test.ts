import { assert, assertEquals } from "@std/assert";
import { Process, ServeProcess } from "../support/chat_process.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { TempFolder } from "../support/temp_folder.ts";

/** The programs of the documentation, each with the command that runs it. */
const BOTS: readonly (readonly [command: string, ...args: string[]])[] = [
  ["python3", "docs/bots/clock.py"],
  ["sh", "docs/bots/clock.sh"],
  [Deno.execPath(), "run", "-A", "docs/bots/clock.ts"],
];

/** The environment of a bot: the executable is in the PATH, and the bot has a key of its own. */
function environment({ path }: TempFolder): Record<string, string> {
  const paths = `${Deno.cwd()}/dist:${Deno.env.get("PATH") ?? ""}`;
  return { PATH: paths, XDG_CONFIG_HOME: `${Deno.cwd()}/${path}` };
}

for (const [command, ...args] of BOTS) {
  const name = args.at(-1) ?? "";
  Deno.test(`the bot ${name} answers privately`, async () => {
    await using server = ServeProcess.start();
    const address = await server.address();
    using folder = new TempFolder();
    using ada = await RawSocket.register(address, "ada");
    await ada.write("JOIN #ops\r\n");
    await ada.readUntil(/ 366 /);
    const env = environment(folder);
    // timeout(1) passes a signal on to all processes of the bot.
    const all = ["20", command, ...args, `${address}/ops`];
    await using bot = new Process(all, { command: "timeout", env });
    await ada.readUntil(/:clock!\S+ JOIN /);
    await ada.write("PRIVMSG #ops :!time, please\r\n");
    await ada.readUntil(/:clock!\S+ PRIVMSG ada :It is \d\d:\d\d\./);
    await ada.write("PRIVMSG clock :!time\r\n");
    await ada.readUntil(/:clock!\S+ PRIVMSG ada :It is /);
    bot.kill("SIGTERM");
    await bot.ended();
  });

  Deno.test(`the bot ${name} is about twenty lines long`, () => {
    const lines = Deno.readTextFileSync(name).trim().split("\n");
    assert(lines.length <= 26, `${lines.length} lines`);
  });
}

Deno.test("send, history and tail work together in a shell", async () => {
  await using server = ServeProcess.start();
  const target = `${await server.address()}/ops`;
  const run = (...args: string[]) => Process.run([...args, "--nick", "ann"]);
  await using tail = new Process(["tail", target, "--nick", "eve"]);
  await run("send", target, "backup begins");
  await tail.stdout(/<ann> backup begins\n/);
  assertEquals(await run("send", target, "backup", "done"), { code: 0, stdout: "", stderr: "" });
  await tail.stdout(/^\d{4}-\d\d-\d\d \d\d:\d\d <ann> backup done\n/m);
  const { code, stdout } = await run("history", target, "--since", "1h", "--limit", "1", "--json");
  const { text, past, nick } = JSON.parse(stdout);
  assertEquals([code, text, past, nick], [0, "backup done", true, "ann"]);
});
