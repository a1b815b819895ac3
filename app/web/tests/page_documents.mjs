// Documents of pages as segue writes them, made up, and the pages filled with them.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const at = (value) => ({ 10: value, 20: 1.3 * value, 100: 2 * value });
const around = (value, margin = 0.004) => [value - margin, value + margin];

function method(name, hits, baseline, reference) {
  const slices = (n) => ({ hit_rate: Array.from({ length: n }, (_, i) => hits * (1 - i / n)), ndcg: Array.from({ length: n }, () => hits / 2) });
  return {
    name, summary: `What ${name} does`, baseline, fit_seconds: 1, rank_seconds: 2,
    hit_rate: at(hits), ndcg: at(hits / 2), mrr: at(hits / 3), recall: at(hits / 4), hit_rate_interval: around(hits), ndcg_interval: around(hits / 2),
    hit_rate_gain: hits - reference, hit_rate_gain_interval: around(hits - reference), ndcg_gain: (hits - reference) / 2, ndcg_gain_interval: around((hits - reference) / 2),
    lists: { coverage: at(0.2), gini: 0.91, popularity_rank: 4210, self_information: 13.4, artist_repeats: 0.03, hubness: 12.1, mean_length: 87, ...(baseline ? {} : { diversity: 0.17 }) },
    by_popularity: slices(10), by_history: slices(7),
  };
}
const mode = (positions) => ({
  positions, unknown: Math.round(positions / 5), reference: "vstan",
  by_popularity: Array.from({ length: 10 }, (_, i) => (i === 9 ? 0 : positions / 10)), by_history: Array.from({ length: 7 }, () => positions / 7),
  models: [method("popularity", 0.02, true, 0.08), method("vstan", 0.08, true, 0.08), method("blend", 0.11, false, 0.08)],
});
const run = (seed) => ({
  seed, split: "time", training_queues: 1200, training_plays: 48213, songs: 3000, held_out_queues: 130, units: 130, skipped: ["recent"],
  modes: { discovery: mode(5000), next: mode(7000) },
});
export const kEvaluation = {
  dataset: "<my> plays", split_options: { split: "time", part: "test", held_out: 0.1 }, options: { heard: 10 }, train_options: { dim: 64, window: 10 },
  blend: {}, blend_next: {}, runs: [run(1), run(2)],
  examples: {
    method: "blend",
    right: [{ heard: ["Air – La femme d'argent", "<b>Bold</b> – Markup"], list: ["أم كلثوم – أنت عمري", "Björk – Jóga"], target: "Björk – Jóga", rank: 2 }],
    wrong: [{ heard: ["A – B"], list: ["C – D"], target: "E – F", rank: 0 }],
  },
};

const trial = (number, rung, ndcg, units, all) => ({
  number, rung, epochs: rung ? 8 : 2, values: [String(2 + Math.round(units[0] * 48)), units[1] < 0.5 ? "pair" : "block"], units, seconds: 1.5,
  sample: { ndcg, hit_rate: 1.7 * ndcg, method: "sgns" }, ...(all ? { all: { ndcg: ndcg - 0.002, hit_rate: 1.6 * ndcg, method: "sgns" } } : {}),
});
export const kSearch = {
  dataset: "<my> plays", split: "queues", positions: 5400, rungs: [2, 8], failures: 1, best: 4, given: 0, about: { seed: 1, space: { window: "2..50 log" } },
  dimensions: [
    { name: "window", searched: "2..50 log", log: true, importance: 0.41, ticks: [{ unit: 0, text: "2" }, { unit: 0.28, text: "5" }, { unit: 1, text: "50" }] },
    { name: "negative_sharing", searched: "pair|block", log: false, importance: 0, ticks: [{ unit: 0.25, text: "pair" }, { unit: 0.75, text: "block" }] },
  ],
  trials: [trial(0, 1, 0.05, [0.3, 0.25], true), trial(1, 0, 0.041, [0.1, 0.75]), trial(2, 0, 0.06, [0.8, 0.25]), trial(2, 1, 0.066, [0.8, 0.25], true), trial(3, 1, 0.071, [0.9, 0.75], true)],
};

const rate = (value) => ({ songs: Math.round(1000 * value), rate: value, low: 0.8 * value, high: 1.25 * value });
const rates = (name, value) => ({ name, lists: 1440, listeners: 240, shown: 14460, click: rate(value), play: rate(value / 2), skip: rate(value / 9), save: { songs: 0, rate: 0 } });
export const kEvents = {
  decided_by: "click", since: 1_790_000_000, events: 59497, lists: 5496, listeners: 916, not_shown: 0,
  models: [rates("full", 0.0479), rates("<b>plain</b>", 0.0435)], routes: [rates("recommendations", 0.0486)],
  positions: Array.from({ length: 10 }, (_, i) => rates(String(i + 1), 0.13 / (i + 1))),
  comparisons: [{ model: "full", against: "plain", lists: 2748, decided: false, verdict: "full and plain: no difference yet" }],
  interleaved: [{ model: "full", against: "plain", lists: 2748, wins: 700, losses: 500, ties: 1548, decided: true, verdict: "full is preferred to plain" }],
  judged: [{ name: "as shown", lists: 900, listeners: 400, ndcg: 0.51, low: 0.49, high: 0.53 }, { name: "full", lists: 900, listeners: 400, ndcg: 0.55, low: 0.53, high: 0.57, difference: 0.04, difference_low: 0.02, difference_high: 0.06 }],
  notes: ["12 events name no list"],
};

// Songs around the middles of two regions.
const base64 = (array) => Buffer.from(array.buffer).toString("base64");
export function mapDocument(n = 400) {
  const places = new Uint16Array(2 * n);
  for (let i = 0; i < n; i++) {
    const middle = i % 2 ? 45_000 : 18_000;
    places[2 * i] = middle + 9000 * Math.sin(i * 2.3) * ((i % 17) / 17);
    places[2 * i + 1] = middle + 9000 * Math.cos(i * 2.3) * ((i % 17) / 17);
  }
  const region = (label, middle, parent, level) => ({ label, x: (middle / 65535) * 10 - 5, y: (middle / 65535) * 10 - 5, size: n / 2, level, parent, source: "artists" });
  const square = (middle, half) => [[-1, -1], [1, -1], [1, 1], [-1, 1]].flatMap((corner) => corner.map((sign) => ((middle + sign * half) / 65535) * 10 - 5));
  return {
    songs: 5000, left: -5, bottom: -5, width: 10,
    places: base64(places), region: base64(Int16Array.from({ length: n }, (_, i) => i % 2)), plays: base64(Uint32Array.from({ length: n }, (_, i) => 3 * (n - i))),
    artist: base64(Uint32Array.from({ length: n }, (_, i) => i % 10)),
    titles: Array.from({ length: n }, (_, i) => (i === 3 ? "<img src=x onerror=alert(1)>" : i === 5 ? "أنت عمري" : `Title ${i}`)),
    artists: Array.from({ length: 10 }, (_, i) => (i === 1 ? "Björk" : i === 2 ? "Mø" : `Artist ${i}`)),
    regions: [region("Quiet things", 18_000, -1, 0), region("Loud things", 45_000, -1, 0)],
    contours: [{ region: 0, part: 0.92, points: square(18_000, 9000) }, { region: 1, part: 0.92, points: square(45_000, 9000) }],
  };
}

// The address of a page filled as segue fills it (src/segue/base/page.cpp).
export function pageWith(pages, name, document, plain = "") {
  const text = JSON.stringify(document).replaceAll("<", "\\u003c");
  const filled = { VERSION: "0.0", TITLE: `A page: ${name}`, PLAIN: plain, DOCUMENT: text };
  let page = readFileSync(join(pages, `${name}.html`), "utf8");
  for (const [mark, value] of Object.entries(filled)) page = page.replace(`<!--${mark}-->`, () => value);
  const file = join(mkdtempSync(join(tmpdir(), "segue-page-")), `${name}.html`);
  writeFileSync(file, page);
  return pathToFileURL(file).href;
}
