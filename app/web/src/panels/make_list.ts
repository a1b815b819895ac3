// Asks the server for the songs of a radio or of a journey.
import { post } from "../data/api";
import { map } from "../data/map";
import { remember, seenById } from "../data/songs";
import type { Playlist } from "../data/state";
import type { Journey, JourneySong, Radio, Song } from "../data/types";
import { withShortSteps } from "./steps";

const kLength = 24;

// `after`: the songs so far; `barred`: those that must not come back.
export async function radioSongs({ seeds, artists, drift }: Playlist, after: string[], barred: string[]): Promise<Song[]> {
  const start = artists.length === 0 ? { songs: seeds } : { seeds: [...artists.map((name) => `artist:${name}`), ...seeds] };
  const played = [...barred, ...after];
  const { items } = await post<Radio>("/v1/radio", { ...start, length: kLength, drift, ...(played.length > 0 ? { after: played } : {}) });
  const from = after.length > 0 ? seenById(after[after.length - 1]) : seenById(seeds[0] ?? "");
  return withShortSteps(map.peek(), from, remember<Song>(items).filter((song) => !barred.includes(song.id)));
}

// From one song to the other, through those in `via`: a journey for each leg, no song twice.
export async function journeySongs({ from, to, via, steps }: Playlist): Promise<JourneySong[]> {
  const stops = [from, ...via.filter((id) => id !== from && id !== to), to];
  const legs = stops.length - 1;
  const way: JourneySong[] = [];
  for (let leg = 0; leg < legs; leg++) {
    const count = steps === 0 ? "auto" : String(Math.max(1, Math.round(steps / legs)));
    const { items } = await post<Journey>("/v1/journey", { from: stops[leg], to: stops[leg + 1], steps: count });
    const seen = new Set(way.map((song) => song.id));
    way.push(...items.filter((song) => !seen.has(song.id) && !(leg < legs - 1 && song.id === to)));
  }
  return remember(way);
}
