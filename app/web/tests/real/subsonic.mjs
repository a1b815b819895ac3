// A music server with as much of the Subsonic API as a player and `segue library from subsonic` ask for, on loopback.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { silence } from "../sound.mjs";

// `songs`: {id, title, artist, unlisted}; one that is unlisted is in the list of all songs, but no search finds it.
export async function startSubsonic({ user, password, apiKey, songs }) {
  const seen = { streams: [], origins: true };
  const failed = (code, message) => ({ status: "failed", error: { code, message } });
  function answer(method, query) {
    if (query.has("apiKey") ? query.get("apiKey") !== apiKey : false) return failed(44, "Invalid API key");
    if (!query.has("apiKey")) {
      const token = createHash("md5").update(password + query.get("s")).digest("hex");
      if (query.get("u") !== user || query.get("t") !== token || query.has("p")) return failed(40, "Wrong username or password");
    }
    if (method === "ping") return { status: "ok" };
    if (method !== "search3") return failed(0, `${method}: not known`);
    const words = query.get("query").toLowerCase().split(/\s+/).filter(Boolean);
    const all = Number(query.get("songOffset") ?? 0) > 0 ? [] : songs;
    const found = words.length === 0 ? all : all.filter(({ title, artist, unlisted }) => !unlisted && words.every((word) => `${title} ${artist}`.toLowerCase().includes(word)));
    return { status: "ok", searchResult3: { song: found.map(({ id, title, artist }) => ({ id, title, artist, type: "music" })) } };
  }
  const server = createServer((request, reply) => {
    const url = new URL(request.url, "http://localhost");
    const method = /^\/music\/rest\/(\w+)\.view$/.exec(url.pathname)?.[1];
    const head = seen.origins ? { "Access-Control-Allow-Origin": "*" } : {};
    if (method === "stream") {
      const id = url.searchParams.get("id");
      seen.streams.push(id);
      const music = songs.find((one) => one.id === id)?.broken ? Buffer.from("no music") : silence(0.2);
      reply.writeHead(200, { ...head, "Content-Type": "audio/wav", "Content-Length": music.length });
      reply.end(music);
      return;
    }
    reply.writeHead(method ? 200 : 404, { ...head, "Content-Type": "application/json" });
    reply.end(JSON.stringify(method ? { "subsonic-response": { version: "1.16.1", ...answer(method, url.searchParams) } } : {}));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin, address: `${origin}/music`, seen,
    stop: () => new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    }),
  };
}
