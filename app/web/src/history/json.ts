// Histories in JSON: which product they come from, and where their rows are in the document. The same forms as in
// src/segue/data/log/sources/.
import type { Play } from "./parse";
import { comparable, kUsualNames, seconds, text, tooShort } from "./values";

type Row = Record<string, unknown>;

export interface JsonSource {
  kind: string;
  fits: (row: Row) => boolean;
  play: (row: Row) => Play | null; // null: no listen
}

const inside = (value: unknown): Row => (value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Row) : {});
const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const has = (row: Row, ...names: string[]) => names.every((name) => name in row);
const joined = (names: string[]) => names.filter((name) => name !== "").join(", ");

// "Watched TITLE", in the language of the account.
const kBeforeTitle =
  /^(Watched|Listened to|Vous avez (regardé|écouté)|Has visto|Viste|Escuchaste|Hai (guardato|ascoltato)|(Você a|A)ssistiu a|(Gekeken|Geluisterd) naar|Tittade på|Obejrzano:) /;
const kAfterTitle = /( angesehen| angehört| gehört| bekeken| beluisterd| を視聴しました|을\(를\) 시청했습니다\.| izlendi)$/;
const titleWatched = (title: string) => {
  const plain = title.replace(kBeforeTitle, "").replace(kAfterTitle, "");
  return /^https?:\/\//.test(plain) ? "" : plain; // a video that is gone
};

// The primary name of {"aliases": [{"alias": "Roygbiv", "is_primary": true}, ...]}.
function primaryAlias(named: unknown): string {
  const aliases = items(inside(named).aliases).map(inside);
  return text((aliases.find((alias) => alias.is_primary === true) ?? aliases[0])?.alias);
}

const kSources: JsonSource[] = [
  {
    kind: "Spotify",
    fits: (row) => has(row, "endTime", "trackName"),
    play: (row) =>
      tooShort(row.msPlayed) ? null : { artist: text(row.artistName), title: text(row.trackName), at: seconds(row.endTime) },
  },
  {
    kind: "Spotify",
    fits: (row) => has(row, "ts", "master_metadata_track_name"),
    play: (row) =>
      tooShort(row.ms_played) || row.skipped === true
        ? null
        : { artist: text(row.master_metadata_album_artist_name), title: text(row.master_metadata_track_name), at: seconds(row.ts) },
  },
  {
    kind: "ListenBrainz",
    fits: (row) => has(row, "listened_at", "track_metadata"),
    play: (row) => {
      const track = inside(row.track_metadata);
      return { artist: text(track.artist_name), title: text(track.track_name), at: seconds(row.listened_at) };
    },
  },
  {
    kind: "ListenBrainz",
    fits: (row) => has(row, "listened_at", "recording_name", "artist_name"),
    play: (row) => ({ artist: text(row.artist_name), title: text(row.recording_name), at: seconds(row.listened_at) }),
  },
  {
    kind: "Last.fm",
    fits: (row) => has(row, "name") && (has(inside(row.artist), "#text") || has(inside(row.artist), "name")) && (has(row, "date") || has(row, "@attr")),
    play: (row) => {
      if ("nowplaying" in inside(row["@attr"])) return null;
      const artist = inside(row.artist);
      return { artist: text(artist["#text"]) || text(artist.name), title: text(row.name), at: seconds(inside(row.date).uts) };
    },
  },
  {
    kind: "lastfmstats.com",
    fits: (row) => has(row, "track", "artist", "albumId", "date"),
    play: (row) => ({ artist: text(row.artist), title: text(row.track), at: seconds(row.date) }),
  },
  {
    kind: "Maloja",
    fits: (row) => has(row, "time") && has(inside(row.track), "artists", "title"),
    play: (row) => {
      const track = inside(row.track);
      if (tooShort(row.duration, 1000)) return null;
      return { artist: joined(items(track.artists).map(text)), title: text(track.title), at: seconds(row.time) };
    },
  },
  {
    kind: "Koito",
    fits: (row) => has(row, "listened_at", "artists") && has(inside(row.track), "aliases"),
    play: (row) => ({
      artist: joined(items(row.artists).map(primaryAlias)),
      title: primaryAlias(row.track),
      at: seconds(row.listened_at),
    }),
  },
  {
    kind: "Pano Scrobbler",
    fits: (row) => has(row, "timeMs", "artist", "track"),
    play: (row) =>
      (row.event ?? "scrobble") === "scrobble" ? { artist: text(row.artist), title: text(row.track), at: seconds(row.timeMs) } : null,
  },
  {
    kind: "YouTube Music",
    fits: (row) => has(row, "header", "title", "time"),
    play: (row) =>
      row.header === "YouTube Music"
        ? {
            artist: text(inside(items(row.subtitles)[0]).name).replace(/ - Topic$/, ""),
            title: titleWatched(text(row.title)),
            at: seconds(row.time),
          }
        : null,
  },
];

// Any other objects, by the usual names of their keys.
function usual(row: Row, names: string[]): unknown {
  const keys = Object.keys(row);
  for (const name of names) {
    const key = keys.find((one) => comparable(one) === name);
    if (key !== undefined) return row[key];
  }
  return undefined;
}

// A name, or several: "Air", ["Air", "Beck"], {"name": "Air"}, [{"name": "Air"}, {"name": "Beck"}].
function named(value: unknown): string {
  if (Array.isArray(value)) return joined(value.map(named));
  return text(value) || text(inside(value).name);
}

kSources.push({
  kind: "a list",
  fits: (row) => named(usual(row, kUsualNames.artist)) !== "" && text(usual(row, kUsualNames.title)) !== "",
  play: (row) =>
    tooShort(usual(row, kUsualNames.played)) || row.skipped === true
      ? null
      : {
          artist: named(usual(row, kUsualNames.artist)),
          title: text(usual(row, kUsualNames.title)),
          at: seconds(usual(row, kUsualNames.at)),
        },
});

const sourceOf = (rows: unknown[]) => kSources.find((source) => rows.slice(0, 20).some((row) => source.fits(inside(row))));

// The rows of a document: the first array of objects that a source knows, at any depth, or an array of such arrays.
export function rowsOf(document: unknown): { source: JsonSource; rows: (Row | null)[] } | null {
  const list = Array.isArray(document) ? document : Object.values(inside(document));
  const rows = Array.isArray(document) ? list : [document];
  const source = sourceOf(rows);
  if (source) return { source, rows: rows.map((row) => (row !== null && typeof row === "object" ? (row as Row) : null)) };
  const inner = list.filter((value) => value !== null && typeof value === "object").map(rowsOf).filter((found) => found !== null);
  if (inner.length === 0) return null;
  const pages = inner.filter((found) => found.source === inner[0].source);
  return { source: inner[0].source, rows: pages.flatMap((found) => found.rows) };
}
