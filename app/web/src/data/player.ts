// Plays a list from audio files that the user chooses. They stay in this browser: the page reads them where they are.
import { signal } from "@preact/signals";
import { fold } from "./fold";
import type { Song } from "./types";

interface LocalFile {
  words: string; // the folded path without its ending, between spaces
  file: File;
}

const files = signal<LocalFile[]>([]);
export const queue = signal<Song[]>([]); // songs of the list that are among the files
export const at = signal(-1); // in the queue; -1: nothing is played
export const paused = signal(true);
export const elapsed = signal(0); // from 0 to 1

let audio: HTMLAudioElement | null = null;
let address = "";

export const hasFiles = () => files.value.length > 0;

export function chooseFiles(chosen: File[]) {
  files.value = chosen
    .filter((file) => file.type.startsWith("audio/") || /\.(mp3|flac|ogg|opus|m4a|wav|aac)$/i.test(file.name))
    .map((file) => ({ file, words: ` ${fold((file.webkitRelativePath || file.name).replace(/\.\w+$/, ""))} ` }));
}

// A file whose name ends with the title and whose path names the artist, or the first of several.
export function fileOf(song: Song): File | undefined {
  const [title, artist] = [fold(song.title), fold(song.artist.split(",")[0])];
  if (title === "" || artist === "") return undefined;
  return files.value.find(({ words }) => words.endsWith(` ${title} `) && words.includes(` ${artist} `))?.file;
}

export function playList(songs: Song[]) {
  queue.value = songs.filter(fileOf);
  playAt(0);
}

export function playAt(index: number) {
  const file = queue.value[index] && fileOf(queue.value[index]);
  if (!file) {
    stop();
    return;
  }
  if (!audio) {
    audio = new Audio();
    audio.addEventListener("ended", () => playAt(at.value + 1));
    audio.addEventListener("error", () => at.value >= 0 && playAt(at.value + 1)); // one that this browser cannot play
    audio.addEventListener("play", () => (paused.value = false));
    audio.addEventListener("pause", () => (paused.value = true));
    audio.addEventListener("timeupdate", () => (elapsed.value = audio!.duration > 0 ? audio!.currentTime / audio!.duration : 0));
  }
  if (address) URL.revokeObjectURL(address);
  address = URL.createObjectURL(file);
  at.value = index;
  elapsed.value = 0;
  audio.src = address;
  void audio.play().catch(() => (paused.value = true)); // the browser may want another click
}

export function togglePaused() {
  if (!audio) return;
  if (audio.paused) void audio.play().catch(() => {});
  else audio.pause();
}

export function stop() {
  at.value = -1;
  audio?.pause();
}
