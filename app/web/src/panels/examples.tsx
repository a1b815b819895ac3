// Three songs to try.
import { map } from "../data/map";
import { songsOfRows } from "../data/songs";
import type { Song } from "../data/types";
import { useRequest } from "../ui/hooks";
import { SongRow } from "../ui/songlist";

const kCandidates = 40; // of the most played songs
const kExamples = 3;

// Well-known songs of different artists and regions of the map.
function examplesOf(songs: Song[]): Song[] {
  const region = (song: Song) => map.peek()?.region[song.row] ?? -1;
  const picked: Song[] = [];
  for (const unlike of [true, false]) {
    for (const song of songs) {
      if (picked.length === kExamples || song.title === "") continue;
      const near = (other: Song) => other.artist === song.artist || (unlike && region(other) === region(song));
      if (!picked.includes(song) && !picked.some(near)) picked.push(song);
    }
  }
  return picked;
}

export function Examples({ onPick }: { onPick: (song: Song) => void }) {
  const data = map.value;
  const songs = useRequest(data ? () => songsOfRows(Array.from({ length: Math.min(kCandidates, data.n) }, (_, row) => row)) : null, [data?.n]);
  if (!songs.value) return null;
  return (
    <section class="examples" aria-label="Examples">
      <p class="lead">Or try one of these:</p>
      <ul class="songs">
        {examplesOf(songs.value).map((song) => <SongRow key={song.id} song={song} plain onPick={() => onPick(song)} />)}
      </ul>
    </section>
  );
}
