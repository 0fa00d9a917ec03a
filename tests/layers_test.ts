import { assert } from "@std/assert";
import {
  circlesOfFiles,
  circlesOfLayers,
  emptyLayers,
  type Layers,
  layersOutOfOrder,
  longFiles,
  longFunctions,
  looseFiles,
  questions,
  runtimeUses,
  strayTests,
  uncheckedCode,
  wrongImports,
} from "./support/source_rules.ts";
import { readSource, sourceTree } from "./support/source_tree.ts";

/** The files at the top. */
const TOP = ["main.ts", "server.ts", "client.ts", "protocol.ts", "lines.ts"];

// Layers that several others may import, in groups.
const WIRE = ["shared", "protocol.ts", "lines.ts"];
const DATA = [...WIRE, "server/texts", "server/irc", "server/events"];
const CLIENT = [
  "client/texts",
  "client/session",
  "client/net",
  "client/commands",
  "client/terminal",
  "client/cli",
];
const PARTS = [
  ...DATA,
  "server/state",
  "server/store",
  "server/config",
  "server/kinds",
  "server/delivery",
  "server/auth",
  "server/net",
  "server/uploads",
  "server/metrics",
];
const CORE = [...PARTS, "server/push", "server/core", "server/session", "server/accounts"];
const SERVER = [
  ...CORE,
  "server/acme",
  "server/commands",
  "server/doors",
  "server/cluster",
  "server.ts",
  "server/cli",
];

/** All layers from the bottom up, each with the layers that it may import. */
const LAYERS: Layers = {
  "types": [],
  "deno.json": [],
  // The page, as `deno task page` builds it.
  "dist": [],
  // Programs for users, which run the executable.
  "docs/bots": [],
  "shared": ["deno.json"],
  "protocol.ts": ["shared"],
  "lines.ts": ["shared", "protocol.ts"],

  // The session uses no network, no files and no terminal itself: they are passed to it.
  "client/texts": WIRE,
  "client/session": [...WIRE, "client/texts"],
  "client/net": [...WIRE, "client/texts", "client/session"],
  "client/commands": [...WIRE, "client/texts", "client/session"],
  "client/terminal": [...WIRE, "client/texts", "client/session", "client/net", "client/commands"],
  "client/cli": [...WIRE, "client/texts", "client/session", "client/net", "client/terminal"],
  // The page's service worker is a program of its own.
  "client/page/worker": [...WIRE, "client/texts"],
  // The page is bundled for browsers, and is not part of the client in the terminal.
  "client/page": [
    ...WIRE,
    "client/texts",
    "client/session",
    "client/commands",
    "client/page/worker",
  ],
  "client.ts": [...WIRE, ...CLIENT],

  "server/texts": WIRE,
  "server/irc": [...WIRE, "server/texts"],
  "server/events": WIRE,
  // The state changes by events and has no sockets and no files.
  "server/state": DATA,
  // The store keeps events and does not decide which user may read them.
  "server/store": [...WIRE, "server/texts", "server/events"],
  "server/config": [...WIRE, "server/texts", "server/irc"],
  "server/kinds": [...DATA, "server/state", "server/store"],
  "server/delivery": [...DATA, "server/state", "server/kinds"],
  // Passwords and mechanisms do not use sessions.
  "server/auth": [...DATA, "server/store", "server/config"],
  // A connection carries lines and does not interpret them.
  "server/net": [...WIRE, "server/texts", "server/irc", "server/config", "server/delivery"],
  "server/acme": [...WIRE, "server/texts", "server/config", "server/net"],
  // Files as bytes on a disk: without connections, and without the users who may read them.
  "server/uploads": [...DATA, "server/state"],
  "server/metrics": [
    ...WIRE,
    "server/texts",
    "server/state",
    "server/store",
    "server/config",
    "server/delivery",
    "server/net",
  ],
  "server/push": [
    ...DATA,
    "server/state",
    "server/store",
    "server/kinds",
    "server/delivery",
    "server/auth",
  ],
  "server/core": [...PARTS, "server/push"],
  "server/session": [...PARTS, "server/push", "server/core"],
  "server/accounts": [...PARTS, "server/push", "server/core", "server/session"],
  "server/commands": CORE,
  "server/doors": [...CORE, "server/commands"],
  // Several servers that are one: it runs sessions, but accepts no connections.
  "server/cluster": [...CORE, "server/doors"],
  "server.ts": [...CORE, "server/doors", "server/cluster"],
  "server/cli": [...CORE, "server/acme", "server/cluster", "server.ts", "dist"],
  "main.ts": [...SERVER, ...CLIENT, "client.ts"],
};

const tree = sourceTree(readSource());

Deno.test("every import goes to a lower layer or stays in its own", () => {
  assertNone([
    ...wrongImports(tree, LAYERS),
    ...layersOutOfOrder(LAYERS),
    ...emptyLayers(tree, LAYERS),
  ]);
});

Deno.test("no files and no layers import each other in a circle", () => {
  assertNone([...circlesOfFiles(tree), ...circlesOfLayers(tree)]);
});

Deno.test("every file lies in the folder of its subject", () => {
  assertNone([...looseFiles(tree, [".", "server", "client"], TOP), ...strayTests(tree)]);
});

Deno.test("functions and files are short", () => {
  assertNone([...longFunctions(tree), ...longFiles(tree)]);
});

Deno.test("no doc comment begins with a question word", () => {
  assertNone(questions(tree));
});

Deno.test("there are no casts and no suppressed checks", () => {
  assertNone(uncheckedCode(tree));
});

Deno.test("the client's session does not need Deno", () => {
  assertNone(runtimeUses(tree, "client/session"));
});

/** Fails if there are violations, and shows them. */
function assertNone(violations: readonly string[]): void {
  assert(violations.length === 0, `\n${violations.join("\n")}`);
}
