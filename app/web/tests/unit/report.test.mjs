// Reading a report written by segue evaluate --report, and MD5 as servers compute it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { load } from "./load.mjs";

const { readReport, modesOf } = await load("data/report.ts");
const { md5 } = await load("data/md5.ts");
const { ticksOf } = await load("report/charts.tsx");

const model = (name, hits, more = {}) => ({ name, summary: `What ${name} does`, baseline: true, hit_rate: { 10: hits, 20: hits, 100: 2 * hits }, ndcg: { 10: hits / 2 }, ...more });

test("the modes of a report with all methods, in the order they are asked", () => {
  const scores = (models) => ({ positions: 300, unknown: 20, models });
  const modes = { next: scores([model("blend", 0.5)]), discovery: scores([model("popularity", 0.02), model("blend", 0.08, { baseline: false })]) };
  const report = readReport(JSON.stringify({ dataset: "plays", runs: [{ split: "time", held_out_queues: 12, modes }] }));
  assert.deepEqual(modesOf(report.runs[0]).map(({ name, scores }) => [name, scores.positions, scores.models.map((one) => one.name)]),
    [["discovery", 300, ["popularity", "blend"]], ["next", 300, ["blend"]]]);
});

test("anything but a report is rejected, and a method without numbers is skipped", () => {
  for (const text of ["", "[]", "{}", "null", '{"runs": []}', '{"runs": [{"modes": 3}]}']) assert.throws(() => readReport(text), /Expected a report written by segue evaluate --report/, text);
  const report = readReport(JSON.stringify({ runs: [{ modes: { discovery: 3, any: { models: [{ name: "broken" }, 7, model("good", 0.5, { hit_rate_interval: null })] } } }] }));
  assert.deepEqual(modesOf(report.runs[0]).map(({ name, scores }) => [name, scores.models.map((one) => one.name)]), [["any", ["good"]]]);
});

test("marks of an axis are round, within it, and few", () => {
  assert.deepEqual(ticksOf(0, 0.11).map((tick) => +tick.toPrecision(3)), [0, 0.05, 0.1]);
  assert.deepEqual(ticksOf(0.041, 0.0712).map((tick) => +tick.toPrecision(3)), [0.05, 0.06, 0.07]);
  assert.deepEqual(ticksOf(3, 3), [3]);
  for (let most = 1e-6; most < 1e6; most *= 1.7) {
    const ticks = ticksOf(0, most);
    assert.ok(ticks.length >= 2 && ticks.length <= 6 && ticks.at(-1) <= most * (1 + 1e-6), `${most}: ${ticks}`);
  }
});

test("MD5 of any length is that of other programs", () => {
  for (let length = 0; length < 140; length++) {
    const text = "aé音𝄞 z".repeat(40).slice(0, length);
    assert.equal(md5(text), createHash("md5").update(text).digest("hex"), `${length}`);
  }
});
