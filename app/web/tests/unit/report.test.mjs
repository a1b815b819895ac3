// Reading a report written by segue evaluate --report.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { readReport } = await load("data/report.ts");

const model = (name, hits, more = {}) => ({
  name, summary: `What ${name} does`, baseline: true, hit_rate: { 10: hits, 20: hits, 100: 2 * hits }, ndcg: { 10: hits / 2 }, hit_rate_interval: [hits - 0.01, hits + 0.01], ...more,
});

test("the questions of a report with all methods", () => {
  const modes = { discovery: { positions: 300, unknown: 20, models: [model("popularity", 0.02), model("blend", 0.08, { baseline: false })] } };
  const report = readReport(JSON.stringify({ dataset: "plays", runs: [{ split: "time", held_out_queues: 12, modes }] }));
  assert.deepEqual([report.dataset, report.split, report.queues, report.questions.length], ["plays", "time", 12, 1]);
  const [asked] = report.questions;
  assert.deepEqual([asked.name, asked.positions, asked.unknown], ["discovery", 300, 20]);
  assert.deepEqual(asked.methods.map((one) => [one.name, one.baseline, one.hitRate10, one.hitRate100, one.ndcg10, +one.margin.toFixed(4)]),
    [["popularity", true, 0.02, 0.04, 0.01, 0.01], ["blend", false, 0.08, 0.16, 0.04, 0.01]]);
});

test("anything but a report is rejected, and a method without numbers is skipped", () => {
  for (const text of ["", "[]", "{}", "null", '{"runs": []}', '{"runs": [{"modes": 3}]}']) assert.throws(() => readReport(text), /Expected a report written by segue evaluate --report/, text);
  const report = readReport(JSON.stringify({ runs: [{ modes: { any: { models: [{ name: "broken" }, 7, model("good", 0.5, { hit_rate_interval: null })] } } }] }));
  assert.deepEqual(report.questions[0].methods.map((one) => [one.name, Number.isNaN(one.margin)]), [["good", true]]);
});
