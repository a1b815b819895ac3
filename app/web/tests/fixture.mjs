// A stand-in for `segue serve` with made-up music, for the tests that no demo model can serve: titles with markup,
// Arabic, tags, a million songs, a server that goes away. It implements the parts of docs/http-api.md that the tests
// need and sends the same policy.
//   node tests/fixture.mjs DIST [PORT] [SONGS]
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { Float32, Int16, makeData, RecordBatch, RecordBatchStreamWriter, Schema, Field, Struct, Table } from "apache-arrow";

export const kPolicy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
const kTypes = { html: "text/html; charset=utf-8", js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", svg: "image/svg+xml" };
const kTags = ["jazz", "soul", "ambient", "folk", "house", "metal", "rai", "samba", "dub", "choral"];
const kFirst = ["Blue", "Quiet", "Golden", "Broken", "Northern", "Slow", "Electric", "Paper", "Midnight", "Green", "Silver", "Distant"];
const kSecond = ["River", "Garden", "Signal", "Letter", "Window", "Summer", "Engine", "Harbour", "Mirror", "Season", "Forest", "Avenue"];
const kArtists = ["Mara Lind", "The Ferrymen", "Ólafur Vík", "Nadia Benali", "Cassette Club", "Kwame Osei", "Trio Lumen", "Anna & the Tides"];

// Songs with difficult titles and artists.
export const kOdd = [
  { title: "<img src=x onerror=\"document.title='hacked'\">", artist: "<script>alert(1)</script>" },
  { title: "أعطني الناي وغنّي", artist: "فيروز" },
  { title: "", artist: "" },
  { title: "Jóga", artist: "Björk" },
  { title: "W".repeat(160), artist: "A very long name" },
];

const kLinks = { items: [{ name: "MusicBrainz", address: "https://musicbrainz.org/search?type=recording&query={artist}%20{title}" }, { name: "By id", address: "https://example.org/{id}" }], cover: "" };

// A seeded generator, so that every run gets the same numbers (mulberry32).
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function makeCatalogue(n) {
  const chance = random(7);
  const normal = () => Math.sqrt(-2 * Math.log(chance() || 1e-9)) * Math.cos(2 * Math.PI * chance());
  const clusters = Math.min(40, Math.max(4, Math.round(Math.sqrt(n) / 4)));
  const regions = Array.from({ length: clusters }, (_, i) => {
    const [angle, far] = [i * 2.4, 34 * Math.sqrt((i + 0.5) / clusters)];
    return { label: `${kTags[i % kTags.length]} ${i + 1}`, x: far * Math.cos(angle), y: far * Math.sin(angle), size: 0, level: 0, parent: -1, source: "titles" };
  });
  const [x, y, region, tag] = [new Float32Array(n), new Float32Array(n), new Int16Array(n), new Uint8Array(n)];
  for (let i = 0; i < n; i++) {
    const mine = Math.floor(chance() * clusters);
    const spread = 1.6 + (mine % 3) * 0.5;
    x[i] = regions[mine].x + normal() * spread;
    y[i] = regions[mine].y + normal() * spread;
    region[i] = i % 11 === 10 ? -1 : mine;
    tag[i] = i % 17 === 16 ? 255 : mine % kTags.length;
    regions[mine].size++;
  }
  // Two finer regions inside the first, whose names appear when zoomed in.
  for (const side of [-1, 1]) {
    regions.push({ label: `deep ${side < 0 ? "left" : "right"}`, x: regions[0].x + side, y: regions[0].y, size: regions[0].size >> 1, level: 1, parent: 0, source: "artists" });
  }
  const song = (i) => {
    const odd = kOdd[i - 20];
    const title = odd ? odd.title : `${kFirst[i % 12]} ${kSecond[Math.floor(i / 12) % 12]}${i < 144 ? "" : " " + Math.floor(i / 144)}`;
    return { id: `s/${i}`, row: i, title, artist: odd ? odd.artist : kArtists[i % kArtists.length], album: "", plays: Math.max(5, Math.round(9000 / (i + 1))) };
  };
  return { n, x, y, region, regions, song, tags: { items: kTags, rows: Buffer.from(tag).toString("base64") } };
}

// Two squares around each of the largest regions.
function contoursOf(regions) {
  const square = ({ x, y }, half) => [x - half, y - half, x + half, y - half, x + half, y + half, x - half, y + half];
  return regions.flatMap((one, region) =>
    one.level > 0 ? [] : [[0.92, 2.4], [0.4, 1.2]].map(([part, half]) => ({ region, part, points: square(one, half) })));
}

function arrowStream({ x, y, region }) {
  const n = x.length;
  const schema = new Schema([new Field("x", new Float32()), new Field("y", new Float32()), new Field("cluster", new Int16())]);
  const children = [
    makeData({ type: new Float32(), length: n, nullCount: 0, data: x }),
    makeData({ type: new Float32(), length: n, nullCount: 0, data: y }),
    makeData({ type: new Int16(), length: n, nullCount: 0, data: region }),
  ];
  const batch = new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: n, nullCount: 0, children }));
  return RecordBatchStreamWriter.writeAll(new Table([batch])).toUint8Array(true);
}
export { arrowStream };

const fold = (text) => text.normalize("NFKD").replace(/[\p{M}\u0640]/gu, "").toLowerCase();

export async function startFixture({ dist, songs = 3000, port = 0, catalogue = makeCatalogue(songs), token = "", listener = "", songLinks = kLinks }) {
  const { n, x, y, song } = catalogue;
  const bytes = arrowStream(catalogue);
  const listed = Math.min(n, 5000);
  const search = Array.from({ length: listed }, (_, i) => fold(`${song(i).artist} ${song(i).title}`));
  const rowOf = (id) => {
    if (catalogue.rowOf) return catalogue.rowOf(id);
    const row = Number(/^s\/(\d+)$/.exec(id)?.[1] ?? NaN);
    return row < n ? row : -1;
  };
  const seen = { requests: [], bodies: [] };
  const near = (px, py, count, without) => {
    const skip = new Set(without);
    const found = [];
    for (let i = 0; i < Math.min(n, 20000); i++) if (!skip.has(i)) found.push([Math.hypot(x[i] - px, y[i] - py), i]);
    return found.sort((a, b) => a[0] - b[0]).slice(0, count);
  };
  const mean = (rows) => [rows.reduce((sum, i) => sum + x[i], 0) / rows.length, rows.reduce((sum, i) => sum + y[i], 0) / rows.length];

  class Refused extends Error {
    constructor(status, code, message) {
      super(message);
      Object.assign(this, { status, code });
    }
  }
  const rowsOf = (ids) => {
    const rows = (ids ?? []).map(rowOf).filter((row) => row >= 0);
    return rows;
  };
  const one = (id) => {
    const row = rowOf(id);
    if (row < 0) throw new Refused(404, "not_found", `${id}: no such song`);
    return row;
  };
  function recommend(rows, options) {
    if (rows.length === 0) throw new Refused(422, "bad_input", "songs: expected ids of songs that the model has, found none");
    // Two interests if the songs lie in both halves of the map.
    const halves = options.interests === "1" ? [rows] : [rows.filter((i) => x[i] < 0), rows.filter((i) => x[i] >= 0)].filter((half) => half.length > 0);
    const interests = halves.map((half) => {
      const [px, py] = mean(half);
      return { medoid: song(half[0]), weight: half.length / rows.length, songs: half.map((i) => song(i).id), x: px, y: py };
    });
    const without = [...rowsOf(options.exclude), ...rowsOf(options.disliked), ...(options.mode === "any" ? [] : rows)];
    const bad = rowsOf(options.disliked);
    const items = interests.flatMap((interest) => {
      const found = near(interest.x, interest.y, Math.ceil((options.k ?? 10) / interests.length), without);
      return found.map(([apart, i]) => {
        const push = bad.reduce((sum, row) => sum + 1 / (1 + Math.hypot(x[row] - x[i], y[row] - y[i])), 0);
        return {
          ...song(i), score: 1 / (1 + apart) - push + (options.popularity ?? 0) * (1 - i / n), similarity: 1 / (1 + apart),
          explanation: {
            text: `Because of ${interest.medoid.artist} – ${interest.medoid.title} (100 %).`, seeds: [],
            reasons: options.by === "vectors" ? [{ kind: "mean", share: 1, text: "near your mean" }] : [
              { kind: "together", share: 0.7, text: `12 × near ${interest.medoid.title}` }, { kind: "artist", share: 0.3, text: "by the same artist" }],
            ...(interests.length > 1 ? { interest: interest.medoid } : {}),
          },
        };
      });
    });
    return { model: "default", items: items.sort((a, b) => b.score - a.score), interests, unknown: [] };
  }

  const songsBy = (name) => Array.from({ length: listed }, (_, i) => song(i)).filter((one) => one.artist === name);
  const artistOf = (name) => ({ name, songs: songsBy(name).length, plays: songsBy(name).reduce((sum, one) => sum + one.plays, 0) });
  const seedsOf = (seeds) => (seeds ?? []).flatMap((seed) => (seed.startsWith("artist:") ? songsBy(seed.slice(7)).slice(0, 3).map((one) => one.id) : [seed]));
  const routes = [
    ["GET", /^\/v1\/songs$/, (_, query) => {
      if (query.has("rows")) return { items: query.get("rows").split(",").map((row) => song(Number(row))) };
      const words = fold(query.get("q") ?? "").split(/\s+/).filter(Boolean);
      const items = [];
      for (let i = 0; i < listed && items.length < Number(query.get("limit") ?? 20); i++) if (words.every((word) => search[i].includes(word))) items.push(song(i));
      return { items };
    }],
    ["GET", /^\/v1\/songs\/([^/]+)$/, ([id]) => {
      const row = one(id);
      return { ...song(row), tags: [kTags[row % kTags.length]], map: { x: x[row], y: y[row], cluster: catalogue.region[row] } };
    }],
    ["GET", /^\/v1\/songs\/([^/]+)\/similar$/, ([id], query) => {
      const row = one(id);
      const items = near(x[row], y[row], Number(query.get("k") ?? 10), [row]);
      return { items: items.map(([apart, i], k) => ({ ...song(i), similarity: 1 / (1 + apart / 8), ...(k % 2 ? {} : { together: { times: 12 - (k % 11), after: 9, before: 2 } }) })) };
    }],
    ["GET", /^\/v1\/song-links$/, () => songLinks],
    ["GET", /^\/v1\/artists$/, (_, query) => {
      const words = fold(query.get("q") ?? "");
      return { model: "default", items: kArtists.filter((name) => words !== "" && ` ${fold(name)}`.includes(` ${words}`)).slice(0, Number(query.get("limit") ?? 5)).map(artistOf) };
    }],
    ["GET", /^\/v1\/artists\/([^/]+)$/, ([name], query) => {
      const at = kArtists.indexOf(name);
      if (at < 0) throw new Refused(404, "not_found", `artist ${name}: the model has no artist of this name`);
      const others = kArtists.filter((other) => other !== name).map((other, i) => ({ ...artistOf(other), similarity: 0.9 - i / 10 }));
      return { ...artistOf(name), model: "default", items: songsBy(name).slice(0, Number(query.get("k") ?? 50)), similar: others.slice(0, Number(query.get("similar") ?? 12)) };
    }],
    ["POST", /^\/v1\/match$/, (_, __, body) => ({
      model: "default",
      items: body.songs.map(({ artist, title }) => {
        const row = search.indexOf(fold(`${artist} ${title}`));
        return row < 0 ? null : song(row);
      }),
    })],
    ["POST", /^\/v1\/recommendations$/, (_, __, body) => recommend(rowsOf(body.songs), body)],
    ["POST", /^\/v1\/radio$/, (_, __, body) => {
      const rows = rowsOf(body.songs ?? seedsOf(body.seeds));
      if (rows.length === 0) throw new Refused(422, "bad_input", "songs: found none");
      const used = [...rows, ...rowsOf(body.after)];
      let at = rowsOf(body.after).at(-1) ?? rows[0];
      const items = [];
      for (let k = 0; k < (body.length ?? 50) && used.length < n; k++) {
        const [[apart, next]] = near(x[at] + k * (body.drift ?? 0.2) * 0.2, y[at], 1, used);
        used.push(next);
        items.push({ ...song(next), score: 1, similarity: 1 / (1 + apart), seed_similarity: 0.8 });
        at = next;
      }
      return { items };
    }],
    ["POST", /^\/v1\/journey$/, (_, __, body) => {
      const [from, to] = [one(body.from), one(body.to)];
      const count = body.steps === "auto" ? 7 : Number(body.steps);
      const rows = [from];
      for (let k = 1; k < count; k++) {
        const part = k / count;
        rows.push(near(x[from] + (x[to] - x[from]) * part, y[from] + (y[to] - y[from]) * part, 1, [...rows, to])[0][1]);
      }
      return { items: [...rows, to].map((row, k) => ({ ...song(row), similarity: k === 2 ? 0.31 : 0.9, progress: k / count })) };
    }],
    ["GET", /^\/v1\/map\/regions$/, () => ({ items: catalogue.regions })],
    ["GET", /^\/v1\/map\/contours$/, () => ({ items: contoursOf(catalogue.regions) })],
    ["GET", /^\/v1\/map\/tags$/, () => catalogue.tags],
    ["GET", /^\/v1\/users\/([^/]+)\/history$/, ([user]) => {
      if (user !== "alice") return { items: [] };
      const listen = (row, i) => ({ listened_at: 1_750_000_000 - i * 260, artist: song(row).artist, title: song(row).title, song: song(row) });
      return { items: [...[3, 8, 14, 20, 40].map(listen), { listened_at: 1_749_000_000, artist: "Nobody", title: "Not here", song: null }] };
    }],
    ["GET", /^\/v1\/users\/([^/]+)\/recommendations$/, ([user], query) => {
      if (user !== "alice") return { items: Array.from({ length: 5 }, (_, i) => ({ ...song(i), score: 1, similarity: 0 })), fallback: "popular", user, listens: 0 };
      return recommend([3, 8, 14, 20, 40], { k: Number(query.get("k")) });
    }],
    ["GET", /^\/v1\/models$/, () => ({ items: [{ name: "default", songs: n, dim: 128, default: true, map: true }] })],
    ["GET", /^\/v1\/models\/default$/, () => ({
      name: "default", songs: n, dim: 128, default: true, map: true, trained: "2026-01-02T03:04:05Z", loaded: "2026-01-03T00:00:00Z",
      digest: "0f3a2b1c9d8e7f60", counts: { songs: n, dim: 128, plays: 48213 },
      history: [3.7, 2.9, 2.3, 1.8, 1.5, 1.2, 1.0, 0.9].map((loss, i) => ({ epoch: i + 1, sample_loss: loss, mean_loss: loss + 0.1 })), options: { architecture: "skipgram", dim: 128, window: 10, epochs: 8 },
    })],
    ["GET", /^\/v1\/status$/, () => ({
      uptime_seconds: 93784, requests_per_second: 40 + 20 * Math.sin(seen.requests.length / 5),
      store: { kind: "sqlite", listens: 48213, users: 61, queued: 0 },
      routes: [
        { method: "GET", path: "/v1/songs", requests: seen.requests.length + 1, failed: 0, p50_seconds: 0.0001, p99_seconds: 0.001 },
        { method: "GET", path: "/v1/songs/{id}/similar", requests: 31, failed: 2, p50_seconds: 0.0005, p99_seconds: 0.005 },
      ],
      models: [{ name: "default", songs: n, recall: 0.996 }],
      evaluation: true,
    })],
    ["GET", /^\/v1\/evaluation$/, () => ({ dataset: "made up", runs: [{ split: "queues", held_out_queues: 559, modes: { discovery: { positions: 54514, unknown: 24289, models: [
      { name: "popularity", summary: "The most played songs", baseline: true, hit_rate: { 10: 0.0048, 100: 0.0308 }, ndcg: { 10: 0.0022 }, hit_rate_interval: [0.0037, 0.0059] },
      { name: "vstan", summary: "Neighbouring sessions", baseline: true, hit_rate: { 10: 0.0833, 100: 0.2012 }, ndcg: { 10: 0.0493 }, hit_rate_interval: [0.0778, 0.0888] },
      { name: "blend", summary: "Vectors and transitions", baseline: false, hit_rate: { 10: 0.1012, 100: 0.2415 }, ndcg: { 10: 0.0616 }, hit_rate_interval: [0.0951, 0.1073] },
    ] } } }] })],
    ["GET", /^\/1\/validate-token$/, () => ({ code: 200, message: "", valid: listener !== "", ...(listener ? { user_name: listener } : {}) })],
    ["GET", /^\/health\/live$/, () => ({ status: "ok" })],
    ["GET", /^\/openapi\.json$/, () => JSON.parse(readFileSync(join(import.meta.dirname, "openapi.json"), "utf8"))],
  ];

  function file(name) {
    const path = { "/": "/index.html", "/docs": "/docs.html" }[name] ?? name;
    const full = join(dist, path);
    return !path.includes("..") && existsSync(full) && statSync(full).isFile() ? full : null;
  }

  const server = createServer(async (request, reply) => {
    const url = new URL(request.url, "http://localhost");
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    seen.requests.push(`${request.method} ${request.url}`);
    const send = (status, type, body, more = {}) => {
      reply.writeHead(status, { "Content-Type": type, "Content-Length": body.length, "Content-Security-Policy": kPolicy, ...more });
      reply.end(body);
    };
    const json = (status, document) => send(status, "application/json", Buffer.from(JSON.stringify(document)));
    const page = request.method === "GET" && file(url.pathname);
    if (page) {
      const gzip = existsSync(page + ".gz");
      send(200, kTypes[page.split(".").pop()] ?? "application/octet-stream", readFileSync(gzip ? page + ".gz" : page), gzip ? { "Content-Encoding": "gzip" } : {});
      return;
    }
    if (url.pathname.startsWith("/v1/") && token && request.headers.authorization !== `Token ${token}`) {
      json(401, { error: { code: "unauthorized", message: "expected a token, found none" } });
      return;
    }
    if (url.pathname === "/v1/map") {
      send(200, "application/vnd.apache.arrow.stream", bytes, { ETag: `"${createHash("sha256").update(bytes.subarray(0, 1e5)).digest("hex")}"` });
      return;
    }
    for (const [method, pattern, handle] of routes) {
      const match = request.method === method && pattern.exec(url.pathname);
      if (!match) continue;
      try {
        const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
        if (chunks.length > 0) seen.bodies.push({ path: url.pathname, body });
        json(200, handle(match.slice(1).map(decodeURIComponent), url.searchParams, body));
      } catch (error) {
        json(error.status ?? 500, { error: { code: error.code ?? "internal", message: error.message } });
      }
      return;
    }
    json(404, { error: { code: "not_found", message: `${url.pathname}: no such route` } });
  });
  const listen = (at) => new Promise((done, failed) => server.once("error", failed).listen(at, "127.0.0.1", done));
  await listen(port);
  const bound = server.address().port;
  return {
    url: `http://127.0.0.1:${bound}`,
    seen,
    stop: () => new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    }),
    start: () => listen(bound),
  };
}

if (process.argv[1] === import.meta.filename) {
  const [dist, port = "8099", songs = "3000"] = process.argv.slice(2);
  const { url } = await startFixture({ dist, port: Number(port), songs: Number(songs) });
  console.log(url);
}
