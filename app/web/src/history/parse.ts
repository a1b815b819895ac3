// Reads listening histories exported by other services, in the browser:
//   Spotify      "Extended streaming history" (Streaming_History_Audio_*.json) and "Account data"
//                (StreamingHistory*.json)
//   ListenBrainz an export (JSON or JSON Lines), or a response of its API
//   Last.fm      CSV as written by its exporters, with or without a header line
//   and plain "Artist – Title" lines.
// Anything else is an error. Rows without an artist or a title are counted as skipped.
import { readCsv } from "./csv";

export interface Play {
  artist: string;
  title: string;
  at: number; // seconds since 1970, 0 if unknown
}

export interface History {
  kind: string;
  plays: Play[];
  skipped: number;
}

// Shorter plays in a Spotify history count as skips; Last.fm and ListenBrainz never record them.
const kLeastMilliseconds = 30_000;

type Row = Record<string, unknown>;
const text = (value: unknown) => (typeof value === "string" ? value.trim() : "");
const seconds = (value: unknown) => {
  const time = typeof value === "number" ? value * 1000 : Date.parse(text(value));
  return Number.isFinite(time) ? Math.floor(time / 1000) : 0;
};

function collect(kind: string, rows: (Play | null)[]): History {
  const plays = rows.filter((play): play is Play => play !== null && play.artist !== "" && play.title !== "");
  return { kind, plays, skipped: rows.length - plays.length };
}

function spotifyRow(row: Row): Play | null {
  const milliseconds = Number(row.ms_played ?? row.msPlayed ?? kLeastMilliseconds);
  if (milliseconds < kLeastMilliseconds) return null;
  return {
    artist: text(row.master_metadata_album_artist_name ?? row.artistName),
    title: text(row.master_metadata_track_name ?? row.trackName),
    at: seconds(row.ts ?? `${text(row.endTime).replace(" ", "T")}Z`),
  };
}

function listenBrainzRow(row: Row): Play {
  const track = (row.track_metadata ?? {}) as Row;
  return { artist: text(track.artist_name), title: text(track.track_name), at: seconds(row.listened_at) };
}

function fromRows(rows: Row[]): History {
  const first = rows.find((row) => row && typeof row === "object") ?? {};
  if ("track_metadata" in first) return collect("ListenBrainz", rows.map(listenBrainzRow));
  if ("master_metadata_track_name" in first || "trackName" in first) return collect("Spotify", rows.map(spotifyRow));
  throw new Error("Expected a Spotify streaming history or ListenBrainz listens, found other JSON.");
}

function fromJson(content: string): History {
  let document: unknown;
  try {
    document = JSON.parse(content);
  } catch {
    const lines = content.split("\n").filter((line) => line.trim() !== "");
    try {
      return fromRows(lines.map((line) => JSON.parse(line) as Row));
    } catch (error) {
      if (error instanceof SyntaxError) throw new Error("This JSON cannot be read: it is truncated or damaged.");
      throw error;
    }
  }
  if (Array.isArray(document)) return fromRows(document as Row[]);
  const payload = (document as { payload?: { listens?: Row[] } }).payload;
  if (Array.isArray(payload?.listens)) return fromRows(payload.listens);
  return fromRows([document as Row]);
}

const kColumns = {
  artist: ["artist", "artist_name", "artist name"],
  title: ["track", "title", "name", "track_name", "track name", "song"],
  at: ["uts", "utc_time", "timestamp", "listened_at", "date", "time"],
};

function fromCsv(content: string): History | null {
  const rows = readCsv(content);
  if (rows.length === 0 || rows[0].length < 2) return null;
  const names = rows[0].map((name) => name.trim().toLowerCase());
  const find = (wanted: string[]) => names.findIndex((name) => wanted.includes(name));
  let [artist, title, at] = [find(kColumns.artist), find(kColumns.title), find(kColumns.at)];
  const named = artist >= 0 && title >= 0;
  // Without a header, the columns are artist, album, title and date, as the oldest exporter writes them.
  if (!named) {
    if (rows[0].length !== 4) return null;
    [artist, title, at] = [0, 2, 3];
  }
  const play = (row: string[]): Play => {
    const when = text(row[at]);
    return { artist: text(row[artist]), title: text(row[title]), at: /^\d+$/.test(when) ? Number(when) : seconds(`${when} UTC`) };
  };
  return collect("Last.fm", rows.slice(named ? 1 : 0).map(play));
}

function fromLines(content: string): History {
  const rows = content.split("\n").filter((line) => line.trim() !== "");
  const play = (line: string): Play | null => {
    const found = /^\s*(.+?)\s+[-–—]\s+(.+?)\s*$/.exec(line);
    return found && { artist: found[1], title: found[2], at: 0 };
  };
  const history = collect("a list", rows.map(play));
  if (history.plays.length === 0) {
    throw new Error("Expected a history from Spotify, Last.fm, or ListenBrainz, or “Artist – Title” lines.");
  }
  return history;
}

export function readHistory(content: string): History {
  const trimmed = content.replace(/^\uFEFF/, "").trim();
  if (trimmed === "") throw new Error("The history is empty.");
  if (/^[[{]/.test(trimmed)) return fromJson(trimmed);
  return fromCsv(trimmed) ?? fromLines(trimmed);
}

export interface Heard {
  artist: string;
  title: string;
  times: number;
  last: number;
}

// The `most` most played songs, each once, ordered from least to most recently heard as recommendations expect.
export function distinct(plays: Play[], most: number): Heard[] {
  const heard = new Map<string, Heard>();
  for (const { artist, title, at } of plays) {
    const key = `${fold(artist)}\n${fold(title)}`;
    const known = heard.get(key);
    if (known) {
      known.times++;
      known.last = Math.max(known.last, at);
    } else {
      heard.set(key, { artist, title, times: 1, last: at });
    }
  }
  const mostPlayed = [...heard.values()].sort((a, b) => b.times - a.times || b.last - a.last).slice(0, most);
  return mostPlayed.sort((a, b) => a.last - b.last);
}

// Ignores case, accents, Arabic marks and punctuation.
export function fold(words: string): string {
  return words
    .normalize("NFKD")
    .replace(/[\p{M}\u0640]/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
