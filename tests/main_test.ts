import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import manifest from "../deno.json" with { type: "json" };
import type { Environment } from "../shared/flags.ts";
import { catchUncaught, main } from "../main.ts";

async function run(line: string, environment: Environment = new Map<string, string>()) {
  const output: string[] = [];
  const errors: string[] = [];
  const givenUp: string[] = [];
  let preparesTls = false;
  const code = await main(line.split(" ").filter((word) => word !== ""), {
    print: (text) => output.push(text),
    printError: (text) => errors.push(text),
    environment,
    isTerminal: () => false,
    prepareTls: () => preparesTls = true,
    giveUp: (permission) => givenUp.push(permission),
    stopRequest: () => new Promise<never>(() => {}),
    onHangUp() {},
    onUncaught() {},
  });
  return { code, output, errors, givenUp, preparesTls };
}

Deno.test("--version prints the version", async () => {
  const { code, output, errors } = await run("--version");
  assertEquals({ code, output, errors }, {
    code: 0,
    output: [`chat ${manifest.version}`],
    errors: [],
  });
});

Deno.test("every common way to ask for help prints it", async () => {
  const overview = (await run("--help")).output.join();
  assertStringIncludes(overview, "chat serve");
  assertStringIncludes(overview, "chat connect");
  for (const line of ["-h", "help"]) assertEquals((await run(line)).output.join(), overview);

  for (const command of ["serve", "connect", "export", "operators"]) {
    const help = (await run(`help ${command}`)).output.join();
    assertStringIncludes(help, `Usage: chat ${command}`);
    for (const line of [`${command} --help`, `${command} -h`, `${command} --nonsense --help`]) {
      const nothingElse = { code: 0, errors: [], givenUp: [], preparesTls: false };
      assertEquals(await run(line), { ...nothingElse, output: [help] });
    }
  }
});

const WRONG: readonly (readonly [line: string, error: string])[] = [
  ["", `chat: run "chat serve" to start a server or "chat connect HOST" to join one`],
  ["serv", "chat: unknown command serv; did you mean serve? (see: chat --help)"],
  ["--versoin", "chat: unknown flag --versoin; did you mean --version? (see: chat --help)"],
  ["chat://a", "chat: unknown command chat://a; did you mean connect chat://a? (see: chat --help)"],
  ["frob", "chat: unknown command frob (see: chat --help)"],
  ["help conect", "chat: unknown command conect; did you mean connect? (see: chat --help)"],
  ["serve --rom x", "chat: unknown flag --rom; did you mean --room? (see: chat serve --help)"],
  [
    "connect",
    "chat: the server is missing: write HOST[:PORT][/ROOM] or a URL (see: chat connect --help)",
  ],
  ["connect a 7342", "chat: write the port after a colon: chat connect a:7342 (see: chat connect"],
  [
    "connect a b",
    "chat: several servers need a terminal: remove chat://b:7342 (see: chat connect --help)",
  ],
  ["connect a --nick 1st", "chat: 1st is not a valid nick: a nick begins with a letter"],
  ["connect a/b,", "chat:  is not a valid room: the name of a room has no spaces or commas"],
];

Deno.test("wrong usage prints one line that points to help, with exit code 2", async () => {
  for (const [line, error] of WRONG) {
    const { code, output, errors } = await run(line);
    assertEquals({ code, output, lines: errors.length }, { code: 2, output: [], lines: 1 }, line);
    assertStringIncludes(errors.join(), error);
    assertMatch(errors.join(), /^chat: [^\n]* \(see: chat[^\n]* --help\)$/);
  }
});

Deno.test("a failure prints one line, with exit code 1", async () => {
  const { code, output, errors } = await run("serve --config .tmp/nothing.json");
  assertEquals({ code, output, errors }, {
    code: 1,
    output: [],
    errors: ["chat: cannot read .tmp/nothing.json: it does not exist"],
  });
});

Deno.test("an error message contains no control characters", async () => {
  const { errors } = await run("\x1b[2J\u202e\r\n");
  assertEquals(errors, ["chat: unknown command [2J  (see: chat --help)"]);
});

Deno.test("a bug prints one line, and a stack trace only with CHAT_DEBUG", async () => {
  const broken = (debug: string): Environment => ({
    get(name) {
      if (name === "CHAT_DEBUG") return debug;
      throw new TypeError("environment\nis broken");
    },
  });
  const { code, errors } = await run("serve", broken(""));
  assertEquals(code, 1);
  assertEquals(errors, [
    "chat: this is a bug in chat: environment is broken (CHAT_DEBUG=1 shows where)",
  ]);
  const asked = await run("serve", broken("1"));
  assertMatch(asked.errors.join("\n"), /TypeError: environment\nis broken\n +at /);
});

Deno.test("an error that no code catches goes to one handler, and does not end the process", () => {
  const events = new EventTarget();
  const handled: unknown[] = [];
  catchUncaught(events, (error) => handled.push(error));
  const promise = Promise.resolve();
  const thrown = new ErrorEvent("error", { error: "thrown", cancelable: true });
  const rejected = new PromiseRejectionEvent("unhandledrejection", {
    promise,
    reason: "rejected",
    cancelable: true,
  });
  // A listener that prevents the default keeps Deno from ending the process.
  assertEquals([events.dispatchEvent(thrown), events.dispatchEvent(rejected)], [false, false]);
  assertEquals(handled, ["thrown", "rejected"]);
});

Deno.test("a mode gives up the permissions that it does not use before it runs", async () => {
  assertEquals((await run("export --data .tmp/none")).givenUp, ["net", "sys", "write"]);
  assertEquals((await run("operators list --data .tmp/none")).givenUp, ["net", "sys"]);
  assertEquals((await run("serve --config .tmp/nothing.json")).givenUp, []);
});

Deno.test("a mode with connections prepares TLS before it runs, and others do not", async () => {
  assertEquals((await run("serve --config .tmp/nothing.json")).preparesTls, true);
  assertEquals((await run("export --data .tmp/none")).preparesTls, false);
  assertEquals((await run("completion bash")).preparesTls, false);
});
