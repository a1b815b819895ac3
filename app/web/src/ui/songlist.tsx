// A song in a list: a disc in its colour on the map, its title and artist, an optional note, and actions.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { filledIn, links } from "../data/links";
import { legend } from "../data/map";
import type { Song } from "../data/types";
import { stage } from "../map/canvas";
import { pointed } from "../map/scene";
import { Icon, type IconName } from "./icons";
import { SongLinks } from "./links";

// Its centre has the song's colour on the map; a cover lies over it where the server names an address for covers.
export function Disc({ song }: { song: Song }) {
  const [failed, setFailed] = useState("");
  const all = legend.value;
  const entry = all?.entries.find((one) => one.category === all.of[song.row]);
  const cover = links.value.cover && filledIn(links.value.cover, song);
  return (
    <span class="disc" aria-hidden="true" style={{ "--label": entry?.colour ?? "var(--faint)" }}>
      {cover && cover !== failed && <img src={cover} alt="" loading="lazy" referrerpolicy="no-referrer" onError={() => setFailed(cover)} />}
    </span>
  );
}

export interface Action {
  icon: IconName;
  label: string; // the accessible name adds the song's title
  onClick: () => void;
  disabled?: boolean;
  pressed?: boolean;
}

interface Props {
  song: Song;
  number?: number;
  note?: ComponentChildren;
  chip?: string; // a reason in a few words
  actions?: Action[];
  onPick?: () => void;
  kind?: "played" | "found" | "disliked";
  plain?: boolean; // no links
  children?: ComponentChildren;
}

export function SongRow({ song, number, note, chip, actions = [], onPick, kind, plain, children }: Props) {
  const title = song.title || song.id;
  const [open, setOpen] = useState(false);
  const more = !plain && (links.value.items.length > 0 || (chip && note));
  return (
    <li
      class={`song ${kind ?? ""} ${number === undefined ? "" : "numbered"}`}
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
        <Disc song={song} />
        <span class="names">
          <span class="title" dir="auto">{title}</span>
          <span class="artist" dir="auto">{song.artist}</span>
        </span>
      </button>
      {(actions.length > 0 || more) && (
        <span class="actions">
          {actions.map((action) => (
            <button type="button" class="plain" key={action.label} disabled={action.disabled} title={action.label} aria-pressed={action.pressed}
              aria-label={`${action.label}: ${title}`} onClick={action.onClick}>
              <Icon name={action.icon} size={18} />
            </button>
          ))}
          {more && (
            <button type="button" class="plain" title="More" aria-expanded={open} aria-label={`More: ${title}`} onClick={() => setOpen(!open)}>
              <Icon name="fold" size={18} />
            </button>
          )}
        </span>
      )}
      {chip && <span class="chip" dir="auto">{chip}</span>}
      {note && (!chip || open) && <div class="note" dir="auto">{note}</div>}
      {open && <div class="note"><SongLinks song={song} /></div>}
    </li>
  );
}
