// Histories as other services export them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { readHistory, textOf, distinct } = await load("history/parse.ts");
const { fold } = await load("data/fold.ts");
const { readCsv } = await load("history/csv.ts");

test("Spotify, extended streaming history: short plays and podcasts are skipped", () => {
  const rows = [
    { ts: "2024-05-01T10:00:00Z", ms_played: 200000, master_metadata_track_name: "Jóga", master_metadata_album_artist_name: "Björk", spotify_track_uri: "spotify:track:1" },
    { ts: "2024-05-01T10:05:00Z", ms_played: 4000, master_metadata_track_name: "Skipped", master_metadata_album_artist_name: "Björk" },
    { ts: "2024-05-01T11:00:00Z", ms_played: 900000, master_metadata_track_name: null, master_metadata_album_artist_name: null, episode_name: "A podcast" },
  ];
  assert.deepEqual(readHistory(JSON.stringify(rows)), {
    kind: "Spotify", plays: [{ artist: "Björk", title: "Jóga", at: 1714557600 }], skipped: 2,
  });
});

test("Spotify, account data", () => {
  const history = readHistory(JSON.stringify([{ endTime: "2024-05-01 10:00", artistName: "A", trackName: "B", msPlayed: 60000 }]));
  assert.deepEqual(history.plays, [{ artist: "A", title: "B", at: 1714557600 }]);
});

test("ListenBrainz: an export, JSON Lines, and an API response", () => {
  const listen = { listened_at: 1700000000, track_metadata: { artist_name: "فيروز", track_name: "أعطني الناي" } };
  const wanted = [{ artist: "فيروز", title: "أعطني الناي", at: 1700000000 }];
  for (const content of [JSON.stringify([listen]), `${JSON.stringify(listen)}\n${JSON.stringify(listen)}\n`, JSON.stringify({ payload: { listens: [listen] } }), JSON.stringify(listen)]) {
    const history = readHistory(content);
    assert.equal(history.kind, "ListenBrainz");
    assert.deepEqual(history.plays.slice(0, 1), wanted);
  }
});

test("Last.fm CSV, with and without a header", () => {
  const named = 'uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n"1700000000","14 Nov 2023, 22:13","A ""The"" B","","","","One, two",""\n';
  assert.deepEqual(readHistory(named).plays, [{ artist: 'A "The" B', title: "One, two", at: 1700000000 }]);
  const bare = "Björk,Homogenic,Jóga,14 Nov 2023 22:13\r\nBjörk,Homogenic,,14 Nov 2023 22:20\r\n";
  assert.deepEqual(readHistory("\uFEFF" + bare), { kind: "Last.fm", plays: [{ artist: "Björk", title: "Jóga", at: 1699999980 }], skipped: 1 });
});

test("other tables and objects, by the usual names", () => {
  const wanted = [{ artist: "A", title: "B", at: 1700000000 }];
  assert.deepEqual(readHistory("Artist Name;Track-Name;played_at\nA;B;1700000000\n").plays, wanted);
  assert.deepEqual(readHistory('{"artist_name":"A","trackName":"B","Played.At":1700000000000}').plays, wanted);
  assert.deepEqual(readHistory('{"artist":"A","title":"B","ts":"1700000000","skipped":true}').plays, []);
  assert.deepEqual(readHistory("artist\ttitle\nA\tB").plays, [{ ...wanted[0], at: 0 }]);
});

test("one bad line of JSON Lines is one row; a table of another kind is refused", () => {
  const { plays, skipped } = readHistory('{"artist":"A","title":"B","ts":1700000000}\n{broken\n');
  assert.deepEqual([plays.length, skipped], [1, 1]);
  assert.throws(() => readHistory("colour,size\nred,2\n"), /Expected a history/);
});

test("UTF-16 and Windows-1252", () => {
  assert.equal(textOf(new Uint8Array([0xff, 0xfe, 0xe9, 0x00]).buffer), "é");
  assert.equal(textOf(new Uint8Array([0xfe, 0xff, 0x00, 0xe9]).buffer), "é");
  assert.equal(textOf(new Uint8Array([0x42, 0xe9]).buffer), "Bé");
});

test("\"Artist – Title\" lines", () => {
  assert.deepEqual(readHistory("Miles Davis – So What\n\nnonsense\nA-ha - Take on Me").plays, [
    { artist: "Miles Davis", title: "So What", at: 0 },
    { artist: "A-ha", title: "Take on Me", at: 0 },
  ]);
});

test("arrays of lines, of pairs and of artists; semicolons without names of columns", () => {
  const wanted = [{ artist: "Air", title: "Cherry Blossom Girl", at: 0 }];
  for (const content of ['["Air – Cherry Blossom Girl"]', '[["Air", "Cherry Blossom Girl"]]', "Air;Cherry Blossom Girl\n", "Air\tCherry Blossom Girl"]) {
    assert.deepEqual(readHistory(content).plays, wanted, content);
  }
  const items = [{ track: { name: "Fin", artists: [{ name: "Air" }, { name: "Beck" }] } }];
  assert.deepEqual(readHistory(JSON.stringify(items.map((one) => one.track))).plays, [{ artist: "Air, Beck", title: "Fin", at: 0 }]);
});

test("anything else is rejected", () => {
  for (const content of ["", "  \n", "hello", "[1, 2", '{"a": 1}', "[]", "[null]"]) assert.throws(() => readHistory(content), Error, content);
});

test("each song once, the most played, the newest last", () => {
  const play = (title, at) => ({ artist: "A", title, at });
  const heard = distinct([play("x", 5), play("X!", 9), play("y", 7), play("z", 1), play("z", 2), play("z", 3)], 2);
  assert.deepEqual(heard.map((one) => [one.title, one.times, one.last]), [["z", 3, 3], ["x", 2, 9]]);
});

test("folding: case, accents, Arabic marks, punctuation", () => {
  assert.equal(fold("  JÓGA (Live!) "), "joga live");
  assert.equal(fold("أَعْطِنِي"), fold("اعطني"));
});

test("CSV: quotes, line breaks in them, doubled quotes, empty cells", () => {
  assert.deepEqual(readCsv('a,"b\nc","d ""e"""\r\n,,\n"x"'), [["a", "b\nc", 'd "e"'], ["", "", ""], ["x"]]);
});
