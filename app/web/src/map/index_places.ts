// The spatial index of a map, built in a worker because a million songs take half a second.
import KDBush from "kdbush";

export function indexPlaces(places: Float32Array, ready: (tree: KDBush) => void) {
  const worker = new Worker(new URL("./picker.worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    worker.terminate();
    ready(KDBush.from(data));
  };
  worker.postMessage(places);
}
