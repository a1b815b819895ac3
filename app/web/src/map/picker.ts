// Finds songs by their position on the map.
import type KDBush from "kdbush";
import { indexPlaces } from "./index_places";

export class Picker {
  private tree: KDBush | null = null;

  constructor(
    private readonly places: Float32Array,
    ready: () => void,
  ) {
    if (places.length === 0) return;
    indexPlaces(places, (tree) => {
      this.tree = tree;
      ready();
    });
  }

  // The nearest song within the distance `within` for which `shown` is true; among songs about equally near, the more
  // popular one, which is drawn on top. -1 if there is none.
  nearest(x: number, y: number, within: number, shown: (row: number) => boolean): number {
    let best = -1;
    let least = Infinity;
    for (const row of this.tree?.within(x, y, within) ?? []) {
      if (!shown(row)) continue;
      const distance = Math.hypot(this.places[2 * row] - x, this.places[2 * row + 1] - y) / within;
      const badness = distance + 0.03 * Math.log2(row + 1);
      if (badness < least) [best, least] = [row, badness];
    }
    return best;
  }

  // The `most` most popular songs in a rectangle.
  inside(left: number, bottom: number, right: number, top: number, most: number, shown: (row: number) => boolean): number[] {
    const rows = (this.tree?.range(left, bottom, right, top) ?? []).filter(shown);
    return rows.sort((a, b) => a - b).slice(0, most);
  }
}
