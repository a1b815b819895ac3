// Reads the histories in a zip archive, as services send them, with the browser's own decompression (APPNOTE 6.3.10).
import { readHistory, textOf } from "./parse";

const kEntry = 0x02014b50; // of the central directory
const kEnd = 0x06054b50;
const kEndBytes = 22;
const kMostComment = 65_535;
const kReadable = /\.(json|jsonl|csv|tsv|txt|log|listens)$/i;
const kMostBytes = 400e6; // of all files, unpacked

async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer();
}

interface Entry {
  name: string;
  method: number; // 0: stored, 8: deflated
  packed: number;
  size: number;
  at: number; // of its local header
}

function entriesOf(view: DataView<ArrayBuffer>): Entry[] | null {
  let end = view.byteLength - kEndBytes;
  const least = Math.max(0, end - kMostComment);
  while (end >= least && view.getUint32(end, true) !== kEnd) end--;
  if (end < least) return null;
  const entries: Entry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let i = view.getUint16(end + 10, true); i > 0; i--) {
    if (view.getUint32(at, true) !== kEntry) return null;
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    entries.push({
      name: new TextDecoder().decode(new Uint8Array(view.buffer, at + 46, name)),
      method: view.getUint16(at + 10, true), packed: view.getUint32(at + 20, true), size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    });
    at += 46 + name + extra + comment;
  }
  return entries;
}

// The texts of the files that are histories; others, such as a profile, are passed over. Throws if none is one.
export async function historiesIn(name: string, bytes: ArrayBuffer): Promise<string[]> {
  const view = new DataView(bytes);
  let entries: Entry[] | null = null;
  try {
    entries = entriesOf(view);
  } catch {
    // an offset outside of the archive
  }
  if (!entries) throw new Error(`${name}: expected a zip archive, found one that is truncated or damaged.`);
  const readable = entries.filter((entry) => kReadable.test(entry.name) && !entry.name.includes("__MACOSX"));
  if (readable.reduce((sum, entry) => sum + entry.size, 0) > kMostBytes) throw new Error(`${name}: expected at most 400 MB, found more.`);
  const texts: string[] = [];
  let why = `${name}: expected files of a history (.json, .csv, .txt), found none.`;
  for (const entry of readable) {
    try {
      const start = entry.at + 30 + view.getUint16(entry.at + 26, true) + view.getUint16(entry.at + 28, true);
      const packed = new Uint8Array(bytes, start, entry.packed);
      if (entry.method !== 0 && entry.method !== 8) throw new Error("it is packed in a way that browsers cannot read.");
      const text = textOf(entry.method === 8 ? await inflated(packed) : packed.slice().buffer);
      if (readHistory(text).plays.length > 0) texts.push(text);
    } catch (problem) {
      why = `${name}: ${entry.name}: ${(problem as Error).message}`;
    }
  }
  if (texts.length === 0) throw new Error(why);
  return texts;
}
