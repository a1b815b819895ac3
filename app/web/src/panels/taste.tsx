// Your taste in two modes. "Alike" shows the method step by step: the songs light up, their mean appears (one per
// interest if there are several), and its nearest neighbours are drawn and listed; the order of the songs has no say.
// "What comes next" asks the blend what follows the songs in their order.
import { useEffect, useRef, useState } from "preact/hooks";
import { post } from "../data/api";
import { map, placeOf, toMap } from "../data/map";
import { remember, songsOfIds } from "../data/songs";
import { state, update, updateTaste, type Taste } from "../data/state";
import type { Interest, Recommendations, RecommendedSong, Song } from "../data/types";
import { stage } from "../map/canvas";
import { kDone, kNothing, scene, steps, type Mark } from "../map/scene";
import { Fold, Problem, Segments, Slider, Switch } from "../ui/controls";
import { useRequest } from "../ui/hooks";
import { Icon } from "../ui/icons";
import { Share } from "../ui/share";
import { SongRow } from "../ui/songlist";
import { SongSearch } from "../ui/songsearch";
import { likeSong, likeSongs, openArtist, openSong } from "./go";
import { ImportHistory } from "./import";
import { Examples } from "./examples";

const kFound = 30;
const kLabelled = 10;
const kListed = 8; // liked songs shown until the user expands the list
const kSlide = 180; // ms a slider must rest before a request is sent
const kTimes = { lit: 900, mean: 900, found: 1000 };
const kModes = [{ value: "alike", label: "Alike" }, { value: "next", label: "What comes next" }] as const;
const kLeads: Record<Taste["by"], string> = {
  alike: "Nearest to their mean",
  next: "After these, in this order",
};

const without = (ids: string[], id: string) => ids.filter((one) => one !== id);

// Near the mean without any rule that would leave out a neighbour; the blend with the rules of lists.
function requestOf(taste: Taste) {
  const { songs, disliked, excluded, mode, diversity, popularity, several } = taste;
  const rules = taste.by === "alike" ? { by: "vectors", artist_cap: 0, artist_gap: 0, fold_versions: false } : { by: "blend" };
  return {
    songs, disliked, exclude: excluded, k: kFound, mode, diversity, popularity, interests: several ? "auto" : "1", ...rules,
    explain: true, place: true,
  };
}

export function TastePanel() {
  const { taste } = state.value;
  const liked = useRequest(() => songsOfIds([...taste.songs, ...taste.disliked, ...taste.excluded]), [taste.songs, taste.disliked, taste.excluded]);
  const found = useRequest(
    taste.songs.length === 0
      ? null
      : async (signal) => {
          const answer = await post<Recommendations>("/v1/recommendations", requestOf(taste), signal);
          remember(answer.items);
          return { ...answer, by: taste.by }; // what is shown belongs to this request, not to the next
        },
    [taste],
    kSlide,
  );
  const byId = new Map((liked.value ?? []).map((song) => [song.id, song]));
  const songsOf = (ids: string[]) => ids.map((id) => byId.get(id)).filter((song) => song !== undefined);
  const played = songsOf(taste.songs);
  useScene(played.length === taste.songs.length && liked.value ? taste.songs : null, songsOf(taste.disliked).map((song) => song.row), found.value);

  return (
    <>
      <h1>Your taste</h1>
      {taste.songs.length === 0 && <p class="lead">Pick songs you like: their mean on the map is your taste.</p>}
      <SongSearch label="Add a song" placeholder="Add a song you like" onPick={(song) => likeSong(song.id)} onArtist={openArtist} />
      {taste.songs.length === 0 && <Examples onPick={(song) => likeSong(song.id)} />}
      <Problem text={liked.error || found.error} />
      {played.length > 0 && (
        <>
          <Played songs={played} by={taste.by} />
          <Segments label="What to recommend" value={taste.by} choices={kModes} onChange={(by) => updateTaste({ by })} />
          <section aria-label="Recommended">
            <div class="row between">
              <p class="lead small">{kLeads[taste.by]}</p>
              <button type="button" class="link" disabled={!found.value?.items.length} onClick={() => {
                update({ view: "playlist", playlist: { ...state.value.playlist, kind: "radio", seeds: taste.songs.slice(-8), artists: [], songs: [] } }, true);
              }}><Icon name="radio" size={16} /> Radio</button>
              <Share />
            </div>
            {found.value && found.value.items.length === 0 && <p class="status">No matching songs are left.</p>}
            <ol class="songs" aria-busy={found.busy} data-testid="recommended">
              {found.value?.items.map((song, i) => <Recommended key={song.id} song={song} number={i + 1} by={found.value!.by} />)}
            </ol>
          </section>
          {found.value && <StepList played={played.length} found={found.value} />}
          <Controls />
        </>
      )}
      <ImportHistory onSongs={(songs) => likeSongs(songs.map((song) => song.id))} />
      <Refused title="Disliked" songs={songsOf(taste.disliked)} kind="disliked" onBack={(id) => updateTaste({ disliked: without(taste.disliked, id) })} />
      <Refused title="Hidden" songs={songsOf(taste.excluded)} onBack={(id) => updateTaste({ excluded: without(taste.excluded, id) })} />
    </>
  );
}

// The songs as chips, so that what they lead to is on the same screen. Numbered where their order counts.
function Played({ songs, by }: { songs: Song[]; by: Taste["by"] }) {
  const [all, setAll] = useState(false);
  const { taste } = state.value;
  const from = all ? 0 : Math.max(0, songs.length - kListed);
  return (
    <section aria-label="Songs you like">
      <ol class="chosen" data-testid="liked">
        {songs.slice(from).map((song, i) => (
          <li key={song.id}>
            <button type="button" class="name" title={song.artist} dir="auto" onClick={() => openSong(song.id)}>
              {by === "next" && <span class="number">{from + i + 1}</span>}{song.title || song.id}
            </button>
            <button type="button" class="plain" aria-label={`Remove: ${song.title || song.id}`} onClick={() => updateTaste({ songs: without(taste.songs, song.id) })}>
              <Icon name="close" size={14} />
            </button>
          </li>
        ))}
        {songs.length > kListed && (
          <li><button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>{all ? "Show fewer" : `Show all ${songs.length}`}</button></li>
        )}
        <li><button type="button" class="link" onClick={() => updateTaste({ songs: [], disliked: [], excluded: [] })}>Start over</button></li>
      </ol>
    </section>
  );
}

// Near the mean the reason is the same for all, so it says how near.
function chipOf(song: RecommendedSong, by: Taste["by"]): string | undefined {
  const [first] = song.explanation?.reasons ?? [];
  return first && (by === "alike" ? `${Math.round(song.similarity * 100)} % · ${first.text}` : first.text);
}

function Recommended({ song, number, by }: { song: RecommendedSong; number: number; by: Taste["by"] }) {
  const { disliked, excluded } = state.value.taste;
  return (
    <SongRow song={song} number={number} kind="found" chip={chipOf(song, by)} note={<Why song={song} />} actions={[
      { icon: "taste", label: "Like", onClick: () => likeSong(song.id) },
      { icon: "dislike", label: "Dislike", onClick: () => updateTaste({ disliked: [...disliked, song.id] }) },
      { icon: "hide", label: "Hide", onClick: () => updateTaste({ excluded: [...excluded, song.id] }) },
    ]} />
  );
}

// All that lifted its score, with the shares.
export function Why({ song }: { song: RecommendedSong }) {
  const why = song.explanation;
  if (!why) return null;
  return (
    <>
      {why.reasons.length > 1 && <span class="shares">{why.reasons.map((reason) => `${Math.round(reason.share * 100)} % ${reason.text}`).join(" · ")}. </span>}
      {why.text}
    </>
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
    <Fold title="Settings">
      <section class="controls" aria-label="Recommendation settings">
        <Segments label="Songs to recommend" value={taste.mode} onChange={(mode) => updateTaste({ mode })}
          choices={[{ value: "discover", label: "Discover" }, { value: "any", label: "Any song" }]} />
        <Slider label="Diversity" value={taste.diversity} least={0} most={1} low="Best matches" high="Most varied" onInput={(diversity) => updateTaste({ diversity })} />
        <Slider label="Popularity" value={taste.popularity} least={-1} most={1} low="Rarely played" high="Hits" onInput={(popularity) => updateTaste({ popularity })} />
        <Switch label="Treat interests separately" on={taste.several} onChange={(several) => updateTaste({ several })} />
      </section>
    </Fold>
  );
}

const count = (n: number, one: string, many = one + "s") => `${n} ${n === 1 ? one : many}`;
type Found = Recommendations & { by: Taste["by"] };

// The steps of "Alike"; the interests in both modes, where they are several.
function StepList({ played, found }: { played: number; found: Found }) {
  const now = steps.value;
  const interests = found.interests ?? [];
  const current = now.lit < 1 ? 0 : now.mean < 1 ? 1 : now.found < 1 ? 2 : 3;
  const means = Math.max(interests.length, 1);
  const texts = [
    `${count(played, "song")} ${played === 1 ? "lights" : "light"} up`,
    `${means === 1 ? `${played === 1 ? "Its" : "Their"} mean appears` : `${means} means appear, one per interest`}`,
    `${count(found.items.length, "neighbour")} ${found.items.length === 1 ? "is" : "are"} found`,
  ];
  if (found.by === "next" && interests.length < 2) return null;
  return (
    <section class="steps" aria-label="How it works">
      {found.by === "alike" && (
        <>
          <ol>
            {texts.map((text, i) => (
              <li key={i} class={current > i ? "done" : current === i ? "now" : ""} aria-current={current === i ? "step" : undefined}>{text}</li>
            ))}
          </ol>
          <button type="button" class="link" onClick={() => stage.value?.play(kTimes)}><Icon name="play" size={16} /> Play steps</button>
        </>
      )}
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

// The mean that found a song: that of the interest it serves, or the only one. What the blend picked is near no mean.
function meanOf(song: RecommendedSong, interests: Interest[], by: Taste["by"]): number | undefined {
  if (by === "next") return undefined;
  const served = song.explanation?.interest;
  if (!served) return interests.length === 1 ? 0 : undefined;
  const mean = interests.findIndex((one) => one.medoid.id === served.id);
  return mean < 0 ? undefined : mean;
}

// Draws the songs, their means and the recommendations on the map, and plays the steps when the songs change.
function useScene(songs: string[] | null, disliked: number[], found: Found | null) {
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
      const alike = found?.by === "alike";
      const interests = (found?.interests ?? []).filter((interest) => interest.x !== undefined && interest.y !== undefined);
      const means = (alike ? interests : []).map((interest) => ({
        ...toMap(data, { x: interest.x!, y: interest.y! }),
        weight: interest.weight,
        label: interests.length > 1 ? `${Math.round(interest.weight * 100)} %` : "your taste",
      }));
      const marks: Mark[] = played.map((song, i) => {
        const mean = alike ? interests.findIndex((interest) => interest.songs.includes(song.id)) : -1;
        return { row: song.row, kind: "played", label: song.title, mean: mean >= 0 ? mean : undefined, number: alike ? undefined : i + 1 };
      });
      (found?.items ?? []).forEach((song, i) => {
        marks.push({ row: song.row, kind: "found", mean: meanOf(song, interests, found!.by), label: i < kLabelled ? song.title : undefined });
      });
      disliked.forEach((row) => marks.push({ row, kind: "disliked" }));
      scene.value = { marks, means, path: alike ? [] : played.map((song) => song.row), quiet: true };
      const key = found ? [found.by, ...songs].join("\n") : "";
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
