// Where to begin: one search, and three songs to try. On the first screen, and wherever nothing is chosen yet.
import type { Song } from "../data/types";
import { SongSearch } from "../ui/songsearch";
import { Examples } from "./examples";
import { openArtist } from "./go";

export function Start({ label, onPick }: { label: string; onPick: (song: Song) => void }) {
  return (
    <>
      <SongSearch label={label} placeholder="A song or an artist you like" onPick={onPick} onArtist={openArtist} />
      <Examples onPick={onPick} />
    </>
  );
}
