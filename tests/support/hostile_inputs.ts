import { chunk, joined, ONE_PIXEL } from "./pictures.ts";

/**
 * The programs that hostile inputs try to run in a browser. Each leaves a trace that a test finds:
 * a dialog, the variable `taken`, or a request for `/taken`.
 */
const PROGRAMS = ["window.taken=1", "alert(1)", "fetch('/taken')"] as const;

/** Returns markup that would run `program`, or load something, if a page took a text for markup. */
function markup(program: string): string[] {
  return [
    `<script>${program}</script>`,
    `"><script>${program}</script>`,
    `</textarea></title></style><script>${program}</script>`,
    `<img src=/taken onerror="${program}">`,
    `<img src=x onerror=${program} //`,
    `<svg onload="${program}">`,
    `<svg><script href="data:text/javascript,${program}"/></svg>`,
    `<svg><animate onbegin="${program}" attributeName=x dur=1s>`,
    `<math><mi xlink:href="javascript:${program}">click</mi></math>`,
    `<body onload="${program}">`,
    `<details open ontoggle="${program}">`,
    `<video><source onerror="${program}">`,
    `<audio src=/taken onerror="${program}">`,
    `<input autofocus onfocus="${program}">`,
    `<iframe src="javascript:${program}"></iframe>`,
    `<iframe srcdoc="<script>${program}</script>"></iframe>`,
    `<object data="data:text/html,<script>${program}</script>"></object>`,
    `<embed src="/taken">`,
    `<link rel=stylesheet href=/taken>`,
    `<meta http-equiv=refresh content="0;url=/taken">`,
    `<base href="https://taken.example/">`,
    `<form action=/taken><button formaction="javascript:${program}">`,
    `<a href="javascript:${program}">click</a>`,
    `<style>@import "/taken";</style>`,
    `<div style="background:url(/taken)">`,
    `<template><script>${program}</script></template>`,
    `<noscript><p title="</noscript><img src=x onerror=${program}>">`,
    `<![CDATA[><script>${program}</script>]]>`,
    `<!--><script>${program}</script>-->`,
    `&lt;script&gt;${program}&lt;/script&gt;`,
    `javascript:${program}`,
    `JaVaScRiPt:${program}//https://example.org/`,
    `data:text/html,<script>${program}</script>`,
    `[click](javascript:${program})`,
    `![picture](/taken)`,
    `https://example.org/"onmouseover="${program}`,
    `https://example.org/'><script>${program}</script>`,
    "`<script>" + program + "</script>`",
    `*<script>${program}</script>* _<b>_`,
    "${" + program + "}",
    `{{constructor.constructor('${program}')()}}`,
    `{"type":"img","props":{"src":"/taken","onerror":"${program}"}}`,
    `{"dangerouslySetInnerHTML":{"__html":"<img src=/taken>"}}`,
    `%3Cscript%3E${program}%3C/script%3E`,
    `\\u003cscript\\u003e${program}`,
    `+ADw-script+AD4-${program}+ADw-/script+AD4-`,
    `＜script＞${program}＜/script＞`,
  ];
}

/** Addresses that are no links, or lead elsewhere than they seem to. */
const ADDRESSES = [
  "vbscript:msgbox(1)",
  "blob:https://example.org/1",
  "file:///etc/passwd",
  "view-source:https://example.org/",
  "filesystem:https://example.org/temporary/x",
  "https://user:password@example.org/",
  "https://example.org@taken.example/",
  "https://example.org\\@taken.example/",
  "https://еxample.org/",
  "https://taken.example/\u202egnp.exe",
  "https://[::1]:0/",
  "https://",
  "http://1/",
  "//taken.example/x.png",
  "https://taken.example/picture.png",
  "https://taken.example/-/files/aaaaaaaaaaaaaaaaaaaaaaaa/../../taken.png",
  "https://taken.example/-/files/%2e%2e/%2e%2e/taken.png",
  "https://taken.example/-/files/aaaaaaaaaaaaaaaaaaaaaaaa/%2e%2e%2f%2e%2e%2ftaken.png?/a.png",
] as const;

/** Texts whose letters are hostile: to the direction, the size or the form of what is shown. */
const LETTERS = [
  "\u202eright to left\u202c \u2066isolated",
  "\u2067\u2067\u2067never ended",
  "\u061c\u200e\u200f\u200b\u2060\ufeffmarks",
  `z${"\u0335\u0489\u034f".repeat(60)}algo`,
  `${"\u{1f468}\u200d".repeat(50)}\u{1f469}`,
  "\u{e0041}\u{e0042}tags\u{e007f}",
  "\ud7ff\ue000\uf8ff private use",
  "\ufdfd\ufdfd\ufdfd wide",
  "\u0c1c\u0c4d\u0c1e\u200c\u0c3e",
  "\u2028line\u2029ends\u0085",
  "\x1b]0;taken\x07\x1b[2J\x9b31m",
  "\x02\x03\x0399,99\x1d\x1f\x16\x11\x1e\x0fformatted",
  "\x03",
  "\x04ff0000colored",
  "\x01ACTION <b>acts</b>\x01",
  "a".repeat(380),
  "<".repeat(380),
  "*`_".repeat(120),
  `https://example.org/${"a/".repeat(150)}`,
  "/quit",
  "//part",
  "__proto__",
  "constructor",
  "[object Object]",
  "undefined",
  "null",
] as const;

const [first] = PROGRAMS;

/** The texts of messages. */
export const HOSTILE_TEXTS: readonly string[] = [
  ...PROGRAMS.flatMap(markup),
  ...ADDRESSES,
  ...LETTERS,
];

/** Texts that fit everywhere, also into a real name. */
const SHORT: readonly string[] = [
  ...markup(first).filter((text) => text.length < 70),
  "\u202eright to left",
  "__proto__",
  "javascript:alert(1)",
];

/** The topics of a room. */
export const HOSTILE_TOPICS: readonly string[] = [...SHORT.slice(0, 10), ...LETTERS.slice(0, 8)];

/** The real names of users. */
export const HOSTILE_REAL_NAMES: readonly string[] = SHORT.slice(0, 12);

/** The nicks of users. */
export const HOSTILE_NICKS: readonly string[] = [
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toString",
  "[script]",
  "{{7}}",
  "`code`",
  "_em_",
  "a|b^c\\d",
  "null",
];

/** The names of rooms. */
export const HOSTILE_ROOMS: readonly string[] = [
  "#<script>taken=1</script>",
  "#<img/src=/taken>",
  `#"onclick="taken=1`,
  "#__proto__",
  "#../../-/page.js",
  "#%2e%2e%2f",
  "#?a=b&c#d",
];

/** The reactions to messages. */
export const HOSTILE_REACTIONS: readonly string[] = [
  ...SHORT.slice(0, 12),
  "one\n/quit",
  "\n/part",
  "👍\u202e",
];

/** A file that tries to be run, or to be shown as something else. */
export interface HostileFile {
  /** The name that the client states. */
  readonly name: string;
  /** The content. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const SCRIPT = `<script>${PROGRAMS.join(";")}</script>`;
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload="${first}">${SCRIPT}</svg>`;
const GIF = "GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/** The files that a user uploads. */
export const HOSTILE_FILES: readonly HostileFile[] = [
  ...[
    ["page.html", `<!DOCTYPE html>${SCRIPT}`],
    ["page.png", `<!DOCTYPE html>${SCRIPT}`],
    ["picture.svg", SVG],
    ["picture.svg.png", `<?xml version="1.0"?>${SVG}`],
    ["page.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml">${SCRIPT}</html>`],
    ["feed.xml", `<?xml-stylesheet href="/taken"?><a/>`],
    ["both.gif.js", `GIF89a/*${GIF.slice(6)}*/=1;${PROGRAMS.join(";")}`],
    ["both.html", `${GIF}${SCRIPT}`],
    ["paper.pdf", `%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>`],
    ["archive.mht", `MIME-Version: 1.0\nContent-Type: text/html\n\n${SCRIPT}`],
    ["code.js", PROGRAMS.join(";")],
    ["style.css", "body{background:url(/taken)}"],
    ["empty.html", ""],
    ["sound.mp3", `ID3\x03\0\0\0\0\0\0${SCRIPT}`],
    ["film.mp4", `\0\0\0\x18ftypmp42${SCRIPT}`],
    [`"><img src=x onerror=${first}>.png`, "text"],
    ["\u202egnp.exe", "MZ"],
    ["..\\..\\boot.ini", "text"],
    [`a\r\nSet-Cookie: a=b\r\n\r\n${SCRIPT}`, "text"],
    ["__proto__", "text"],
  ].map(([name = "", text = ""]) => ({ name, bytes: joined(text) })),
  { name: "after its end.html", bytes: joined(ONE_PIXEL, SCRIPT) },
  { name: "within.png", bytes: joined(ONE_PIXEL.subarray(0, 8), SCRIPT, ONE_PIXEL.subarray(8)) },
  {
    name: "text.png",
    bytes: joined(ONE_PIXEL.subarray(0, 33), chunk("tEXt", SCRIPT), ONE_PIXEL.subarray(33)),
  },
];
