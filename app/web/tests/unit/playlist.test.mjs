// Playlists saved by the page are identical to those of `segue radio -o`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { writePlaylist } = await load("history/playlist.ts");
const { moved } = await load("ui/reorder.tsx");
const songs = [
  { id: "abc/1", row: 0, title: "A & <b>\nB", artist: "X", plays: 1 },
  { id: "https://example.org/2.flac", row: 1, title: "", artist: "", plays: 1 },
];

test("M3U8", () => {
  assert.equal(writePlaylist("m3u8", "My\nlist", songs),
    "#EXTM3U\n#PLAYLIST:My list\n#EXTINF:-1,X – A & <b> B\nabc/1\n#EXTINF:-1,https://example.org/2.flac\nhttps://example.org/2.flac\n");
});

test("JSPF", () => {
  const { playlist } = JSON.parse(writePlaylist("jspf", "T", songs));
  assert.deepEqual(playlist.track, [
    { identifier: ["segue:song:abc%2F1"], title: "A & <b> B", creator: "X" },
    { location: ["https://example.org/2.flac"], title: "", creator: "" },
  ]);
});

test("XSPF escapes markup", () => {
  const text = writePlaylist("xspf", 'A "title" & more', songs);
  assert.match(text, /<title>A &quot;title&quot; &amp; more<\/title>/);
  assert.match(text, /<identifier>segue:song:abc%2F1<\/identifier><title>A &amp; &lt;b&gt; B<\/title><creator>X<\/creator>/);
  assert.match(text, /<location>https:\/\/example.org\/2.flac<\/location>/);
  assert.doesNotMatch(text, /<b>/);
});

test("a song is moved, at most to the ends of the list", () => {
  assert.deepEqual(moved([1, 2, 3, 4], 0, 2), [2, 3, 1, 4]);
  assert.deepEqual(moved([1, 2, 3, 4], 3, 0), [4, 1, 2, 3]);
  assert.deepEqual(moved([1, 2, 3, 4], 1, 99), [1, 3, 4, 2]);
});
