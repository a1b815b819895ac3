// An artist: the most played songs, and the artists most like them.
import { useEffect } from "preact/hooks";
import { get, path } from "../data/api";
import { map, placeOf } from "../data/map";
import { remember } from "../data/songs";
import { state } from "../data/state";
import type { Artist } from "../data/types";
import { plays, stage } from "../map/canvas";
import { kDone, kNothing, scene, steps } from "../map/scene";
import { Problem } from "../ui/controls";
import { useRequest } from "../ui/hooks";
import { Icon } from "../ui/icons";
import { SongRow } from "../ui/songlist";
import { likeSong, likeSongs, openArtist, openSong, startRadio } from "./go";

const kSongs = 20;
const kSimilar = 12;
const kLiked = 5;
const kLabelled = 8;

export function ArtistPage({ name }: { name: string }) {
  const artist = useRequest(async (signal) => {
    const found = await get<Artist>(`/v1/artists/${path(name)}?k=${kSongs}&similar=${kSimilar}`, signal);
    remember(found.items);
    return found;
  }, [name]);
  const data = map.value;
  const at = stage.value;
  const one = artist.value;
  useEffect(() => {
    if (!one || !data) return;
    scene.value = {
      marks: one.items.map((song, i) => ({ row: song.row, kind: "found", label: i < kLabelled ? song.title : undefined })),
      means: [], path: [], quiet: true,
    };
    steps.value = kDone;
    at?.show(one.items.map((song) => placeOf(data, song.row)));
    return () => void (scene.value = kNothing);
  }, [one, data, at]);

  if (artist.error) return <Problem text={artist.error} />;
  if (!one) return <p class="status" role="status">Loading…</p>;
  const liked = one.items.slice(0, kLiked).map((song) => song.id);
  const { songs } = state.value.taste;
  return (
    <article class="detail" aria-label={one.name}>
      <header>
        <span class="portrait" aria-hidden="true"><Icon name="artist" size={26} /></span>
        <div>
          <h2 class="big" dir="auto">{one.name}</h2>
          <p class="facts">{one.songs === 1 ? "1 song" : `${one.songs.toLocaleString("en")} songs`} · {plays(one.plays)}</p>
        </div>
      </header>
      <div class="buttons">
        <button type="button" class="primary" onClick={() => startRadio([], [one.name])}><Icon name="radio" size={18} />Radio</button>
        <button type="button" disabled={liked.every((id) => songs.includes(id))} onClick={() => likeSongs(liked)}>
          <Icon name="taste" size={18} />{liked.length === 1 ? "Add the song to your taste" : `Add ${liked.length} songs to your taste`}
        </button>
      </div>
      <h3>Most played</h3>
      <ol class="songs" aria-label={`Songs by ${one.name}`}>
        {one.items.map((song) => (
          <SongRow key={song.id} song={song} note={plays(song.plays)} onPick={() => openSong(song.id)}
            actions={[{ icon: "taste", label: "Add to taste", onClick: () => likeSong(song.id), disabled: songs.includes(song.id) }]} />
        ))}
      </ol>
      {one.similar.length > 0 && (
        <>
          <h3>Nearest artists</h3>
          <ul class="artists" aria-label={`Artists like ${one.name}`}>
            {one.similar.map((other) => (
              <li key={other.name}>
                <button type="button" onClick={() => openArtist(other.name)}>
                  <span dir="auto">{other.name}</span>
                  <span class="count">{Math.round(other.similarity * 100)} %</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </article>
  );
}
