import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { permissionFlags } from "../../tools/permissions.ts";
import { withLazyModes, withLazyRequire } from "../../tools/compile.ts";
import { singleFile } from "../../tools/single_file.ts";

Deno.test("a permission set becomes the flags that grant exactly that", () => {
  assertEquals(
    permissionFlags({
      net: true,
      read: ["a", "b"],
      write: [],
      run: false,
      sys: { allow: true, deny: ["c", "d"] },
      env: { allow: ["e"], deny: false },
    }),
    ["--allow-net", "--allow-read=a,b", "--allow-sys", "--deny-sys=c,d", "--allow-env=e"],
  );
});

Deno.test("the permissions allow no other programs and no libraries", () => {
  const { default: all, serve, connect } = manifest.permissions;
  for (const set of [all, serve, connect]) {
    assertEquals(["run", "ffi", "import"].filter((name) => name in set), []);
  }
});

Deno.test("the permissions exclude the folders of the system, which no mode writes to", () => {
  const { default: all, serve, connect } = manifest.permissions;
  for (const { read, write, net, ...named } of [all, serve, connect]) {
    assertEquals([net, read.allow, write.allow], [true, true, true]);
    assertEquals(write, all.write);
    for (const folder of ["/bin", "/dev", "/etc", "/usr/bin", "/usr/local/bin", "/System"]) {
      assert(write.deny.includes(folder), folder);
    }
    assert(read.deny.includes("/etc/shadow"));
    // Every other permission is a list.
    assertEquals(Object.keys(named), ["env", "sys"]);
    assert(Array.isArray(named.env) && Array.isArray(named.sys));
  }
});

Deno.test("the default permissions are those of serve and connect together", () => {
  const { default: all, serve, connect } = manifest.permissions;
  assertEquals(Object.keys({ ...serve, ...connect }).sort(), Object.keys(all).sort());
  assertEquals([...new Set([...serve.env, ...connect.env])].sort(), all.env);
});

// One line of deno.json then takes them from JSR: "scopes": { "./": { "@std/": "jsr:/@std/" } }
Deno.test("the standard library is imported by the names that JSR has for it", () => {
  for (const [name, target] of Object.entries(manifest.imports)) {
    if (!name.startsWith("@std/")) continue;
    const [, path = ""] = /^npm:deno-std@1\.4\.0\/(.*?)(?:\/mod)?\.js$/.exec(target) ?? [];
    assertEquals(name, `@std/${path.replaceAll("_", "-")}`);
  }
});

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

async function script(runtime: string, program: string): Promise<string> {
  const file = await singleFile({
    runtime: bytes(runtime),
    program: new Map([["main.mjs", bytes(program)], ["other.mjs", bytes("other")]]),
    flags: ["-x"],
    v8Flags: ["--a", "--b"],
    ofModes: { modes: ["one", "two"], v8Flags: ["--c", "--d"] },
  });
  return new TextDecoder().decode(file).split("# The rest is not for the shell.\n")[0] ?? "";
}

Deno.test("a single file begins with a script without unfilled placeholders", async () => {
  const text = await script("runtime", "program");
  assert(text.startsWith("#!/bin/sh\n"));
  assertMatch(text, /^runtime=\$cache\/deno-[0-9a-f]{32}$/m);
  assertMatch(text, /^program=\$cache\/chat-[0-9a-f]{32}$/m);
  assertMatch(
    text,
    /^exec "\$runtime" run "--v8-flags=\$v8_flags" -x "\$program\/main\.mjs"/m,
  );
  assert(text.includes("\nmain.mjs 7\nother.mjs 5\n"));
  assertEquals(text.match(/^[1-4] \d+ \d+$/gm)?.length, 4);
  assertEquals(text.match(/@[A-Z]/), null);
});

Deno.test("a single file gives some modes further flags of V8", async () => {
  const text = await script("runtime", "program");
  assert(text.includes("\nv8_flags=--a,--b\n"));
  assert(text.includes("\n  one | two)\n    v8_flags=$v8_flags,--c,--d\n"));
});

Deno.test("a bundle loads the maker of require only when a package calls it", () => {
  const made = `import { createRequire as __x } from "node:module";
var __require = __x(import.meta.url);
var other = 1;`;
  const text = withLazyRequire(made);
  assert(!text.includes("import {"));
  assert(text.endsWith("\nvar other = 1;"));
  assertEquals(withLazyRequire("var other = 1;"), "var other = 1;");
});

Deno.test("a bundle hides the modules of its modes from the runtime until one is run", () => {
  const path = "./serve-AB12.js";
  assertEquals(
    withLazyModes(`import { a } from "${path}";\nconst load = () => import("${path}");`),
    `import { a } from "${path}";\nconst load = () => import(import.meta.resolve("${path}"));`,
  );
});

Deno.test("the name of the unpacked folder depends only on the content", async () => {
  const text = await script("runtime", "program");
  assertEquals(await script("runtime", "program"), text);
  assertNotEquals(await script("runtime", "Program"), text);
  assertNotEquals(await script("Runtime", "program"), text);
});
