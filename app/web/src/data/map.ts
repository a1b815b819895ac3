// The map, scaled to -1..1, and the colour of every song under each colouring.
import { computed, signal } from "@preact/signals";
import { kColours, kNone, kPopularitySteps, scaleOf, theme } from "../map/palette";
import { state, type Colouring } from "./state";
import type { Region } from "./types";

// A position on the map, in the map's own units.
export interface Point {
  x: number;
  y: number;
}

export interface MapData {
  n: number;
  // Song i has x at 2i and y at 2i + 1; y points up.
  places: Float32Array;
  region: Int16Array; // -1: none
  middle: Point;
  half: number; // the server's units per unit here
}

export interface Tags {
  names: string[];
  first: Uint8Array; // per song: the index of its first tag's name, 255 for none
}

export const map = signal<MapData | null>(null);
export const regions = signal<Region[]>([]);
export const tags = signal<Tags | null>(null);
export const mapError = signal("");

export const toMap = (data: MapData, point: Point): Point => ({
  x: (point.x - data.middle.x) / data.half,
  y: (point.y - data.middle.y) / data.half,
});
// The region's name, or that of its nearest named ancestor.
export function regionName(i: number): string {
  const region = regions.value[i];
  if (!region) return "";
  return region.label || (region.parent === i ? "" : regionName(region.parent));
}
export const placeOf = (data: MapData, row: number): Point => ({ x: data.places[2 * row], y: data.places[2 * row + 1] });

export function scaled(x: Float32Array, y: Float32Array, region: Int16Array): MapData {
  const n = x.length;
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < n; i++) {
    if (x[i] < left) left = x[i];
    if (x[i] > right) right = x[i];
    if (y[i] < bottom) bottom = y[i];
    if (y[i] > top) top = y[i];
  }
  const middle = n ? { x: (left + right) / 2, y: (bottom + top) / 2 } : { x: 0, y: 0 };
  const half = Math.max((right - left) / 2, (top - bottom) / 2) || 1;
  const places = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    places[2 * i] = (x[i] - middle.x) / half;
    places[2 * i + 1] = (y[i] - middle.y) / half;
  }
  return { n, places, region, middle, half };
}

// ---- colours

export interface LegendEntry {
  category: number; // index into the palette
  label: string;
  size: number;
  colour: string;
  region?: number;
}
export interface Legend {
  colouring: Colouring;
  entries: LegendEntry[];
  of: Uint8Array; // the category of each song
}

// The top-level region that contains region i; i itself if it is top-level.
export const rootOf = (all: Region[], i: number): number => (all[i].parent >= 0 && all[i].parent !== i ? rootOf(all, all[i].parent) : i);

// Top-level regions get colours, and finer regions inherit them. To keep neighbours distinct, each region takes the
// colour whose nearest region so far is farthest away.
export function regionLegend(data: MapData, all: Region[], palette: string[], none: string): Legend {
  const roots = all.map((_, i) => i).filter((i) => rootOf(all, i) === i);
  roots.sort((a, b) => all[b].size - all[a].size);
  const colourOf = new Map<number, number>();
  for (const i of roots) {
    const nearest = palette.map(() => Infinity);
    for (const [other, colour] of colourOf) {
      const distance = (all[other].x - all[i].x) ** 2 + (all[other].y - all[i].y) ** 2;
      nearest[colour] = Math.min(nearest[colour], distance);
    }
    colourOf.set(i, nearest.indexOf(Math.max(...nearest)));
  }
  // If there are too many regions, the smallest share one entry.
  const entries: LegendEntry[] = roots.slice(0, kNone - 1).map((i, k) => {
    return { category: k, label: all[i].label, size: 0, colour: palette[colourOf.get(i)!], region: i };
  });
  const rest = { category: kNone - 1, label: "Smaller regions", size: 0, colour: none };
  const nowhere = { category: kNone, label: "No region", size: 0, colour: none };
  const categoryOfRoot = new Map(roots.map((i, k) => [i, Math.min(k, kNone - 1)]));
  const categoryOf = all.map((_, i) => categoryOfRoot.get(rootOf(all, i))!);
  const of = new Uint8Array(data.n);
  const counts = new Array<number>(kNone + 1).fill(0);
  for (let i = 0; i < data.n; i++) {
    const region = data.region[i];
    of[i] = region >= 0 && region < categoryOf.length ? categoryOf[region] : kNone;
    counts[of[i]]++;
  }
  const used = [...entries, rest, nowhere].filter((entry) => (entry.size = counts[entry.category]) > 0);
  return { colouring: "region", entries: used, of };
}

function tagLegend(data: MapData, { names, first }: Tags, palette: string[], none: string): Legend {
  const of = new Uint8Array(data.n).fill(kNone);
  const counts = new Array<number>(kNone + 1).fill(0);
  for (let i = 0; i < data.n; i++) {
    if (first[i] < names.length && first[i] < kNone) of[i] = first[i];
    counts[of[i]]++;
  }
  // If there are more tags than colours, the rarer tags are grey but can still be filtered.
  const entries: LegendEntry[] = names.map((label, k) => {
    return { category: k, label, size: counts[k], colour: palette[k] ?? none };
  });
  entries.push({ category: kNone, label: "No tag", size: counts[kNone], colour: none });
  return { colouring: "tag", entries: entries.filter((entry) => entry.size > 0), of };
}

// Songs are sorted by plays, so the steps divide the logarithm of the rank evenly.
function popularityLegend(data: MapData, scale: string[]): Legend {
  const of = new Uint8Array(data.n);
  const bounds = scale.map((_, k) => Math.round(data.n ** (1 - k / kPopularitySteps)));
  const sizes = scale.map(() => 0);
  for (let i = 0; i < data.n; i++) {
    let step = kPopularitySteps - 1;
    while (step > 0 && i >= bounds[step]) step--;
    of[i] = step;
    sizes[step]++;
  }
  const entries = scale.map((colour, k) => {
    const [first, last] = [(bounds[k + 1] ?? 0) + 1, bounds[k]].map((rank) => rank.toLocaleString("en"));
    return { category: k, label: k === 0 ? `Rarely played: rank ${first} and below` : `Ranks ${first} to ${last}`, size: sizes[k], colour };
  });
  return { colouring: "popularity", entries: entries.filter((entry) => entry.size > 0).reverse(), of };
}

export const legend = computed<Legend | null>(() => {
  if (!map.value) return null;
  const colours = kColours[theme.value];
  const colouring = state.value.colour;
  if (colouring === "popularity") return popularityLegend(map.value, scaleOf(theme.value));
  if (colouring === "tag" && tags.value) return tagLegend(map.value, tags.value, colours.categories, colours.none);
  return regionLegend(map.value, regions.value, colours.categories, colours.none);
});
