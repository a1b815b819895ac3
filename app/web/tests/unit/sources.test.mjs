// The page reads the files of tests/ingest as `segue ingest` does: the same listens, in time, artist and title.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { load } from "./load.mjs";

const { readHistory, textOf } = await load("history/parse.ts");
const folder = join(import.meta.dirname, "../../../../tests/ingest/sources");
const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));

const contentOf = (name) => {
  const bytes = readFileSync(join(folder, name));
  return textOf(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};
const inOrder = (listens) => [...new Set(listens.map((one) => JSON.stringify([one.at, one.artist, one.title])))].sort();

for (const [name, { listens }] of Object.entries(expected)) {
  if (listens === undefined) continue; // playlists have no listens
  test(name, () => {
    const named = listens.filter((one) => one.artist && one.title);
    const wanted = named.map((one) => ({ ...one, at: Math.floor(Date.parse(one.time) / 1000) }));
    assert.deepEqual(inOrder(readHistory(contentOf(name)).plays), inOrder(wanted));
  });
}
