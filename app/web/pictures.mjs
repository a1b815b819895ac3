// Takes the screenshots in docs/web.md from `segue serve` with a model of the bundled playlists:
//   SEGUE_EVALUATION=REPORT tools/node app/web/pictures.mjs MODEL [OUT]     OUT defaults to docs/pictures
// Environment variables name the program, the report and the pages, as in tests/real/server.mjs; SEGUE_PAGES is a folder
// with evaluation.html and map.html.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { indexedPng } from "./indexed_png.mjs";

const [model, out = join(import.meta.dirname, "../../docs/pictures")] = process.argv.slice(2);
if (!model) {
  console.error("usage: pictures.mjs MODEL [OUT]");
  process.exit(2);
}
process.env.SEGUE_MODEL = resolve(model);
const { bench, fileBench, kPhone } = await import("./tests/browser/browser.mjs");
const { startReal } = await import("./tests/real/server.mjs");
const kMost = 300_000; // bytes
const kPolls = 30; // status updates before the screenshot of the health view

const real = await startReal("--open-loopback");
const all = await bench({ real });

async function find(words) {
  const { items } = await real.get(`/v1/songs?limit=1&q=${encodeURIComponent(words)}`);
  assert.ok(items.length > 0, `${words}: expected such a song in the model`);
  return items[0];
}
const songs = await Promise.all(
  ["luke combs hurricane", "kane brown heaven", "miles davis mood", "bill evans my foolish heart", "billie eilish bad guy", "dolly parton jolene"].map(find),
);
const [hurricane, heaven, mood, foolish, bad, jolene] = songs.map((song) => encodeURIComponent(song.id));

// Alice's listens of one evening.
const heard = [songs[2], songs[3], songs[0], songs[5], { artist: "The Neighbours", title: "Kitchen Demo" }, songs[1]];
const evening = Math.floor(Date.UTC(2026, 0, 16, 21, 4) / 1000);
await fetch(`${real.url}/1/submit-listens`, {
  method: "POST",
  headers: { Authorization: `Token ${await real.token("alice", "submit")}` },
  body: JSON.stringify({
    listen_type: "import",
    payload: heard.map((song, i) => ({ listened_at: evening - 251 * i, track_metadata: { artist_name: song.artist, track_name: song.title } })),
  }),
});

const kTaste = `#/taste?like=${hurricane}&like=${heaven}&like=${jolene}&like=${mood}&like=${foolish}`;
const kJourney = `#/playlist?list=journey&from=${bad}&to=${heaven}`;
const kReady = {
  map: ".examples li", find: ".detail .songs li", taste: "[data-testid=recommended] li", playlist: "[data-testid=playlist] li",
  listeners: "[data-testid=for-user] li", health: ".model", docs: "article",
};

async function shot(hash, options = {}, act) {
  const view = hash === "docs" ? "docs" : /#\/(\w+)/.exec(hash)[1];
  const { page, done } = await all.open(hash, { wait: view !== "docs", ...options });
  await page.locator(kReady[view]).first().waitFor({ state: "attached" });
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
  await act?.(page);
  if (hash.includes("?")) await page.waitForFunction(() => /[?&]at=/.test(location.hash)); // the map has moved to the songs
  await page.evaluate(async () => {
    document.activeElement?.blur?.();
    await document.fonts.ready;
    // The view rests once the address stops changing; song names are requested after that.
    const rest = () => new Promise((done) => setTimeout(done, 500));
    for (let before = ""; before !== location.hash; await rest()) before = location.hash;
  });
  const png = await page.screenshot();
  await done();
  return png;
}

// Joins screenshots side by side into one picture.
const blank = await all.browser.newPage();
async function save(name, ...shots) {
  const { width, height, base64 } = await blank.evaluate(async (shots) => {
    const read = async (png) => createImageBitmap(new Blob([Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0))], { type: "image/png" }));
    const bitmaps = await Promise.all(shots.map(read));
    const gap = 14;
    const [width, height] = [bitmaps.reduce((sum, one) => sum + one.width + gap, -gap), bitmaps[0].height];
    const context = new OffscreenCanvas(width, height).getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    let x = 0;
    for (const one of bitmaps) {
      context.drawImage(one, x, 0);
      x += one.width + gap;
    }
    const { data } = context.getImageData(0, 0, width, height);
    let text = "";
    for (let i = 0; i < data.length; i += 8190) text += String.fromCharCode(...data.subarray(i, i + 8190));
    return { width, height, base64: btoa(text) };
  }, shots.map((png) => png.toString("base64")));
  const png = indexedPng(Buffer.from(base64, "base64"), width, height);
  assert.ok(png.length <= kMost, `${name}.png: expected at most ${kMost} bytes, found ${png.length}`);
  writeFileSync(join(out, `${name}.png`), png);
  console.log(`${name}.png ${width} × ${height}, ${Math.round(png.length / 1000)} kB`);
}

// Zooms in with the wheel and waits for the card of the song at the pointer.
async function near(page) {
  await page.mouse.move(900, 330);
  for (let i = 0; i < 4; i++) await page.mouse.wheel(0, -240);
  // No song may lie under the pointer: the layout depends on the processor. So look around for one.
  const card = page.getByRole("tooltip");
  for (let step = 0; step < 200 && !(await card.isVisible()); step++) {
    await page.mouse.move(900 + step * 1.5 * Math.cos(step), 330 + step * 1.2 * Math.sin(step));
    await page.waitForTimeout(100);
  }
  await card.waitFor();
}
// Makes enough traffic for the chart.
async function busy(page) {
  for (let i = 0; i < kPolls; i++) {
    const asks = Array.from({ length: 20 + Math.round(16 * Math.sin(i / 3)) }, (_, k) => fetch(`${real.url}/v1/songs/${mood}/similar?k=${k + 1}`));
    await Promise.all([page.waitForResponse("**/v1/status"), ...asks]);
  }
}
// Scrolls to the evaluation report.
async function evaluation(page) {
  const report = page.getByRole("region", { name: "Next-song accuracy" });
  await report.getByRole("row").nth(1).waitFor();
  await report.evaluate((section) => section.scrollIntoView({ block: "start" }));
}
const phone = (hash, theme = "dark") => shot(hash, { size: kPhone, theme });

mkdirSync(out, { recursive: true });
await save("web-map", await shot("#/map"));
await save("web-map-near", await shot("#/map", { theme: "light" }, near));
await save("web-find", await shot(`#/find?song=${mood}`));
await save("web-taste", await shot(kTaste));
await save("web-radio", await shot(`#/playlist?seed=${foolish}`));
await save("web-journey", await shot(kJourney, { theme: "light" }));
await save("web-listeners", await shot("#/listeners?user=alice"));
await save("web-health", await shot("#/health", { theme: "light" }, busy));
if (process.env.SEGUE_EVALUATION) await save("web-evaluation", await shot("#/health", {}, evaluation));
await save("web-docs", await shot("docs"));
await save("web-phone", await phone("#/map"), await phone(`#/find?song=${bad}`, "light"), await phone(kTaste), await phone(kJourney, "light"));
if (process.env.SEGUE_PAGES) {
  const files = await fileBench();
  const page = async (name, theme) => {
    const { page, done } = await files.open(pathToFileURL(resolve(process.env.SEGUE_PAGES, `${name}.html`)).href, { size: kPhone, theme });
    await page.locator(name === "map" ? ".stage[data-picking=ready]" : "h1").waitFor({ state: "attached" });
    const png = await page.screenshot();
    await done();
    return png;
  };
  await save("web-pages", await page("evaluation", "light"), await page("evaluation", "dark"), await page("map", "light"), await page("map", "dark"));
  await files.close();
}
await all.close();
