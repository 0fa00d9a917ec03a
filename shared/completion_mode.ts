/**
 * Implements `chat completion`, which prints the script of a shell.
 *
 * @module
 */

import { COMPLETIONS } from "./completion.ts";
import { UsageError } from "./errors.ts";
import { type Command, parseFlags, USAGE_EXIT_CODE } from "./flags.ts";
import type { LoadedMode, Mode } from "./mode.ts";

const COMMAND: Command = {
  description: [
    "Prints a script that lets a shell complete the commands and flags of chat: bash, zsh or fish.",
  ],
  flags: [],
  exitCodes: [
    ["0", "The script was printed."],
    ["1", "The script could not be written."],
    USAGE_EXIT_CODE,
  ],
  examples: [
    { line: 'eval "$(chat completion bash)"', does: "Complete in this bash; put it in ~/.bashrc." },
    {
      line: "chat completion fish > ~/.config/fish/completions/chat.fish",
      does: "Complete in fish from now on.",
    },
  ],
};

/** Returns the mode that prints scripts for `modes`. */
export function completionMode(modes: readonly Mode[]): LoadedMode {
  return {
    command: COMMAND,
    async run(args, { environment, print }) {
      const { operands: [shell = "", ...surplus] } = parseFlags(COMMAND, args, environment);
      const write = Object.hasOwn(COMPLETIONS, shell) ? COMPLETIONS[shell] : undefined;
      if (!write || surplus.length > 0) {
        throw new UsageError(`write one shell: ${Object.keys(COMPLETIONS).join(", ")}`);
      }
      const loaded = modes.map(async (mode) => ({
        ...mode,
        command: (await mode.load()).command,
      }));
      print(write(await Promise.all(loaded)));
      return 0;
    },
  };
}
