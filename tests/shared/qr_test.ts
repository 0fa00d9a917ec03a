import { assert, assertEquals } from "@std/assert";
import xterm from "@xterm/headless";
import jsQR from "jsqr";
import { qrCode } from "../../shared/qr.ts";

const BLACK = 0;
const WHITE = 255;
/** The brightness of the two color numbers in a palette of 256 colors. */
const COLORS: ReadonlyMap<number, number> = new Map([[16, BLACK], [231, WHITE]]);
/** The width and height of a module of the code, in pixels. */
const PIXELS = 4;

/** The halves of each character that are inked. */
const GLYPHS: ReadonlyMap<string, readonly [upper: boolean, lower: boolean]> = new Map([
  ["", [false, false]],
  [" ", [false, false]],
  ["▀", [true, false]],
  ["▄", [false, true]],
  ["█", [true, true]],
]);

/** Writes `text` to a terminal with the background `theme`; resolves to the brightness of each module. */
async function draw(text: string, theme: number): Promise<number[][]> {
  const terminal = new xterm.Terminal({ cols: 80, rows: 40, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(text.replaceAll("\n", "\r\n"), resolve));
  const modules: number[][] = [];
  for (let y = 0; y < terminal.rows; y++) {
    const line = terminal.buffer.active.getLine(y);
    const cells = Array.from({ length: terminal.cols }, (_, x) => {
      const cell = line?.getCell(x);
      const [upper, lower] = GLYPHS.get(cell?.getChars() ?? "") ?? [];
      assert(cell && upper !== undefined && lower !== undefined, cell?.getChars());
      const ink = COLORS.get(cell.getFgColor()) ?? WHITE - theme;
      const paper = COLORS.get(cell.getBgColor()) ?? theme;
      return [upper ? ink : paper, lower ? ink : paper] as const;
    });
    modules.push(cells.map(([upper]) => upper), cells.map(([, lower]) => lower));
  }
  terminal.dispose();
  return modules;
}

/** Returns the text that a camera without support for inverted codes reads. */
function scan(modules: readonly number[][]): string | undefined {
  const width = (modules[0]?.length ?? 0) * PIXELS;
  const height = modules.length * PIXELS;
  const image = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const light = modules[Math.floor(y / PIXELS)]?.[Math.floor(x / PIXELS)] ?? WHITE;
      image.fill(light, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return jsQR.default(image, width, height, { inversionAttempts: "dontInvert" })?.data;
}

const URLS = [
  "chat://192.168.1.7:7342/lobby",
  `chat://[2001:db8::7]:7342/lobby?fp=${"0123456789abcdef".repeat(4)}`,
  `chat://${"n".repeat(80)}:7342/k%C3%BCche?fp=${"0123456789abcdef".repeat(4)}`,
];

Deno.test("a camera reads the code on a light and on a dark terminal", async () => {
  for (const url of URLS) {
    for (const theme of [BLACK, WHITE]) {
      assertEquals(scan(await draw(await qrCode(url), theme)), url);
    }
  }
});

Deno.test("the code of a URL fits into 24 rows, with a white border", async () => {
  const code = await qrCode(URLS[1] ?? "");
  const rows = code.split("\n").length;
  assert(rows <= 24, `${rows} rows`);
  const modules = await draw(code, BLACK);
  const white = modules.filter((row) => row.includes(WHITE));
  const size = (white[0]?.lastIndexOf(WHITE) ?? 0) + 1;
  assertEquals(white.length - white.length % 2, size + size % 2);
  for (const row of [...white.slice(0, 4), ...white.slice(-4)]) {
    assertEquals(row.slice(0, size), Array(size).fill(WHITE));
  }
  for (const row of white) {
    assertEquals([...row.slice(0, 4), ...row.slice(size - 4, size)], Array(8).fill(WHITE));
  }
});
