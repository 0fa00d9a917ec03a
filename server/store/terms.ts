/**
 * Splits text into the words of the search index, in any script. Converts a search to terms of this
 * index. Does not depend on the database.
 *
 * The index has two forms of a text. `text` has its words. `part` has its letters, if the words of
 * its script can be separated only with a dictionary. Dictionaries lack some words, and treat some
 * phrases as one word. So in these scripts, a search for a word of `PARTS_LENGTH` or more
 * code points looks for its letters, anywhere in the text.
 *
 * @module
 */

import { phrase } from "./word_search.ts";

/** The scripts without spaces between words, whose words are found with a dictionary. */
const IN_DICTIONARIES = String.raw`\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}`;
/** The scripts without spaces for which no dictionary is used: each letter is a word. */
const WITHOUT_SPACES = String.raw`\p{sc=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Bopo}\p{sc=Yiii}` +
  String.raw`\p{sc=Tale}\p{sc=Talu}\p{sc=Lana}\p{sc=Tavt}\p{sc=Java}\p{sc=Bali}`;
const DICTIONARY_RUN = new RegExp(`[${IN_DICTIONARIES}]+`, "gu");
const LETTER = new RegExp(String.raw`[${WITHOUT_SPACES}]\p{M}*`, "gu");
const ANY_LETTER = new RegExp(String.raw`[${WITHOUT_SPACES}${IN_DICTIONARIES}]\p{M}*`, "gu");
const HAS_DICTIONARY = new RegExp(`[${IN_DICTIONARIES}]`, "u");
const NOT_ASCII = /[^\0-\x7f]/;

/**
 * The smallest number of code points of a word that is searched by its letters, in the scripts with
 * dictionaries. A shorter word would be found inside too many others: in Thai, the word for "very"
 * begins with the word for "come".
 */
const PARTS_LENGTH = 3;
/**
 * Matches words in Burmese. Even those shorter than `PARTS_LENGTH` are searched by their letters,
 * because Burmese letters show where a syllable ends.
 */
const BURMESE = /\p{sc=Mymr}/u;
/** The last word of a term also matches longer words if it has at least this many letters. */
const PREFIX_LENGTH = 3;
/**
 * Matches text that ends in Korean. The last word of such a text matches longer words even if it is
 * one syllable, because a syllable can be a word, and particles follow a word without a space.
 */
const ENDS_IN_HANGUL = /\p{sc=Hang}$/u;
/** The largest number of terms of a search; further ones are ignored. */
const TERM_LIMIT = 16;

/**
 * Returns the words of a text, in their basic form, with spaces between them. Returns ASCII text as
 * it is, because FTS5 itself brings it into the basic form.
 */
export function wordsOf(text: string): string {
  if (!NOT_ASCII.test(text)) return text;
  return fold(text.replace(DICTIONARY_RUN, dictionaryWords)).replace(LETTER, " $& ");
}

/**
 * Returns the letters of a text with spaces between them; empty if `wordsOf` is enough to find the
 * text.
 */
export function partsOf(text: string): string {
  if (!NOT_ASCII.test(text) || !HAS_DICTIONARY.test(text)) return "";
  return fold(text).replace(ANY_LETTER, " $& ");
}

/**
 * Returns the terms of a search in the syntax of FTS5; a message must match all of them. If
 * `isExact`, they do not match longer words, except terms that are searched by their letters.
 */
export function termsOf(search: string, isExact = false): string[] {
  return search.split(/\s+/).flatMap((word) => termOf(word, isExact) ?? []).slice(0, TERM_LIMIT);
}

function termOf(word: string, isExact: boolean): string | undefined {
  const words = wordsOf(word).trim();
  if (!/[\p{L}\p{N}]/u.test(words)) return undefined;
  const isLong = [...word].length >= PARTS_LENGTH || BURMESE.test(word);
  if (HAS_DICTIONARY.test(word) && isLong) return `part : ${phrase(partsOf(word))}`;
  const last = words.slice(words.lastIndexOf(" ") + 1);
  const isPrefix = !isExact && (last.length >= PREFIX_LENGTH || ENDS_IN_HANGUL.test(last));
  return `text : ${phrase(words)}${isPrefix ? " *" : ""}`;
}

/**
 * The segmenter, which is made on first use, because this takes longer than the rest of the
 * program's start.
 */
let segmenter: Intl.Segmenter | undefined;

function dictionaryWords(run: string): string {
  segmenter ??= new Intl.Segmenter("th", { granularity: "word" });
  return ` ${Array.from(segmenter.segment(run), ({ segment }) => segment).join(" ")} `;
}

/** Letters that are often replaced by others in writing, and that Unicode does not decompose. */
const SAME_LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ł: "l",
  ı: "i",
  // Arabic and Persian keyboards have different letters; final forms are often written without
  // dots.
  "\u0649": "\u064a",
  "\u06cc": "\u064a",
  "\u06a9": "\u0643",
  "\u0629": "\u0647",
};
const SAME_LETTER = new RegExp(`[${Object.keys(SAME_LETTERS).join("")}]`, "gu");
/**
 * The marks that writers may omit: accents of Latin, Greek and Cyrillic letters, vowel signs of
 * Hebrew and Arabic, the Arabic elongation, invisible joiners, the soft hyphen, variation
 * selectors. Marks on the Cyrillic letters I and U are kept, because the short I and the short U
 * are letters of their own; FTS5 drops all other marks on these two. The zero-width non-joiner is
 * kept in Persian, because it separates words.
 */
const OPTIONAL = new RegExp(
  String.raw`(?<![\u0438\u0443])[\u0300-\u036f]|` +
    String.raw`[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]|` +
    String.raw`[\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]|` +
    String.raw`[\u00ad\u200d\u2060\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|\u200c(?!\p{sc=Arab})`,
  "gu",
);

/** Returns the basic form of text, which is the same for different spellings of a word. */
function fold(text: string): string {
  return text.toLowerCase().normalize("NFKD").replace(OPTIONAL, "").normalize("NFC")
    .replace(SAME_LETTER, (letter) => SAME_LETTERS[letter] ?? letter);
}
