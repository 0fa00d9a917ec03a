import { assertEquals } from "@std/assert";
import type * as Keeping from "../../../client/page/keeping.ts";

/** The memory of a browser. */
class Memory implements Pick<Storage, "getItem" | "setItem"> {
  readonly values = new Map<string, string>();

  getItem(key: string): string | null {
    return this.values.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.values.set(key, value);
  }
}

/** Runs `use` with the page's keeping, in a browser and a tab with memories of their own. */
async function inBrowser(
  use: (keeping: typeof Keeping, memory: Memory, openTab: (memory: Memory) => void) => void,
): Promise<void> {
  const names = ["localStorage", "sessionStorage"] as const;
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  const put = (name: string, value: Memory) =>
    Object.defineProperty(globalThis, name, { value, configurable: true });
  const memory = new Memory();
  put("localStorage", memory);
  put("sessionStorage", new Memory());
  try {
    const keeping = await import("../../../client/page/keeping.ts");
    use(keeping, memory, (tab) => put("sessionStorage", tab));
  } finally {
    for (const [index, name] of names.entries()) {
      const found = before[index];
      if (found) Object.defineProperty(globalThis, name, found);
    }
  }
}

/** Texts that replace each value in the memory of the page. The page has written none of them. */
const DAMAGED = [
  "",
  "{",
  "null",
  "1",
  '"text"',
  "[null]",
  '{"#a":null}',
  '{"#a":1}',
  '{"#a":[]}',
  '{"#a":{"time":"now"}}',
  '{"#a":{"time":1e999}}',
  '{"#a":{"time":-1}}',
  '{"#a":{"time":9e15}}',
  '{"nick":"a b"}',
  '{"nick":null}',
  '{"a b":""}',
  '{"#a\\r\\nQUIT":""}',
  '{"":""}',
  '{"#a":"b c"}',
];

Deno.test("a damaged memory of the browser counts as empty, and is written anew", async () => {
  await inBrowser((keeping, { values }) => {
    for (const text of DAMAGED) {
      for (const key of ["me", "read", "rooms"]) values.set(key, text);
      assertEquals(keeping.readMe(), undefined, text);
      assertEquals([...keeping.positions.find()], [], text);
      assertEquals(keeping.readRooms(), [], text);
      for (const key of ["settings", "ignored", "silenced", "drafts"]) values.set(key, text);
      for (const words of keeping.settingStore.read()) {
        assertEquals(words.map((word) => typeof word), ["string", "string"], text);
      }
      const words = [...keeping.ignoredStore.read(), ...keeping.silencedStore.read()];
      assertEquals(words.filter((word) => typeof word !== "string"), [], text);
      const draft = Object.values(keeping.readDraft("#a"));
      assertEquals(draft.map((each) => typeof each), Array(4).fill("string"), text);
      keeping.positions.keep(new Map([["#b", { time: 5, id: "x" }]]));
      assertEquals([...keeping.positions.find()], [["#b", { time: 5, id: "x" }]]);
    }
  });
});

Deno.test("of a memory that is damaged in part, the rest is read", async () => {
  await inBrowser((keeping, { values }) => {
    values.set("read", '{"#a":null,"#b":{"time":5,"id":"x y"},"#c":{"time":6,"id":"z"},"d":2}');
    assertEquals([...keeping.positions.find()], [
      ["#b", { time: 5 }],
      ["#c", { time: 6, id: "z" }],
    ]);
    values.set("rooms", '{"#a":null,"#b":"","#c":"key"}');
    assertEquals(keeping.readRooms(), [{ name: "#b" }, { name: "#c", key: "key" }]);
    values.set("me", '{"nick":"ada","account":7,"password":null}');
    assertEquals(keeping.readMe(), { nick: "ada" });
  });
});

Deno.test("the page works in a browser that stores nothing", async () => {
  await inBrowser((keeping, memory, openTab) => {
    openTab(memory);
    memory.getItem = memory.setItem = () => {
      throw new DOMException("denied", "SecurityError");
    };
    keeping.keepMe({ nick: "ada" });
    keeping.positions.keep(new Map([["#a", { time: 1 }]]));
    keeping.keepDraft("#a", { ...keeping.NO_DRAFT, text: "tea" });
    assertEquals([keeping.readMe(), keeping.readDraft("#a").text], [undefined, ""]);
  });
});

Deno.test("closed conversations are kept, and each tab keeps its own lines above new messages", async () => {
  await inBrowser(({ closedStore, newMarks }, { values }, openTab) => {
    closedStore.keep(["bob", "2026-11-30T00:00:00.000Z", "eve", "2026-12-01T00:00:00.000Z"]);
    assertEquals([...closedStore.read()].slice(2), ["eve", "2026-12-01T00:00:00.000Z"]);
    values.set("closed", '{"bob":1}');
    assertEquals([...closedStore.read()], []);
    const tab = new Memory();
    openTab(tab);
    newMarks.keep("#a", { id: "x", count: 3 });
    assertEquals(newMarks.read("#a"), { id: "x", count: 3 });
    tab.values.set("new", '{"#a":"y many","#b":7}');
    assertEquals(newMarks.read("#a"), { id: "y", count: 0 });
    assertEquals(newMarks.read("#b"), undefined);
    newMarks.keep("#a", undefined);
    assertEquals(newMarks.read("#a"), undefined);
    openTab(new Memory());
    assertEquals(newMarks.read("#a"), undefined);
  });
});

Deno.test("each tab keeps its own draft, and a new tab begins with the last draft", async () => {
  await inBrowser(({ keepDraft, readDraft, NO_DRAFT }, _memory, openTab) => {
    const write = (text: string) => keepDraft("#a", { ...NO_DRAFT, text });
    const [first, second] = [new Memory(), new Memory()];
    openTab(first);
    write("draft A");
    openTab(second);
    assertEquals(readDraft("#a").text, "draft A");
    write("draft B");
    openTab(first);
    assertEquals(readDraft("#a").text, "draft A");
    // A text that was sent from here does not come back as the text of another tab.
    write("");
    openTab(second);
    write("draft B");
    openTab(first);
    assertEquals(readDraft("#a").text, "");
    openTab(new Memory());
    assertEquals(readDraft("#a").text, "draft B");
  });
});
