// The named regions of the map, found by words.
import type { Region } from "./types";

// Letters as a search compares them: without accents, in lower case.
const folded = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// The named regions whose name has every word, those that begin with the first one before the others, coarse before
// fine, large before small.
export function topicsOf(all: Region[], query: string): number[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  const named = all.map((_, i) => i).filter((i) => all[i].label !== "");
  const found = named.filter((i) => words.every((word) => folded(all[i].label).includes(word)));
  const begins = (i: number) => (words.length > 0 && folded(all[i].label).startsWith(words[0]) ? 0 : 1);
  return found.sort((a, b) => begins(a) - begins(b) || all[a].level - all[b].level || all[b].size - all[a].size);
}
