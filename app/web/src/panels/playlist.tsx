// Radio and journey: a playlist drawn as a line across the map, which can be reordered and saved.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, messageOf, path, post, revision } from "../data/api";
import { map, placeOf } from "../data/map";
import { nameOf, remember, seenById, songsOfIds } from "../data/songs";
import { kStart, state, updatePlaylist } from "../data/state";
import type { Journey, Radio, Song } from "../data/types";
import { kFormats, kMediaTypes, save, writePlaylist } from "../history/playlist";
import { stage } from "../map/canvas";
import { kDone, kNothing, scene, steps, type Mark } from "../map/scene";
import { Problem, Segments, Slider } from "../ui/controls";
import { useRequest } from "../ui/hooks";
import { Icon } from "../ui/icons";
import { SongRow } from "../ui/songlist";
import { SongSearch } from "../ui/songsearch";
import { Reorderable } from "../ui/reorder";

const kLength = 24;
const kLabelled = 40;
const kGrow = 110; // ms per song

// A click on the map picks a seed song of the radio or an end of the journey.
export function takeSong(song: Song) {
  const { playlist } = state.value;
  if (playlist.kind === "radio") {
    const seeds = playlist.seeds.includes(song.id) ? playlist.seeds.filter((id) => id !== song.id) : [...playlist.seeds, song.id];
    updatePlaylist({ seeds, songs: [] });
  } else if (!playlist.from || playlist.to) updatePlaylist({ from: song.id, to: "", songs: [] });
  else updatePlaylist({ to: song.id, songs: [] });
}

export function PlaylistPanel() {
  const { playlist } = state.value;
  const { kind, seeds, from, to, drift, steps: wanted } = playlist;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const removed = useRef(new Set<string>());
  const known = useRequest(() => songsOfIds([...seeds, from, to, ...playlist.songs].filter(Boolean)), [seeds, from, to, playlist.songs]);
  const songs = playlist.songs.map(seenById).filter((song) => song !== undefined);
  const complete = kind === "radio" ? seeds.length > 0 : from !== "" && to !== "";

  const make = async (more: boolean) => {
    const before = more ? playlist.songs : [];
    if (!more) removed.current.clear();
    setBusy(true);
    setError("");
    try {
      const request = kind === "radio"
        ? post<Radio>("/v1/radio", { songs: seeds, length: kLength, drift, ...(more ? { after: [...removed.current, ...before] } : {}) })
        : post<Journey>("/v1/journey", { from, to, steps: wanted === 0 ? "auto" : String(wanted) });
      const items = remember<Song>((await request).items).filter((song) => !removed.current.has(song.id));
      updatePlaylist({ songs: [...before, ...items.map((song) => song.id)] });
    } catch (problem) {
      setError(messageOf(problem));
    } finally {
      setBusy(false);
    }
  };
  // Request the list as soon as its inputs are complete; keep a list that came with the address as it is.
  const inputs = JSON.stringify([kind, seeds, from, to, drift, wanted]);
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
  const title = kind === "radio" ? `Radio: ${seeds.map((id) => seenById(id)).filter((song) => song !== undefined).map(nameOf).join(", ")}` : `Journey: ${first ? nameOf(first) : ""} to ${songs.length ? nameOf(songs[songs.length - 1]) : ""}`;
  const set = (next: Song[]) => updatePlaylist({ songs: next.map((song) => song.id) });

  return (
    <>
      <h1>Playlist</h1>
      <Segments label="Playlist type" value={kind} choices={[{ value: "radio", label: "Radio" }, { value: "journey", label: "Journey" }]}
        onChange={(next) => updatePlaylist({ ...kStart.playlist, kind: next, seeds: next === "radio" ? seeds : [], from: next === "journey" ? (from || seeds[0] || "") : "" })} />
      {kind === "radio" ? (
        <>
          <p class="lead">A playlist that continues from a few seed songs, each song close to the ones before it.</p>
          <SongSearch label="Add a seed song" placeholder="Add a seed song" onPick={(song) => !seeds.includes(song.id) && takeSong(song)} />
          <ul class="songs" aria-label="Seed songs">
            {seeds.map((id) => seenById(id)).filter((song) => song !== undefined).map((song) => (
              <SongRow key={song.id} song={song} kind="played" actions={[{ icon: "close", label: "Remove", onClick: () => takeSong(song) }]} />
            ))}
          </ul>
          {seeds.length > 0 && <Slider label="Drift" value={drift} least={0} most={1} low="Stays close" high="Drifts away" onInput={(value) => updatePlaylist({ drift: value })} />}
        </>
      ) : (
        <>
          <p class="lead">A path from one song to another without big jumps.</p>
          <End label="From" id={from} onSong={(song) => updatePlaylist({ from: song?.id ?? "", songs: [] })} />
          <End label="To" id={to} onSong={(song) => updatePlaylist({ to: song?.id ?? "", songs: [] })} />
          {from && to && (
            <>
              <Slider label="Steps" value={wanted} least={0} most={24} step={1} low="As many as needed" high="24"
                text={(n) => (n === 0 ? "auto" : String(n))} onInput={(n) => updatePlaylist({ steps: n })} />
              <button type="button" class="link" onClick={() => updatePlaylist({ from: to, to: from, songs: [] })}><Icon name="swap" size={16} /> Reverse</button>
            </>
          )}
        </>
      )}
      <Problem text={error || known.error} />
      {(songs.length > 0 || busy) && (
        <section aria-label="Playlist songs">
          <div class="row between">
            <h2>{songs.length} songs</h2>
            <Share />
          </div>
          <Reorderable songs={songs} busy={busy} onOrder={set} onRemove={(song) => {
            removed.current.add(song.id);
            set(songs.filter((one) => one.id !== song.id));
          }} />
          <div class="buttons">
            {kind === "radio" && <button type="button" class="primary" disabled={busy} onClick={() => void make(true)}><Icon name="plus" size={18} />Add more songs</button>}
            {kFormats.map((format) => (
              <button type="button" key={format} aria-label={`Save as ${format.toUpperCase()}`} onClick={() => save(`segue-${kind}.${format}`, kMediaTypes[format], writePlaylist(format, title, songs))}>
                <Icon name="save" size={18} />{format.toUpperCase()}
              </button>
            ))}
          </div>
        </section>
      )}
    </>
  );
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

export function Share() {
  const [message, setMessage] = useState("");
  const share = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      setMessage("Link copied");
    } catch {
      setMessage("Copy the link from the address bar");
    }
  };
  return (
    <span class="row">
      <span class="told" role="status">{message}</span>
      <button type="button" class="link" onClick={() => void share()}><Icon name="share" size={16} /> Share</button>
    </span>
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
    songs.forEach((song, i) => marks.push({ row: song.row, kind: "path", label: i < kLabelled && !marked.has(song.id) ? song.title : undefined }));
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
