// Histories in text with separators: by the names of their columns, or as the files without names that some products
// write. The same forms as in src/segue/data/log/sources/.
import { readCsv } from "./csv";
import type { Play } from "./parse";
import { comparable, kUsualNames, seconds, text, tooShort } from "./values";

interface Columns {
  kind: string;
  artist: string[]; // names in lower case, the best first
  title: string[];
  at: string[]; // "date*": begins with it
  played?: string[];
  unit?: number; // of `played`, in milliseconds
  event?: [string, string]; // other rows are no listens
  skip?: [string, string]; // these are skips
  dayFirst?: boolean;
  titleHoldsArtist?: boolean; // "Artist - Title"
}

const kNamed: Columns[] = [
  { kind: "Tidal", artist: ["artist_name"], title: ["track_title"], at: ["entry_date"], played: ["stream_duration_ms"], dayFirst: true },
  { kind: "Deezer", artist: ["artist"], title: ["song title"], at: ["date"], played: ["listening time"], unit: 1000 },
  {
    kind: "Apple Music",
    artist: ["artist name", "container artist name"],
    title: ["song name", "content name"],
    at: ["event start timestamp"],
    played: ["play duration milliseconds"],
    event: ["event type", "PLAY_END"],
    skip: ["end reason type", "TRACK_SKIPPED_FORWARDS"],
  },
  {
    kind: "Apple Music",
    artist: [],
    title: ["track description"],
    at: ["date played"],
    played: ["play duration milliseconds"],
    titleHoldsArtist: true,
  },
  { kind: "Pano Scrobbler", artist: ["artist"], title: ["track"], at: ["timems"], event: ["event", "scrobble"] },
  { kind: "lastfmstats.com", artist: ["artist"], title: ["track"], at: ["date#*"] },
  {
    kind: "Spotify",
    artist: ["master_metadata_album_artist_name"],
    title: ["master_metadata_track_name"],
    at: ["ts"],
    played: ["ms_played"],
    skip: ["skipped", "true"],
  },
  { kind: "Last.fm", artist: ["artist"], title: ["track"], at: ["uts"] },
];
// Any other table; a list of songs need not have times.
const kUsual: Columns = { kind: "a list", ...kUsualNames, skip: ["skipped", "true"] };

// Files without names of columns.
const kBare: { kind: string; names: string[]; columns: Columns }[] = [
  {
    kind: "a scrobbler",
    names: ["artist", "album", "title", "track", "length", "rating", "timestamp", "mbid"],
    columns: { kind: "a scrobbler", artist: ["artist"], title: ["title"], at: ["timestamp"], skip: ["rating", "S"] },
  },
  {
    kind: "Last.fm",
    names: ["artist", "album", "title", "time"],
    columns: { kind: "Last.fm", artist: ["artist"], title: ["title"], at: ["time"] },
  },
];

const find = (names: string[], wanted: string[]): number => {
  for (const name of wanted) {
    const at = name.endsWith("*") ? names.findIndex((one) => one.startsWith(name.slice(0, -1))) : names.indexOf(name);
    if (at >= 0) return at;
  }
  return -1;
};

function playOf(row: string[], names: string[], columns: Columns): Play | null {
  const cell = (wanted: string[]) => text(row[find(names, wanted)] ?? "");
  if (columns.event && !["", columns.event[1]].includes(cell([columns.event[0]]))) return null;
  if (columns.skip && cell([columns.skip[0]]) === columns.skip[1]) return null;
  if (tooShort(cell(columns.played ?? []), columns.unit)) return null;
  const at = seconds(cell(columns.at), columns.dayFirst);
  const [artist, title] = [cell(columns.artist), cell(columns.title)];
  if (artist === "<Untagged>") return null;
  if (!columns.titleHoldsArtist) return { artist, title, at };
  const dash = title.indexOf(" - ");
  return dash < 0 ? null : { artist: title.slice(0, dash).trim(), title: title.slice(dash + 3).trim(), at };
}

const kScrobblerLog = /^#AUDIOSCROBBLER/;

// The separator that the first line has most of.
function separatorOf(content: string): string {
  const first = content.slice(0, content.search(/[\r\n]|$/));
  const times = (separator: string) => first.split(separator).length;
  return ["\t", ",", ";", "|"].reduce((best, one) => (times(one) > times(best) ? one : best));
}

// The plays of a table; null if it is none.
export function tableOf(content: string): { kind: string; plays: (Play | null)[] } | null {
  const log = kScrobblerLog.test(content);
  const plain = log ? content.replace(/^#.*\r?\n/gm, "") : content;
  const rows = readCsv(plain, separatorOf(plain));
  if (rows.length === 0 || rows[0].length < 2) return null;
  const plays = (from: string[][], names: string[], columns: Columns) => ({
    kind: columns.kind,
    plays: from.map((row) => playOf(row, names, columns)),
  });
  const names = rows[0].map((name) => name.trim().toLowerCase());
  const named = kNamed.find((one) => find(names, one.title) >= 0 && find(names, one.at) >= 0 && (one.titleHoldsArtist || find(names, one.artist) >= 0));
  if (!log && named) return plays(rows.slice(1), names, named);
  const usual = rows[0].map(comparable);
  if (!log && find(usual, kUsual.artist) >= 0 && find(usual, kUsual.title) >= 0) return plays(rows.slice(1), usual, kUsual);
  const bare = kBare[log ? 0 : 1];
  if (log ? rows[0].length < 7 : rows[0].length !== 4) return null;
  return plays(rows, bare.names, bare.columns);
}
