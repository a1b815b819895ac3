// The web app's map of a million songs: time to the first picture, bytes over the wire, and frames a second. Chromium
// shows a made-up map in the wire format of GET /v1/map, drawn in software (SwiftShader), as on a machine without a
// graphics card. A GPU draws the same in a fraction of the time.
//
//     tools/node bench/web/web_map.mjs [--songs 1000000] [--runs 3] [--json]
//
// Times start at the navigation: the first picture, with the most played songs, is there when its pixels have been read
// back; the others follow. While the view moves, frames are those redrawn, and the share is the songs drawn.
import { execFileSync } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { songs: { type: "string", default: "1000000" }, runs: { type: "string", default: "3" }, json: { type: "boolean" } } });
const songs = Number(values.songs);
const web = join(import.meta.dirname, "../../app/web");
execFileSync(process.execPath, [join(web, "build.mjs"), join(web, "build")], { stdio: ["ignore", "ignore", "inherit"] });
const { bench, kDesktop, kMiddle } = await import(join(web, "tests/browser/browser.mjs"));
const kBudget = { seconds: 3, bytes: 12e6 };
const kMoves = 60;

// In the page, before its scripts: notes when it draws, and reads the first picture back.
function watch(songs) {
  globalThis.drawn = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (!target.classList?.contains("stage") || target.dataset.drawn === undefined) continue;
      globalThis.drawn.push({ at: performance.now(), songs: Number(target.dataset.drawn) });
      if (Number(target.dataset.drawn) === songs) globalThis.complete ??= performance.now();
      if (globalThis.first || target.dataset.drawn === "0") continue;
      const gl = target.querySelector("canvas").getContext("webgl2");
      const pixels = new Uint8Array(4 * gl.drawingBufferWidth * gl.drawingBufferHeight);
      gl.readPixels(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
      if (pixels.some((value) => value > 0)) globalThis.first = { at: performance.now(), songs: Number(target.dataset.drawn) };
    }
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-drawn"] });
}

const middle = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

// Frames between two moments: how many a second, and the part of the songs in them.
function movement(frames) {
  const gaps = frames.slice(1).map((frame, i) => frame.at - frames[i].at);
  return {
    frames: frames.length,
    fps: 1000 / (gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length),
    slowest: Math.max(...gaps),
    share: middle(frames.map((frame) => frame.songs)) / songs,
  };
}

// Processor seconds of all of Chromium's processes: on a busy machine they say more than the clock.
async function processorSeconds(all) {
  const session = await all.browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.reduce((sum, one) => sum + one.cpuTime, 0);
}

async function once(all) {
  const before = await processorSeconds(all);
  const { page, done } = await all.open("", { wait: false, first: `(${watch})(${songs})` });
  await page.waitForFunction(() => globalThis.first, null, { timeout: 60_000 });
  const processor = (await processorSeconds(all)) - before;
  await page.locator(".stage[data-picking=ready]").waitFor({ state: "attached" });
  await page.waitForFunction(() => globalThis.complete, null, { timeout: 60_000 });
  const seen = await page.evaluate(() => {
    const bytes = (one) => one.transferSize;
    const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    const map = all.find((one) => one.name.endsWith("/v1/map"));
    return { first: globalThis.first.at, songs: globalThis.first.songs, complete: globalThis.complete, map: { from: map.requestStart, to: map.responseEnd, bytes: bytes(map) }, bytes: all.reduce((sum, one) => sum + bytes(one), 0), pickable: performance.now() };
  });
  const during = async (act) => {
    const before = await page.evaluate(() => (globalThis.drawn = []).length);
    await act();
    await page.waitForFunction((songs) => globalThis.drawn.at(-1)?.songs === songs, songs, { timeout: 60_000 }); // at rest again
    return movement((await page.evaluate(() => globalThis.drawn)).slice(before, -1));
  };
  await page.mouse.move(...kMiddle);
  const zoom = await during(async () => {
    for (let i = 0; i < kMoves; i++) await page.mouse.wheel(0, i < kMoves / 2 ? -60 : 60);
  });
  const [x, y] = kMiddle;
  const pan = await during(async () => {
    await page.mouse.down();
    for (let i = 0; i < kMoves; i++) await page.mouse.move(x + 120 * Math.sin(i / 6), y + 90 * Math.cos(i / 6) - 90);
    await page.mouse.up();
  });
  await done();
  return { ...seen, processor, zoom, pan };
}

const all = await bench({ songs });
const runs = [];
for (let i = 0; i < Number(values.runs); i++) runs.push(await once(all));
await all.close();

const report = {
  songs, size: kDesktop, cores: availableParallelism(), load: loadavg()[0],
  first_picture_seconds: runs.map((run) => run.first / 1000),
  first_picture_songs: runs[0].songs, complete_seconds: runs.map((run) => run.complete / 1000),
  processor_seconds: runs.map((run) => run.processor),
  map_seconds: runs.map((run) => (run.map.to - run.map.from) / 1000),
  bytes: runs[0].bytes, map_bytes: runs[0].map.bytes,
  pan: runs.map((run) => run.pan), zoom: runs.map((run) => run.zoom),
};
if (values.json) console.log(JSON.stringify(report, null, 2));
else {
  const list = (numbers, digits) => numbers.map((number) => number.toFixed(digits)).join(", ");
  const moved = (name, all) => `${name}  ${list(all.map((one) => one.fps), 1)} frames/s, slowest ${list(all.map((one) => one.slowest), 0)} ms, ${list(all.map((one) => one.share * 100), 0)} % of the songs in them`;
  console.log(`${songs.toLocaleString("en")} songs, ${kDesktop.width} × ${kDesktop.height}, software GL, ${report.cores} cores, load ${report.load.toFixed(1)}`);
  console.log(`first picture  ${list(report.first_picture_seconds, 2)} s (wanted: below ${kBudget.seconds} s), ${list(report.processor_seconds, 2)} s of processors; ${report.first_picture_songs.toLocaleString("en")} songs`);
  console.log(`all songs      ${list(report.complete_seconds, 2)} s; the map over the wire ${list(report.map_seconds, 2)} s`);
  console.log(`over the wire  ${(report.bytes / 1e6).toFixed(2)} MB, the map ${(report.map_bytes / 1e6).toFixed(2)} MB (wanted: at most ${kBudget.bytes / 1e6} MB)`);
  console.log(moved("panning      ", report.pan));
  console.log(moved("zooming      ", report.zoom));
}
process.exitCode = Math.min(...report.first_picture_seconds) < kBudget.seconds && report.bytes <= kBudget.bytes ? 0 : 1;
