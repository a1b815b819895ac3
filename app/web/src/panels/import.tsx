// Imports a listening history from another service. The file is read in the browser. Artists and titles are sent to
// this page's server, to match them with its catalogue, only after the user agrees.
import { useState } from "preact/hooks";
import { messageOf } from "../data/api";
import type { Song } from "../data/types";
import { matchHistory } from "../history/match";
import { distinct, readHistory, textOf, type Heard } from "../history/parse";
import { Problem } from "../ui/controls";
import { Icon } from "../ui/icons";

const kMost = 120; // songs imported, the most played first
const kMostBytes = 200e6;

type Stage =
  | { at: "start" }
  | { at: "read"; kind: string; plays: number; skipped: number; heard: Heard[] }
  | { at: "matching" }
  | { at: "done"; found: number; of: number };

// The texts in a file: several in an archive, whose reader is loaded when there is one.
async function contentsOf(file: File): Promise<string[]> {
  const bytes = await file.arrayBuffer();
  const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (first !== 0x50 || second !== 0x4b) return [textOf(bytes)]; // "PK"
  const { historiesIn } = await import("../history/zip");
  return historiesIn(file.name, bytes);
}

export function ImportHistory({ onSongs }: { onSongs: (songs: Song[]) => void }) {
  const [now, setNow] = useState<Stage>({ at: "start" });
  const [error, setError] = useState("");
  const [pasted, setPasted] = useState("");

  const read = (contents: string[]) => {
    setError("");
    try {
      const histories = contents.map(readHistory);
      const plays = histories.flatMap((history) => history.plays);
      const skipped = histories.reduce((sum, history) => sum + history.skipped, 0);
      if (plays.length === 0) throw new Error("The history has no plays with both an artist and a title.");
      setNow({ at: "read", kind: histories[0].kind, plays: plays.length, skipped, heard: distinct(plays, kMost) });
    } catch (problem) {
      setNow({ at: "start" });
      setError((problem as Error).message);
    }
  };
  const readFiles = async (files: File[]) => {
    if (files.reduce((sum, file) => sum + file.size, 0) > kMostBytes) setError("The files exceed 200 MB. Choose fewer at a time.");
    else {
      try {
        read((await Promise.all(files.map(contentsOf))).flat());
      } catch (problem) {
        setNow({ at: "start" });
        setError((problem as Error).message);
      }
    }
  };
  const match = async (heard: Heard[]) => {
    setNow({ at: "matching" });
    try {
      const songs = await matchHistory(heard);
      const known = songs.filter((song) => song !== null);
      setNow({ at: "done", found: known.length, of: heard.length });
      onSongs(known);
    } catch (problem) {
      setNow({ at: "start" });
      setError(messageOf(problem));
    }
  };

  return (
    <details class="import">
      <summary><Icon name="upload" size={18} /> Import your history</summary>
      <p>From Spotify, Apple Music, YouTube Music, Tidal, Deezer, Last.fm, ListenBrainz or a scrobbler, or “Artist – Title” lines. The history is read in this browser and stays here.</p>
      <label class="drop-file"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          void readFiles([...(event.dataTransfer?.files ?? [])]);
        }}>
        <input type="file" multiple accept=".zip,.json,.jsonl,.csv,.tsv,.txt,.log,.listens" onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          if (files.length > 0) void readFiles(files);
          event.currentTarget.value = "";
        }} />
        <span>Choose files or an archive (zip), or drop them here</span>
      </label>
      <Problem text={error} />
      <label class="paste">
        <span>Or paste it here</span>
        <textarea rows={3} dir="auto" spellcheck={false} value={pasted} onInput={(event) => setPasted(event.currentTarget.value)} />
      </label>
      <button type="button" disabled={pasted.trim() === ""} onClick={() => read([pasted])}>Read</button>
      <div role="status" aria-live="polite">
        {now.at === "read" && (
          <div class="consent">
            <p>
              {now.plays.toLocaleString("en")} plays ({now.kind}){now.skipped > 0 && `, ${now.skipped.toLocaleString("en")} rows skipped`}.
              To find your {now.heard.length === 1 ? "song" : `${now.heard.length} most played songs`} in the catalogue, this page sends the artist and title
              of each to this server. Nothing else is sent, and nothing is stored.
            </p>
            <div class="buttons">
              <button type="button" class="primary" onClick={() => void match(now.heard)}>Send and match</button>
              <button type="button" onClick={() => setNow({ at: "start" })}>Cancel</button>
            </div>
          </div>
        )}
        {now.at === "matching" && <p>Matching your songs…</p>}
        {now.at === "done" && <p>{now.found} of {now.of} songs are in the catalogue{now.found > 0 ? " and were added." : "."}</p>}
      </div>
    </details>
  );
}
