// End-to-end tests of the pages that `segue serve` delivers, on the demo model. Tests that need unusual songs, tags or
// a broken server are in ../browser and run against the fixture server.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { axe, bench, eventually, fileBench, go, kMapPart, kPhone, pixels, shows, withoutWebGl } from "../browser/browser.mjs";
import { kSegue, startReal } from "./server.mjs";
import { startSubsonic } from "./subsonic.mjs";

let all;
let popular; // a few of the most played songs
before(async () => {
  const real = await startReal("--open-loopback");
  all = await bench({ real });
  popular = (await real.get("/v1/songs?rows=0,1,2,3,40,200")).items;
});
after(() => all.close());

const id = (song) => encodeURIComponent(song.id);
const titles = (page, list) => page.getByTestId(list).locator(".song .title").allTextContents();
const cameraOf = (page) => page.evaluate(() => /at=([^&]*)/.exec(location.hash)?.[1].split("_").map(Number) ?? [0, 0, 1]);
const quiet = (page) => page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));

test("the map opens and draws every song, under a policy that allows nothing from elsewhere", async () => {
  const [{ songs }] = (await all.server.get("/v1/models")).items;
  const reply = await fetch(all.server.url);
  assert.match(reply.headers.get("content-security-policy"), /default-src 'self'; script-src 'self'/);
  const { page, done } = await all.open();
  await page.getByRole("heading", { name: `${songs.toLocaleString("en")} songs` }).waitFor();
  await shows(page, "#66c0f4", (count) => count > 300, "songs of a blue region");
  await page.getByText("Colours and regions").click();
  const { items } = await all.server.get("/v1/map/regions");
  const largest = items.filter((region) => region.level === 0).sort((a, b) => b.size - a.size)[0];
  await page.getByRole("region", { name: "Legend" }).getByText(largest.label, { exact: true }).waitFor();
  const sent = await page.evaluate(() => performance.getEntriesByType("resource").map((one) => ({ name: one.name, sent: one.encodedBodySize, size: one.decodedBodySize })));
  const script = sent.find((one) => /index-.*\.js$/.test(one.name));
  assert.ok(script.sent < script.size * 0.6, `scripts come compressed: ${JSON.stringify(script)}`);
  await page.mouse.move(870, 400);
  await page.mouse.wheel(0, -600);
  await eventually(() => cameraOf(page), ([, , zoom]) => zoom > 1.5, "zoomed");
  await page.getByTestId("map").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("article").getByRole("list", { name: /Songs similar to/ }).locator("li").first().waitFor();
  await done();
});

test("search finds a song and flies to it; its similar songs are those of the server", async () => {
  const [song] = popular;
  const { page, done } = await all.open("#/find");
  const field = page.getByRole("combobox", { name: "Search songs and artists" });
  await field.fill(`${song.artist.split(",")[0]} ${song.title.slice(0, 9)}`);
  await page.getByRole("option").filter({ hasText: song.title }).first().waitFor();
  await page.getByRole("option").filter({ hasText: song.title }).first().click();
  await page.getByRole("article").getByRole("heading", { level: 2, name: song.title }).waitFor();
  const near = page.getByRole("list", { name: /Songs similar to/ });
  await near.locator("li").nth(23).waitFor();
  const { items } = await all.server.get(`/v1/songs/${id(song)}/similar?k=24`);
  assert.deepEqual(await near.locator(".title").allTextContents(), items.map((one) => one.title || one.id));
  assert.match(await near.locator(".note").first().textContent(), /^\d+ % similar/);
  await eventually(() => cameraOf(page), ([x, y, zoom]) => zoom > 1.5 && (x !== 0 || y !== 0), "flew to the song");
  await shows(page, "#ffd54a", (count) => count > 100, "neighbours are highlighted");
  await done();
});

test("a taste: its mean, neighbours with reasons, and a dislike that acts at once", async () => {
  const { page, done } = await all.open(`#/taste?like=${id(popular[0])}&like=${id(popular[5])}`);
  await page.getByText("2 songs light up").waitFor();
  await page.getByText("30 neighbours are found").waitFor();
  await page.getByText(/mean appears|means appear/).waitFor();
  const first = await titles(page, "recommended");
  assert.equal(first.length, 30);
  // Exactly the neighbours of the mean, whatever the order of the songs.
  const nearest = await (await fetch(`${all.server.url}/v1/recommendations`, {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ songs: [popular[5].id, popular[0].id], k: 30, by: "vectors", diversity: 0, artist_cap: 0, artist_gap: 0, fold_versions: false }),
  })).json();
  assert.deepEqual(first, nearest.items.map((song) => song.title || song.id));
  assert.match(await page.getByTestId("recommended").locator(".chip").first().textContent(), /^\d+ % · near your mean$/);
  await page.getByRole("radio", { name: "What comes next" }).check();
  await page.getByTestId("recommended").locator(".chip").getByText(/ near |^like |^by |^near your mean$|^played a lot|^popular$/).first().waitFor();
  await page.getByRole("radio", { name: "Alike" }).check();
  await eventually(() => titles(page, "recommended"), (now) => now.join() === first.join(), "alike again");
  await page.getByText("Settings").click();
  await page.getByRole("button", { name: `Dislike: ${first[0]}`, exact: true }).first().click();
  await page.getByRole("region", { name: "Disliked" }).getByText(first[0], { exact: true }).waitFor();
  await eventually(() => titles(page, "recommended"), (now) => now.length === 30 && now[0] !== first[0], "without the disliked one");
  await quiet(page);
  const before = await titles(page, "recommended");
  await page.getByRole("slider", { name: /Diversity/ }).fill("1");
  await eventually(() => titles(page, "recommended"), (now) => now.join() !== before.join(), "more diverse");
  await page.getByRole("slider", { name: /Popularity/ }).fill("-1");
  await page.getByRole("radio", { name: "Any song" }).check();
  await quiet(page);
  // About 40 a song; one may lie under the other or at the edge of the picture, because no two trainings are alike.
  await shows(page, "#ffffff", (count) => count > 30, "the songs are highlighted", 8);
  await done();
});

test("a radio is extended and saved, and a journey leads from one song to another", async () => {
  const { page, done } = await all.open(`#/playlist?seed=${id(popular[1])}`);
  await page.getByRole("heading", { name: "24 songs" }).waitFor();
  await page.getByRole("button", { name: "Add more songs" }).click();
  await page.getByRole("heading", { name: "48 songs" }).waitFor();
  assert.equal(new Set(await page.getByTestId("playlist").locator("li").evaluateAll((rows) => rows.map((row) => row.dataset.id))).size, 48);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as M3U8" }).click()]);
  assert.equal(readFileSync(await download.path(), "utf8").split("#EXTINF").length - 1, 48);

  const [from, to] = [popular[0], popular[5]];
  await go(page, `#/playlist?list=journey&from=${id(from)}&to=${id(to)}`);
  await eventually(() => titles(page, "playlist"), (way) => way[0] === from.title && way.at(-1) === to.title, "the way");
  await shows(page, "#ffd54a", (count) => count > 200, "the line is on the map");
  await page.getByText("Settings").click();
  await page.getByRole("button", { name: "Reverse" }).click();
  await eventually(() => titles(page, "playlist"), (way) => way[0] === to.title && way.at(-1) === from.title, "the way back");
  await done();
});

test("legend and colours: unchecked entries are not drawn, popularity has its own scale, and a region lists its songs", async () => {
  const { page, done } = await all.open();
  await page.getByText("Colours and regions").click();
  const legend = page.getByRole("region", { name: "Legend" });
  // Regions further down may have the same colour as the first.
  const colour = await page.locator(".legend > li .dot").first().evaluate((dot) =>
    "#" + getComputedStyle(dot).backgroundColor.match(/\d+/g).map((part) => Number(part).toString(16).padStart(2, "0")).join(""));
  await shows(page, colour, (count) => count > 300, "songs of the largest region");
  const before = await pixels(page, colour, kMapPart);
  await legend.getByRole("checkbox").first().uncheck();
  await page.mouse.move(5, 5);
  await shows(page, colour, (count) => count < before * 0.8, "without the largest region");
  await page.getByRole("button", { name: "Show all", exact: true }).click();
  await shows(page, colour, (count) => count > before * 0.9, "all songs again");
  await page.getByRole("button", { name: /^Songs: / }).first().click();
  const songs = page.locator(".legend .songs .song");
  await songs.first().waitFor();
  const title = await songs.first().locator(".title").textContent();
  await songs.first().locator(".main").click();
  assert.equal(await page.getByRole("article").getByRole("heading", { level: 2 }).textContent(), title);
  await go(page, "#/map");
  await page.getByText("Colours and regions").click();
  await page.getByRole("radio", { name: "Popularity" }).check();
  await page.getByText("Rarely played").waitFor();
  await shows(page, "#2f5aa8", (count) => count > 300, "rarely played songs");
  await done();
});

test("a history is matched with consent; each interest has its own mean, and a link shows the same", async () => {
  const { page, done } = await all.open("#/taste");
  await page.getByText("Import your history").click();
  const history = [...popular, { artist: "Nobody", title: "Not Here" }].map((song) => ({
    ts: "2024-05-01T10:00:00Z", ms_played: 200000, master_metadata_track_name: song.title, master_metadata_album_artist_name: song.artist,
  }));
  await page.locator("input[type=file]").setInputFiles({ name: "Streaming_History_Audio.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(history)) });
  await page.getByText(`${history.length} plays (Spotify)`).waitFor();
  await page.getByRole("button", { name: "Send and match" }).click();
  await page.getByText(`${popular.length} of ${history.length} songs are in the catalogue`).waitFor();
  await page.getByText(`${popular.length} songs light up`).waitFor();
  await page.getByText("30 neighbours are found").waitFor();

  const { interests } = await (await fetch(`${all.server.url}/v1/recommendations`, {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ songs: popular.map((song) => song.id), by: "vectors", place: true, interests: "auto" }),
  })).json();
  await page.getByText("Settings").click();
  await page.getByRole("switch", { name: /interests separately/ }).check();
  await quiet(page);
  if (interests.length > 1) await page.getByRole("list", { name: "Your interests" }).locator("li").nth(interests.length - 1).waitFor();
  await page.getByRole("switch", { name: /interests separately/ }).uncheck();
  await page.getByText("Their mean appears").waitFor();
  await quiet(page);
  const found = await titles(page, "recommended");
  const other = await all.open(new URL(page.url()).hash);
  await eventually(() => titles(other.page, "recommended"), (now) => now.join() === found.join(), "the same songs through the link");
  await other.done();
  await done();
});

test("a radio is reordered and shortened, and its address shows the same", async () => {
  const { page, done } = await all.open(`#/playlist?seed=${id(popular[3])}`);
  await page.getByRole("heading", { name: "24 songs" }).waitFor();
  const before = await titles(page, "playlist");
  await page.getByRole("button", { name: /^Move / }).first().focus();
  await page.keyboard.press("ArrowDown");
  await page.getByText(/is now at position 2 of 24/).waitFor();
  await page.getByTestId("playlist").getByRole("button", { name: /^Remove: / }).nth(2).click();
  await page.getByRole("heading", { name: "23 songs" }).waitFor();
  const wanted = [before[1], before[0], ...before.slice(3)];
  assert.deepEqual(await titles(page, "playlist"), wanted);
  for (const [format, start] of [["JSPF", "{"], ["XSPF", "<?xml"]]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: `Save as ${format}` }).click()]);
    assert.ok(readFileSync(await download.path(), "utf8").startsWith(start), format);
  }
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByText("Link copied").waitFor();
  const other = await all.open(new URL(await page.evaluate(() => navigator.clipboard.readText())).hash);
  await eventually(() => titles(other.page, "playlist"), (now) => now.join() === wanted.join(), "the same list");
  await other.done();
  await done();
});

test("without WebGL a list of all regions replaces the map, and the other views work", async () => {
  const { page, done } = await all.open("", { wait: false, first: withoutWebGl });
  await page.getByText("This browser cannot draw the map").waitFor();
  await page.getByRole("button", { name: /^Songs: / }).first().click();
  await page.locator(".legend .songs .song .main").first().click();
  await page.getByRole("list", { name: /Songs similar to/ }).locator("li").first().waitFor();
  await go(page, `#/taste?like=${id(popular[0])}`);
  await page.getByTestId("recommended").locator("li").first().waitFor();
  await done();
});

test("submitted listens appear under their user and determine the recommendations", async () => {
  const token = await all.server.token("alice", "submit");
  const now = Math.floor(Date.now() / 1000);
  const payload = [...popular, { artist: "Nobody", title: "Not Here" }].map((song, i) => ({
    listened_at: now - 300 * i, track_metadata: { artist_name: song.artist, track_name: song.title },
  }));
  const sent = await fetch(`${all.server.url}/1/submit-listens`, {
    method: "POST", headers: { Authorization: `Token ${token}` }, body: JSON.stringify({ listen_type: "import", payload }),
  });
  assert.equal(sent.status, 200, await sent.text());
  const { page, done } = await all.open("#/listeners");
  await page.getByLabel("User name").fill("alice");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  const heard = page.getByTestId("history").locator("li");
  await heard.nth(payload.length - 1).waitFor();
  assert.equal(await heard.count(), payload.length);
  assert.equal(await heard.filter({ hasText: "not in the catalogue" }).count(), 1);
  await page.getByTestId("for-user").locator("li").nth(19).waitFor();
  await page.getByTestId("for-user").getByRole("button", { name: /^More: / }).first().click();
  assert.match(await page.getByTestId("for-user").locator(".note").first().textContent(), /Because of /);
  await page.getByLabel("User name").fill("nobody");
  await page.keyboard.press("Enter");
  await page.getByText("No listens are stored for nobody.").waitFor();
  await page.getByText(/; showing the most played songs instead/).waitFor();

  await go(page, "#/health");
  const status = page.getByTestId("status");
  await status.getByText("Listens stored").waitFor();
  const fact = (name) => status.locator("div", { hasText: name }).locator("dd").textContent();
  await eventually(() => fact("Listens stored"), (text) => text === String(payload.length), "listens stored");
  await page.getByRole("row", { name: /POST \/1\/submit-listens 1 0 / }).waitFor();
  await page.getByRole("img", { name: /Loss by epoch, from / }).waitFor();
  if (process.env.SEGUE_EVALUATION) await page.getByRole("region", { name: "Next-song accuracy" }).getByRole("row", { name: /^co-count/ }).first().waitFor();
  await done();
});

test("every view passes axe-core, and fits on a phone", async () => {
  const views = ["#/map", `#/find?song=${id(popular[0])}`, `#/taste?like=${id(popular[0])}`, `#/playlist?seed=${id(popular[2])}`, "#/listeners?user=alice", "#/health"];
  const { page, done } = await all.open("", { size: kPhone, theme: "light" });
  for (const view of views) {
    await go(page, view);
    await page.locator(view.includes("?") ? ".songs li" : "h1").first().waitFor();
    await quiet(page);
    assert.deepEqual(await axe(page), [], view);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), view);
  }
  await done();
});

test("/docs shows every operation of the OpenAPI document", async () => {
  const { paths } = await all.server.get("/openapi.json");
  const operations = Object.entries(paths).flatMap(([path, item]) => ["get", "post", "put", "patch", "delete"].filter((method) => item[method]).map((method) => `${method.toUpperCase()} ${path}`));
  const { page, done } = await all.open("docs", { wait: false });
  await page.getByRole("article", { name: "POST /v1/recommendations" }).waitFor();
  const names = await page.getByRole("article").evaluateAll((all) => all.map((one) => one.querySelector("h2").textContent.trim()));
  assert.deepEqual(names.sort(), operations.sort());
  assert.deepEqual(await axe(page), []);
  await done();
});

test("a server that stops and restarts: a banner appears, then everything works again", async () => {
  const { page, done } = await all.open("#/find", { allow: /ERR_|Failed to load/ });
  await all.server.stopForNow();
  await page.getByRole("combobox").fill(popular[3].title);
  await page.getByText("The server is not responding.").first().waitFor();
  await all.server.startAgain();
  await page.getByText("The server is back.").waitFor();
  await page.getByRole("option").first().waitFor();
  await done();
});

test("without --open-loopback the page asks for a token and works with one", async (t) => {
  const closed = await startReal();
  const other = await bench({ real: closed });
  t.after(() => other.close());
  const { page, done } = await other.open("", { allow: /401/, wait: false });
  await page.getByText("This server requires a token").waitFor();
  await page.getByLabel(/Token, if the server requires one/).fill(await closed.token("", "read"));
  await page.getByRole("button", { name: "Use" }).click();
  await page.getByRole("heading", { name: /^[\d,]+ songs$/ }).waitFor();
  await done();
});

test("a list plays from a music server: by its library's ids, by searches, with errors in a sentence", async (t) => {
  const [first, second, third, fourth] = popular;
  const music = await startSubsonic({ user: "ann", password: "sésame", apiKey: "key-1", songs: [
    { id: "m1", title: first.title.toUpperCase(), artist: first.artist },
    { id: "m2", title: `${second.title} - Remastered 2011`, artist: `${second.artist} & Guest` },
    { id: "m3", title: third.title, artist: third.artist, unlisted: true },
  ] });
  t.after(() => music.stop());
  const folder = mkdtempSync(join(tmpdir(), "segue-library-"));
  writeFileSync(join(folder, "password"), "sésame\n");
  await promisify(execFile)(kSegue, ["library", "from", "subsonic", music.address, "--user", "ann", "--password-file", join(folder, "password"), "-o", join(folder, "library.arrow"), "--quiet"]);
  const server = await startReal("--open-loopback", "--subsonic", `${music.address}/`, "--library", join(folder, "library.arrow"));
  const other = await bench({ real: server, beside: music.origin });
  t.after(() => other.close());
  const policy = (await fetch(server.url)).headers.get("content-security-policy");
  assert.ok(policy.includes(`media-src 'self' blob: ${music.origin}; connect-src 'self' ${music.origin};`), policy);

  const { page, done } = await other.open(`#/playlist?${popular.slice(0, 4).map((song) => `track=${id(song)}`).join("&")}`, { allow: /CORS|ERR_FAILED/ });
  const host = new URL(music.origin).host;
  await page.getByRole("button", { name: `Play from ${host}` }).click();
  const form = page.getByRole("form", { name: `Sign in to ${host}` });
  assert.deepEqual(await axe(page), []);
  const signIn = async (user, secret) => {
    await form.getByLabel("User").fill(user);
    await form.getByLabel("Password or API key").fill(secret);
    await form.getByRole("button", { name: "Sign in and play" }).click();
  };
  await signIn("ann", "wrong");
  await page.getByRole("alert").getByText(`${host} does not accept this user and password.`).waitFor();
  await signIn("", "key-2");
  await page.getByRole("alert").getByText(`${host} does not accept this API key.`).waitFor();
  music.seen.origins = false;
  await signIn("ann", "sésame");
  await page.getByRole("alert").getByText(`${host} did not answer, or does not allow other pages to ask it (CORS).`).waitFor();
  music.seen.origins = true;
  await form.getByLabel("Stay signed in").check();
  await signIn("ann", "sésame");
  await page.getByText(`3 of 4 songs are at ${host}. Not there: ${fourth.artist} – ${fourth.title}.`).waitFor();
  await page.getByRole("region", { name: "Player" }).waitFor({ state: "detached" }); // the end of the list
  assert.deepEqual([...new Set(music.seen.streams)], ["m1", "m2", "m3"]);
  const kept = await page.evaluate(() => localStorage.getItem("segue-subsonic"));
  assert.deepEqual([JSON.parse(kept).server, JSON.parse(kept).who.u, kept.includes("sésame")], [music.address, "ann", false]);
  // An account of another server is not used here.
  await page.evaluate((kept) => localStorage.setItem("segue-subsonic", kept.replace("/music", "/other")), kept);
  await page.reload();
  await page.getByRole("button", { name: `Play from ${host}` }).waitFor();
  assert.equal(await page.getByRole("button", { name: `Sign out of ${host}` }).count(), 0);
  await page.evaluate((kept) => localStorage.setItem("segue-subsonic", kept), kept);
  await page.reload();
  await page.getByRole("button", { name: `Sign out of ${host}` }).click();
  assert.equal(await page.evaluate(() => localStorage.getItem("segue-subsonic")), null);
  await done();
});

test("the pages that segue writes show the numbers of its report and the songs of its map", { skip: !process.env.SEGUE_EVALUATION }, async (t) => {
  const files = await fileBench();
  t.after(() => files.close());
  const folder = process.env.SEGUE_PAGES;
  const report = JSON.parse(readFileSync(process.env.SEGUE_EVALUATION, "utf8"));
  const { page, done } = await files.open(pathToFileURL(join(folder, "evaluation.html")).href);
  const { models } = report.runs[0].modes.discovery;
  const rows = page.getByRole("region", { name: "Discovery: accuracy" }).locator("tbody tr");
  assert.deepEqual(await rows.evaluateAll((all) => all.map((row) => [row.cells[0].textContent, row.cells[1].textContent])), models.map(({ name, hit_rate }) => [name, hit_rate["10"].toFixed(4)]));
  assert.ok((await page.locator(".predictions article").count()) > 0);
  assert.equal(await page.title(), `Evaluation of ${report.dataset}`);
  await done();
  const map = await files.open(pathToFileURL(join(folder, "map.html")).href);
  await map.page.locator(".stage[data-picking=ready]").waitFor({ state: "attached" });
  const [{ songs }] = (await all.server.get("/v1/models")).items;
  await map.page.getByRole("heading", { name: `${songs.toLocaleString("en")} songs` }).waitFor();
  await shows(map.page, "#66c0f4", (count) => count > 300, "songs of a blue region");
  const [song] = popular;
  await map.page.getByRole("combobox", { name: "Search songs and artists" }).fill(`${song.artist.split(",")[0]} ${song.title}`);
  await map.page.getByRole("option").filter({ hasText: song.title }).first().click();
  await map.page.getByRole("article", { name: song.title }).getByText(`${song.plays.toLocaleString("en")} plays`).waitFor();
  await map.done();
});
