import { assertEquals, assertMatch } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { billOfMaterials, type Lock } from "../../tools/sbom.ts";
import { readSource } from "../support/source_tree.ts";

const lock: Lock = JSON.parse(Deno.readTextFileSync("deno.lock"));

Deno.test("the bill of materials has every package of the executable, and none of the tests alone", () => {
  const { components } = billOfMaterials(manifest, lock);
  const names = components.map(({ name }) => name);
  for (const name of ["@peculiar/x509", "asn1js", "deno-std", "preact", "uqr", "ws"]) {
    assertEquals(names.includes(name), true, name);
  }
  const program = [...readSource()].filter(([path]) => !/^(?:bench|tests|tools)\//.test(path))
    .map(([, text]) => text).join("\n");
  for (const [specifier, target] of Object.entries(manifest.imports)) {
    const [, name = ""] = /^npm:((?:@[^/@]+\/)?[^/@]+)@/.exec(target) ?? [];
    if (specifier.startsWith(name)) {
      assertEquals(names.includes(name), program.includes(`"${name}`), specifier);
    }
  }
  const purls = components.map(({ purl }) => purl);
  assertEquals(purls, [...new Set(purls)]);
  for (const { purl, version, hashes: [hash] } of components) {
    assertMatch(purl, /^pkg:npm\/(?:%40[\w-]+\/)?[\w.-]+@\d[\w.-]*$/);
    assertMatch(version, /^\d+\.\d+\.\d+/);
    assertMatch(hash?.content ?? "", /^[0-9a-f]{128}$/);
  }
});
