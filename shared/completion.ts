/**
 * Generates shell scripts that complete the program's modes and flags, from the tables of both.
 *
 * @module
 */

import type { Command, Flag, Heading } from "./flags.ts";
import { HELP } from "./flags.ts";

/** The part of a mode that a script needs. */
export interface CompletedMode extends Heading {
  /** The flags of the mode. */
  readonly command: Pick<Command, "flags">;
}

/** The writers of scripts, by the name of the shell. */
export const COMPLETIONS: Readonly<Record<string, (modes: readonly CompletedMode[]) => string>> = {
  bash: (modes) =>
    [
      "_chat() {",
      '  local cur="${COMP_WORDS[COMP_CWORD]}" words=""',
      '  if [ "$COMP_CWORD" -eq 1 ]; then',
      `    words="${[...modes.map(({ name }) => name), "help"].join(" ")}"`,
      "  else",
      '    case "${COMP_WORDS[1]}" in',
      ...modes.map((mode) =>
        `      ${mode.name}) words="${flagsOf(mode).map(dashed).join(" ")}" ;;`
      ),
      "    esac",
      "  fi",
      '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
      "}",
      "complete -o default -F _chat chat",
    ].join("\n"),
  zsh: (modes) =>
    [
      "#compdef chat",
      "_chat() {",
      "  local -a found",
      "  if (( CURRENT == 2 )); then",
      `    found=(${modes.map(({ name, summary }) => quoted(`${name}:${summary}`)).join(" ")})`,
      "    _describe command found",
      "  else",
      "    case $words[2] in",
      ...modes.map((mode) => `      ${mode.name}) found=(${described(mode)}) ;;`),
      "    esac",
      "    _describe flag found || _files",
      "  fi",
      "}",
      "compdef _chat chat",
    ].join("\n"),
  fish: (modes) =>
    modes.flatMap((mode) => [
      `complete -c chat -n __fish_use_subcommand -f -a ${mode.name} -d ${quoted(mode.summary)}`,
      ...flagsOf(mode).map((flag) =>
        `complete -c chat -n '__fish_seen_subcommand_from ${mode.name}' -l ${flag.name}` +
        `${flag.value === undefined ? "" : " -r"} -d ${quoted(firstSentence(flag.help))}`
      ),
    ]).join("\n"),
};

function flagsOf({ command: { flags } }: CompletedMode): Flag[] {
  return [...flags, HELP];
}

function dashed({ name }: Flag): string {
  return `--${name}`;
}

function described(mode: CompletedMode): string {
  return flagsOf(mode).map((flag) => quoted(`${dashed(flag)}:${firstSentence(flag.help)}`)).join(
    " ",
  );
}

/** Returns the text before its first period. */
function firstSentence(text: string): string {
  return text.replace(/\.(?:\s.*)?$/s, "");
}

/**
 * Returns `text` in single quotes. A quote inside ends the quoted part and begins another;
 * backslashes are dropped.
 */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "").replaceAll("'", `'"'"'`)}'`;
}
