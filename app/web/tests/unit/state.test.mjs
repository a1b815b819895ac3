// The page's address holds its whole state: reading it back gives the same state.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { fromHash, toHash, kStart, kViews } = await load("data/state.ts");

const full = {
  view: "taste",
  colour: "popularity",
  off: [0, 3, 95],
  song: "spotify:track:1?x=y&z#w",
  artist: "AC/DC & ü",
  q: "Björk – Jóga 100 %",
  taste: { songs: ["a,b", "c d", "ü", "أغنية"], disliked: ["x+y"], excluded: ["&=%"], by: "next", mode: "any", diversity: 0.35, popularity: -0.8, several: true },
  playlist: { kind: "journey", seeds: ["s"], artists: ["Björk", "A & B"], drift: 0.7, from: "f/1", to: "t/2", via: ["m"], steps: 9, songs: ["f/1", "m", "t/2"] },
  user: "alice@example.org",
};

test("every state survives the round trip through its address", () => {
  for (const view of kViews) {
    const state = { ...full, view };
    assert.deepEqual(fromHash(toHash(state, null)), { state, camera: null });
  }
  assert.deepEqual(fromHash(toHash(kStart, null)).state, kStart);
});

test("the camera survives the round trip to four decimals", () => {
  const { camera } = fromHash(toHash(kStart, { x: -0.123456, y: 0.5, zoom: 12.25 }));
  assert.deepEqual(camera, { x: -0.1235, y: 0.5, zoom: 12.25 });
});

test("random states survive the round trip", () => {
  let seed = 5;
  const chance = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const letters = ["a", "ß", "%", "&", "=", "#", "?", "/", "+", " ", "ع", "🎵", ",", "."];
  const word = () => Array.from({ length: 1 + Math.floor(chance() * 8) }, () => letters[Math.floor(chance() * letters.length)]).join("");
  const words = () => Array.from({ length: Math.floor(chance() * 5) }, word);
  for (let i = 0; i < 300; i++) {
    const state = {
      ...full, song: word(), q: word(), user: word(), off: [Math.floor(chance() * 96)],
      taste: { ...full.taste, songs: words(), disliked: words(), excluded: words(), diversity: Math.round(chance() * 100) / 100 },
      playlist: { ...full.playlist, seeds: words(), songs: words() },
    };
    assert.deepEqual(fromHash(toHash(state, null)).state, state);
  }
});

test("an invalid address shows the start", () => {
  for (const hash of ["", "#", "#/", "#/nowhere", "#/map?at=1_2", "#/map?at=a_b_c", "#/map?colour=pink&mode=x&list=y&off=a.b.-1&several=x"]) {
    assert.deepEqual(fromHash(hash), { state: kStart, camera: null }, hash);
  }
  assert.equal(fromHash("#/taste?diversity=7&popularity=-9").state.taste.diversity, 1);
  assert.equal(fromHash("#/taste?diversity=7&popularity=-9").state.taste.popularity, -1);
});
