// Soft outlines of the largest regions, from the server, as paths on the map scaled to -1..1.
import { effect, signal } from "@preact/signals";
import { get } from "../data/api";
import { map, toMap, type MapData } from "../data/map";
import type { Contour } from "../data/types";

export interface Outline {
  region: number;
  part: number; // of the region's songs, inside
  path: Path2D;
}

export const outlines = signal<Outline[]>([]);

export function pathsOf(data: MapData, lines: Contour[]): Outline[] {
  const all: Outline[] = [];
  for (const { region, part, points } of lines) {
    // Lines of one region and part belong together: one inside another is a hole.
    let last = all.at(-1);
    if (last?.region !== region || last.part !== part) all.push((last = { region, part, path: new Path2D() }));
    for (let i = 0; i + 1 < points.length; i += 2) {
      const { x, y } = toMap(data, { x: points[i], y: points[i + 1] });
      if (i === 0) last.path.moveTo(x, y);
      else last.path.lineTo(x, y);
    }
    last.path.closePath();
  }
  return all;
}

// Once there is a map, asks for the contours; the map works without them.
export const loadContours = () =>
  effect(() => {
    const data = map.value;
    if (!data) return;
    get<{ items: Contour[] }>("/v1/map/contours").then(
      ({ items }) => {
        if (map.peek() === data) outlines.value = pathsOf(data, items);
      },
      () => (outlines.value = []),
    );
  });
