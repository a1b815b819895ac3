// The songs of a map page: the document's columns, and finding them by words.
import { fold } from "../data/fold";
import type { FoundArtist, MapPage, Song } from "../data/types";
import { documentOf } from "./frame";

export const page = documentOf<MapPage>();

function bytesOf(text: string): ArrayBuffer {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes.buffer;
}

export const places = new Uint16Array(bytesOf(page.places));
export const region = new Int16Array(bytesOf(page.region));
const plays = new Uint32Array(bytesOf(page.plays));
const artistOf = new Uint32Array(bytesOf(page.artist));
export const count = page.titles.length;

// A song's id is its row here.
export const songOf = (row: number): Song => ({
  id: String(row), row, title: page.titles[row], artist: page.artists[artistOf[row]], album: "", plays: plays[row],
});

// Made when something is searched for first: a space before each word, artist before title.
let folded: { songs: string[]; artists: string[] } | null = null;
function foldedNames() {
  if (!folded) {
    const artists = page.artists.map((name) => ` ${fold(name)}`);
    folded = { artists, songs: page.titles.map((title, row) => `${artists[artistOf[row]]} ${fold(title)}`) };
  }
  return folded;
}

// Rows with all words, each the beginning of one in the name; the most played first.
function rowsWith(names: string[], query: string, limit: number): number[] {
  const words = fold(query).split(" ").filter(Boolean).map((word) => ` ${word}`);
  const rows: number[] = [];
  for (let row = 0; words.length > 0 && row < names.length && rows.length < limit; row++) {
    if (words.every((word) => names[row].includes(word))) rows.push(row);
  }
  return rows;
}

export const searchSongs = (query: string, limit: number) => rowsWith(foldedNames().songs, query, limit).map(songOf);

// Artists are in the order of their most played songs.
export function searchArtists(query: string, limit: number): FoundArtist[] {
  return rowsWith(foldedNames().artists, query, limit).filter((i) => page.artists[i] !== "").map((i) => artistAt(i));
}
function artistAt(index: number): FoundArtist {
  const rows = rowsBy(index);
  return { name: page.artists[index], songs: rows.length, plays: rows.reduce((sum, row) => sum + plays[row], 0) };
}

// The rows of an artist's songs, the most played first.
function rowsBy(index: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (artistOf[row] === index) rows.push(row);
  return rows;
}
export const songsBy = (artist: string) => rowsBy(page.artists.indexOf(artist)).map(songOf);

// The nearest on the map, the nearest first.
export function nearestTo(row: number, most: number): Song[] {
  const distance = (other: number) => Math.hypot(places[2 * other] - places[2 * row], places[2 * other + 1] - places[2 * row + 1]);
  const near: { row: number; distance: number }[] = [];
  for (let other = 0; other < count; other++) {
    const here = distance(other);
    if (other === row || (near.length === most && here >= near[most - 1].distance)) continue;
    near.push({ row: other, distance: here });
    near.sort((a, b) => a.distance - b.distance);
    near.length = Math.min(near.length, most);
  }
  return near.map((one) => songOf(one.row));
}
