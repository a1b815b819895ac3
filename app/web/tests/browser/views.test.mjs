// The views next to the map: search, taste, playlist, listeners and health.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { bench, shows } from "./browser.mjs";

let all;
before(async () => (all = await bench({ songs: 3000 })));
after(() => all.close());

const items = (page, id) => page.getByTestId(id).locator(".song .title").allTextContents();
const changed = (page, id, was) =>
  page.waitForFunction(([id, was]) => {
    const now = [...document.querySelectorAll(`[data-testid=${id}] .song .title`)].map((one) => one.textContent).join();
    return now !== "" && now !== was && document.querySelector(`[data-testid=${id}]`).getAttribute("aria-busy") !== "true";
  }, [id, was.join()]);

test("search: results as you type, by keyboard, ignoring accents and Arabic marks; choosing a song shows its neighbours with reasons", async () => {
  const { page, done } = await all.open("#/find");
  const field = page.getByRole("combobox", { name: "Search songs and artists" });
  await field.fill("bjork jog");
  const options = page.getByRole("option");
  await options.first().waitFor();
  assert.deepEqual(await options.locator(".title").allTextContents(), ["Jóga"]);
  await field.fill("فيروز الناي");
  await page.getByRole("option", { name: /فيروز/ }).waitFor();
  await field.fill("river");
  await options.nth(3).waitFor();
  await field.press("ArrowDown");
  await field.press("ArrowDown");
  const active = await field.getAttribute("aria-activedescendant");
  assert.equal(await page.locator(`[id="${active}"]`).getAttribute("aria-selected"), "true");
  const title = await page.locator(`[id="${active}"] .title`).textContent();
  await field.press("Enter");
  assert.equal(await page.getByRole("article").getByRole("heading", { level: 2 }).textContent(), title);
  const near = page.getByRole("list", { name: /Songs similar to/ }).locator("li");
  await near.first().waitFor();
  assert.equal(await near.count(), 24);
  assert.match(await near.first().textContent(), /% similar · played together 12 times, mostly after it/);
  await shows(page, "#ffd54a", (count) => count > 300, "neighbours are highlighted on the map");
  await page.goBack();
  await options.first().waitFor();
  await field.fill("qqqq");
  await page.getByText("No results for “qqqq”.").waitFor();
  await done();
});

test("taste: songs, their means and neighbours; every control acts at once", async () => {
  const { page, done } = await all.open("#/taste");
  const field = page.getByRole("combobox", { name: "Add a song" });
  for (const words of ["joga", "blue river"]) {
    await field.fill(words);
    await page.getByRole("option").first().waitFor();
    await field.press("Enter");
    await page.waitForFunction(() => document.querySelector("[role=combobox]").value === "");
  }
  await changed(page, "recommended", []);
  await page.getByText("2 songs light up").waitFor();
  await page.getByText("30 neighbours are found").waitFor();
  await shows(page, "#ffffff", (count) => count > 60, "songs are highlighted", 8);

  const first = await items(page, "recommended");
  await page.getByRole("button", { name: `Dislike: ${first[0]}` }).first().click();
  await page.getByRole("region", { name: "Disliked" }).getByText(first[0], { exact: true }).waitFor();
  await changed(page, "recommended", first);
  assert.ok(!(await items(page, "recommended")).includes(first[0]));
  const second = await items(page, "recommended");
  await page.getByRole("button", { name: `Hide: ${second[1]}` }).first().click();
  await changed(page, "recommended", second);
  await page.getByRole("region", { name: "Hidden" }).getByText(second[1], { exact: true }).waitFor();

  const lastBody = () => all.server.seen.bodies.filter((one) => one.path === "/v1/recommendations").at(-1).body;
  const asked = async (act, test) => {
    const count = all.server.seen.bodies.length;
    await act();
    for (let i = 0; i < 200 && all.server.seen.bodies.length === count; i++) await page.evaluate(() => new Promise(requestAnimationFrame));
    assert.ok(test(lastBody()), JSON.stringify(lastBody()));
  };
  await asked(() => page.getByRole("radio", { name: "Any song" }).check(), (body) => body.mode === "any");
  await asked(() => page.getByRole("slider", { name: /Diversity/ }).fill("0.7"), (body) => body.diversity === 0.7);
  await asked(() => page.getByRole("slider", { name: /Popularity/ }).fill("-0.5"), (body) => body.popularity === -0.5);
  await asked(() => page.getByRole("switch", { name: /interests separately/ }).uncheck(), (body) => body.interests === "1");
  await done();
});

test("taste: each interest has its own mean, and a shared link shows the same", async () => {
  const { page, done } = await all.open("#/taste?like=s%2F1&like=s%2F2&like=s%2F3&like=s%2F4&like=s%2F5");
  await page.getByText(/2 means appear/).waitFor();
  assert.equal(await page.getByRole("list", { name: "Your interests" }).locator("li").count(), 2);
  await page.getByRole("switch", { name: /interests separately/ }).uncheck();
  await page.getByText("Their mean appears").waitFor();
  const shared = page.url();
  const other = await all.open(new URL(shared).hash);
  await other.page.getByText("5 songs light up").waitFor();
  await other.page.getByText("30 neighbours are found").waitFor();
  assert.equal(await other.page.getByRole("switch", { name: /interests separately/ }).isChecked(), false);
  await other.done();
  await done();
});

test("taste: the steps play one after the other unless reduced motion is requested", async () => {
  const { page, done } = await all.open("#/taste?like=s%2F1&like=s%2F2", { motion: "no-preference" });
  await page.getByRole("button", { name: "Play steps" }).waitFor();
  const seen = page.evaluate(() => new Promise((done) => {
    const steps = [];
    const look = () => {
      const now = [...document.querySelectorAll(".steps ol li")].findIndex((one) => one.getAttribute("aria-current") === "step");
      if (steps.at(-1) !== now) steps.push(now);
      if (steps.length > 1 && now === -1 && steps.includes(2)) done(steps);
      else requestAnimationFrame(look);
    };
    look();
    document.querySelector(".steps button").click();
  }));
  assert.deepEqual((await seen).filter((step) => step >= 0).slice(-3), [0, 1, 2]);
  await done();
});

test("a history is read in the browser and matched only with consent", async () => {
  const { page, done } = await all.open("#/taste");
  await page.getByText("Import your history").click();
  const history = [1, 2, 3].map((i) => ({ ts: "2024-05-01T10:00:00Z", ms_played: 200000, master_metadata_track_name: ["Jóga", "Unknown", "أعطني الناي وغنّي"][i - 1], master_metadata_album_artist_name: ["Björk", "Nobody", "فيروز"][i - 1] }));
  const before = all.server.seen.requests.length;
  await page.locator("input[type=file]").setInputFiles({ name: "Streaming_History_Audio.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(history)) });
  await page.getByText("3 plays (Spotify)").waitFor();
  assert.equal(all.server.seen.requests.slice(before).filter((one) => /[?&]q=/.test(one)).length, 0, "nothing was sent yet");
  await page.getByRole("button", { name: "Send and match" }).click();
  await page.getByText("2 of 3 songs are in the catalogue").waitFor();
  await page.getByText("2 songs light up").waitFor();
  const sent = all.server.seen.requests.slice(before).filter((one) => /[?&]q=/.test(one));
  assert.equal(sent.length, 3);
  await page.getByLabel("Or paste it here").fill("hello");
  await page.getByRole("button", { name: "Read", exact: true }).click();
  await page.getByRole("alert").getByText(/Expected a history/).waitFor();
  await done();
});

test("radio: extended, reordered, shortened and saved; the address keeps the list", async () => {
  const { page, done } = await all.open("#/playlist?seed=s%2F5");
  await page.getByRole("heading", { name: "24 songs" }).waitFor();
  await page.waitForFunction(() => /[?&]at=/.test(location.hash)); // the map has moved to the list
  await shows(page, "#ffd54a", (count) => count > 200, "the line is on the map");
  const before = await items(page, "playlist");
  await page.getByRole("button", { name: /^Move / }).first().focus();
  await page.keyboard.press("ArrowDown");
  await page.getByText(/is now at position 2 of 24/).waitFor();
  let now = await items(page, "playlist");
  assert.deepEqual(now.slice(0, 2), [before[1], before[0]]);
  const handle = await page.getByRole("button", { name: /^Move / }).nth(0).boundingBox();
  const third = await page.getByTestId("playlist").locator("li").nth(2).boundingBox();
  await page.mouse.move(handle.x + 10, handle.y + 10);
  await page.mouse.down();
  await page.mouse.move(handle.x + 10, third.y + third.height / 2, { steps: 8 });
  await page.mouse.up();
  now = await items(page, "playlist");
  assert.deepEqual(now.slice(0, 3), [before[0], before[2], before[1]]);
  await page.getByRole("button", { name: `Remove: ${now[0]}`, exact: true }).click();
  await page.getByRole("heading", { name: "23 songs" }).waitFor();
  await page.getByRole("button", { name: "Add more songs" }).click();
  await page.getByRole("heading", { name: "47 songs" }).waitFor();
  const list = await items(page, "playlist");
  assert.ok(!list.includes(now[0]), "removed songs do not come back");
  assert.equal(new Set(list).size, 47);
  for (const [format, start] of [["M3U8", "#EXTM3U"], ["JSPF", "{"], ["XSPF", "<?xml"]]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: `Save as ${format}` }).click()]);
    assert.equal(download.suggestedFilename(), `segue-radio.${format.toLowerCase()}`);
    const text = readFileSync(await download.path(), "utf8");
    assert.ok(text.startsWith(start));
    assert.equal(text.split(/^s\/\d+$|segue:song:s%2F\d+/m).length - 1, 47, format);
  }
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByText("Link copied").waitFor();
  const other = await all.open(new URL(await page.evaluate(() => navigator.clipboard.readText())).hash);
  await other.page.getByRole("heading", { name: "47 songs" }).waitFor();
  assert.deepEqual(await items(other.page, "playlist"), list);
  await other.done();
  await done();
});

test("journey: both ends by search, a chosen number of steps, reversed", async () => {
  const { page, done } = await all.open("#/playlist?list=journey");
  for (const [end, words] of [["From", "joga"], ["To", "blue river"]]) {
    const field = page.getByRole("combobox", { name: end });
    await field.fill(words);
    await page.getByRole("option").first().waitFor();
    await field.press("Enter");
    await page.getByRole("list", { name: end }).waitFor();
  }
  await page.getByRole("heading", { name: "8 songs" }).waitFor();
  const way = await items(page, "playlist");
  assert.equal(way[0], "Jóga");
  await page.getByRole("slider", { name: /Steps/ }).fill("12");
  await page.getByRole("heading", { name: "13 songs" }).waitFor();
  await page.getByRole("button", { name: "Reverse" }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("[data-testid=playlist] .title")].at(-1)?.textContent === "Jóga");
  await done();
});

test("listeners: recent listens including unknown songs, and recommendations with reasons", async () => {
  const { page, done } = await all.open("#/listeners");
  await page.getByLabel("User name").fill("alice");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByTestId("for-user").locator("li").first().waitFor();
  assert.equal(await page.getByTestId("history").locator("li").count(), 6);
  await page.getByText("not in the catalogue").waitFor();
  assert.match(await page.getByTestId("for-user").locator("li").first().textContent(), /Because of/);
  await page.getByLabel("User name").fill("nobody");
  await page.keyboard.press("Enter");
  await page.getByText("No listens are stored for nobody.").waitFor();
  await page.getByText(/; showing the most played songs instead/).waitFor();
  await done();
});

test("health: rates, latencies and the model's facts", async () => {
  const { page, done } = await all.open("#/health");
  await page.getByTestId("status").getByText("1 d 2 h").waitFor();
  await page.getByRole("row", { name: /\/v1\/songs\/{id}\/similar 31 2 0.5 ms 5 ms/ }).waitFor();
  await page.getByRole("img", { name: /Loss by epoch, from 3.700 to 0.900/ }).waitFor();
  await page.getByText("skipgram").waitFor({ state: "attached" });
  await page.getByText("99.6 %").waitFor();
  await page.getByRole("row", { name: /^blend ?best 0.1012 ±0.0061 0.2415 0.0616/ }).waitFor(); // the server's own report
  const file = (text) => ({ name: "report.json", mimeType: "application/json", buffer: Buffer.from(text) });
  const report = { dataset: "plays", runs: [{ split: "time", held_out_queues: 12, modes: { discovery: { positions: 300, unknown: 20, models: [
    { name: "popularity", baseline: true, hit_rate: { 10: 0.02, 100: 0.1 }, ndcg: { 10: 0.01 }, hit_rate_interval: [0.01, 0.03] },
    { name: "blend", hit_rate: { 10: 0.08, 100: 0.2 }, ndcg: { 10: 0.05 }, hit_rate_interval: [0.06, 0.1] }] } } }] };
  const field = page.getByRole("region", { name: "Next-song accuracy" }).locator("input[type=file]");
  await field.setInputFiles(file("{}"));
  await page.getByRole("alert").getByText(/Expected a report written by segue evaluate --report/).waitFor();
  await field.setInputFiles(file(JSON.stringify(report)));
  await page.getByRole("row", { name: /^blend ?best 0.0800 ±0.0200 0.2000 0.0500/ }).waitFor();
  await page.getByText("300 positions; in 20 the next song").waitFor();
  await done();
});
