// The page reads the files of tests/ingest as `segue ingest` does: the same listens, in time, artist and title.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { load } from "./load.mjs";

const { readHistory, textOf } = await load("history/parse.ts");
const folder = join(import.meta.dirname, "../../../../tests/ingest");
const json = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const sources = Object.entries(json("sources/expected.json")).map(([name, { listens }]) => [`sources/${name}`, listens]);
const cases = Object.entries(json("cases/listens.json")).map(([name, listens]) => [`cases/${name}`, listens]);

const contentOf = (name) => {
  const bytes = readFileSync(join(folder, name));
  return textOf(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};
// The same user, time and song is one listen, and ingest shows the most frequent spelling of a name.
const inOrder = (listens) => [...new Set(listens.map((one) => JSON.stringify([one.at, one.artist, one.title]).toLowerCase()))].sort();

for (const [name, listens] of [...sources, ...cases]) {
  if (listens === undefined) continue; // playlists have no listens
  test(name, () => {
    const named = listens.filter((one) => one.artist && one.title);
    const wanted = named.map((one) => ({ ...one, at: Math.floor(Date.parse(one.time) / 1000) }));
    assert.deepEqual(inOrder(readHistory(contentOf(name)).plays), inOrder(wanted));
  });
}

test("a date whose day and month cannot be told apart is no time", () => {
  assert.deepEqual(readHistory(contentOf("cases/02-dates-not-read/slashes.csv")).plays.map((play) => play.at), [0, 0]);
});
