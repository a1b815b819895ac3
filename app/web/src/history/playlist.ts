// Writes playlist files in the same form as `segue radio -o`, so that a list reordered in the page can be saved without
// another request.
import { nameOf } from "../data/songs";
import type { Song } from "../data/types";

export const kFormats = ["m3u8", "jspf", "xspf"] as const;
export type Format = (typeof kFormats)[number];
export const kMediaTypes: Record<Format, string> = {
  m3u8: "audio/x-mpegurl",
  jspf: "application/jspf+json",
  xspf: "application/xspf+xml",
};

const isUri = (id: string) => /^[a-z][a-z0-9+.-]*:[^\s]+$/i.test(id);
const oneLine = (words: string) => words.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, " ").trim();
const place = (song: Song) =>
  isUri(song.id) ? { location: [song.id] } : { identifier: [`segue:song:${encodeURIComponent(song.id)}`] };

function m3u8(title: string, songs: Song[]): string {
  const entries = songs.flatMap((song) => [`#EXTINF:-1,${oneLine(nameOf(song))}`, oneLine(song.id)]);
  return ["#EXTM3U", `#PLAYLIST:${oneLine(title)}`, ...entries, ""].join("\n");
}

function jspf(title: string, songs: Song[]): string {
  const track = songs.map((song) => ({
    ...place(song),
    title: oneLine(song.title),
    creator: oneLine(song.artist),
    ...(song.album ? { album: oneLine(song.album) } : {}),
  }));
  return JSON.stringify({ playlist: { title: oneLine(title), track } }, null, 1) + "\n";
}

const xml = (words: string) =>
  oneLine(words).replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]!);

function xspf(title: string, songs: Song[]): string {
  const track = (song: Song) => {
    const [name, [value]] = Object.entries(place(song))[0];
    const parts = [`<${name}>${xml(value)}</${name}>`, `<title>${xml(song.title)}</title>`, `<creator>${xml(song.artist)}</creator>`];
    if (song.album) parts.push(`<album>${xml(song.album)}</album>`);
    return `  <track>${parts.join("")}</track>`;
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<playlist version="1" xmlns="http://xspf.org/ns/0/">',
    ` <title>${xml(title)}</title>`,
    " <trackList>",
    ...songs.map(track),
    " </trackList>",
    "</playlist>",
    "",
  ].join("\n");
}

export const writePlaylist = (format: Format, title: string, songs: Song[]) => ({ m3u8, jspf, xspf })[format](title, songs);

export function save(name: string, type: string, content: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
