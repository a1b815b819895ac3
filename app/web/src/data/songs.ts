// A cache of songs, so that each title is requested only once.
import { get, path } from "./api";
import type { Song } from "./types";

const byId = new Map<string, Song>();
const byRow = new Map<number, Song>();
const kRowsAtOnce = 500;
const kRequestsAtOnce = 6;

export function remember<T extends Song>(songs: T[]): T[] {
  for (const song of songs) {
    byId.set(song.id, song);
    byRow.set(song.row, song);
  }
  return songs;
}

export const seenById = (id: string) => byId.get(id);
export const seenByRow = (row: number) => byRow.get(row);

export async function songsOfRows(rows: number[]): Promise<Song[]> {
  const missing = rows.filter((row) => !byRow.has(row));
  for (let i = 0; i < missing.length; i += kRowsAtOnce) {
    const part = missing.slice(i, i + kRowsAtOnce).join(",");
    remember((await get<{ items: Song[] }>(`/v1/songs?rows=${part}`)).items);
  }
  return rows.map((row) => byRow.get(row)).filter((song) => song !== undefined);
}

// The songs of a shared link. Ids that the model does not know, or no longer knows, are skipped.
export async function songsOfIds(ids: string[]): Promise<Song[]> {
  const missing = ids.filter((id) => !byId.has(id));
  await inTurns(missing, async (id) => {
    try {
      remember([await get<Song>(`/v1/songs/${path(id)}`)]);
    } catch (error) {
      if ((error as { status?: number }).status !== 404) throw error;
    }
  });
  return ids.map((id) => byId.get(id)).filter((song) => song !== undefined);
}

// Calls `each` for every item, a few at a time. Stops at the first failure.
export async function inTurns<T>(items: T[], each: (item: T, i: number) => Promise<void>, atOnce = kRequestsAtOnce) {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const i = next++;
      await each(items[i], i);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}

export const nameOf = (song: { title: string; artist: string; id?: string }) =>
  [song.artist, song.title].filter(Boolean).join(" – ") || song.id || "?";
