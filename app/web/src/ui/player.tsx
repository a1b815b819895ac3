// The player: a button that plays a list from the user's own files, and a bar for what is played.
import { useRef, useState } from "preact/hooks";
import { at, chooseFiles, elapsed, fileOf, hasFiles, paused, playAt, playList, queue, stop, togglePaused } from "../data/player";
import { nameOf } from "../data/songs";
import type { Song } from "../data/types";
import { Icon } from "./icons";

export function PlayButton({ songs }: { songs: Song[] }) {
  const field = useRef<HTMLInputElement>(null);
  const folder = (node: HTMLInputElement | null) => {
    field.current = node;
    node?.setAttribute("webkitdirectory", "");
  };
  const [said, say] = useState("");
  const play = () => {
    const found = songs.filter(fileOf).length;
    say(`${found} of ${songs.length} songs are among your files.`);
    if (found > 0) playList(songs);
  };
  return (
    <>
      <button type="button" onClick={() => (hasFiles() ? play() : field.current!.click())}><Icon name="play" size={18} />Play my files</button>
      <input ref={folder} type="file" multiple hidden aria-label="Folder of audio files" onChange={(event) => {
        chooseFiles([...(event.currentTarget.files ?? [])]);
        event.currentTarget.value = "";
        play();
      }} />
      {said && <p class="status" role="status">{said}</p>}
    </>
  );
}

export function PlayerBar() {
  const song = queue.value[at.value];
  if (!song) return null;
  return (
    <section class="player" aria-label="Player">
      <button type="button" class="round" aria-label={paused.value ? "Play" : "Pause"} onClick={togglePaused}><Icon name={paused.value ? "play" : "pause"} /></button>
      <p dir="auto" role="status">{nameOf(song)}</p>
      <button type="button" class="plain" aria-label="Next song" disabled={at.value + 1 >= queue.value.length} onClick={() => playAt(at.value + 1)}><Icon name="next" size={18} /></button>
      <button type="button" class="plain" aria-label="Stop" onClick={stop}><Icon name="close" size={18} /></button>
      <progress max={1} value={elapsed.value} aria-label="Played" />
    </section>
  );
}
