// Radio and journey: a playlist drawn as a line across the map, which can be reordered and saved.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, messageOf, path, revision } from "../data/api";
import { map, placeOf } from "../data/map";
import { nameOf, remember, seenById, songsOfIds } from "../data/songs";
import { kStart, state, updatePlaylist } from "../data/state";
import type { Song } from "../data/types";
import { kFormats, kMediaTypes, save, writePlaylist } from "../history/playlist";
import { stage } from "../map/canvas";
import { kDone, kNothing, scene, steps, type Mark } from "../map/scene";
import { Fold, Problem, Segments, Slider } from "../ui/controls";
import { useRequest } from "../ui/hooks";
import { Icon } from "../ui/icons";
import { PlayButtons } from "../ui/player";
import { Share } from "../ui/share";
import { SongRow } from "../ui/songlist";
import { SongSearch } from "../ui/songsearch";
import { Reorderable } from "../ui/reorder";
import { openArtist } from "./go";
import { journeySongs, radioSongs } from "./make_list";

const kLabelled = 5; // songs of the list with their names on the map: the others have their numbers
const kGrow = 110; // ms per song

// A click on the map picks a seed song of the radio or an end of the journey.
export function takeSong(song: Song) {
  const { playlist } = state.value;
  if (playlist.kind === "radio") {
    const seeds = playlist.seeds.includes(song.id) ? playlist.seeds.filter((id) => id !== song.id) : [...playlist.seeds, song.id];
    updatePlaylist({ seeds, songs: [] });
  } else if (!playlist.from || playlist.to) updatePlaylist({ from: song.id, to: "", via: [], songs: [] });
  else updatePlaylist({ to: song.id, songs: [] });
}

export function PlaylistPanel() {
  const { playlist } = state.value;
  const { kind, seeds, artists, from, to, via, drift, steps: wanted } = playlist;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const [similarity, setSimilarity] = useState(new Map<string, number>()); // of a journey's songs, to the one before
  const removed = useRef(new Set<string>());
  const known = useRequest(() => songsOfIds([...seeds, from, to, ...playlist.songs].filter(Boolean)), [seeds, from, to, playlist.songs]);
  const songs = playlist.songs.map(seenById).filter((song) => song !== undefined);
  const complete = kind === "radio" ? seeds.length + artists.length > 0 : from !== "" && to !== "";

  const make = async (more: boolean) => {
    const before = more ? playlist.songs : [];
    if (!more) removed.current.clear();
    setBusy(true);
    setError("");
    try {
      if (kind === "radio") {
        const items = await radioSongs(playlist, before, [...removed.current]);
        updatePlaylist({ songs: [...before, ...items.map((song) => song.id)] });
      } else {
        const items = await journeySongs(playlist);
        setSimilarity(new Map(items.map((song) => [song.id, song.similarity])));
        updatePlaylist({ songs: items.filter((song) => !removed.current.has(song.id)).map((song) => song.id) });
      }
    } catch (problem) {
      setError(messageOf(problem));
    } finally {
      setBusy(false);
    }
  };
  // Request the list as soon as its inputs are complete; keep a list that came with the address as it is.
  const inputs = JSON.stringify([kind, seeds, artists, from, to, via, drift, wanted]);
  const made = useRef(playlist.songs.length > 0 ? inputs : "");
  useEffect(() => {
    if (!complete || (made.current === inputs && (playlist.songs.length > 0 || error === ""))) return;
    const timer = setTimeout(() => {
      made.current = inputs;
      void make(false);
    }, 200);
    return () => clearTimeout(timer);
  }, [inputs, complete, revision.value]);
  useScene(songs, [...seeds.map(seenById), seenById(from), seenById(to)].filter((song) => song !== undefined), kind);

  const first = songs[0];
  const seedNames = [...artists, ...seeds.map((id) => seenById(id)).filter((song) => song !== undefined).map(nameOf)];
  const title = kind === "radio" ? `Radio: ${seedNames.join(", ")}` : `Journey: ${first ? nameOf(first) : ""} to ${songs.length ? nameOf(songs[songs.length - 1]) : ""}`;
  const weakest = kind === "journey" ? weakestOf(songs, similarity) : undefined;
  // In the order in which the journey passes them.
  const pin = (song: Song) => {
    const next = via.includes(song.id) ? via.filter((id) => id !== song.id) : [...via, song.id];
    updatePlaylist({ via: songs.map((one) => one.id).filter((id) => next.includes(id)) });
  };
  const set = (next: Song[]) => updatePlaylist({ songs: next.map((song) => song.id) });

  return (
    <>
      <h1>Playlist</h1>
      <Segments label="Playlist type" value={kind} choices={[{ value: "radio", label: "Radio" }, { value: "journey", label: "Journey" }]}
        onChange={(next) => updatePlaylist({ ...kStart.playlist, kind: next, seeds: next === "radio" ? seeds : [], artists: next === "radio" ? artists : [], from: next === "journey" ? (from || seeds[0] || "") : "" })} />
      {kind === "radio" ? (
        <>
          {!complete && <p class="lead">A playlist that continues from a few songs or artists, each song close to the ones before it.</p>}
          <SongSearch label="Add a song or an artist" placeholder="Add a song or an artist" onPick={(song) => !seeds.includes(song.id) && takeSong(song)}
            onArtist={(name) => !artists.includes(name) && updatePlaylist({ artists: [...artists, name], songs: [] })} />
          <ul class="songs" aria-label="Seeds">
            {artists.map((name) => (
              <li class="song played" key={name}>
                <button type="button" class="main" onClick={() => openArtist(name)}>
                  <span class="portrait" aria-hidden="true"><Icon name="artist" /></span>
                  <span class="names"><span class="title" dir="auto">{name}</span><span class="artist">Artist</span></span>
                </button>
                <span class="actions">
                  <button type="button" class="plain" title="Remove" aria-label={`Remove: ${name}`} onClick={() => updatePlaylist({ artists: artists.filter((one) => one !== name), songs: [] })}>
                    <Icon name="close" size={18} />
                  </button>
                </span>
              </li>
            ))}
            {seeds.map((id) => seenById(id)).filter((song) => song !== undefined).map((song) => (
              <SongRow key={song.id} song={song} kind="played" actions={[{ icon: "close", label: "Remove", onClick: () => takeSong(song) }]} />
            ))}
          </ul>
        </>
      ) : (
        <>
          {!complete && <p class="lead">A path from one song to another without big jumps.</p>}
          <End label="From" id={from} onSong={(song) => updatePlaylist({ from: song?.id ?? "", via: [], songs: [] })} />
          <End label="To" id={to} onSong={(song) => updatePlaylist({ to: song?.id ?? "", via: [], songs: [] })} />
        </>
      )}
      <Problem text={error || known.error} />
      {(songs.length > 0 || busy) && (
        <section class="stack" aria-label="Playlist songs">
          <div class="row between">
            <h2>{songs.length} songs</h2>
            <Share />
          </div>
          <div class="buttons small">
            <PlayButtons songs={songs} />
            {kFormats.map((format) => (
              <button type="button" key={format} aria-label={`Save as ${format.toUpperCase()}`} onClick={() => save(`segue-${kind}.${format}`, kMediaTypes[format], writePlaylist(format, title, songs))}>
                <Icon name="save" size={18} />{format.toUpperCase()}
              </button>
            ))}
          </div>
          {weakest && <p class="status">The weakest step leads to {weakest.title || weakest.id}. Pin a song that you like: the journey then passes it.</p>}
          <Reorderable songs={songs} busy={busy} onOrder={set}
            chipOf={(song, i) => {
              if (kind === "radio" || i === 0 || !similarity.has(song.id)) return "";
              return `${Math.round(similarity.get(song.id)! * 100)} % similar${song === weakest ? " · weakest step" : ""}`;
            }}
            actionsOf={(song, i) => (kind === "journey" && i > 0 && i < songs.length - 1 ? [{
              icon: "pin", label: via.includes(song.id) ? "Unpin" : "Pin", pressed: via.includes(song.id), onClick: () => pin(song),
            }] : [])}
            onRemove={(song) => {
              removed.current.add(song.id);
              if (via.includes(song.id)) updatePlaylist({ via: via.filter((id) => id !== song.id) });
              set(songs.filter((one) => one.id !== song.id));
            }} />
          {kind === "radio" && <div class="buttons"><button type="button" class="primary" disabled={busy} onClick={() => void make(true)}><Icon name="plus" size={18} />Add more songs</button></div>}
        </section>
      )}
      {complete && (
        <Fold title="Settings">
          {kind === "radio" ? (
            <Slider label="Drift" value={drift} least={0} most={1} low="Stays close" high="Drifts away" onInput={(value) => updatePlaylist({ drift: value })} />
          ) : (
            <>
              <Slider label="Steps" value={wanted} least={0} most={24} step={1} low="As many as needed" high="24"
                text={(n) => (n === 0 ? "auto" : String(n))} onInput={(n) => updatePlaylist({ steps: n })} />
              <button type="button" class="link" onClick={() => updatePlaylist({ from: to, to: from, via: [...via].reverse(), songs: [] })}><Icon name="swap" size={16} /> Reverse</button>
            </>
          )}
        </Fold>
      )}
    </>
  );
}

// The song that is least like the one before it.
function weakestOf(songs: Song[], similarity: Map<string, number>): Song | undefined {
  const steps = songs.slice(1).filter((song) => similarity.has(song.id));
  if (steps.length < 2) return undefined;
  return steps.reduce((least, song) => (similarity.get(song.id)! < similarity.get(least.id)! ? song : least));
}

function End({ label, id, onSong }: { label: string; id: string; onSong: (song: Song | null) => void }) {
  const song = useRequest(id ? async (signal) => remember([seenById(id) ?? (await get<Song>(`/v1/songs/${path(id)}`, signal))])[0] : null, [id]);
  return (
    <div class="end">
      <span class="end-label" aria-hidden="true">{label}</span>
      {song.value ? (
        <ul class="songs" aria-label={label}><SongRow song={song.value} kind="played" actions={[{ icon: "close", label: "Change", onClick: () => onSong(null) }]} /></ul>
      ) : (
        <SongSearch label={label} placeholder={label === "From" ? "First song" : "Last song"} onPick={onSong} />
      )}
      <Problem text={song.error} />
    </div>
  );
}

function useScene(songs: Song[], ends: Song[], kind: "radio" | "journey") {
  const data = map.value;
  const at = stage.value;
  const drawn = useRef<string[]>([]);
  useEffect(() => {
    if (!data || !at) return;
    const inList = new Set(songs.map((song) => song.id));
    // The ends of a journey are also in its list: highlight them, label them first, and label them only once.
    const marked = new Set<string>();
    const marks: Mark[] = ends.filter((song) => !inList.has(song.id) || kind === "journey").map((song) => {
      marked.add(song.id);
      return { row: song.row, kind: "played", label: song.title };
    });
    songs.forEach((song, i) => {
      const named = i < kLabelled || i === songs.length - 1;
      marks.push({ row: song.row, kind: "path", number: i + 1, label: named && !marked.has(song.id) ? song.title : undefined });
    });
    if (marks.length === 0) {
      scene.value = kNothing;
      return;
    }
    // A radio's line starts at its seed song.
    const path = songs.map((song) => song.row);
    if (kind === "radio" && ends.length === 1 && path.length > 0) path.unshift(ends[0].row);
    scene.value = { marks, means: [], path, quiet: true };
    const ids = songs.map((song) => song.id);
    const before = drawn.current;
    drawn.current = ids;
    const grown = ids.filter((id) => !before.includes(id)).length;
    if (grown === 0 && before.length > 0) {
      steps.value = kDone;
      return;
    }
    at.show(marks.map((mark) => placeOf(data, mark.row)));
    at.play({ path: Math.min(ids.length * kGrow, 3500) });
  }, [data, at, kind, songs.map((song) => song.id).join("\n"), ends.map((song) => song.id).join("\n")]);
  useEffect(() => () => void (scene.value = kNothing), []);
}
