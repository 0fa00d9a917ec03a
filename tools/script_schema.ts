/**
 * Writes the schema of the JSON of `chat connect --json`, `docs/script.schema.json`, from the
 * tables of commands, events and results.
 *
 * @module
 */

import { EVENT_KEYS, EVENT_TYPES, type JsonKey, RESULT_KEYS } from "../client/terminal/json.ts";
import { KEYS, SCRIPT_COMMANDS } from "../client/terminal/script_commands.ts";

/** The path of the schema. */
export const PATH = "docs/script.schema.json";

/** The type of a `ref` that a program gives. */
const REF = { type: ["string", "number", "null"], description: "Repeated in the result." };

/** Returns the schema, in the version of 2020-12 (https://json-schema.org/draft/2020-12). */
export function scriptSchema(): string {
  const types = Object.entries(EVENT_TYPES).map(([type, help]) => ({
    const: type,
    description: help,
  }));
  const statuses = ["done", "refused", "lost"].map((status) => ({ const: status }));
  return JSON.stringify(
    {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "The lines of chat connect --json",
      description:
        "Each line of the input is a command, each line of the output an event or result.",
      oneOf: [
        ...SCRIPT_COMMANDS.map(({ name }) => ({ $ref: `#/$defs/${name}` })),
        { $ref: "#/$defs/event" },
        { $ref: "#/$defs/result" },
      ],
      $defs: {
        ...Object.fromEntries(SCRIPT_COMMANDS.map((command) => [command.name, commandOf(command)])),
        event: objectOf(EVENT_KEYS, { type: { oneOf: types } }),
        result: objectOf(RESULT_KEYS, { type: { const: "result" }, status: { oneOf: statuses } }),
      },
    },
    undefined,
    2,
  ) + "\n";
}

function commandOf({ name, help, required, optional = [] }: typeof SCRIPT_COMMANDS[number]) {
  const keys = [...required, ...optional].map((key) => {
    const { type, help: description } = KEYS[key];
    return [key, {
      type,
      description,
      ...(type === "integer" ? { minimum: 1 } : { minLength: 1 }),
    }];
  });
  return {
    type: "object",
    description: help,
    properties: { do: { const: name }, ref: REF, ...Object.fromEntries(keys) },
    required: ["do", ...required],
    additionalProperties: false,
  };
}

/** Returns the schema of an object with `keys`; `special` replaces the types of some keys. */
function objectOf(
  keys: Readonly<Record<string, JsonKey>>,
  special: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
) {
  const properties = Object.entries(keys).map(([key, { types, help }]) => [key, {
    ...(special[key] ?? { type: [...types] }),
    description: help,
  }]);
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: Object.keys(keys),
    additionalProperties: false,
  };
}

if (import.meta.main) await Deno.writeTextFile(PATH, scriptSchema());
