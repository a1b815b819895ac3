// The map for notebooks: the built module with a model as anywidget gives it, on an empty page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { after, before, test } from "node:test";
import { eventually, launch, pixels, withoutWebGl } from "./browser.mjs";

const file = resolve(process.env.SEGUE_MAP_WIDGET ?? join(import.meta.dirname, "../../build/widget/map_widget.js"));
const kColour = "#e69f00"; // of the first category in the dark theme
const kRing = "#ffd54a";

// What segue.widget.MapWidget sends, and anywidget's model around it.
function mount() {
  const places = new Float32Array([-0.5, 0.5, 0.5, 0.5, 0, -0.5, 0.02, -0.5]);
  const view = (array) => new DataView(array.buffer);
  const traits = {
    _places: view(places),
    _categories: view(new Uint8Array([0, 0, 1, 1])),
    _titles: view(new TextEncoder().encode("First – <b>Öne</b>\nSecond\nThird\nFourth")),
    _labels: [{ x: 0, y: 0, label: "quiet" }],
    _rows: [],
    height: 400,
  };
  const listeners = new Map();
  const model = {
    saved: [],
    listeners,
    get: (name) => traits[name],
    set(name, value) {
      traits[name] = value;
      for (const each of listeners.get(`change:${name}`) ?? []) each();
    },
    save_changes() {
      this.saved.push([...traits._rows]);
    },
    on: (event, each) => listeners.set(event, new Set([...(listeners.get(event) ?? []), each])),
    off: (event, each) => listeners.get(event).delete(each),
  };
  globalThis.model = model;
  return import("/map_widget.js").then(({ default: widget }) => {
    globalThis.destroy = widget.render({ model, el: document.querySelector("#cell") });
  });
}

let browser, server, url;
before(async () => {
  browser = await launch();
  server = createServer((request, response) => {
    const isModule = request.url === "/map_widget.js";
    response.setHeader("content-type", isModule ? "text/javascript" : "text/html");
    response.end(isModule ? readFileSync(file) : "<!doctype html><link rel=icon href=data:,><div id=cell style='width:800px'></div>");
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${server.address().port}/`;
});
after(async () => {
  await browser.close();
  server.close();
});

async function open(options = {}) {
  const page = await browser.newPage({ viewport: { width: 820, height: 440 }, colorScheme: "dark", ...options });
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.stack));
  await page.goto(url);
  await page.evaluate(mount);
  const box = await page.locator(".segue-map").boundingBox();
  // The pixel of a position on the map: 94 % of the smaller side, as in view.ts.
  const at = (x, y) => ({ x: box.x + box.width / 2 + x * box.height * 0.47, y: box.y + box.height / 2 - y * box.height * 0.47 });
  const click = (place, modifiers = []) => page.locator(".segue-map canvas").last().click({ position: { x: place.x - box.x, y: place.y - box.y }, modifiers });
  const around = ({ x, y }) => ({ x: x - 14, y: y - 14, width: 28, height: 28 });
  const shows = (place, colour, passes, what) => eventually(() => pixels(page, colour, around(place)), passes, what);
  const rows = () => page.evaluate(() => model.get("_rows"));
  const done = async () => {
    await page.close();
    assert.deepEqual(problems, []);
  };
  return { page, at, click, shows, rows, done };
}

test("the module is small enough for a notebook", () => {
  assert.ok(gzipSync(readFileSync(file)).length < 75_000);
});

test("songs are drawn where they are, in the colours of their categories", async () => {
  const { at, shows, done } = await open();
  await shows(at(-0.5, 0.5), kColour, (count) => count > 10, "the first song");
  await shows(at(0.5, 0.5), kColour, (count) => count > 10, "the second song");
  await shows(at(-0.5, -0.5), kColour, (count) => count === 0, "an empty place");
  await done();
});

test("a click selects for Python, with Shift one more, and beside all songs none", async () => {
  const { page, at, click, shows, rows, done } = await open();
  await shows(at(-0.5, 0.5), kColour, (count) => count > 10, "the first song");
  await click(at(-0.5, 0.5));
  assert.deepEqual(await rows(), [0]);
  await shows(at(-0.5, 0.5), kRing, (count) => count > 10, "a ring");
  await click(at(0.5, 0.5), ["Shift"]);
  assert.deepEqual(await rows(), [0, 1]);
  await click(at(0.5, 0.5), ["Shift"]);
  assert.deepEqual(await rows(), [0]);
  await click(at(-0.5, -0.5));
  assert.deepEqual(await rows(), []);
  assert.deepEqual(await page.evaluate(() => model.saved), [[0], [0, 1], [0], []]);
  await done();
});

test("dragging with Shift selects what is in the rectangle, without moving the map", async () => {
  const { page, at, shows, rows, done } = await open();
  await shows(at(-0.5, 0.5), kColour, (count) => count > 10, "the first song");
  const [from, to] = [at(-0.2, -0.7), at(0.2, -0.3)];
  await page.keyboard.down("Shift");
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
  assert.deepEqual(await rows(), [2, 3]);
  await shows(at(-0.5, 0.5), kColour, (count) => count > 10, "the first song where it was");
  await done();
});

test("what Python selects is ringed, and new places are drawn", async () => {
  const { page, at, shows, done } = await open();
  await page.evaluate(() => model.set("_rows", [1]));
  await shows(at(0.5, 0.5), kRing, (count) => count > 10, "a ring");
  await page.evaluate(() => model.set("_rows", []));
  await shows(at(0.5, 0.5), kRing, (count) => count === 0, "no ring");
  await page.evaluate(() => {
    model.set("_places", new DataView(new Float32Array([-0.5, -0.5, 0.9, 0.9]).buffer));
    model.set("_categories", new DataView(new Uint8Array([0, 0]).buffer));
  });
  await shows(at(-0.5, -0.5), kColour, (count) => count > 10, "a song in its new place");
  await shows(at(0.5, 0.5), kColour, (count) => count === 0, "an empty place");
  await done();
});

test("hovering shows the title as text", async () => {
  const { page, at, shows, done } = await open();
  await shows(at(-0.5, 0.5), kColour, (count) => count > 10, "the first song");
  const { x, y } = at(-0.5, 0.5);
  await page.mouse.move(x, y);
  const tip = page.getByRole("status");
  await tip.waitFor();
  assert.equal(await tip.textContent(), "First – <b>Öne</b>");
  await page.mouse.move(x + 100, y + 100);
  await tip.waitFor({ state: "hidden" });
  await done();
});

test("without WebGL 2 the page says so", async () => {
  const page = await browser.newPage();
  await page.addInitScript(withoutWebGl);
  await page.goto(url);
  await page.evaluate(mount);
  await page.getByText("needs WebGL 2").waitFor();
  await page.close();
});

test("a destroyed map leaves nothing behind", async () => {
  const { page, done } = await open();
  await page.evaluate(() => destroy());
  assert.equal(await page.locator("#cell > *").count(), 0);
  assert.equal(await page.evaluate(() => [...model.listeners.values()].reduce((sum, each) => sum + each.size, 0)), 0);
  await done();
});
