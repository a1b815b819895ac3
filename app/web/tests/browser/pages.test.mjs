// The pages that segue writes to files, opened as files: what they show, both themes, a desktop and a phone, on paper, and
// without scripts.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { kEvaluation, kEvents, kSearch, mapDocument, pageWith } from "../page_documents.mjs";
import { axe, dist, eventually, fileBench, kContrast, kDesktop, kPhone, pixels, withoutWebGl } from "./browser.mjs";

let all;
before(async () => (all = await fileBench()));
after(() => all.close());

const pages = join(dist, "../pages");
const kReports = { evaluation: kEvaluation, tuning: kSearch, events: kEvents };
const addresses = Object.fromEntries([...Object.entries(kReports), ["map", mapDocument()]].map(([name, document]) => [name, pageWith(pages, name, document, "<table><tr><td>plain</td></tr></table>")]));
const cells = (page, region) => page.getByRole("region", { name: region, exact: true }).getByRole("row").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

test("an evaluation: bars with intervals, tables, examples, other seeds and options", async () => {
  const { page, done } = await all.open(addresses.evaluation);
  await page.getByRole("heading", { level: 1, name: "Next-song accuracy" }).waitFor();
  await page.getByText("<my> plays · segue 0.0").waitFor();
  await page.getByText("Trained on 1,200 queues with 48,213 plays").waitFor();
  await page.getByText("recent does not apply to this dataset.").waitFor();
  const [head, ...rows] = await cells(page, "Discovery: accuracy");
  assert.deepEqual(head.slice(0, 5), ["Method", "HR@10", "HR@20", "HR@100", "NDCG@10"]);
  assert.deepEqual(rows.map((row) => row.slice(0, 5)), [
    ["popularity", "0.0200", "0.0260", "0.0400", "0.0100"], ["vstan", "0.0800", "0.1040", "0.1600", "0.0400"], ["blend", "0.1100", "0.1430", "0.2200", "0.0550"],
  ]);
  assert.deepEqual((await cells(page, "Discovery: compared with vstan")).slice(2), [
    ["vstan", "reference", "What vstan does"], ["blend", "+0.0300", "+0.0260 to +0.0340", "+0.0150", "+0.0110 to +0.0190", "What blend does"],
  ]);
  assert.deepEqual((await cells(page, "Next: by popularity")).at(-1).slice(-3), ["0.033", "0.022", ""], "no number where there are no positions");
  const whiskers = await page.getByRole("region", { name: "Discovery", exact: true }).locator("figure").first().locator(".whisker").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width));
  assert.ok(whiskers.length === 3 && whiskers.every((width) => width > 4), `${whiskers}`);
  await page.getByText("<b>Bold</b> – Markup").waitFor();
  assert.equal(await page.locator(".predictions .hit").textContent(), "Björk – Jóga");
  assert.deepEqual((await cells(page, "NDCG@10 by seed")).at(-1), ["blend", "0.0550", "0.0550"]);
  await page.getByRole("region", { name: "Options" }).getByText("held_out").waitFor();
  await done();
});

test("a search: every trial in every chart, the best and the given options apart", async () => {
  const { page, done } = await all.open(addresses.tuning);
  await page.getByText("6 trials of 3 sets of options in 8 seconds").waitFor();
  await page.getByText("1 of the trials failed and are not shown.").waitFor();
  const lines = page.getByRole("img", { name: "Parallel coordinates of all trials" }).locator("path");
  assert.deepEqual(await lines.evaluateAll((all) => all.map((one) => one.getAttribute("class"))), ["", "", "", "given", "best"]);
  assert.match(await lines.last().locator("title").textContent(), /^trial 3: NDCG@10 0.0710, epochs 8, window 45, negative_sharing block$/);
  for (const name of ["window", "negative_sharing"]) assert.equal(await page.getByRole("img", { name: `NDCG@10 against ${name}` }).locator("circle").count(), 5);
  assert.deepEqual((await cells(page, "Options of the best trial")).slice(1, 3), [["window", "45", "16", "2..50 log", "41 %"], ["negative_sharing", "block", "pair", "pair|block", ""]]);
  assert.deepEqual((await cells(page, "Scores of the best trials")).map((row) => row[0]), ["Trial", "3", "2", "2", "given", "1"]);
  await done();
});

test("a report of events: the verdict first, then rates with intervals", async () => {
  const { page, done } = await all.open(addresses.events);
  await page.getByRole("region", { name: "Verdict" }).getByText("full is preferred to plain").waitFor();
  assert.deepEqual((await cells(page, "Rates: by model"))[2], ["<b>plain</b>", "1,440", "240", "14,460", "4.35 % 3.48 to 5.44", "2.18 % 1.74 to 2.72", "0.48 % 0.39 to 0.60", "0.00 %"]);
  assert.equal((await cells(page, "Rates: by position in the list")).length, 11);
  assert.deepEqual((await cells(page, "Scores of judged models"))[2], ["full", "0.5500", "0.5300 to 0.5700", "+0.0400", "+0.0200 to +0.0600"]);
  await page.getByText("12 events name no list").waitFor();
  await done();
});

test("a map: its points, a search that folds, a song's neighbours, an artist, topics, and back", async () => {
  const { page, done } = await all.open(addresses.map);
  await page.locator(".stage[data-picking=ready]").waitFor({ state: "attached" });
  await page.getByText("The most played of 5,000.").waitFor();
  await eventually(() => pixels(page, "#e69f00", undefined, 60), (count) => count > 100, "songs of a region");
  const field = page.getByRole("combobox", { name: "Search songs and artists" });
  await page.keyboard.press("/");
  await field.fill("mo title 2");
  await page.getByRole("option").first().waitFor();
  assert.deepEqual((await page.getByRole("option").locator(".title").allTextContents()).slice(0, 2), ["Title 2", "Title 22"]);
  await page.keyboard.press("Enter");
  const song = page.getByRole("article", { name: "Title 2", exact: true });
  await song.getByText("1,194 plays").waitFor();
  assert.equal(await song.getByRole("list", { name: "Nearest on the map" }).locator("li").count(), 12);
  await song.getByRole("button", { name: "Mø", exact: true }).click();
  assert.equal(await page.getByRole("article", { name: "Mø" }).locator(".songs li").count(), 40);
  await page.goBack();
  await song.waitFor();
  await field.fill("onerror");
  await page.getByRole("option", { name: "<img src=x onerror=alert(1)>" }).click();
  await page.getByRole("article").getByRole("heading", { name: "<img src=x" }).waitFor();
  await page.getByRole("button", { name: "Back to all songs" }).click();
  await page.getByRole("button", { name: /Loud things/ }).first().click();
  await eventually(() => page.evaluate(() => /at=([^&]*)/.exec(location.hash)?.[1].split("_")[2] ?? "1"), (zoom) => Number(zoom) > 1.5, "moved to a topic");
  await page.getByText("Colours and regions").click();
  await page.getByRole("button", { name: "Songs: Quiet things" }).click();
  await page.locator(".legend .songs .song").nth(39).waitFor();
  await done();
});

test("every page passes axe-core and fits on a phone, in both themes, and asks for nothing", async () => {
  for (const name of Object.keys(addresses)) {
    const { page, done } = await all.open(addresses[name], { size: kPhone, theme: "light" });
    await page.locator("h1").waitFor();
    if (name === "map") await page.locator(".stage[data-picking=ready]").waitFor({ state: "attached" });
    assert.deepEqual(await axe(page), [], `${name} on a phone`);
    assert.ok(await fits(page), `${name} on a phone`);
    await page.setViewportSize(kDesktop);
    await page.getByRole("button", { name: "Switch to dark theme" }).click();
    assert.deepEqual(await axe(page, kContrast), [], `${name} in the dark`);
    assert.ok(await fits(page), name);
    await done();
  }
});

test("nothing in a document runs, and a page says so where scripts do not", async () => {
  const hostile = JSON.parse(JSON.stringify(kEvaluation).replaceAll("<my>", "</script><script>globalThis.ran = 1</script><img src=x onerror='globalThis.ran = 1'>"));
  const { page, done } = await all.open(pageWith(pages, "evaluation", hostile));
  await page.getByText("</script><script>globalThis.ran = 1").first().waitFor();
  assert.equal(await page.evaluate(() => globalThis.ran), undefined);
  await done();
  for (const name of Object.keys(addresses)) {
    const still = await all.open(addresses[name], { javaScriptEnabled: false });
    const { seen, top } = await still.page.evaluate(() => ({ seen: document.body.innerText, top: document.querySelector("noscript p").getBoundingClientRect().top }));
    assert.match(seen, /^This page draws what it shows with a script, which this browser does not run\.\s+plain$/);
    assert.ok(top < 100, `${name}: ${top}`);
    await still.done();
  }
});

test("on paper a report is light, and a map without WebGL is a list", async () => {
  for (const name of Object.keys(kReports)) {
    const { page, done } = await all.open(addresses[name], { size: { width: 1031, height: 703 } }); // A4 without its margins
    await page.locator("h1").waitFor();
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
    assert.equal(await page.locator(".theme").isVisible(), false);
    assert.ok(await fits(page), name);
    await done();
  }
  const map = await all.open(addresses.map, { first: withoutWebGl });
  await map.page.getByText("This browser cannot draw the map").waitFor();
  await map.page.getByRole("button", { name: "Songs: Loud things" }).click();
  await map.page.locator(".legend .songs .song .main").first().click();
  await map.page.getByRole("list", { name: "Nearest on the map" }).waitFor();
  await map.done();
});
