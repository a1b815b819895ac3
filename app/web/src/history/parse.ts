// Reads listening histories exported by other services, in the browser: the forms that `segue ingest` knows as sources
// of listens (sources.ts), tables with the usual names of columns, and plain "Artist – Title" lines. Anything else is an
// error. Rows that are no listens, have no artist or title, or are too short or skipped are counted as skipped.
import { fold } from "../data/fold";
import { rowsOf } from "./json";
import { tableOf } from "./tables";

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

const kExpected =
  "Expected a history from Spotify, Apple Music, YouTube Music, Tidal, Deezer, Last.fm, ListenBrainz or a scrobbler, or “Artist – Title” lines.";
const kFirstTime = Date.UTC(1999, 0, 1) / 1000;
const kDay = 86_400;

// Players write impossible times when their clock is not set.
const possible = (at: number) => at === 0 || (at >= kFirstTime && at <= Date.now() / 1000 + kDay);

export function collect(kind: string, rows: (Play | null)[]): History {
  const plays = rows.filter((play): play is Play => play !== null && play.artist !== "" && play.title !== "" && possible(play.at));
  return { kind, plays, skipped: rows.length - plays.length };
}

function documentOf(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (problem) {
    // JSON Lines: a bad line is one row.
    const rows = content.split("\n").filter((line) => line.trim() !== "").map((line) => {
      try {
        return JSON.parse(line) as unknown;
      } catch {
        return null;
      }
    });
    if (rows.every((row) => row === null || typeof row !== "object")) {
      throw new Error("This JSON cannot be read: it is truncated or damaged.", { cause: problem });
    }
    return rows;
  }
}

// ["Air – Cherry Blossom Girl", ...] or [["Air", "Cherry Blossom Girl"], ...].
function linesOf(document: unknown): string | null {
  if (!Array.isArray(document) || document.length === 0) return null;
  const line = (row: unknown) => (Array.isArray(row) && row.length === 2 ? row.join(" – ") : row);
  const lines = document.map(line);
  return lines.every((one) => typeof one === "string") ? lines.join("\n") : null;
}

function fromJson(content: string): History {
  const document = documentOf(content);
  const lines = linesOf(document);
  if (lines !== null) return fromLines(lines);
  const found = rowsOf(document);
  if (found === null) throw new Error(`${kExpected} Found other JSON.`);
  return collect(found.source.kind, found.rows.map((row) => row && found.source.play(row)));
}

function fromLines(content: string): History {
  const rows = content.split("\n").filter((line) => line.trim() !== "");
  const play = (line: string): Play | null => {
    const found = /^\s*([^;\t]+?)\s*[;\t]\s*([^;\t]+?)\s*$/.exec(line) ?? /^\s*(.+?)\s+[-–—]\s+(.+?)\s*$/.exec(line);
    return found && { artist: found[1], title: found[2], at: 0 };
  };
  const history = collect("a list", rows.map(play));
  if (history.plays.length === 0) throw new Error(kExpected);
  return history;
}

export function readHistory(content: string): History {
  const trimmed = content.replace(/^\uFEFF/, "").trim();
  if (trimmed === "") throw new Error("The history is empty.");
  if (/^[[{]/.test(trimmed)) return fromJson(trimmed);
  const table = tableOf(trimmed);
  return table === null ? fromLines(trimmed) : collect(table.kind, table.plays);
}

// UTF-16 with a byte order mark, UTF-8, or Windows-1252.
export function textOf(bytes: ArrayBuffer): string {
  const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
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
