// Search as you type: a combobox with a listbox, following the ARIA Authoring Practices. The list drops down from the
// field or, with `inline`, is part of the page below it.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { get, path } from "../data/api";
import { remember } from "../data/songs";
import { fold } from "../data/fold";
import type { FoundArtist, Song } from "../data/types";
import { useRequest } from "./hooks";
import { Icon } from "./icons";
import { Disc } from "./songlist";
import { pointed } from "../map/scene";

interface Props {
  label: string;
  placeholder: string;
  onPick: (song: Song) => void;
  onArtist?: (name: string) => void; // without it only songs are found
  inline?: boolean;
  query?: string; // set if the parent keeps the query, as with `inline`
  onQuery?: (query: string) => void;
  limit?: number;
  autoFocus?: boolean;
  fieldRef?: { current: HTMLInputElement | null };
}

const kDelay = 90; // ms from a key press to the request
const kArtists = 3;

type Found = { song: Song; artist?: undefined } | { artist: FoundArtist; song?: undefined };

// An artist whose name begins with what was typed comes before songs, unless a song's title begins so too.
function ordered(songs: Song[], artists: FoundArtist[], typed: string): Found[] {
  const begins = (name: string) => fold(name).startsWith(fold(typed));
  const first = artists.filter((one) => begins(one.name) && (fold(one.name) === fold(typed) || !songs.some((song) => begins(song.title))));
  const others = artists.filter((one) => !first.includes(one));
  return [...first.map((artist) => ({ artist })), ...songs.map((song) => ({ song })), ...others.map((artist) => ({ artist }))];
}

export function SongSearch({ label, placeholder, onPick, onArtist, inline, query, onQuery, limit = 8, fieldRef }: Props) {
  const id = useId();
  const [own, setOwn] = useState("");
  const words = query ?? own;
  const setWords = onQuery ?? setOwn;
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const list = useRef<HTMLUListElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const wanted = words.trim();
  const found = useRequest(
    wanted === "" ? null : async (signal) => remember((await get<{ items: Song[] }>(`/v1/songs?limit=${limit}&q=${path(wanted)}`, signal)).items),
    [wanted],
    kDelay,
  );
  // Songs do not wait for artists, which a server groups when they are first asked for.
  const artists = useRequest(
    wanted === "" || !onArtist ? null : async (signal) => (await get<{ items: FoundArtist[] }>(`/v1/artists?limit=${kArtists}&q=${path(wanted)}`, signal)).items,
    [wanted],
    kDelay,
  );
  const results = wanted === "" ? [] : ordered(found.value ?? [], artists.value ?? [], wanted);
  const shown = results.length > 0 && (inline || open);

  useEffect(() => setActive(-1), [wanted]);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  useEffect(() => {
    if (fieldRef) fieldRef.current = field.current;
  }, []);

  const pick = ({ song, artist }: Found) => {
    if (!inline) setWords("");
    setOpen(false);
    pointed.value = -1;
    if (song) onPick(song);
    else onArtist?.(artist.name);
  };
  // Enter before all has arrived means the first of the whole list: the name of an artist is never taken for a song.
  const asking = found.busy || artists.busy;
  const entered = useRef(false);
  useEffect(() => {
    if (asking || !entered.current) return;
    entered.current = false;
    if (results.length > 0) pick(results[0]);
  }, [asking]);
  useEffect(() => void (entered.current = false), [wanted]);
  const onKeyDown = (event: KeyboardEvent) => {
    const last = results.length - 1;
    if (event.key === "ArrowDown") {
      setOpen(true);
      setActive(active >= last ? 0 : active + 1);
    } else if (event.key === "ArrowUp") setActive(active <= 0 ? last : active - 1);
    else if (event.key === "Enter" && wanted !== "" && active < 0 && asking) entered.current = true;
    else if (event.key === "Enter" && results.length > 0 && shown) pick(results[Math.max(active, 0)]);
    else if (event.key === "Escape" && (shown || words !== "")) {
      if (open && !inline) setOpen(false);
      else setWords("");
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const status =
    wanted === "" ? "" : found.error || (asking && results.length === 0 ? "Searching…" : results.length === 0 ? `No results for “${wanted}”.` : "");
  return (
    <div class={`search ${inline ? "inline" : "drop"}`} onFocusOut={(event) => {
      if (!(event.currentTarget as HTMLElement).contains(event.relatedTarget as Node)) setOpen(false);
    }}>
      <div class="field">
        <Icon name="find" size={18} />
        <input
          ref={field}
          type="text"
          inputMode="search"
          enterKeyHint="search"
          role="combobox"
          aria-label={label}
          aria-expanded={shown}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={shown && active >= 0 ? `${id}-${active}` : undefined}
          autocomplete="off"
          spellcheck={false}
          dir="auto"
          placeholder={placeholder}
          value={words}
          onInput={(event) => {
            setWords(event.currentTarget.value);
            setOpen(true);
          }}
          onFocus={() => setOpen(true)}
          onKeyDown={onKeyDown}
        />
        {words !== "" && (
          <button type="button" class="plain" aria-label="Clear search" onClick={() => { setWords(""); field.current?.focus(); }}>
            <Icon name="close" size={16} />
          </button>
        )}
      </div>
      <ul id={`${id}-list`} role="listbox" aria-label={`${label}: results`} ref={list} class="results" hidden={!shown}>
        {results.map((one, i) => (
          <li
            key={one.song?.id ?? `artist ${one.artist!.name}`}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => pick(one)}
            onMouseEnter={() => (pointed.value = one.song?.row ?? -1)}
            onMouseLeave={() => (pointed.value = -1)}
          >
            {one.song ? <Disc song={one.song} /> : <span class="portrait" aria-hidden="true"><Icon name="artist" /></span>}
            <span class="names">
              <span class="title" dir="auto">{one.song ? one.song.title || one.song.id : one.artist.name}</span>
              <span class="artist" dir="auto">{one.song ? one.song.artist : `Artist · ${one.artist.songs === 1 ? "1 song" : `${one.artist.songs} songs`}`}</span>
            </span>
          </li>
        ))}
      </ul>
      <p class="status" role="status">{inline || open ? status : ""}</p>
    </div>
  );
}
