// Writes a PNG with a palette of at most 256 colours, a third of the size of a full-colour one. Median cut chooses the
// colours: it repeatedly splits the box of colours with the widest spread at its median pixel.
import { crc32, deflateSync } from "node:zlib";

const kColours = 256;

function boxOf(colours) {
  const ranges = [0, 1, 2].map((channel) => {
    const values = colours.map(({ rgb }) => rgb[channel]);
    return values.reduce((most, value) => Math.max(most, value), 0) - values.reduce((least, value) => Math.min(least, value), 255);
  });
  const pixels = colours.reduce((sum, { count }) => sum + count, 0);
  const widest = ranges.indexOf(Math.max(...ranges));
  return { colours, widest, badness: colours.length > 1 ? ranges[widest] * Math.sqrt(pixels) : 0 };
}

function cut({ colours, widest }) {
  const sorted = [...colours].sort((a, b) => a.rgb[widest] - b.rgb[widest]);
  const half = sorted.reduce((sum, { count }) => sum + count, 0) / 2;
  let [at, passed] = [0, 0];
  while (at < sorted.length - 2 && passed + sorted[at].count <= half) passed += sorted[at++].count;
  return [boxOf(sorted.slice(0, at + 1)), boxOf(sorted.slice(at + 1))];
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

// `rgba`: four bytes per pixel, row by row, opaque.
export function indexedPng(rgba, width, height) {
  const counts = new Map();
  const key = (i) => (rgba[4 * i] << 16) | (rgba[4 * i + 1] << 8) | rgba[4 * i + 2];
  for (let i = 0; i < width * height; i++) counts.set(key(i), (counts.get(key(i)) ?? 0) + 1);
  const all = [...counts].map(([colour, count]) => ({ colour, count, rgb: [colour >> 16, (colour >> 8) & 255, colour & 255] }));
  const boxes = [boxOf(all)];
  while (boxes.length < kColours) {
    const worst = boxes.reduce((most, box, i) => (box.badness > boxes[most].badness ? i : most), 0);
    if (boxes[worst].badness === 0) break;
    boxes.splice(worst, 1, ...cut(boxes[worst]));
  }
  const palette = Buffer.alloc(3 * boxes.length);
  const indexOf = new Map();
  boxes.forEach(({ colours }, index) => {
    const pixels = colours.reduce((sum, { count }) => sum + count, 0);
    for (const channel of [0, 1, 2]) palette[3 * index + channel] = Math.round(colours.reduce((sum, { rgb, count }) => sum + rgb[channel] * count, 0) / pixels);
    for (const { colour } of colours) indexOf.set(colour, index);
  });
  const rows = Buffer.alloc((width + 1) * height); // each row begins with its filter type, 0 for none
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i++) rows[y * (width + 1) + 1 + x] = indexOf.get(key(i));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits, palette
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("PLTE", palette), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}
