// A song in a list: a disc in its colour on the map, its title and artist, an optional note, and actions.
import type { ComponentChildren } from "preact";
import { legend } from "../data/map";
import type { Song } from "../data/types";
import { stage } from "../map/canvas";
import { pointed } from "../map/scene";
import { Icon, type IconName } from "./icons";

export function Disc({ row }: { row: number }) {
  const all = legend.value;
  const entry = all?.entries.find((one) => one.category === all.of[row]);
  return <span class="disc" aria-hidden="true" style={{ "--label": entry?.colour ?? "var(--faint)" }} />;
}

export interface Action {
  icon: IconName;
  label: string; // the accessible name adds the song's title
  onClick: () => void;
  disabled?: boolean;
}

interface Props {
  song: Song;
  number?: number;
  note?: ComponentChildren;
  actions?: Action[];
  onPick?: () => void;
  kind?: "played" | "found" | "disliked";
  children?: ComponentChildren;
}

export function SongRow({ song, number, note, actions = [], onPick, kind, children }: Props) {
  const title = song.title || song.id;
  return (
    <li
      class={`song ${kind ?? ""}`}
      data-id={song.id}
      onMouseEnter={() => (pointed.value = song.row)}
      onMouseLeave={() => (pointed.value = -1)}
    >
      {children}
      <button
        type="button"
        class="main"
        onClick={onPick ?? (() => stage.value?.flyToRow(song.row))}
        onFocus={() => (pointed.value = song.row)}
        onBlur={() => (pointed.value = -1)}
      >
        {number !== undefined && <span class="number">{number}</span>}
        <Disc row={song.row} />
        <span class="names">
          <span class="title" dir="auto">{title}</span>
          <span class="artist" dir="auto">{song.artist}</span>
        </span>
      </button>
      {actions.length > 0 && (
        <span class="actions">
          {actions.map((action) => (
            <button type="button" class="plain" key={action.label} disabled={action.disabled} title={action.label}
              aria-label={`${action.label}: ${title}`} onClick={action.onClick}>
              <Icon name={action.icon} size={18} />
            </button>
          ))}
        </span>
      )}
      {note && <p class="note" dir="auto">{note}</p>}
    </li>
  );
}
