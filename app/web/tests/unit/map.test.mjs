// The camera, and the colours of regions.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { View, between, kMostZoom } = await load("map/view.ts");
const { regionLegend, scaled } = await load("data/map.ts");
const { topicsOf } = await load("data/topics.ts");
const { rangeOf, zoomOf } = await load("map/levels.ts");

function view() {
  const made = new View();
  Object.assign(made, { width: 1000, height: 700, insets: { left: 400, top: 0, right: 0, bottom: 0 } });
  return made;
}

test("pixel and position conversions are inverse, and the centre lies next to the panel", () => {
  const made = view();
  made.look({ x: 0.2, y: -0.3, zoom: 5 });
  for (const [x, y] of [[0, 0], [0.5, -0.7], [-1, 1]]) {
    assert.ok(Math.abs(made.fromX(made.toX(x)) - x) < 1e-12);
    assert.ok(Math.abs(made.fromY(made.toY(y)) - y) < 1e-12);
  }
  assert.equal(made.toX(0.2), 700);
});

test("zooming keeps the position under the pixel, up to the largest zoom", () => {
  const made = view();
  const [x, y] = [made.fromX(600), made.fromY(200)];
  made.zoomAt(600, 200, 3);
  assert.ok(Math.abs(made.fromX(600) - x) < 1e-9 && Math.abs(made.fromY(200) - y) < 1e-9);
  for (let i = 0; i < 50; i++) made.zoomAt(600, 200, 2);
  assert.equal(made.camera.zoom, kMostZoom);
});

test("a camera that shows positions keeps them all in the free area", () => {
  const made = view();
  const places = [{ x: -0.5, y: 0.1 }, { x: 0.4, y: 0.3 }, { x: 0, y: -0.6 }];
  made.look(made.showing(places));
  for (const { x, y } of places) {
    assert.ok(made.toX(x) > 400 && made.toX(x) < 1000, "x");
    assert.ok(made.toY(y) > 0 && made.toY(y) < 700, "y");
  }
});

test("a flight starts and ends at the given cameras", () => {
  const [from, to] = [{ x: 0, y: 0, zoom: 1 }, { x: 0.7, y: -0.4, zoom: 20 }];
  for (const [part, wanted] of [[0, from], [1, to]]) {
    const at = between(from, to, part);
    for (const key of ["x", "y", "zoom"]) assert.ok(Math.abs(at[key] - wanted[key]) < 1e-9);
  }
});

test("the map is scaled to -1..1 whatever its units, even with one song", () => {
  const data = scaled(Float32Array.of(-300, 500), Float32Array.of(10, 20), Int16Array.of(0, -1));
  assert.deepEqual([...data.places], [-1, Math.fround(-5 / 400), 1, Math.fround(5 / 400)]);
  assert.deepEqual([...scaled(Float32Array.of(3), Float32Array.of(4), Int16Array.of(0)).places], [0, 0]);
});

test("finer regions inherit their colour, neighbouring regions differ, and every song is counted once", () => {
  const region = (x, size, parent, level) => ({ label: `r${x}`, x, y: 0, size, parent, level });
  const all = [region(0, 10, -1, 0), region(0.1, 9, -1, 0), region(0.9, 8, -1, 0), region(0.05, 3, 0, 1)];
  const data = { n: 6, places: new Float32Array(12), region: Int16Array.of(0, 1, 2, 3, -1, 99), middle: { x: 0, y: 0 }, half: 1 };
  const { entries, of } = regionLegend(data, all, ["#1", "#2"], "#n");
  assert.equal(of[3], of[0]);
  assert.equal(of[4], of[5]);
  assert.notEqual(entries[0].colour, entries[1].colour);
  assert.equal(entries.reduce((sum, entry) => sum + entry.size, 0), 6);
});

test("topics are found by words without accents, by how they begin, then coarse before fine, large before small", () => {
  const topic = (label, level, size) => ({ label, level, size, x: 0, y: 0, parent: -1, source: "titles" });
  const all = [topic("Late Night Jazz", 0, 50), topic("", 0, 90), topic("Jazz Café", 1, 20), topic("Jazz", 1, 30), topic("طرب", 2, 5)];
  assert.deepEqual(topicsOf(all, ""), [0, 3, 2, 4]);
  assert.deepEqual(topicsOf(all, "jazz"), [3, 2, 0]);
  assert.deepEqual(topicsOf(all, "CAFE jazz"), [2]);
  assert.deepEqual(topicsOf(all, "طر"), [4]);
  assert.deepEqual(topicsOf(all, "polka"), []);
});

test("a topic that is flown to is in the zoom range of its level's names", () => {
  for (let level = 0; level < 5; level++) {
    const { from, to } = rangeOf(level);
    assert.ok(zoomOf(level) >= from && zoomOf(level) <= to, `level ${level}`);
  }
});
