// The map as a page of its own: the app's map, search, topics and legend on the songs in its document.
import { batch } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { map, placeOf, regionName, regions, scaled, toMap } from "../data/map";
import { remember } from "../data/songs";
import { followAddress, state, update } from "../data/state";
import type { Song } from "../data/types";
import { MapCanvas, noWebGl, plays, stage } from "../map/canvas";
import { kNothing, scene } from "../map/scene";
import { kHome } from "../map/view";
import { Examples } from "../panels/examples";
import { Legend } from "../panels/legend";
import { Topics } from "../panels/topics";
import { Disc, SongRow } from "../ui/songlist";
import { SongSearch } from "../ui/songsearch";
import { Sheet, type SheetSize } from "../ui/sheet";
import { ThemeSwitch } from "../ui/theme";
import "../style/app.css";
import "../style/map_page.css";
import { count, nearestTo, page, places, region, songOf, songsBy } from "./catalogue";
import { show } from "./frame";

const kNear = 12;
const kMarked = 300;

function take() {
  const unit = page.width / 65535;
  const [x, y] = [new Float32Array(count), new Float32Array(count)];
  for (let i = 0; i < count; i++) {
    x[i] = page.left + places[2 * i] * unit;
    y[i] = page.bottom + places[2 * i + 1] * unit;
  }
  const data = scaled(x, y, region);
  batch(() => {
    regions.value = page.regions.map((one) => ({ ...one, ...toMap(data, one) }));
    map.value = data;
  });
}

const openSong = (song: Song) => update({ song: song.id, artist: "" }, true);
const openArtist = (artist: string) => update({ artist, song: "" }, true);
const close = () => update({ song: "", artist: "" }, true);

function Page() {
  const body = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<SheetSize>("half");
  const { song, artist } = state.value;
  const row = /^\d+$/.test(song) && Number(song) < count ? Number(song) : -1;
  useEffect(() => followAddress((camera) => stage.value?.fly(camera ?? { ...kHome })), []);
  useEffect(() => {
    body.current?.scrollTo(0, 0);
    if (size === "peek" && (row >= 0 || artist)) setSize("half");
  }, [row, artist]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || (event.target as HTMLElement).closest("input[type=text]") || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      setSize((now) => (now === "peek" ? "half" : now));
      requestAnimationFrame(() => body.current?.querySelector<HTMLInputElement>("[role=combobox]")?.focus());
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <div class={`app alone ${noWebGl.value ? "no-map" : ""}`}>
      <a class="skip" href="#panel" onClick={(event) => {
        event.preventDefault();
        body.current?.focus();
      }}>Skip to panel</a>
      <main>
        <MapCanvas onPick={openSong} hint="" />
        <Sheet label="Songs" size={size} onSize={setSize} body={body}>
          <h1>{count.toLocaleString("en")} songs</h1>
          <p class="lead">
            {page.songs > count && `The most played of ${page.songs.toLocaleString("en")}. `}Songs played in similar contexts lie close together.
          </p>
          <SongSearch label="Search songs and artists" placeholder="A song or an artist" onPick={openSong} onArtist={openArtist} />
          {noWebGl.value && <p class="problem">This browser cannot draw the map because it lacks WebGL 2. The list below shows the same songs.</p>}
          {row >= 0 ? <OneSong key={row} song={songOf(row)} /> : artist ? <Artist key={artist} name={artist} /> : <Examples onPick={openSong} />}
          <Topics />
          <Legend onPick={openSong} />
        </Sheet>
        <ThemeSwitch />
      </main>
    </div>
  );
}

// Marks songs on the map as long as they are listed, and moves there.
function useMarks(focus: Song | null, found: Song[]) {
  const data = map.value;
  useEffect(() => {
    if (!data) return;
    const marks = found.slice(0, kMarked).map((one, i) => ({ row: one.row, kind: "found" as const, label: i < kNear ? one.title : undefined }));
    scene.value = {
      ...kNothing, quiet: true, marks: focus ? [...marks, { row: focus.row, kind: "focus", label: focus.title || focus.artist }] : marks,
    };
    stage.value?.show([...(focus ? [focus] : []), ...found.slice(0, kMarked)].map((one) => placeOf(data, one.row)), 20);
    return () => void (scene.value = kNothing);
  }, [data, stage.value]);
}

function OneSong({ song }: { song: Song }) {
  const [near] = useState(() => remember(nearestTo(song.row, kNear)));
  useMarks(song, near);
  const around = map.value ? regionName(map.value.region[song.row]) : "";
  return (
    <article class="detail" aria-label={song.title || song.artist}>
      <header>
        <Disc song={song} />
        <div>
          <h2 class="big" dir="auto">{song.title || song.artist}</h2>
          {song.artist && <button type="button" class="link artist" dir="auto" onClick={() => openArtist(song.artist)}>{song.artist}</button>}
          <p class="facts">{plays(song.plays)}{around && <> · <span dir="auto">{around}</span></>}</p>
        </div>
      </header>
      <h3>Nearest on the map</h3>
      <ol class="songs" aria-label="Nearest on the map">{near.map((one) => <SongRow key={one.id} song={one} plain onPick={() => openSong(one)} />)}</ol>
      <button type="button" class="link" onClick={close}>Back to all songs</button>
    </article>
  );
}

function Artist({ name }: { name: string }) {
  const [songs] = useState(() => remember(songsBy(name)));
  useMarks(null, songs);
  return (
    <article class="detail" aria-label={name}>
      <h2 class="big" dir="auto">{name}</h2>
      <ol class="songs" aria-label="Songs">
        {songs.slice(0, kMarked).map((one) => <SongRow key={one.id} song={one} plain note={plays(one.plays)} onPick={() => openSong(one)} />)}
      </ol>
      <button type="button" class="link" onClick={close}>Back to all songs</button>
    </article>
  );
}

take();
show(<Page />);
