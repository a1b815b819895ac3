// A browser for the tests: Debian's Chromium with software rendering. A page that logs an error or violates the content
// security policy fails its test.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { startFixture } from "../fixture.mjs";

const kChromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
export const kSoftware = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
export const dist = resolve(process.env.SEGUE_WEB_DIST ?? join(import.meta.dirname, "../../build/dist"));
export const kDesktop = { width: 1280, height: 800 };
export const kPhone = { width: 390, height: 844 };

export async function launch(args = []) {
  const executablePath = process.env.SEGUE_CHROMIUM ?? kChromium.find((path) => existsSync(path));
  assert.ok(executablePath, "Chromium is missing: tools/setup check installs it");
  return chromium.launch({ executablePath, args: [...kSoftware, ...args] });
}

// A page in a context of its own. `done` fails if it logged an error or asked for anything outside `origin`.
async function opened(browser, origin, { size = kDesktop, theme = "dark", motion = "reduce", allow, first, ...more }) {
  const context = await browser.newContext({ viewport: size, colorScheme: theme, reducedMotion: motion, hasTouch: size === kPhone, acceptDownloads: true, ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const problems = [];
  page.on("console", (message) => {
    const text = `${message.text()} ${message.location().url}`;
    if (["error", "warning"].includes(message.type()) && !allow?.test(text) && !/GPU stall|GroupMarkerNotSet/.test(text)) problems.push(text);
  });
  page.on("pageerror", (error) => problems.push(error.stack));
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && ![origin].flat().some((one) => request.url().startsWith(one))) problems.push(`requested ${request.url()}`);
  });
  if (first) await page.addInitScript(first);
  const done = async () => {
    await context.close();
    assert.deepEqual(problems, []);
  };
  return { page, done };
}

// One browser and one server, shared by all tests of a file. `beside`: another origin that pages may ask.
export async function bench({ real, beside = [], ...fixture } = {}, args = []) {
  const browser = await launch(args);
  const server = real ?? (await startFixture({ dist, ...fixture }));
  const open = async (hash = "", { wait = true, ...more } = {}) => {
    const { page, done } = await opened(browser, [server.url, ...[beside].flat()], { permissions: ["clipboard-read", "clipboard-write"], ...more });
    await page.goto(`${server.url}/${hash}`);
    if (wait) await page.locator(".stage[data-picking=ready]").waitFor({ state: "attached" });
    return { page, done };
  };
  const close = async () => {
    await browser.close();
    await server.stop?.();
  };
  return { browser, server, open, close };
}

// One browser for pages that are files: they may ask for themselves only.
export async function fileBench() {
  const browser = await launch();
  const open = async (address, more = {}) => {
    const { page, done } = await opened(browser, address, more);
    await page.goto(address);
    return { page, done };
  };
  return { open, close: () => browser.close() };
}

// Moves the open page to another state, as if its address were pasted.
export async function go(page, hash) {
  await page.evaluate((hash) => (location.hash = hash), hash);
  await page.locator(`.app[data-view=${/#\/(\w+)/.exec(hash)[1]}]`).waitFor();
}

const axeSource = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const kRules = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
export const kContrast = { type: "rule", values: ["color-contrast"] }; // the only rule that a theme can break
// Everything axe-core finds, as text. The policy blocks injected scripts, so axe is loaded through the debugger.
export async function axe(page, runOnly = kRules) {
  if (await page.evaluate(() => !globalThis.axe)) await page.evaluate(readFileSync(axeSource, "utf8"));
  const { violations } = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly, resultTypes: ["violations"] }), runOnly);
  return violations.map((one) => `${one.id}: ${one.help}\n${one.nodes.slice(0, 4).map((node) => `  ${node.target} ${node.failureSummary}`).join("\n")}`);
}

const kPatience = 15_000; // ms

// Calls `ask` until its answer passes; fails with the last answer after kPatience.
export async function eventually(ask, passes, what) {
  const until = performance.now() + kPatience;
  let answer = await ask();
  while (!passes(answer) && performance.now() < until) answer = await ask();
  assert.ok(passes(answer), `${what}: ${answer}`);
}
// Waits until the number of pixels of a colour in the map's part of the page passes.
export const shows = (page, colour, passes, what, tolerance) => eventually(() => pixels(page, colour, kMapPart, tolerance), passes, what);

// Counts the pixels close to a colour, "#rrggbb", in a screenshot of the page, as a user would see it.
export async function pixels(page, colour, clip, tolerance = 40) {
  const png = (await page.screenshot({ clip })).toString("base64");
  return page.evaluate(
    async ([png, colour, tolerance]) => {
      const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
      context.drawImage(picture, 0, 0);
      const { data } = context.getImageData(0, 0, picture.width, picture.height);
      const hex = parseInt(colour.slice(1), 16);
      const wanted = [hex >> 16, (hex >> 8) & 255, hex & 255];
      let count = 0;
      for (let i = 0; i < data.length; i += 4) if (wanted.every((value, k) => Math.abs(value - data[i + k]) <= tolerance)) count++;
      return count;
    },
    [png, colour, tolerance],
  );
}
// Runs in the page before its scripts: simulates a browser that cannot draw the map.
export function withoutWebGl() {
  const real = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind.startsWith("webgl") ? null : real.call(this, kind, ...rest);
  };
}
export const kMapPart = { x: 560, y: 60, width: 620, height: 680 };
export const kMiddle = [888, 400]; // the centre of the map next to the panel
