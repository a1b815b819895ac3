// Builds the spatial index for index_places.ts.
import KDBush from "kdbush";

onmessage = ({ data }: MessageEvent<Float32Array>) => {
  const tree = new KDBush(data.length / 2, 64, Float32Array);
  for (let i = 0; i < data.length; i += 2) tree.add(data[i], data[i + 1]);
  tree.finish();
  (postMessage as (message: unknown, transfer: Transferable[]) => void)(tree.data, [tree.data as ArrayBuffer]);
};
