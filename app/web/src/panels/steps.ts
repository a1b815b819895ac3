// An order of songs with short steps on the map, for a radio's line that can be followed.
import { placeOf, type MapData } from "../data/map";
import type { Song } from "../data/types";

const kPasses = 8;

// The same songs, beginning near `from`: each time the nearest of those left, then stretches are reversed as long as
// that shortens the way (2-opt). Without a place to begin, near the first song.
export function withShortSteps<T extends Song>(data: MapData | null, from: Song | undefined, songs: T[]): T[] {
  if (!data || songs.length < 3) return songs;
  const apart = (a: Song, b: Song) => {
    const [p, q] = [placeOf(data, a.row), placeOf(data, b.row)];
    return Math.hypot(p.x - q.x, p.y - q.y);
  };
  const left = [...songs];
  const way: T[] = [];
  let at: Song = from ?? songs[0];
  while (left.length > 0) {
    let nearest = 0;
    for (let i = 1; i < left.length; i++) if (apart(at, left[i]) < apart(at, left[nearest])) nearest = i;
    at = left.splice(nearest, 1)[0];
    way.push(at as T);
  }
  for (let pass = 0, better = true; better && pass < kPasses; pass++) {
    better = false;
    for (let i = 0; i < way.length - 1; i++) {
      for (let k = i + 1; k < way.length; k++) {
        const before = i > 0 ? way[i - 1] : from;
        const after = way[k + 1] as T | undefined;
        const now = (before ? apart(before, way[i]) : 0) + (after ? apart(way[k], after) : 0);
        const then = (before ? apart(before, way[k]) : 0) + (after ? apart(way[i], after) : 0);
        if (then >= now - 1e-9) continue;
        way.splice(i, k - i + 1, ...way.slice(i, k + 1).reverse());
        better = true;
      }
    }
  }
  return way;
}
