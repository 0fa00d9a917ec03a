// These tests make a single file with a small shell script in place of the runtime, to observe its
// first start. All other end-to-end tests run the executable itself.

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { singleFile } from "../../tools/single_file.ts";
import { CHAT, Process } from "../support/chat_process.ts";
import { TempFolder } from "../support/temp_folder.ts";

/** The script in place of the runtime: prints its arguments and the program. */
const RUNTIME = `#!/bin/sh
echo "$1 $2 $3 [$(cat "$4" "$(dirname "$4")/second.mjs")] $5|$6"
[ "$6" != folder ] || echo "$DENO_DIR"
[ "$6" != memory ] || echo "arenas: $MALLOC_ARENA_MAX"
exit 7
`;

/**
 * A comment that is large even in compressed form. So a runtime that was unpacked only in part
 * fails, and a pipe that nobody reads is soon full.
 */
const PADDING = "#" +
  Array.from({ length: 10 }, () => crypto.getRandomValues(new Uint8Array(50_000)).toHex()).join("");

/** A single file with a cache of its own. */
class Sample extends TempFolder {
  readonly cache = `${this.path}/cache`;
  readonly file = `${this.path}/sample`;

  static async make(): Promise<Sample> {
    const sample = new Sample();
    const encode = (text: string) => new TextEncoder().encode(text);
    const runtime = encode(RUNTIME + PADDING);
    const program = new Map([
      ["first.mjs", encode("the ")],
      ["second.mjs", encode("program")],
      ["third.mjs", encode(PADDING)],
    ]);
    const file = await singleFile({
      runtime,
      program,
      flags: ["--flag"],
      v8Flags: ["--all"],
      ofModes: { modes: ["connect"], v8Flags: ["--client"] },
    });
    await Deno.writeFile(sample.file, file, { mode: 0o755 });
    return sample;
  }

  run(...args: string[]) {
    return this.runWith({ XDG_CACHE_HOME: this.cache }, ...args);
  }

  runWith(env: Record<string, string>, ...args: string[]) {
    return Process.run(args, "", { command: this.file, env });
  }

  /** The names of the unpacked files. */
  get unpacked(): string[] {
    return this.#names("");
  }

  /** The names of the modules in an unpacked folder. */
  modulesOf(folder: string): string[] {
    return this.#names(folder);
  }

  #names(folder: string): string[] {
    return [...Deno.readDirSync(`${this.cache}/chat/${folder}`)].map(({ name }) => name).sort();
  }
}

const EXPECTED = {
  code: 7,
  stdout: "run --v8-flags=--all --flag [the program] a b|c\n",
  stderr: "",
};

Deno.test("a single file passes its arguments on, and returns the exit code", async () => {
  using sample = await Sample.make();
  assertEquals(await sample.run("a b", "c"), EXPECTED);
  assertEquals(await sample.run("a b", "c"), EXPECTED);
});

Deno.test("a single file gives the modes of the client further flags of V8", async () => {
  using sample = await Sample.make();
  const { stdout } = await sample.run("connect", "c");
  assertEquals(stdout, "run --v8-flags=--all,--client --flag [the program] connect|c\n");
});

Deno.test("a single file keeps compiled code for each set of flags", async () => {
  using sample = await Sample.make();
  const [others, client] = await Promise.all(["serve", "connect"].map(async (mode) => {
    const { stdout } = await sample.run(mode, "folder");
    return stdout.split("\n")[1];
  }));
  assert(others?.startsWith(sample.cache) && client?.startsWith(sample.cache));
  assertNotEquals(others, client);
});

Deno.test("the modes of the client keep little unused memory", async () => {
  using sample = await Sample.make();
  const { stdout: client } = await sample.run("connect", "memory");
  const { stdout: server } = await sample.run("serve", "memory");
  assertEquals([client, server].map((text) => text.split("\n")[1]), ["arenas: 1", "arenas: "]);
});

Deno.test("a single file unpacks once, into the user's cache, for the user alone", async () => {
  using sample = await Sample.make();
  await sample.run();
  const [program = "", runtime = "", ...others] = sample.unpacked;
  assertMatch(program, /^chat-[0-9a-f]{32}$/);
  assertMatch(runtime, /^deno-[0-9a-f]{32}$/);
  assertEquals(others, []);
  assertEquals((Deno.statSync(`${sample.cache}/chat`).mode ?? 0) & 0o777, 0o700);
  const { mtime } = Deno.statSync(`${sample.cache}/chat/${runtime}`);
  await sample.run();
  assertEquals(Deno.statSync(`${sample.cache}/chat/${runtime}`).mtime, mtime);
});

Deno.test("a first start reports no broken pipe, even if SIGPIPE is ignored", async () => {
  using sample = await Sample.make();
  const ended = await Process.run(
    ["-c", `trap "" PIPE; exec "$0" "$@"`, sample.file, "a b", "c"],
    "",
    { command: "sh", env: { XDG_CACHE_HOME: sample.cache } },
  );
  assertEquals(ended, EXPECTED);
});

Deno.test("many first starts at once all work", async () => {
  using sample = await Sample.make();
  const all = await Promise.all(Array.from({ length: 12 }, () => sample.run("a b", "c")));
  for (const ended of all) assertEquals(ended, EXPECTED);
  assertEquals(sample.unpacked.length, 2);
  const [program = ""] = sample.unpacked;
  assertEquals(sample.modulesOf(program), ["first.mjs", "second.mjs", "third.mjs"]);
});

Deno.test("a half unpacked file of an earlier start is not used", async () => {
  using sample = await Sample.make();
  Deno.mkdirSync(`${sample.cache}/chat`, { recursive: true });
  Deno.writeTextFileSync(`${sample.cache}/chat/part.abcdef`, RUNTIME.slice(0, 20));
  Deno.mkdirSync(`${sample.cache}/chat/part.ghijkl`);
  Deno.writeTextFileSync(`${sample.cache}/chat/part.ghijkl/first.mjs`, "th");
  assertEquals(await sample.run("a b", "c"), EXPECTED);
});

Deno.test("two versions are unpacked beside each other", async () => {
  using sample = await Sample.make();
  Deno.mkdirSync(`${sample.cache}/chat/chat-${"0".repeat(32)}`, { recursive: true });
  assertEquals(await sample.run("a b", "c"), EXPECTED);
  assertEquals(sample.unpacked.length, 3);
});

Deno.test("a damaged file reports it and leaves nothing behind", async () => {
  using sample = await Sample.make();
  const bytes = await Deno.readFile(sample.file);
  await Deno.writeFile(sample.file, bytes.subarray(0, -20));
  const { code, stderr } = await sample.run();
  assertEquals(code, 1);
  assertMatch(stderr, /^chat: cannot unpack to .*damaged.*\n$/);
  assertEquals(sample.unpacked, []);
});

Deno.test("without a cache or a home directory, the error says what to set", async () => {
  using sample = await Sample.make();
  assertEquals(await sample.runWith({ XDG_CACHE_HOME: "", HOME: "" }), {
    code: 1,
    stdout: "",
    stderr: "chat: no folder to unpack to: set HOME, or set XDG_CACHE_HOME to a folder of yours\n",
  });
  assertEquals(
    await sample.runWith({ XDG_CACHE_HOME: "", HOME: sample.path }, "a b", "c"),
    EXPECTED,
  );
  assert(Deno.statSync(`${sample.path}/.cache/chat`).isDirectory);
  const { code, stderr } = await sample.runWith({ XDG_CACHE_HOME: sample.file });
  assertEquals(code, 1);
  assertMatch(stderr, /^chat: cannot write to .*: set XDG_CACHE_HOME to a folder of yours\n$/);
});

Deno.test("the executable works in any folder, without the repository", async () => {
  using folder = new TempFolder();
  const command = Deno.realPathSync(CHAT);
  Deno.writeTextFileSync(`${folder.path}/package.json`, `{ "type": "commonjs" }`);
  Deno.writeTextFileSync(`${folder.path}/deno.json`, `{ "imports": 1 }`);
  const script = `cd "$1" && exec "$2" --version`;
  assertEquals(
    await Process.run(["-c", script, "sh", folder.path, command], "", { command: "sh" }),
    {
      code: 0,
      stdout: `chat ${manifest.version}\n`,
      stderr: "",
    },
  );
});
