// The spatial index of a page's map, which has too few songs to be worth a worker.
import KDBush from "kdbush";

export function indexPlaces(places: Float32Array, ready: (tree: KDBush) => void) {
  const tree = new KDBush(places.length / 2, 64, Float32Array);
  for (let i = 0; i < places.length; i += 2) tree.add(places[i], places[i + 1]);
  tree.finish();
  ready(tree);
}
