import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { examine, type Line, run } from "../../../server/cli/doctor.ts";
import { openIdentity } from "../../../server/net/identity.ts";
import { makeCertificate } from "../../../shared/certificate.ts";
import { UsageError } from "../../../shared/errors.ts";
import { Authority } from "../../support/authority.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const NO_ENVIRONMENT: ReadonlyMap<string, string> = new Map();
const GIBIBYTE = 1024 ** 3;
const NOW = Date.now();

function look(args: readonly string[], machine: { now?: number; free?: number } = {}) {
  const { now = NOW, free = 100 * GIBIBYTE } = machine;
  const listen = args.includes("--listen") ? [] : ["--listen", "127.0.0.1:0"];
  const parts = { now: () => now, freeBytes: () => free };
  return examine([...listen, ...args], NO_ENVIRONMENT, parts);
}

function about(lines: readonly Line[], subject: string): string[] {
  return lines.filter((line) => line.subject === subject).map(({ level, text }) =>
    `${level}: ${text}`
  );
}

/** Makes the data folder of a server that has stored one message and stopped. */
async function used(folder: TempFolder): Promise<string> {
  const data = `${folder.path}/data`;
  Deno.mkdirSync(data, { mode: 0o700 });
  const identity = await openIdentity({ data, memory: false }, ["localhost"]);
  await using server = await TestServer.start({ data, memory: false }, { identity });
  const ada = await server.register("ada", { join: "#a" });
  await ada.ask("PRIVMSG #a :hello");
  return data;
}

Deno.test("doctor finds no problem with the folder of a server that works", async () => {
  using folder = new TempFolder();
  const data = await used(folder);
  const before = Array.from(Deno.readDirSync(data), ({ name }) => name).sort();
  const lines = await look(["--data", data]);
  assertEquals(lines.filter(({ level }) => level === "problem"), []);
  assertEquals([...new Set(lines.map(({ subject }) => subject))], [
    "settings",
    "folder",
    "space",
    "certificate",
    "port",
    "limits",
    "clock",
  ]);
  const after = Array.from(Deno.readDirSync(data), ({ name }) => name).sort();
  assertEquals(after, before, "it leaves no file");
});

Deno.test("doctor names damage in the log of the database, and the copies of damaged parts", async () => {
  using folder = new TempFolder();
  const data = await used(folder);
  Deno.writeTextFileSync(`${data}/chat.db-wal`, "x".repeat(100));
  Deno.writeTextFileSync(`${data}/journal.damaged-1f`, "x");
  const lines = about(await look(["--data", data]), "folder");
  assertMatch(lines.join("\n"), /warning: .*chat\.db-wal is damaged from byte 0 on/);
  assertMatch(
    lines.join("\n"),
    /warning: .*journal\.damaged-1f is a copy of data that was damaged/,
  );
});

Deno.test("doctor finds no problem before the first start, and creates nothing", async () => {
  using folder = new TempFolder();
  const lines = await look(["--data", `${folder.path}/a/b`]);
  assertEquals(lines.filter(({ level }) => level === "problem"), []);
  assertMatch(about(lines, "folder").join(), /does not exist yet: the first start creates it/);
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

Deno.test("doctor says which ports a running server has, and which ports other programs have", async () => {
  using folder = new TempFolder();
  const data = `${folder.path}/data`;
  Deno.mkdirSync(data, { mode: 0o700 });
  await using server = await TestServer.start({ data, memory: false });
  const address = `127.0.0.1:${server.port}`;
  const lines = await look(["--data", data, "--listen", address]);
  assertMatch(about(lines, "folder").join(), /ok: a server is running/);
  assertEquals(about(lines, "port"), [
    `ok: ${address} is in use, probably by the running server`,
    "warning: other machines cannot reach this server: to let them, choose an address with --listen",
  ]);
  const other = await look(["--data", `${folder.path}/other`, "--listen", address]);
  assertMatch(about(other, "port")[0] ?? "", /^problem: port \d+ is in use.*choose another with/);
});

Deno.test("doctor warns of little free space, and of no free space", async () => {
  using folder = new TempFolder();
  const space = async (free: number) =>
    about(await look(["--data", folder.path], { free }), "space");
  assertEquals(await space(2 * GIBIBYTE), ["ok: 2 GiB free"]);
  assertMatch((await space(GIBIBYTE / 2)).join(), /^warning: only 512 MiB free: .*--keep/);
  assertMatch((await space(1000)).join(), /^problem: only 1000 bytes free: the server will refuse/);
});

Deno.test("doctor names a certificate that has expired, expires soon, or is for another name", async () => {
  using folder = new TempFolder();
  const check = async (days: number, now: number) => {
    const { cert, key } = await makeCertificate({ names: ["chat.example.org"], days });
    const files = ["--tls-cert", folder.write("c", cert), "--tls-key", folder.write("k", key)];
    return about(await look(["--data", folder.path, ...files], { now }), "certificate");
  };
  const day = 86_400_000;
  const now = Date.now();
  assertMatch((await check(90, now))[0] ?? "", /^ok: .* belong together, valid until 20/);
  assertMatch((await check(90, now))[1] ?? "", /^warning: no authority has signed .*, so that/);
  assertMatch((await check(10, now))[0] ?? "", /^warning: .* expires on 20.*: renew it soon/);
  assertMatch((await check(90, now + 91 * day)).join(), /^problem: .* expired on 20.*: renew it/);
  assertMatch((await check(90, now - 9 * day)).join(), /^problem: .* is not valid before 20/);
  const wrong = ["--tls-cert", folder.write("c", "x"), "--tls-key", folder.write("k", "y")];
  const lines = await look(["--data", folder.path, ...wrong]);
  assertMatch(
    about(lines, "certificate").join(),
    /^problem: .* is not a certificate in PEM format/,
  );
});

Deno.test("doctor says if the server's name is not in a certificate that an authority has signed", async () => {
  using folder = new TempFolder();
  const authority = await Authority.make();
  const { cert, key } = await authority.issue({ name: "chat.example.org", days: 90 });
  const files = ["--tls-cert", folder.write("c", cert), "--tls-key", folder.write("k", key)];
  const check = async (name: string) =>
    about(await look(["--data", folder.path, "--name", name, ...files]), "certificate").slice(1);
  assertEquals(await check("chat.example.org"), []);
  assertMatch(
    (await check("other.example.org")).join(),
    /^warning: .* is not for other.example.org, .* set --name .* has DNS:chat.example.org$/,
  );
});

Deno.test("doctor says that an authority needs port 80, unless --listen names that port", async () => {
  using folder = new TempFolder();
  const check = async (...listen: string[]) => {
    const flags = listen.flatMap((address) => ["--listen", address]);
    const args = ["--data", folder.path, "--acme", "chat.example.org", ...flags];
    return about(await look(args), "certificate");
  };
  const promise = "ok: the server gets a certificate for chat.example.org when it starts";
  for (const listen of [["7342"], ["7342", "127.0.0.1:80"]]) {
    const [first, second = "", ...others] = await check(...listen);
    assertEquals([first, others], [promise, []]);
    assertMatch(second, /^warning: the authority connects to port 80 of chat\.example\.org/);
    assertMatch(second, /add --listen 80, or forward port 80 to a port of this server$/);
  }
  assertEquals(await check("7342", "80"), [promise]);
});

Deno.test("doctor warns of settings that have no effect", async () => {
  const lines = about(await look(["--memory", "--upload-size", "3M"]), "settings");
  assertMatch(lines[0] ?? "", /^warning: --uploads and --upload-size have no effect/);
});

Deno.test("doctor notices a clock that is before the last write, or before the program was built", async () => {
  using folder = new TempFolder();
  const data = await used(folder);
  const clock = async (now: number) => about(await look(["--data", data], { now }), "clock").join();
  assertMatch(await clock(Date.now()), /^ok: 20/);
  assertMatch(
    await clock(Date.now() - 43_200_000),
    /^problem: .* is (?:12h|11h59m) before the last write.*: set/,
  );
  assertMatch(await clock(Date.UTC(1970, 0, 1)), /^problem: 1970-01-01.* set the clock/);
});

Deno.test("doctor reports files that others can read, and a missing database", async () => {
  using folder = new TempFolder();
  const config = folder.write("chat.json", `{ "password": "sesame" }`);
  Deno.chmodSync(config, 0o644);
  Deno.chmodSync(folder.path, 0o755);
  folder.write("chat.db-wal", "rest");
  const lines = await look(["--data", folder.path, "--config", config]);
  assertMatch(about(lines, "settings").join(), /^warning: other users can read the passwords in/);
  assertMatch(about(lines, "folder")[0] ?? "", /^warning: other users can read .*chmod 700/);
  assertMatch(about(lines, "folder").at(-1) ?? "", /^problem: .* chat.db-wal but no chat.db/);
  folder.write("chat.db", "this is text");
  const text = await look(["--data", folder.path]);
  assertMatch(about(text, "folder").at(-1) ?? "", /^problem: .*chat.db is not a database/);
  const file = await look(["--data", config]);
  assertMatch(about(file, "folder").join(), /^problem: .* is not a folder/);
});

Deno.test("doctor reports a wrong setting as a problem, and refuses wrong usage", async () => {
  using folder = new TempFolder();
  const config = folder.write("chat.json", `{ "roomm": "x" }`);
  const lines = await look(["--config", config]);
  assertMatch(about(lines, "settings").join(), /^problem: .*roomm/);
  await assertRejects(() => look(["x"]), UsageError, "doctor takes only flags: remove x");
});

Deno.test("doctor prints a line for each finding, and exits with 1 if there is a problem", async () => {
  using folder = new TempFolder();
  const printed: string[] = [];
  const surroundings = {
    print: (line: string) => printed.push(line),
    printError() {},
    environment: NO_ENVIRONMENT,
    isTerminal: () => false,
    prepareTls() {},
    giveUp() {},
    stopRequest: () => new Promise<never>(() => {}),
    onHangUp() {},
    onUncaught() {},
  };
  const args = ["--memory", "--listen", "127.0.0.1:0"];
  assertEquals(await run(args, surroundings), 0);
  assertEquals(printed.at(-1), "No problems found.");
  assertEquals(await run([...args, "--config", `${folder.path}/none`], surroundings), 1);
  assertMatch(
    printed.at(-2) ?? "",
    /^problem {2}settings {2}cannot read .*none: it does not exist$/,
  );
  assertEquals(printed.at(-1), "1 problem found.");
});
