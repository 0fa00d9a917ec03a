/**
 * Lists the packages that the executable contains, as a software bill of materials, from the
 * imports of `deno.json` and the lock file. Prints it.
 *
 * Source: CycloneDX 1.5, https://cyclonedx.org/docs/1.5/json/
 *
 * @module
 */

import manifest from "../deno.json" with { type: "json" };

/** The part of the lock file that is used. */
export interface Lock {
  /** The packages by name and version, each with its hash and the packages that it needs. */
  readonly npm: Readonly<
    Record<string, { readonly integrity: string; readonly dependencies?: readonly string[] }>
  >;
}

/** A package. */
export interface Component {
  /** The type: all packages are libraries. */
  readonly type: "library";
  /** The name, with its scope. */
  readonly name: string;
  /** The version. */
  readonly version: string;
  /** The package URL. */
  readonly purl: string;
  /** The hash of its archive. */
  readonly hashes: readonly { readonly alg: "SHA-512"; readonly content: string }[];
}

/** A bill of materials. */
export interface BillOfMaterials {
  /** The name of the format. */
  readonly bomFormat: "CycloneDX";
  /** The version of the format. */
  readonly specVersion: "1.5";
  /** The version of this bill. */
  readonly version: 1;
  /** The program that it is about. */
  readonly metadata: {
    readonly component: {
      readonly type: "application";
      readonly name: "chat";
      readonly version: string;
    };
  };
  /** The packages in the program. */
  readonly components: readonly Component[];
}

/** The packages that only tests use. */
const TEST_PACKAGES: ReadonlySet<string> = new Set([
  "@lydell/node-pty",
  "@xterm/addon-unicode-graphemes",
  "@xterm/headless",
  "axe-core",
  "jsqr",
  "playwright-core",
]);

/**
 * Returns the bill of materials of a program, from its version, its `imports` and its lock file.
 */
export function billOfMaterials(
  { version, imports }: { readonly version: string; readonly imports: Record<string, string> },
  lock: Lock,
): BillOfMaterials {
  const found = new Set<string>();
  for (const target of Object.values(imports)) {
    const [, name, wanted] = /^npm:((?:@[^/@]+\/)?[^/@]+)@([^/]+)/.exec(target) ?? [];
    if (name && wanted && !TEST_PACKAGES.has(name)) collect(`${name}@${wanted}`, lock, found);
  }
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component: { type: "application", name: "chat", version } },
    components: [...found].sort().map((key) => component(key, lock)),
  };
}

/**
 * Adds to `found` the key that the package `wanted` has in the lock file, and the keys of all
 * packages that it needs.
 */
function collect(wanted: string, lock: Lock, found: Set<string>): void {
  // A dependency has a version only if the lock file has several versions of it. After "_" come the
  // packages with which it was installed.
  const key = Object.keys(lock.npm).find((key) =>
    key === wanted || key.startsWith(`${wanted}@`) || key.startsWith(`${wanted}_`)
  );
  if (key === undefined) throw new Error(`${wanted} is not in the lock file`);
  if (found.has(key)) return;
  found.add(key);
  for (const dependency of lock.npm[key]?.dependencies ?? []) collect(dependency, lock, found);
}

function component(key: string, lock: Lock): Component {
  const [, name = "", version = ""] = /^(@?[^@]+)@([^@_]+)/.exec(key) ?? [];
  const [, hash = ""] = (lock.npm[key]?.integrity ?? "").split("sha512-");
  const bytes = Array.from(atob(hash), (char) => char.charCodeAt(0));
  const content = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return {
    type: "library",
    name,
    version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    hashes: [{ alg: "SHA-512", content }],
  };
}

if (import.meta.main) {
  const lock: Lock = JSON.parse(Deno.readTextFileSync("deno.lock"));
  console.log(JSON.stringify(billOfMaterials(manifest, lock), undefined, 2));
}
