// Where songs are found elsewhere: addresses that the server names, filled in here. Nothing is requested from them until
// the user follows one, except covers where the server names an address for those.
import { signal } from "@preact/signals";
import { get } from "./api";
import type { Song, SongLinks } from "./types";

export const links = signal<SongLinks>({ items: [], cover: "", subsonic: "" });

export async function loadLinks() {
  try {
    links.value = await get<SongLinks>("/v1/song-links");
  } catch {
    // Without links the page works as well; the map's request reports a server that is away.
  }
}

export const filledIn = (address: string, song: Song) =>
  address.replace(/\{(id|artist|title|album)\}/g, (_, name: "id" | "artist" | "title" | "album") => encodeURIComponent(song[name]));
