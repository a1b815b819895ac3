// Search for a song or an artist. A song's page lists its nearest neighbours with reasons, and the map flies there.
import { useEffect, useRef } from "preact/hooks";
import { get, path } from "../data/api";
import { map, placeOf, regionName } from "../data/map";
import { remember } from "../data/songs";
import { state, update, updateTaste } from "../data/state";
import type { SimilarSong, SongDetails, Together } from "../data/types";
import { plays, stage } from "../map/canvas";
import { kDone, kNothing, scene, steps } from "../map/scene";
import { Problem } from "../ui/controls";
import { useRequest } from "../ui/hooks";
import { Icon } from "../ui/icons";
import { Disc, SongRow } from "../ui/songlist";
import { SongLinks } from "../ui/links";
import { SongSearch } from "../ui/songsearch";
import { ArtistPage } from "./artist";
import { likeSong, openArtist, openSong, startJourney, startRadio } from "./go";
import { Examples } from "./examples";

const kNeighbours = 24;
const kLabelled = 8;

export function FindPanel() {
  const { q, song, artist } = state.value;
  const page = song || artist;
  const field = useRef<HTMLInputElement | null>(null);
  useEffect(() => {
    // Focus the field only on devices where that does not open an on-screen keyboard.
    if (!page && matchMedia("(hover: hover)").matches) field.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <h1 class="unseen">Search</h1>
      <SongSearch
        label="Search songs and artists"
        placeholder="Songs and artists"
        inline={!page}
        query={q}
        onQuery={(words) => update({ q: words, ...(words && words !== q ? { song: "", artist: "" } : {}) })}
        limit={30}
        fieldRef={field}
        onPick={(picked) => openSong(picked.id)}
        onArtist={openArtist}
      />
      {song ? <Song key={song} id={song} /> : artist ? <ArtistPage key={artist} name={artist} /> : q === "" && <Examples onPick={(picked) => openSong(picked.id)} />}
    </>
  );
}

export function why({ similarity, together }: SimilarSong): string {
  const parts = [`${Math.round(similarity * 100)} % similar`];
  if (together) parts.push(`played together ${times(together.times)}${order(together)}`);
  return parts.join(" · ");
}
const times = (n: number) => (n === 1 ? "once" : n === 2 ? "twice" : `${n.toLocaleString("en")} times`);
function order({ times, after, before }: Together): string {
  const mostly = times === 1 ? "" : "mostly ";
  if (after > 2 * before) return `, ${mostly}after it`;
  if (before > 2 * after) return `, ${mostly}before it`;
  return "";
}

function Song({ id }: { id: string }) {
  const song = useRequest((signal) => get<SongDetails>(`/v1/songs/${path(id)}`, signal), [id]);
  const near = useRequest(
    async (signal) => remember((await get<{ items: SimilarSong[] }>(`/v1/songs/${path(id)}/similar?k=${kNeighbours}`, signal)).items),
    [id],
  );
  const data = map.value;
  useEffect(() => {
    if (!song.value) return;
    remember([song.value]);
    const marks = (near.value ?? []).map((one, i) => ({
      row: one.row, kind: "found" as const, mean: 0, label: i < kLabelled ? one.title : undefined,
    }));
    if (!data) return;
    const here = placeOf(data, song.value.row);
    scene.value = {
      marks: [...marks, { row: song.value.row, kind: "focus", label: song.value.title }],
      means: [], path: [], quiet: true,
    };
    if (near.value) {
      steps.value = kDone;
      stage.value?.play({ found: 500 });
      const close = near.value.slice(0, 12).map((one) => placeOf(data, one.row));
      // The nearest vectors may lie far away on the map, so fit the view to the 70th percentile of distances.
      const distances = close.map((place) => Math.hypot(place.x - here.x, place.y - here.y)).sort((a, b) => a - b);
      const reach = Math.max(distances[Math.floor(distances.length * 0.7)] ?? 0.05, 0.02);
      stage.value?.show([{ x: here.x - reach, y: here.y - reach }, { x: here.x + reach, y: here.y + reach }], 20);
    }
    return () => void (scene.value = kNothing);
  }, [song.value, near.value, data, stage.value]);

  if (song.error) return <Problem text={song.error} />;
  if (!song.value) return <p class="status" role="status">Loading…</p>;
  const one = song.value;
  const region = one.map ? regionName(one.map.cluster) : "";
  const liked = state.value.taste.songs.includes(id);
  return (
    <article class="detail" aria-label={one.title || one.id}>
      <header>
        <Disc song={one} />
        <div>
          <h2 class="big" dir="auto">{one.title || one.id}</h2>
          {one.artist && <button type="button" class="link artist" dir="auto" onClick={() => openArtist(one.artist)}>{one.artist}</button>}
          <p class="facts">
            {plays(one.plays)}{region && <> · <span dir="auto">{region}</span></>}
          </p>
        </div>
      </header>
      {one.tags && one.tags.length > 0 && <ul class="tags">{one.tags.map((tag) => <li key={tag} dir="auto">{tag}</li>)}</ul>}
      <div class="buttons">
        <button type="button" class="primary" aria-pressed={liked} onClick={() => {
          if (liked) updateTaste({ songs: state.value.taste.songs.filter((other) => other !== id) });
          else likeSong(id);
        }}><Icon name="taste" size={18} />{liked ? "In your taste" : "Add to taste"}</button>
        <button type="button" onClick={() => startRadio([id])}><Icon name="radio" size={18} />Radio</button>
        <button type="button" onClick={() => startJourney(id)}><Icon name="journey" size={18} />Journey</button>
      </div>
      <SongLinks song={one} />
      <h3>Nearest neighbours</h3>
      <Problem text={near.error} />
      <ol class="songs" aria-label={`Songs similar to ${one.title}`} aria-busy={near.busy}>
        {near.value?.map((other) => (
          <SongRow key={other.id} song={other} kind="found" note={why(other)}
            onPick={() => openSong(other.id)}
            actions={[{ icon: "taste", label: "Add to taste", onClick: () => likeSong(other.id), disabled: state.value.taste.songs.includes(other.id) }]} />
        ))}
      </ol>
    </article>
  );
}
