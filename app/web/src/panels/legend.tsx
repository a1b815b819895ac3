// The legend, folded until it is wanted: it explains and filters the colours, and lists the songs of each entry for people
// who cannot or do not want to use the canvas.
import { useState } from "preact/hooks";
import { legend, map, tags, type LegendEntry } from "../data/map";
import { songsOfRows } from "../data/songs";
import { kColourings, kStart, state, update, type Colouring } from "../data/state";
import type { Song } from "../data/types";
import { noWebGl, plays, stage } from "../map/canvas";
import { Fold, Segments } from "../ui/controls";
import { useRequest } from "../ui/hooks";
import { Icon } from "../ui/icons";
import { SongRow } from "../ui/songlist";

const kSongsListed = 40;
const kEntries = 16; // legend entries shown until the user expands the list
const kNames: Record<Colouring, string> = { region: "Region", tag: "Tag", popularity: "Popularity" };

type OnPick = (song: Song) => void;

export function Legend({ onPick }: { onPick: OnPick }) {
  const shown = legend.value;
  const off = state.value.off;
  const colouring = shown?.colouring ?? "region";
  const [all, setAll] = useState(false);
  const listed = shown ? (all || noWebGl.value || shown.entries.length <= kEntries + 4 ? shown.entries : shown.entries.slice(0, kEntries)) : [];
  return (
    <Fold title="Colours and regions" open={noWebGl.value || colouring !== kStart.colour || off.length > 0}>
      <Segments
        label="Colour songs by"
        value={colouring}
        choices={kColourings.filter((value) => value !== "tag" || tags.value).map((value) => ({ value, label: kNames[value] }))}
        onChange={(colour) => update({ colour, off: [] })}
      />
      {shown && (
        <section aria-label="Legend">
          <div class="row between">
            <h2>{kNames[colouring]}</h2>
            <button type="button" class="link" disabled={off.length === 0} onClick={() => update({ off: [] })}>Show all</button>
          </div>
          <ul class="legend">
            {listed.map((entry) => <Entry key={`${colouring} ${entry.category}`} entry={entry} all={shown.entries} off={off} onPick={onPick} />)}
          </ul>
          {shown.entries.length > kEntries + 4 && (
            <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
              {all ? "Show fewer" : `Show all ${shown.entries.length}`}
            </button>
          )}
        </section>
      )}
    </Fold>
  );
}

function Entry({ entry, all, off, onPick }: { entry: LegendEntry; all: LegendEntry[]; off: number[]; onPick: OnPick }) {
  const [open, setOpen] = useState(false);
  const on = !off.includes(entry.category);
  const others = all.map((one) => one.category).filter((category) => category !== entry.category);
  const alone = on && others.every((category) => off.includes(category));
  const set = (next: number[]) => update({ off: [...next].sort((a, b) => a - b) });
  return (
    <li class={on ? "" : "off"}>
      <div class="row">
        <label class="check">
          <input type="checkbox" checked={on} onChange={() => set(on ? [...off, entry.category] : off.filter((one) => one !== entry.category))} />
          <i class="dot" style={{ background: entry.colour }} aria-hidden="true" />
          <span class="words" dir="auto">{entry.label}</span>
        </label>
        <span class="count">{entry.size.toLocaleString("en")}</span>
        <button type="button" class="plain" aria-expanded={open} aria-label={`Songs: ${entry.label}`} title="Songs" onClick={() => {
          setOpen(!open);
          if (!open && entry.region !== undefined) stage.value?.show(placesOf(entry.category), 8);
        }}><Icon name="fold" size={17} /></button>
      </div>
      {open && (
        <>
          <button type="button" class="link only" aria-pressed={alone} onClick={() => set(alone ? [] : others)}>{alone ? "Show the others" : "Show only these"}</button>
          <Songs entry={entry} onPick={onPick} />
        </>
      )}
    </li>
  );
}

const placesOf = (category: number) => {
  const of = legend.peek()!.of;
  const data = map.peek()!;
  const places = [];
  for (let i = 0; i < data.n && places.length < 2000; i++) if (of[i] === category) places.push({ x: data.places[2 * i], y: data.places[2 * i + 1] });
  return places;
};

// The entry's most played songs; rows are sorted by plays, highest first.
function Songs({ entry, onPick }: { entry: LegendEntry; onPick: OnPick }) {
  const { value, error } = useRequest(async () => {
    const of = legend.peek()!.of;
    const rows: number[] = [];
    for (let i = 0; i < of.length && rows.length < kSongsListed; i++) if (of[i] === entry.category) rows.push(i);
    return songsOfRows(rows);
  }, [entry.category, state.value.colour]);
  if (error) return <p class="status">{error}</p>;
  if (!value) return <p class="status">Loading…</p>;
  return (
    <ul class="songs">
      {value.map((song) => <SongRow key={song.id} song={song} note={plays(song.plays)} onPick={() => onPick(song)} />)}
    </ul>
  );
}
