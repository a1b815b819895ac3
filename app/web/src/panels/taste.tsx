// Your taste, showing the method step by step: the songs light up, their mean appears (one per interest if there are
// several), and its neighbours are drawn and listed.
import { useEffect, useRef, useState } from "preact/hooks";
import { post } from "../data/api";
import { map, placeOf, toMap } from "../data/map";
import { remember, songsOfIds } from "../data/songs";
import { state, update, updateTaste } from "../data/state";
import type { Interest, Recommendations, RecommendedSong, Song } from "../data/types";
import { stage } from "../map/canvas";
import { kDone, kNothing, scene, steps, type Mark } from "../map/scene";
import { Problem, Segments, Slider, Switch } from "../ui/controls";
import { useRequest } from "../ui/hooks";
import { Icon } from "../ui/icons";
import { SongRow } from "../ui/songlist";
import { SongSearch } from "../ui/songsearch";
import { ImportHistory } from "./import";

const kFound = 30;
const kLabelled = 10;
const kListed = 8; // liked songs shown until the user expands the list
const kSlide = 180; // ms a slider must rest before a request is sent
const kTimes = { lit: 900, mean: 900, found: 1000 };

const without = (ids: string[], id: string) => ids.filter((one) => one !== id);

export function toggleLiked(id: string) {
  const { songs, disliked, excluded } = state.value.taste;
  if (songs.includes(id)) updateTaste({ songs: without(songs, id) });
  else updateTaste({ songs: [...songs, id], disliked: without(disliked, id), excluded: without(excluded, id) });
}

export function TastePanel() {
  const { taste } = state.value;
  const [all, setAll] = useState(false);
  const liked = useRequest(() => songsOfIds([...taste.songs, ...taste.disliked, ...taste.excluded]), [taste.songs, taste.disliked, taste.excluded]);
  const found = useRequest(
    taste.songs.length === 0
      ? null
      : async (signal) => {
          const answer = await post<Recommendations>(
            "/v1/recommendations",
            {
              songs: taste.songs,
              disliked: taste.disliked,
              exclude: taste.excluded,
              k: kFound,
              mode: taste.mode,
              diversity: taste.diversity,
              popularity: taste.popularity,
              interests: taste.several ? "auto" : "1",
              explain: true,
              place: true,
            },
            signal,
          );
          remember(answer.items);
          return answer;
        },
    [taste],
    kSlide,
  );
  const byId = new Map((liked.value ?? []).map((song) => [song.id, song]));
  const songsOf = (ids: string[]) => ids.map((id) => byId.get(id)).filter((song) => song !== undefined);
  const played = songsOf(taste.songs);
  const interests = found.value?.interests ?? [];
  useScene(played.length === taste.songs.length && liked.value ? taste.songs : null, songsOf(taste.disliked).map((song) => song.row), found.value);

  return (
    <>
      <h1>Your taste</h1>
      <p class="lead">Pick songs you like. Their mean on the map is your taste; its nearest neighbours are recommended.</p>
      <SongSearch label="Add a song" placeholder="Add a song you like" onPick={(song) => !taste.songs.includes(song.id) && toggleLiked(song.id)} />
      <ImportHistory onSongs={(songs) => updateTaste({ songs: [...new Set([...taste.songs, ...songs.map((song) => song.id)])] })} />
      <Problem text={liked.error || found.error} />
      {played.length > 0 && (
        <>
          <StepList played={played.length} interests={interests} found={found.value?.items.length ?? 0} />
          <section aria-label="Songs you like">
            <ul class="songs">
              {(all ? played : played.slice(-kListed)).map((song) => (
                <SongRow key={song.id} song={song} kind="played" actions={[{ icon: "close", label: "Remove", onClick: () => updateTaste({ songs: without(taste.songs, song.id) }) }]} />
              ))}
            </ul>
            <div class="row between">
              {played.length > kListed ? (
                <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>{all ? "Show fewer" : `Show all ${played.length}`}</button>
              ) : <span />}
              <button type="button" class="link" onClick={() => updateTaste({ songs: [], disliked: [], excluded: [] })}>Start over</button>
            </div>
          </section>
          <Controls />
          <section aria-label="Recommended">
            <div class="row between">
              <h2>For you</h2>
              <button type="button" class="link" disabled={!found.value?.items.length} onClick={() => {
                update({ view: "playlist", playlist: { ...state.value.playlist, kind: "radio", seeds: taste.songs.slice(-8), songs: [] } }, true);
              }}><Icon name="radio" size={16} /> Start radio</button>
            </div>
            {found.value && found.value.items.length === 0 && <p class="status">No matching songs are left.</p>}
            <ol class="songs" aria-busy={found.busy} data-testid="recommended">
              {found.value?.items.map((song) => <Recommended key={song.id} song={song} />)}
            </ol>
          </section>
        </>
      )}
      <Refused title="Disliked" songs={songsOf(taste.disliked)} kind="disliked" onBack={(id) => updateTaste({ disliked: without(taste.disliked, id) })} />
      <Refused title="Hidden" songs={songsOf(taste.excluded)} onBack={(id) => updateTaste({ excluded: without(taste.excluded, id) })} />
    </>
  );
}

function Recommended({ song }: { song: RecommendedSong }) {
  const { disliked, excluded } = state.value.taste;
  return (
    <SongRow song={song} kind="found" note={song.explanation?.text} actions={[
      { icon: "taste", label: "Like", onClick: () => toggleLiked(song.id) },
      { icon: "dislike", label: "Dislike", onClick: () => updateTaste({ disliked: [...disliked, song.id] }) },
      { icon: "hide", label: "Hide", onClick: () => updateTaste({ excluded: [...excluded, song.id] }) },
    ]} />
  );
}

function Refused({ title, songs, kind, onBack }: { title: string; songs: Song[]; kind?: "disliked"; onBack: (id: string) => void }) {
  if (songs.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul class="songs">
        {songs.map((song) => <SongRow key={song.id} song={song} kind={kind} actions={[{ icon: "close", label: "Undo", onClick: () => onBack(song.id) }]} />)}
      </ul>
    </section>
  );
}

function Controls() {
  const { taste } = state.value;
  return (
    <section class="controls" aria-label="Recommendation settings">
      <Segments label="Songs to recommend" value={taste.mode} onChange={(mode) => updateTaste({ mode })}
        choices={[{ value: "discover", label: "Discover" }, { value: "any", label: "Any song" }]} />
      <Slider label="Diversity" value={taste.diversity} least={0} most={1} low="Best matches" high="Most varied" onInput={(diversity) => updateTaste({ diversity })} />
      <Slider label="Popularity" value={taste.popularity} least={-1} most={1} low="Rarely played" high="Hits" onInput={(popularity) => updateTaste({ popularity })} />
      <Switch label="Treat interests separately" on={taste.several} onChange={(several) => updateTaste({ several })} />
    </section>
  );
}

const count = (n: number, one: string, many = one + "s") => `${n} ${n === 1 ? one : many}`;

function StepList({ played, interests, found }: { played: number; interests: Interest[]; found: number }) {
  const now = steps.value;
  const current = now.lit < 1 ? 0 : now.mean < 1 ? 1 : now.found < 1 ? 2 : 3;
  const means = Math.max(interests.length, 1);
  const texts = [
    `${count(played, "song")} ${played === 1 ? "lights" : "light"} up`,
    `${means === 1 ? `${played === 1 ? "Its" : "Their"} mean appears` : `${means} means appear, one per interest`}`,
    `${count(found, "neighbour")} ${found === 1 ? "is" : "are"} found`,
  ];
  return (
    <section class="steps" aria-label="How it works">
      <ol>
        {texts.map((text, i) => (
          <li key={i} class={current > i ? "done" : current === i ? "now" : ""} aria-current={current === i ? "step" : undefined}>{text}</li>
        ))}
      </ol>
      <button type="button" class="link" onClick={() => stage.value?.play(kTimes)}><Icon name="play" size={16} /> Play steps</button>
      {interests.length > 1 && (
        <ul class="interests" aria-label="Your interests">
          {interests.map((interest) => (
            <li key={interest.medoid.id}>
              <span class="share">{Math.round(interest.weight * 100)} %</span>
              <span dir="auto">around {interest.medoid.artist} – {interest.medoid.title}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

// Draws the songs, their means and the recommendations on the map, and plays the steps when the songs change.
function useScene(songs: string[] | null, disliked: number[], found: Recommendations | null) {
  const shown = useRef("");
  const data = map.value;
  const at = stage.value;
  useEffect(() => {
    if (!data || !songs || songs.length === 0) {
      scene.value = kNothing;
      shown.current = "";
      return;
    }
    let gone = false;
    void songsOfIds(songs).then((played) => {
      if (gone) return;
      const interests = (found?.interests ?? []).filter((interest) => interest.x !== undefined && interest.y !== undefined);
      const means = interests.map((interest) => ({
        ...toMap(data, { x: interest.x!, y: interest.y! }),
        weight: interest.weight,
        label: interests.length > 1 ? `${Math.round(interest.weight * 100)} %` : "your taste",
      }));
      const marks: Mark[] = played.map((song) => {
        const mean = interests.findIndex((interest) => interest.songs.includes(song.id));
        return { row: song.row, kind: "played", label: song.title, mean: mean >= 0 ? mean : undefined };
      });
      (found?.items ?? []).forEach((song, i) => {
        const interest = song.explanation?.interest;
        let mean = interest ? interests.findIndex((one) => one.medoid.id === interest.id) : -1;
        if (mean < 0 && means.length > 0) mean = nearest(means, placeOf(data, song.row));
        marks.push({ row: song.row, kind: "found", mean: mean >= 0 ? mean : undefined, label: i < kLabelled ? song.title : undefined });
      });
      disliked.forEach((row) => marks.push({ row, kind: "disliked" }));
      scene.value = { marks, means, path: [], quiet: true };
      const key = found ? songs.join("\n") : "";
      if (!at || key === "" || key === shown.current) return;
      shown.current = key;
      steps.value = kDone;
      at.show([...marks.map((mark) => placeOf(data, mark.row)), ...means]);
      at.play(kTimes);
    }, () => {});
    return () => {
      gone = true;
    };
  }, [data, at, songs?.join("\n"), disliked.join(), found]);
  useEffect(() => () => void (scene.value = kNothing), []);
}

function nearest(means: { x: number; y: number }[], place: { x: number; y: number }): number {
  const distances = means.map((mean) => Math.hypot(mean.x - place.x, mean.y - place.y));
  return distances.indexOf(Math.min(...distances));
}
