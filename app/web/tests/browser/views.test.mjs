// The views next to the map: search, taste, playlist, listeners and health.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { bench, shows } from "./browser.mjs";
import { silence } from "../sound.mjs";

let all;
before(async () => (all = await bench({ songs: 3000 })));
after(() => all.close());

// A zip archive of deflated files.
function zipOf(files) {
  const [parts, directory] = [[], []];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const packed = deflateRawSync(text);
    const head = Buffer.alloc(30 + name.length);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(8, 8);
    head.writeUInt16LE(name.length, 26);
    head.write(name, 30);
    const entry = Buffer.alloc(46 + name.length);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(text.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    entry.write(name, 46);
    parts.push(head, packed);
    directory.push(entry);
    at += head.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

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
  assert.deepEqual({ ...lastBody(), songs: [], disliked: [], exclude: [] }, {
    songs: [], disliked: [], exclude: [], k: 30, mode: "discover", diversity: 0, popularity: 0, interests: "1",
    by: "vectors", artist_cap: 0, artist_gap: 0, fold_versions: false, explain: true, place: true,
  }, "the neighbours of the mean and nothing else");
  await page.getByText("Settings").click();
  await asked(() => page.getByRole("radio", { name: "Any song" }).check(), (body) => body.mode === "any");
  await asked(() => page.getByRole("slider", { name: /Diversity/ }).fill("0.7"), (body) => body.diversity === 0.7);
  await asked(() => page.getByRole("slider", { name: /Popularity/ }).fill("-0.5"), (body) => body.popularity === -0.5);
  await asked(() => page.getByRole("switch", { name: /interests separately/ }).check(), (body) => body.interests === "auto");

  // What comes next: the blend, in the order of the songs, with the terms of its score as reasons.
  assert.equal(await page.getByTestId("recommended").locator(".chip").first().textContent().then((text) => /^\d+ % · near your mean$/.test(text)), true);
  await asked(() => page.getByRole("radio", { name: "What comes next" }).check(), (body) => body.by === "blend" && !("artist_cap" in body));
  await page.getByTestId("recommended").locator(".chip").first().getByText(/^12 × near /).waitFor();
  assert.match(await page.getByTestId("liked").textContent(), /^1Jóga2Blue River/);
  const row = page.getByTestId("recommended").locator(".song").first();
  await row.getByRole("button", { name: /^More: / }).click();
  await row.getByText(/^70 % 12 × near .* · 30 % by the same artist\. Because of /).waitFor();
  await done();
});

test("taste: each interest has its own mean, and a shared link shows the same", async () => {
  const { page, done } = await all.open("#/taste?like=s%2F1&like=s%2F2&like=s%2F3&like=s%2F4&like=s%2F5");
  await page.getByText("Settings").click();
  await page.getByRole("switch", { name: /interests separately/ }).check();
  await page.getByText(/2 means appear/).waitFor();
  assert.equal(await page.getByRole("list", { name: "Your interests" }).locator("li").count(), 2);
  await page.getByRole("switch", { name: /interests separately/ }).uncheck();
  await page.getByText("Their mean appears").waitFor();
  await page.getByRole("radio", { name: "Any song" }).check();
  const shared = page.url();
  const other = await all.open(new URL(shared).hash);
  await other.page.getByText("5 songs light up").waitFor();
  await other.page.getByText("30 neighbours are found").waitFor();
  await other.page.getByText("Settings").click();
  assert.ok(await other.page.getByRole("radio", { name: "Any song" }).isChecked());
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
  const sent = () => all.server.seen.requests.slice(before).filter((one) => one === "POST /v1/match");
  assert.equal(sent().length, 0, "nothing was sent yet");
  await page.getByRole("button", { name: "Send and match" }).click();
  await page.getByText("2 of 3 songs are in the catalogue").waitFor();
  await page.getByText("2 songs light up").waitFor();
  assert.equal(sent().length, 1);
  const archive = (text) => ({ name: "my_data.zip", mimeType: "application/zip", buffer: zipOf({ "profile.json": "{}", "history.csv": text }) });
  await page.locator("input[type=file]").setInputFiles(archive("artist;title\nMara Lind;Blue River\n"));
  await page.getByText("1 plays (a list)").or(page.getByText("1 play (a list)")).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator("input[type=file]").setInputFiles(archive("colour,size\nred,2\n"));
  await page.getByRole("alert").getByText(/my_data.zip: history.csv: Expected a history/).waitFor();
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
  // Played from the user's own files: the two that are there, one after the other.
  const folder = mkdtempSync(join(tmpdir(), "segue-music-"));
  const artists = await page.getByTestId("playlist").locator(".song .names .artist").allTextContents();
  mkdirSync(join(folder, artists[1]));
  for (const at of [1, 3]) writeFileSync(join(folder, artists[1], `0${at} - ${artists[at]} - ${list[at]}.wav`), silence(at === 1 ? 0.05 : 1));
  await page.getByLabel("Folder of audio files").setInputFiles(folder);
  await page.getByText("2 of 47 songs are among your files.").waitFor();
  await page.getByRole("region", { name: "Player" }).getByText(`${artists[3]} – ${list[3]}`).waitFor();
  await page.getByRole("region", { name: "Player" }).waitFor({ state: "detached" }); // the end of the list
  rmSync(folder, { recursive: true });
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
  await page.getByText(`The weakest step leads to ${way[2]}.`).waitFor();
  assert.match(await page.getByTestId("playlist").locator("li").nth(2).locator(".chip").textContent(), /31 % similar · weakest step/);
  await page.getByRole("button", { name: `Pin: ${way[4]}`, exact: true }).click();
  await page.getByRole("heading", { name: /^1\d songs$/ }).waitFor(); // two legs
  assert.ok((await items(page, "playlist")).includes(way[4]));
  await page.getByRole("button", { name: `Unpin: ${way[4]}`, exact: true }).click();
  await page.getByRole("heading", { name: "8 songs" }).waitFor();
  await page.getByText("Settings").click();
  await page.getByRole("slider", { name: /Steps/ }).fill("12");
  await page.getByRole("heading", { name: "13 songs" }).waitFor();
  await page.getByRole("button", { name: "Reverse" }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("[data-testid=playlist] .title")].at(-1)?.textContent === "Jóga");
  await done();
});

test("artists: found by search, with a page of their own and a radio; every song has links", async () => {
  const { page, done } = await all.open("#/find", { allow: /404/ });
  await page.keyboard.press("/");
  const field = page.getByRole("combobox", { name: "Search songs and artists" });
  await field.fill("mara li");
  const options = page.getByRole("option");
  await options.first().waitFor();
  assert.match(await options.first().textContent(), /^Mara LindArtist · \d+ songs$/);
  await field.press("Enter");
  const article = page.getByRole("article", { name: "Mara Lind" });
  await article.getByRole("list", { name: "Songs by Mara Lind" }).locator("> li").nth(19).waitFor();
  await article.getByRole("button", { name: /^The Ferrymen/ }).click();
  await page.getByRole("article", { name: "The Ferrymen" }).getByRole("button", { name: "Radio" }).click();
  await page.getByRole("heading", { name: "24 songs" }).waitFor();
  assert.deepEqual(all.server.seen.bodies.at(-1).body.seeds, ["artist:The Ferrymen"]);
  await page.keyboard.press("/"); // from a button, as from everywhere
  await page.locator(".app[data-view=find]").waitFor();
  await field.fill("joga");
  await options.first().waitFor();
  await field.press("Enter");
  await page.getByRole("list", { name: "Jóga elsewhere" }).waitFor();
  const links = page.getByRole("list", { name: "Jóga elsewhere" }).getByRole("link");
  assert.deepEqual(await links.evaluateAll((all) => all.map((one) => [one.textContent, one.href, one.rel])), [
    ["MusicBrainz", "https://musicbrainz.org/search?type=recording&query=Bj%C3%B6rk%20J%C3%B3ga", "noopener noreferrer"],
    ["By id", "https://example.org/s%2F23", "noopener noreferrer"],
  ]);
  await page.getByRole("article").getByRole("button", { name: "Björk" }).click();
  await page.getByRole("alert").getByText("artist Björk: the model has no artist of this name").waitFor();
  await done();
});

test("listeners: recent listens including unknown songs, and recommendations with reasons", async () => {
  const { page, done } = await all.open("#/listeners");
  await page.getByLabel("User name").fill("alice");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByTestId("for-user").locator("li").first().waitFor();
  assert.equal(await page.getByTestId("history").locator("li").count(), 6);
  await page.getByText("not in the catalogue").waitFor();
  assert.match(await page.getByTestId("for-user").locator("li").first().textContent(), /12 × near /);
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
  await page.getByRole("row", { name: /^blend 0.1012 0.2415 0.0616/ }).waitFor(); // the server's own report
  await page.getByRole("listitem").filter({ hasText: /^blend0.1012 ±0.0061$/ }).waitFor();
  await page.getByText("The whole report").click();
  await page.getByRole("heading", { name: "Discovery", exact: true }).waitFor();
  const file = (text) => ({ name: "report.json", mimeType: "application/json", buffer: Buffer.from(text) });
  const report = { dataset: "plays", runs: [{ split: "time", held_out_queues: 12, modes: { discovery: { positions: 300, unknown: 20, models: [
    { name: "popularity", baseline: true, hit_rate: { 10: 0.02, 100: 0.1 }, ndcg: { 10: 0.01 }, hit_rate_interval: [0.01, 0.03] },
    { name: "blend", hit_rate: { 10: 0.08, 100: 0.2 }, ndcg: { 10: 0.05 }, hit_rate_interval: [0.06, 0.1] }] } } }] };
  const field = page.getByRole("region", { name: "Next-song accuracy" }).locator("input[type=file]");
  await field.setInputFiles(file("{}"));
  await page.getByRole("alert").getByText(/Expected a report written by segue evaluate --report/).waitFor();
  await field.setInputFiles(file(JSON.stringify(report)));
  await page.getByRole("region", { name: "Discovery: the next song was not heard recently" }).getByRole("row", { name: /^blend 0.0800 0.2000 0.0500/ }).waitFor();
  await page.getByText("300 positions; in 20 the next song").waitFor();
  await done();
});
