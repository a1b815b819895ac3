// The map: drawing, moving by mouse, wheel, touch and keys, colouring, filtering and picking songs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeCatalogue } from "../fixture.mjs";
import { load } from "../unit/load.mjs";
import { axe, bench, go, kMapPart, kMiddle, kPhone, pixels, shows, withoutWebGl } from "./browser.mjs";

const catalogue = makeCatalogue(3000);
const { scaled } = await load("data/map.ts");
const [firstX, firstY] = scaled(catalogue.x, catalogue.y, catalogue.region).places; // the most played song
let all;
before(async () => (all = await bench({ catalogue })));
after(() => all.close());

const cameraOf = (page) => page.evaluate(() => /at=([^&]*)/.exec(location.hash)?.[1].split("_").map(Number) ?? [0, 0, 1]);
// The address is updated once the view rests.
const settled = (page, pattern) => page.waitForFunction((pattern) => new RegExp(pattern).test(location.hash), pattern.source);
const zoomed = (page, than) => page.waitForFunction((than) => Number(/at=[^&]*_([\d.]+)/.exec(location.hash)?.[1] ?? 1) !== than, than);

test("songs are drawn in the colours of their regions, in both themes", async () => {
  for (const [theme, blue, none] of [["dark", "#66c0f4", "#0b0e14"], ["light", "#56b4e9", "#fbfaf7"]]) {
    const { page, done } = await all.open("", { theme });
    await page.getByRole("heading", { name: "3,000 songs" }).waitFor();
    await shows(page, blue, (count) => count > 300, `${theme}: blue points`);
    await shows(page, none, (count) => count > 200_000, `${theme}: background between them`, 6);
    await done();
  }
});

test("regions that arrive after the map colour it", async () => {
  const { page, done } = await all.open();
  let arrive;
  const drawn = new Promise((resolve) => (arrive = resolve));
  await page.route("**/v1/map/regions", async (route) => {
    await drawn;
    await route.continue();
  });
  await page.reload();
  await page.getByRole("heading", { name: "3,000 songs" }).waitFor();
  await shows(page, "#66c0f4", (count) => count === 0, "no region yet");
  arrive();
  await shows(page, "#66c0f4", (count) => count > 300, "blue points");
  await done();
});

test("wheel, drag, double click, buttons and keys move the view; 0 shows everything", async () => {
  const { page, done } = await all.open();
  const map = page.getByTestId("map");
  await page.mouse.move(870, 400);
  await page.mouse.wheel(0, -300);
  await zoomed(page, 1);
  let [x, y, zoom] = await cameraOf(page);
  assert.ok(zoom > 1.3);
  await page.mouse.down();
  await page.mouse.move(970, 460, { steps: 4 });
  await page.mouse.up();
  await settled(page, /at=-0\.[0-9]+_0\.[0-9]+_/);
  const [left, up] = await cameraOf(page);
  assert.ok(left < x && up > y, "dragged to the right and down, the camera goes left and up");
  await map.focus();
  await page.keyboard.press("0");
  await settled(page, /at=0_0_1(&|$)/);
  for (const [key, at] of [["ArrowRight", 0], ["ArrowUp", 1]]) {
    const was = await cameraOf(page);
    await page.keyboard.press(key);
    await page.waitForFunction((was) => !location.hash.includes(`at=${was.join("_")}`), was);
    assert.ok((await cameraOf(page))[at] > was[at], key);
  }
  await page.keyboard.press("+");
  await settled(page, /_1\.4(&|$)/);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await settled(page, /_2\.38(&|$)/);
  await page.getByRole("button", { name: "Show everything" }).click();
  await settled(page, /at=0_0_1(&|$)/);
  await done();
});

test("two fingers pinch", async () => {
  const { page, done } = await all.open("", { size: kPhone });
  const session = await page.context().newCDPSession(page);
  const touch = (type, points) => session.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  await touch("touchStart", [[180, 200], [220, 200]]);
  for (const by of [20, 40, 60, 80]) await touch("touchMove", [[180 - by, 200], [220 + by, 200]]);
  await touch("touchEnd", []);
  await zoomed(page, 1);
  assert.ok((await cameraOf(page))[2] > 2.5);
  await done();
});

test("the pointer shows a card, and a click opens its song", async () => {
  const { page, done } = await all.open(`#/map?at=${firstX}_${firstY}_6`);
  const card = page.getByRole("tooltip");
  await page.mouse.move(...kMiddle);
  await card.waitFor();
  const title = await card.locator("b").textContent();
  assert.equal(title, catalogue.song(0).title);
  assert.match(await card.textContent(), /plays?$/);
  await page.mouse.down();
  await page.mouse.up();
  await page.getByRole("article").waitFor();
  assert.equal(await page.getByRole("article").getByRole("heading", { level: 2 }).textContent(), title);
  await done();
});

test("Enter on the map picks the song in the centre", async () => {
  const { page, done } = await all.open("#/map?at=0.1_0.1_3");
  await page.getByTestId("map").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("article").getByRole("list", { name: /Songs similar to/ }).waitFor();
  await done();
});

test("the legend filters: unchecked entries are not drawn", async () => {
  const { page, done } = await all.open();
  await page.getByText("Colours and regions").click();
  const orange = "#e69f00";
  const first = page.getByRole("region", { name: "Legend" }).getByRole("checkbox");
  await shows(page, orange, (count) => count > 200, "orange points");
  const before = await pixels(page, orange, kMapPart);
  // Uncheck all orange regions: every entry whose dot has that colour.
  const names = await page.locator(".legend > li").evaluateAll((rows) =>
    rows.flatMap((row, i) => (getComputedStyle(row.querySelector(".dot")).backgroundColor === "rgb(230, 159, 0)" ? [i] : [])));
  for (const i of names) await first.nth(i).uncheck();
  await page.mouse.move(5, 5);
  await page.waitForFunction((n) => (/off=([^&]*)/.exec(location.hash)?.[1].split(".").length ?? 0) === n, names.length);
  await shows(page, orange, (count) => count < before / 10, "no orange points");
  await page.getByRole("button", { name: "Show all", exact: true }).click();
  await shows(page, orange, (count) => count > before * 0.8, "orange points again");
  await done();
});

test("colours by tag and by popularity", async () => {
  const { page, done } = await all.open();
  await page.getByText("Colours and regions").click();
  await page.getByRole("radio", { name: "Tag" }).check();
  await page.getByRole("region", { name: "Legend" }).getByText("jazz", { exact: true }).waitFor();
  await page.getByRole("radio", { name: "Popularity" }).check();
  await page.getByText("Rarely played").waitFor();
  await shows(page, "#2f5aa8", (count) => count > 300, "rarely played songs");
  assert.match(await page.evaluate(() => location.hash), /colour=popularity/);
  await done();
});

// Records the words drawn on the map, most recent frame last.
function recordNames() {
  const { clearRect, fillText } = CanvasRenderingContext2D.prototype;
  globalThis.names = [];
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    globalThis.names = [];
    return clearRect.apply(this, box);
  };
  CanvasRenderingContext2D.prototype.fillText = function (words, ...at) {
    globalThis.names.push(words);
    return fillText.call(this, words, ...at);
  };
}

test("topics are a list that can be searched, a click leads to one, and finer names appear there", async () => {
  const { page, done } = await all.open("", { first: recordNames });
  const drawn = (name, shown) => page.waitForFunction(([name, shown]) => names.includes(name) === shown, [name, shown]);
  const topics = page.getByRole("region", { name: "Topics" });
  const [first] = catalogue.regions;
  await drawn(first.label, true);
  await drawn("deep left", false);
  await topics.getByLabel("Find a topic").fill("DEEP l");
  assert.equal(await topics.getByRole("listitem").count(), 1);
  await topics.getByRole("button", { name: "deep left" }).click();
  await settled(page, /at=[^&]*_5(&|$)/);
  await drawn("deep left", true);
  await drawn(first.label, false);
  await topics.getByLabel("Find a topic").fill("polka");
  await topics.getByText("No region has this name.").waitFor();
  assert.deepEqual(await axe(page), []);
  await done();
});

test("contours are drawn around regions, and fade close up", async () => {
  const { page, done } = await all.open();
  const line = "#7b5a11"; // half of a region's orange on the background
  await shows(page, line, (count) => count > 100, "lines around the regions", 24);
  await page.evaluate(() => (location.hash = "#/map?at=0_0_12"));
  await shows(page, line, (count) => count < 60, "no lines close up", 12);
  await done();
});

test("regions list their songs, and a click opens a song", async () => {
  const { page, done } = await all.open();
  await page.getByText("Colours and regions").click();
  await page.getByRole("button", { name: /^Songs: / }).first().click();
  const songs = page.locator(".legend .songs .song");
  await songs.first().waitFor();
  const title = await songs.first().locator(".title").textContent();
  await songs.first().locator(".main").click();
  assert.equal(await page.getByRole("article").getByRole("heading", { level: 2 }).textContent(), title);
  await done();
});

test("without WebGL the list replaces the map and everything else works", async () => {
  const { page, done } = await all.open("", { wait: false, first: withoutWebGl });
  await page.getByText("This browser cannot draw the map").waitFor();
  await page.getByRole("button", { name: /^Songs: / }).first().click();
  await page.locator(".legend .songs .song .main").first().click();
  await page.getByRole("list", { name: /Songs similar to/ }).locator("li").first().waitFor();
  await go(page, "#/taste?like=s%2F1&like=s%2F2");
  await page.getByTestId("recommended").locator("li").first().waitFor();
  await go(page, "#/playlist?seed=s%2F3");
  await page.getByTestId("playlist").locator("li").first().waitFor();
  assert.deepEqual(await axe(page), []);
  await done();
});

test("with very many songs, the most played are drawn while the view moves and all of them when it rests", async (t) => {
  const many = 300_000;
  const own = await bench({ songs: many });
  t.after(() => own.close());
  const { page, done } = await own.open();
  const drawn = (songs) => page.locator(`.stage[data-drawn="${songs}"]`).waitFor();
  await drawn(many);
  await page.evaluate(() => {
    globalThis.least = Infinity;
    const stage = document.querySelector(".stage");
    new MutationObserver(() => (globalThis.least = Math.min(globalThis.least, Number(stage.dataset.drawn)))).observe(stage, { attributes: true });
  });
  await shows(page, "#66c0f4", (count) => count > 1000, "blue points");
  const before = await pixels(page, "#66c0f4", kMapPart);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.waitForFunction(() => /_1\.7(&|$)/.test(location.hash));
  await page.getByRole("button", { name: "Show everything" }).click();
  await settled(page, /at=0_0_1(&|$)/);
  await drawn(many);
  assert.ok((await page.evaluate(() => globalThis.least)) < many, "fewer songs while moving");
  await shows(page, "#66c0f4", (count) => Math.abs(count - before) < before / 50, `as many blue points as before: ${before}`);
  await done();
});
