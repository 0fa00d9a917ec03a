import { assert, assertEquals } from "@std/assert";
import { MODES } from "../../main.ts";
import { COMPLETIONS } from "../../shared/completion.ts";
import { completionMode } from "../../shared/completion_mode.ts";

/** Returns the script for `shell`. */
async function scriptFor(shell: string): Promise<string> {
  const modes = await Promise.all(
    MODES.map(async (mode) => ({ ...mode, command: (await mode.load()).command })),
  );
  return COMPLETIONS[shell]?.(modes) ?? "";
}

/** Runs bash with these arguments; returns what it prints. */
async function bash(...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("bash", { args: [...args] }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("bash completes the commands and the flags of each", async () => {
  const script = await scriptFor("bash");
  await bash("-n", "-c", script);
  const complete = (...words: readonly string[]) =>
    bash(
      "-c",
      `${script}\nCOMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; _chat; ` +
        'echo "${COMPREPLY[@]}"',
    );
  assertEquals(await complete("chat", "conn"), "connect");
  assertEquals(await complete("chat", "connect", "--plain"), "--plain-screen");
});

Deno.test("the scripts of all shells name every command and flag", async () => {
  for (const shell of Object.keys(COMPLETIONS)) {
    const script = await scriptFor(shell);
    for (const { name, load } of MODES) {
      assert(script.includes(name), `${name} in ${shell}`);
      for (const flag of (await load()).command.flags) {
        assert(script.includes(flag.name), `${flag.name} in ${shell}`);
      }
    }
    // Quotes are closed on each line, because bash also reads the quoting of the other lines.
    await bash("-n", "-c", shell === "zsh" ? ": " : script);
  }
  assertEquals(completionMode(MODES).command.flags, []);
});
