// Matches songs of a history with the server's catalogue, using its search. Only artist and title are sent.
import { get, path } from "../data/api";
import { inTurns, remember } from "../data/songs";
import type { Song } from "../data/types";
import { fold, type Heard } from "./parse";

const plain = (title: string) => fold(title.replace(/\s*[([].*?[)\]]/g, "").replace(/\s+-\s+.*$/, ""));

// The titles are equal and one artist's name contains the other: "A" matches "A, B".
function fits(heard: Heard, song: Song): boolean {
  const [mine, theirs] = [fold(heard.artist), fold(song.artist)];
  if (!` ${theirs} `.includes(` ${mine} `) && !` ${mine} `.includes(` ${theirs} `)) return false;
  return plain(heard.title) === plain(song.title);
}

export async function matchHistory(heard: Heard[], progress: (done: number) => void): Promise<(Song | null)[]> {
  const found: (Song | null)[] = heard.map(() => null);
  let done = 0;
  await inTurns(heard, async (one, i) => {
    const words = `${one.artist} ${one.title.replace(/\s*[([].*?[)\]]/g, "")}`;
    const { items } = await get<{ items: Song[] }>(`/v1/songs?limit=8&q=${path(words)}`);
    found[i] = remember(items).find((song) => fits(one, song)) ?? null;
    progress(++done);
  });
  return found;
}
