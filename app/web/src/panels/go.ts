// What the panels do with a song or an artist, wherever it is shown.
import { kStart, state, update, updateTaste } from "../data/state";

export const openSong = (id: string) => update({ view: "find", song: id, artist: "", q: "" }, true);
export const openArtist = (name: string) => update({ view: "find", artist: name, song: "", q: "" }, true);

const without = (ids: string[], id: string) => ids.filter((one) => one !== id);

export function likeSongs(ids: string[]) {
  const { songs, disliked, excluded } = state.value.taste;
  const fresh = ids.filter((id) => !songs.includes(id));
  if (fresh.length === 0) return;
  const kept = (list: string[]) => list.filter((id) => !fresh.includes(id));
  updateTaste({ songs: [...songs, ...fresh], disliked: kept(disliked), excluded: kept(excluded) });
}
export const likeSong = (id: string) => likeSongs([id]);
export function toggleLiked(id: string) {
  const { songs } = state.value.taste;
  if (songs.includes(id)) updateTaste({ songs: without(songs, id) });
  else likeSong(id);
}
export const startRadio = (seeds: string[], artists: string[] = []) =>
  update({ view: "playlist", playlist: { ...kStart.playlist, kind: "radio", seeds, artists } }, true);
export const startJourney = (from: string) =>
  update({ view: "playlist", playlist: { ...kStart.playlist, kind: "journey", from } }, true);
