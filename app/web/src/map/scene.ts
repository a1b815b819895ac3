// The scene that a panel shows on top of the points: highlighted songs, means, the lines between them, and a path.
// Panels set it; overlay.ts draws it.
import { signal } from "@preact/signals";
import type { Point } from "../data/map";

export type MarkKind = "played" | "found" | "disliked" | "focus" | "path";

export interface Mark {
  row: number;
  kind: MarkKind;
  label?: string;
  number?: number;
  mean?: number; // index of the mean that a line connects it to
}

export interface Mean extends Point {
  weight: number;
  label: string;
}

export interface Scene {
  marks: Mark[];
  means: Mean[];
  path: number[]; // rows, in order
  quiet: boolean; // dims the points behind
}

export const kNothing: Scene = { marks: [], means: [], path: [], quiet: false };
export const scene = signal<Scene>(kNothing);

// The progress of each step from the songs to the recommendations, and of drawing the path. Each from 0 to 1.
export interface Steps {
  lit: number;
  mean: number;
  found: number;
  path: number;
}
export const kDone: Steps = { lit: 1, mean: 1, found: 1, path: 1 };
export const steps = signal<Steps>(kDone);

// The row of the song under the pointer, in a list or on the map. -1: none.
export const pointed = signal<number>(-1);
