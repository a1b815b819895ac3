// The values of histories: texts, times, and how long a song was played.

export const text = (value: unknown): string => (typeof value === "string" ? value.trim() : "");

// Shorter plays count as skips, as `segue ingest --min-played` has it.
const kLeastMilliseconds = 30_000;
export const tooShort = (played: unknown, unit = 1): boolean => {
  if (played === null || played === undefined || played === "") return false;
  const milliseconds = Number(played) * unit;
  return milliseconds >= 0 && milliseconds < kLeastMilliseconds;
};

// Seconds, milliseconds, microseconds or nanoseconds since 1970, whichever is a time of our days.
function secondsOf(number: number): number {
  for (const unit of [1, 1e3, 1e6, 1e9]) if (number / unit < 4.2e9) return number / unit;
  return 0;
}

const kZone = /(Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i;

// Seconds since 1970 of a time as logs write it, without a zone in UTC; 0 if it cannot be told. A date such as
// 08/03/2022 is one only where the day is known to come first.
export function seconds(value: unknown, dayFirst = false): number {
  if (typeof value === "number") return Math.floor(secondsOf(value));
  const when = text(value);
  if (/^(19|20)\d{6}$/.test(when)) return seconds(`${when.slice(0, 4)}-${when.slice(4, 6)}-${when.slice(6)}`);
  if (/^(19|20)\d{12}$/.test(when)) return seconds(when.replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6"));
  if (/^\d+(\.\d+)?$/.test(when)) return Math.floor(secondsOf(Number(when)));
  const parts = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(.*)$/.exec(when);
  if (parts) return dayFirst ? seconds(`${parts[3]}-${parts[2].padStart(2, "0")}-${parts[1].padStart(2, "0")}${parts[4]}`) : 0;
  const iso = /^\d{4}-\d{2}-\d{2}$/.test(when) ? `${when}T00:00` : when.replace(/^(\d{4}-\d{2}-\d{2}) (?=\d)/, "$1T").replace(/ (UTC|GMT)$/, "Z");
  const named = iso.replace(",", "");
  const time = Date.parse(kZone.test(iso) ? named : /^\d{4}-/.test(iso) ? `${iso}Z` : `${named} UTC`);
  return Number.isFinite(time) ? Math.floor(time / 1000) : 0;
}

// The usual names of columns and keys, as src/segue/data/log/columns.cpp has them: compared without case and _ - . : and
// spaces, the least ambiguous first.
export const kUsualNames = {
  artist: ["artist", "artistname", "artists", "artistnames", "trackartist", "songartist", "creator", "albumartist", "albumartistname"],
  title: ["title", "trackname", "songname", "tracktitle", "songtitle", "recordingname", "song", "track", "name"],
  at: [
    "time", "timestamp", "ts", "uts", "listenedat", "playedat", "scrobbledat", "endtime", "starttime", "unixtime", "unixtimestamp", "timems",
    "datetime", "utctime", "date", "playedon", "dateplayed", "entrydate",
  ],
  played: ["msplayed", "playedms", "playedmilliseconds", "millisecondsplayed", "durationplayedms", "streamdurationms", "playdurationmilliseconds"],
};
export const comparable = (name: string) => name.toLowerCase().replace(/[_\-. :]/g, "");
