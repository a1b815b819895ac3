// A browser for the tests: Debian's Chromium, drawing in software. A page that logs an error or breaks the policy fails
// the test it is in.
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

// One browser and one server for all tests of a file.
export async function bench({ real, ...fixture } = {}, args = []) {
  const browser = await launch(args);
  const server = real ?? (await startFixture({ dist, ...fixture }));
  const open = async (hash = "", { size = kDesktop, theme = "dark", motion = "reduce", allow, wait = true, first, ...more } = {}) => {
    const context = await browser.newContext({
      viewport: size, colorScheme: theme, reducedMotion: motion, hasTouch: size === kPhone, acceptDownloads: true,
      permissions: ["clipboard-read", "clipboard-write"], ...more,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const problems = [];
    page.on("console", (message) => {
      const text = `${message.text()} ${message.location().url}`;
      if (["error", "warning"].includes(message.type()) && !allow?.test(text) && !/GPU stall|GroupMarkerNotSet/.test(text)) problems.push(text);
    });
    page.on("pageerror", (error) => problems.push(error.stack));
    page.on("request", (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(server.url)) problems.push(`asked ${request.url()}`);
    });
    if (first) await page.addInitScript(first);
    await page.goto(`${server.url}/${hash}`);
    if (wait) await page.locator(".stage[data-picking=ready]").waitFor({ state: "attached" });
    const done = async () => {
      await context.close();
      assert.deepEqual(problems, []);
    };
    return { page, done };
  };
  const close = async () => {
    await browser.close();
    await server.stop?.();
  };
  return { browser, server, open, close };
}

// To another state of the page that is open, as by a pasted address.
export async function go(page, hash) {
  await page.evaluate((hash) => (location.hash = hash), hash);
  await page.locator(`.app[data-view=${/#\/(\w+)/.exec(hash)[1]}]`).waitFor();
}

const axeSource = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const kRules = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
export const kContrast = { type: "rule", values: ["color-contrast"] }; // all that a theme can break
// Everything axe-core finds, as text. The policy keeps foreign scripts out, so axe comes by the debugger.
export async function axe(page, runOnly = kRules) {
  if (await page.evaluate(() => !globalThis.axe)) await page.evaluate(readFileSync(axeSource, "utf8"));
  const { violations } = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly, resultTypes: ["violations"] }), runOnly);
  return violations.map((one) => `${one.id}: ${one.help}\n${one.nodes.slice(0, 4).map((node) => `  ${node.target} ${node.failureSummary}`).join("\n")}`);
}

const kPatience = 15_000; // ms

// Asks until the answer passes; the last answer fails the test.
export async function eventually(ask, passes, what) {
  const until = performance.now() + kPatience;
  let answer = await ask();
  while (!passes(answer) && performance.now() < until) answer = await ask();
  assert.ok(passes(answer), `${what}: ${answer}`);
}
// The part of the page where the map is gets so many pixels of a colour.
export const shows = (page, colour, passes, what, tolerance) => eventually(() => pixels(page, colour, kMapPart, tolerance), passes, what);

// How many pixels of the drawn map are close to a colour, "#rrggbb"; of a picture of the page, as people see it.
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
// In the page, before its scripts: a browser that cannot draw the map.
export function withoutWebGl() {
  const real = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind.startsWith("webgl") ? null : real.call(this, kind, ...rest);
  };
}
export const kMapPart = { x: 560, y: 60, width: 620, height: 680 };
export const kMiddle = [888, 400]; // of what the panel leaves of the map
