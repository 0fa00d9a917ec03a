#!/usr/bin/env bash
# By default, the tokenizer unicode61 of SQLite FTS5 takes Devanagari vowel signs (categories Mc and Mn)
# for separators: काम ("work") becomes "क म" and कुमार (a name) "क म र", and so काम finds both.
# With `categories 'L* N* Co Mn Mc'` it finds only itself. Seen in node:sqlite of Deno 2.9.6.
# Needs npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm i --loglevel=error deno@2.9.6 >/dev/null
cat >search.js <<'END'
import { DatabaseSync } from "node:sqlite";
const database = new DatabaseSync(":memory:");
console.log("SQLite", database.prepare("SELECT sqlite_version() AS version").get().version);
for (const tokenizer of ["unicode61", "unicode61 categories 'L* N* Co Mn Mc'"]) {
  database.exec(`CREATE VIRTUAL TABLE words USING fts5(word, tokenize = "${tokenizer}")`);
  database.exec("INSERT INTO words VALUES ('काम'), ('कुमार')");
  const found = database.prepare("SELECT word FROM words WHERE words MATCH ?").all("काम");
  console.log(`${tokenizer}: काम finds ${found.map(({ word }) => word).sort().join(" ")}`);
  database.exec("DROP TABLE words");
}
END
node_modules/.bin/deno --version | head -1
node_modules/.bin/deno run search.js | tee out
grep -qx 'unicode61: काम finds काम कुमार' out
grep -qx "unicode61 categories 'L\* N\* Co Mn Mc': काम finds काम" out
