// The whole state of the page as one value, mirrored in the address, so that every state can be shared and "back"
// works. Only the hash is used, so the state never reaches the server or its logs.
import { signal } from "@preact/signals";

export const kViews = ["map", "find", "taste", "playlist", "listeners", "health"] as const;
export type View = (typeof kViews)[number];
export const kColourings = ["region", "tag", "popularity"] as const;
export type Colouring = (typeof kColourings)[number];

export interface Camera {
  x: number; // the centre, on the map scaled to -1..1
  y: number;
  zoom: number; // 1 shows everything
}

export interface Taste {
  songs: string[];
  disliked: string[];
  excluded: string[];
  by: "alike" | "next"; // near the mean of the songs, in no order; or what follows them, in theirs
  mode: "discover" | "any";
  diversity: number;
  popularity: number;
  several: boolean; // split the songs into interests, each with its own mean
}

export interface Playlist {
  kind: "radio" | "journey";
  seeds: string[];
  artists: string[]; // seeds too
  drift: number;
  from: string;
  to: string;
  via: string[]; // songs that the journey passes, in order
  steps: number; // 0: as many as needed
  songs: string[]; // the current list, after reordering and removal
}

export interface State {
  view: View;
  colour: Colouring;
  off: number[]; // categories of legend entries that are filtered out
  song: string;
  artist: string; // whose page is open; "": none
  q: string;
  taste: Taste;
  playlist: Playlist;
  user: string;
}

export const kStart: State = {
  view: "map",
  colour: "region",
  off: [],
  song: "",
  artist: "",
  q: "",
  taste: { songs: [], disliked: [], excluded: [], by: "alike", mode: "discover", diversity: 0, popularity: 0, several: false },
  playlist: { kind: "radio", seeds: [], artists: [], drift: 0.2, from: "", to: "", via: [], steps: 0, songs: [] },
  user: "",
};

export function toHash(state: State, camera: Camera | null): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string | number, start: string | number) => {
    if (value !== start) query.set(name, String(value));
  };
  const putAll = (name: string, values: string[]) => values.forEach((value) => query.append(name, value));
  const { taste, playlist } = state;
  put("q", state.q, "");
  put("song", state.song, "");
  put("artist", state.artist, "");
  putAll("like", taste.songs);
  putAll("dislike", taste.disliked);
  putAll("without", taste.excluded);
  put("by", taste.by, kStart.taste.by);
  put("mode", taste.mode, kStart.taste.mode);
  put("diversity", taste.diversity, kStart.taste.diversity);
  put("popularity", taste.popularity, kStart.taste.popularity);
  put("several", Number(taste.several), Number(kStart.taste.several));
  put("list", playlist.kind, kStart.playlist.kind);
  putAll("seed", playlist.seeds);
  putAll("seedartist", playlist.artists);
  put("drift", playlist.drift, kStart.playlist.drift);
  put("from", playlist.from, "");
  put("to", playlist.to, "");
  putAll("via", playlist.via);
  put("steps", playlist.steps, 0);
  putAll("track", playlist.songs);
  put("user", state.user, "");
  put("colour", state.colour, kStart.colour);
  put("off", state.off.join("."), "");
  if (camera) query.set("at", [camera.x, camera.y, camera.zoom].map((value) => +value.toFixed(4)).join("_"));
  const text = query.toString();
  return `#/${state.view}${text ? "?" + text : ""}`;
}

export function fromHash(hash: string): { state: State; camera: Camera | null } {
  const [name, text] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const query = new URLSearchParams(text ?? "");
  const one = (key: string) => query.get(key) ?? "";
  const oneOf = <T extends string>(key: string, all: readonly T[], start: T) =>
    all.includes(one(key) as T) ? (one(key) as T) : start;
  const number = (key: string, least: number, most: number, start: number) => {
    const value = query.has(key) ? Number(one(key)) : NaN;
    return Number.isFinite(value) ? Math.min(Math.max(value, least), most) : start;
  };
  const state: State = {
    view: kViews.includes(name as View) ? (name as View) : kStart.view,
    colour: oneOf("colour", kColourings, kStart.colour),
    off: one("off").split(".").filter((part) => /^\d{1,4}$/.test(part)).map(Number),
    song: one("song"),
    artist: one("artist"),
    q: one("q"),
    taste: {
      songs: query.getAll("like"),
      disliked: query.getAll("dislike"),
      excluded: query.getAll("without"),
      by: oneOf("by", ["alike", "next"] as const, kStart.taste.by),
      mode: oneOf("mode", ["discover", "any"] as const, kStart.taste.mode),
      diversity: number("diversity", 0, 1, kStart.taste.diversity),
      popularity: number("popularity", -1, 1, kStart.taste.popularity),
      several: number("several", 0, 1, Number(kStart.taste.several)) !== 0,
    },
    playlist: {
      kind: oneOf("list", ["radio", "journey"] as const, kStart.playlist.kind),
      seeds: query.getAll("seed"),
      artists: query.getAll("seedartist"),
      drift: number("drift", 0, 1, kStart.playlist.drift),
      from: one("from"),
      to: one("to"),
      via: query.getAll("via"),
      steps: Math.round(number("steps", 0, 24, 0)),
      songs: query.getAll("track"),
    },
    user: one("user"),
  };
  const at = one("at").split("_").map(Number);
  const seen = at.length === 3 && at.every(Number.isFinite) && at[2] > 0;
  return { state, camera: seen ? { x: at[0], y: at[1], zoom: at[2] } : null };
}

const start = typeof location === "undefined" ? { state: kStart, camera: null } : fromHash(location.hash);
export const state = signal<State>(start.state);
// The map's camera. Separate from the state, because it changes with every frame and no panel depends on it.
export const camera = signal<Camera | null>(start.camera);

let written = "";
function write(push: boolean) {
  const hash = toHash(state.value, camera.value);
  if (hash === written) return;
  written = hash;
  if (push) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
}

// `push` adds a history entry, so that "back" undoes the change.
export function update(change: Partial<State>, push = false) {
  state.value = { ...state.value, ...change };
  write(push);
}
export const updateTaste = (change: Partial<Taste>) => update({ taste: { ...state.value.taste, ...change } });
export const updatePlaylist = (change: Partial<Playlist>) => update({ playlist: { ...state.value.playlist, ...change } });

let later = 0;
export function moved(to: Camera | null) {
  camera.value = to;
  clearTimeout(later);
  later = setTimeout(() => write(false), 250) as unknown as number;
}

// Applies the address when the user goes back or pastes another one, and passes its camera to `to`.
export function followAddress(to: (camera: Camera | null) => void) {
  const read = () => {
    if (location.hash === written) return;
    written = location.hash;
    const read = fromHash(location.hash);
    state.value = read.state;
    to(read.camera);
  };
  addEventListener("popstate", read);
  addEventListener("hashchange", read);
}

export const hashFor = (change: Partial<State>) => toHash({ ...state.value, ...change }, camera.value);
