// The page as a whole: accessibility, security, languages, phones, and a server that goes away.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { arrowStream, kOdd, makeCatalogue } from "../fixture.mjs";
import { axe, bench, dist, go, kContrast, kDesktop, kPhone } from "./browser.mjs";

let all;
before(async () => (all = await bench({ songs: 2000 })));
after(() => all.close());

const kViews = {
  map: "#/map",
  "a filtered map": "#/map?colour=popularity&off=0",
  "search results": "#/find?q=river",
  "a song": "#/find?song=s%2F23",
  "an artist": "#/find?artist=Mara%20Lind",
  taste: "#/taste",
  "a taste": "#/taste?like=s%2F1&like=s%2F2&like=s%2F21&dislike=s%2F9",
  radio: "#/playlist?seed=s%2F3",
  journey: "#/playlist?list=journey&from=s%2F3&to=s%2F9",
  listeners: "#/listeners?user=alice",
  health: "#/health",
};
const kReady = {
  "search results": "[role=option]", "a song": ".detail .songs li", "an artist": ".detail .artists li", "a taste": "[data-testid=recommended] li", radio: "[data-testid=playlist] li",
  journey: "[data-testid=playlist] li", listeners: "[data-testid=for-user] li", health: ".model .bars",
};
async function show(page, name) {
  await go(page, kViews[name]);
  await page.locator(kReady[name] ?? "h1").first().waitFor({ state: "attached" });
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
}

for (const theme of ["dark", "light"]) {
  for (const [size, where] of [[kDesktop, "desktop"], [kPhone, "phone"]]) {
    test(`axe-core reports nothing: ${theme}, ${where}`, async () => {
      const { page, done } = await all.open("", { theme, size });
      for (const name of Object.keys(kViews)) {
        await show(page, name);
        assert.deepEqual(await axe(page, theme === "light" ? kContrast : undefined), [], name);
      }
      await done();
    });
  }
}

test("the API reference shows routes, parameters and members; axe-core reports nothing", async () => {
  for (const theme of ["dark", "light"]) {
    const { page, done } = await all.open("docs", { theme, wait: false });
    const route = page.getByRole("article", { name: "GET /v1/songs/{id}/similar" });
    await route.waitFor();
    await route.getByText("integer, 1 to 1000000, default 10").waitFor();
    await route.getByText("Songs to <b>return</b>").waitFor();
    await page.locator("details").evaluateAll((details) => details.forEach((one) => (one.open = true)));
    await route.getByText("list of Song").first().waitFor();
    assert.deepEqual(await axe(page), []);
    await page.getByLabel("Filter routes").fill("recomm");
    await route.waitFor({ state: "detached" });
    await done();
  }
});

test("titles with markup are shown as text everywhere", async () => {
  const [markup] = kOdd;
  const { page, done } = await all.open();
  for (const hash of ["#/find?q=onerror", "#/find?song=s%2F20", "#/taste?like=s%2F20", "#/playlist?seed=s%2F20", "#/listeners?user=alice"]) {
    await go(page, hash);
    await page.getByText(markup.title, { exact: true }).first().waitFor();
    assert.equal(await page.locator("#app img, #app script").count(), 0);
    assert.notEqual(await page.title(), "hacked");
  }
  await done();
});

test("the policy blocks inline scripts, and the pages have none", async () => {
  const { page, done } = await all.open("", { allow: /Content Security Policy/ });
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    return window.ran === true;
  });
  assert.equal(ran, false);
  for (const name of ["index.html", "docs.html"]) {
    const html = readFileSync(join(dist, name), "utf8");
    assert.doesNotMatch(html, /<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|https?:\/\//);
  }
  await done();
});

test("right-to-left titles are laid out from right to left", async () => {
  const { page, done } = await all.open("#/find?song=s%2F21");
  const title = page.getByRole("article").getByRole("heading", { level: 2 });
  await title.waitFor();
  assert.equal(await title.evaluate((one) => getComputedStyle(one).direction), "rtl");
  await done();
});

test("a server that goes away: a banner appears, and everything works again when it is back", async () => {
  const { page, done } = await all.open("#/find", { allow: /ERR_|Failed to load/ });
  await all.server.stop();
  const field = page.getByRole("combobox");
  await field.fill("joga");
  await page.getByText("The server is not responding.").first().waitFor();
  await all.server.start();
  await page.getByText("The server is back.").waitFor();
  await page.getByRole("option", { name: /Jóga/ }).waitFor();
  await done();
});

test("a page opened while the server is down shows its map once the server is back", async () => {
  const { page, done } = await all.open("", { allow: /ERR_|Failed to load/ });
  await page.route("**/v1/map", (route) => route.abort());
  await page.reload();
  await page.getByText("The server is not responding.").first().waitFor();
  await page.unroute("**/v1/map");
  await page.getByRole("heading", { name: "2,000 songs" }).waitFor();
  await done();
});

test("a server that requires a token gets one, kept for this tab only; a listener's opens their own page", async (t) => {
  const own = await bench({ songs: 200, token: "secret", listener: "alice" });
  t.after(() => own.close());
  const { page, done } = await own.open("", { allow: /401/, wait: false });
  await page.getByText("This server requires a token").waitFor();
  await page.getByText("segue token create --store STORE --read").waitFor();
  await page.getByLabel(/Token, if the server requires one/).fill("secret");
  await page.getByRole("button", { name: "Use" }).click();
  await page.getByRole("heading", { name: "200 songs" }).waitFor();
  assert.deepEqual(await page.evaluate(() => [sessionStorage.length, localStorage.length]), [1, 0]);
  await page.getByRole("link", { name: "For me" }).click();
  await page.getByTestId("for-user").locator("li").first().waitFor();
  assert.ok(own.server.seen.requests.includes("GET /v1/users/alice/history?history=50"));
  assert.deepEqual(await page.getByRole("navigation").getByRole("listitem").allTextContents(), ["Map", "Search", "Your taste", "Playlist", "For me"]);
  assert.equal(await page.getByLabel("User name").count(), 0);
  await done();
});

test("the chosen theme survives a reload, and the system's theme applies without a choice", async () => {
  const { page, done } = await all.open("", { theme: "light" });
  const scheme = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(await scheme(), "rgb(251, 250, 247)");
  await page.getByRole("button", { name: "Switch to dark theme" }).click();
  await page.getByRole("button", { name: "Switch to light theme" }).waitFor();
  assert.equal(await scheme(), "rgb(11, 14, 20)");
  await page.reload();
  await page.getByRole("button", { name: "Switch to light theme" }).waitFor();
  assert.equal(await scheme(), "rgb(11, 14, 20)");
  await done();
});

test("everything can be reached by keyboard: the skip link, the views, and the search by its key", async () => {
  const { page, done } = await all.open();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to panel");
  const reached = new Set();
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.getAttribute("aria-label") || document.activeElement.textContent.trim()));
  }
  for (const name of ["Your taste", "Health", "Switch to light theme", "Zoom in"]) assert.ok(reached.has(name), `${name} of ${[...reached]}`);
  assert.ok([...reached].some((name) => name.startsWith("Song map")));
  await page.keyboard.press("/");
  await page.waitForFunction(() => document.activeElement.getAttribute("role") === "combobox");
  await done();
});

test("on a phone nothing is wider than the screen, and the sheet grows and shrinks", async () => {
  const { page, done } = await all.open("", { size: kPhone });
  for (const name of Object.keys(kViews)) {
    await show(page, name);
    const wide = await page.evaluate(() => [...document.querySelectorAll("#app *")].filter((one) => {
      const box = one.getBoundingClientRect();
      const inside = one.closest(".table, .unseen, .skip, .stage, .chosen");
      return !inside && box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
    }).map((one) => one.className));
    assert.deepEqual(wide, [], name);
  }
  await go(page, "#/map");
  const height = () => page.locator("#panel").evaluate((one) => one.clientHeight);
  const half = await height();
  await page.getByRole("button", { name: "Expand panel" }).click();
  await page.locator("#panel.full").waitFor();
  assert.ok((await height()) > half * 1.5);
  await page.getByRole("button", { name: "Collapse panel" }).click();
  await page.locator("#panel.peek").waitFor();
  assert.ok((await height()) < half / 2);
  await done();
});

test("budgets: scripts of the app at most 75 kB compressed, the map of a million songs at most 12 MB", () => {
  const scripts = readdirSync(join(dist, "assets")).filter((name) => name.endsWith(".js") && !name.startsWith("docs"));
  const size = (name) => readFileSync(join(dist, "assets", readdirSync(join(dist, "assets")).includes(name + ".gz") ? name + ".gz" : name)).length;
  const total = scripts.reduce((sum, name) => sum + size(name), 0);
  assert.ok(scripts.length > 0 && total <= 75 * 1024, `${total} bytes`);
  const bytes = arrowStream({ ...makeCatalogue(10), x: new Float32Array(1e6), y: new Float32Array(1e6), region: new Int16Array(1e6) }).length;
  assert.ok(bytes <= 12e6, `${bytes} bytes`);
});
