// Loads the map from the server.
import { batch } from "@preact/signals";
import { ApiError, get, getBytes, messageOf } from "./api";
import { readArrow } from "./arrow";
import { map, mapError, regions, scaled, tags, toMap } from "./map";
import type { Region } from "./types";

let loading = false;
export async function loadMap() {
  if (map.value || loading) return;
  loading = true;
  try {
    // Draw the points without waiting for region names and tags.
    let early: Region[] = [];
    const names = get<{ items: Region[] }>("/v1/map/regions").catch(() => ({ items: [] as Region[] }));
    void names.then(({ items }) => (early = items));
    const { columns } = readArrow(await getBytes("/v1/map"));
    const [x, y] = [columns.get("x"), columns.get("y")];
    const region = columns.get("cluster");
    if (!(x instanceof Float32Array && y instanceof Float32Array && region instanceof Int16Array)) {
      throw new Error("map: expected the columns x, y (float32) and cluster (int16)");
    }
    const data = scaled(x, y, region);
    const named = (items: Region[]) => items.map((one) => ({ ...one, ...toMap(data, one) }));
    // Include the names that have arrived by now, so that the songs are coloured only once.
    const shown = early;
    batch(() => {
      regions.value = named(shown);
      map.value = data;
      mapError.value = "";
    });
    const { items } = await names;
    if (items !== shown) regions.value = named(items);
    void loadTags();
  } catch (error) {
    const none = error instanceof ApiError && error.status === 404;
    mapError.value = none ? "This model has no map yet. Create one with: segue map MODEL" : messageOf(error) || String(error);
  } finally {
    loading = false;
  }
}

async function loadTags() {
  try {
    const { items, rows } = await get<{ items: string[]; rows: string }>("/v1/map/tags");
    const letters = atob(rows);
    const first = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) first[i] = letters.charCodeAt(i);
    if (items.length > 0) tags.value = { names: items, first };
  } catch {
    tags.value = null; // the map works without tags
  }
}
