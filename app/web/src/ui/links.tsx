// Links from a song to where it is found elsewhere.
import { filledIn, links } from "../data/links";
import type { Song } from "../data/types";

export function SongLinks({ song }: { song: Song }) {
  if (links.value.items.length === 0) return null;
  return (
    <ul class="links" aria-label={`${song.title || song.id} elsewhere`}>
      {links.value.items.map(({ name, address }) => (
        <li key={name}><a href={filledIn(address, song)} target="_blank" rel="noopener noreferrer">{name}</a></li>
      ))}
    </ul>
  );
}
