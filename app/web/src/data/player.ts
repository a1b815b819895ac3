// Plays a list: from audio files that the user chooses, which stay in this browser, or from addresses.
import { signal } from "@preact/signals";
import { fold } from "./fold";
import type { Song } from "./types";

interface LocalFile {
  words: string; // the folded path without its ending, between spaces
  file: File;
}

export interface Track {
  song: Song;
  sound: File | string; // a file of the user's, or an address
}

const files = signal<LocalFile[]>([]);
export const queue = signal<Track[]>([]);
export const at = signal(-1); // in the queue; -1: nothing is played
export const paused = signal(true);
export const elapsed = signal(0); // from 0 to 1
export const failed = signal<Song | null>(null); // the last one that could not be played

let audio: HTMLAudioElement | null = null;
let made = ""; // the address of a file, to give back

export const hasFiles = () => files.value.length > 0;

export function chooseFiles(chosen: File[]) {
  files.value = chosen
    .filter((file) => file.type.startsWith("audio/") || /\.(mp3|flac|ogg|opus|m4a|wav|aac)$/i.test(file.name))
    .map((file) => ({ file, words: ` ${fold((file.webkitRelativePath || file.name).replace(/\.\w+$/, ""))} ` }));
}

// A file whose name ends with the title and whose path names the artist, or the first of several.
function fileOf(song: Song): File | undefined {
  const [title, artist] = [fold(song.title), fold(song.artist.split(",")[0])];
  if (title === "" || artist === "") return undefined;
  return files.value.find(({ words }) => words.endsWith(` ${title} `) && words.includes(` ${artist} `))?.file;
}

// Those of the songs that are among the files.
export const ownTracks = (songs: Song[]): Track[] =>
  songs.flatMap((song) => {
    const sound = fileOf(song);
    return sound ? [{ song, sound }] : [];
  });

export function playTracks(tracks: Track[]) {
  queue.value = tracks;
  failed.value = null;
  playAt(0);
}

// One that cannot be played is passed over.
function passOver() {
  const track = queue.value[at.value];
  if (!track) return;
  failed.value = track.song;
  playAt(at.value + 1);
}

export function playAt(index: number) {
  const track = queue.value[index];
  if (!track) {
    stop();
    return;
  }
  if (!audio) {
    audio = new Audio();
    audio.addEventListener("ended", () => playAt(at.value + 1));
    audio.addEventListener("error", passOver);
    audio.addEventListener("play", () => (paused.value = false));
    audio.addEventListener("pause", () => (paused.value = true));
    audio.addEventListener("timeupdate", () => (elapsed.value = audio!.duration > 0 ? audio!.currentTime / audio!.duration : 0));
  }
  if (made) URL.revokeObjectURL(made);
  made = typeof track.sound === "string" ? "" : URL.createObjectURL(track.sound);
  at.value = index;
  elapsed.value = 0;
  audio.src = made || (track.sound as string);
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
