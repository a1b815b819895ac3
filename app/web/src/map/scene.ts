// What a panel shows on top of the points: songs that are lit, means of songs, lines between them, a path. Panels say
// what; overlay.ts draws it.
import { signal } from "@preact/signals";
import type { Point } from "../data/types";

export type MarkKind = "played" | "found" | "disliked" | "focus" | "path";

export interface Mark {
  row: number;
  kind: MarkKind;
  label?: string;
  number?: number;
  mean?: number; // of the scene's means: the one a line leads to
}

export interface Mean extends Point {
  weight: number;
  label: string;
}

export interface Scene {
  marks: Mark[];
  means: Mean[];
  path: number[]; // rows, in order
  quiet: boolean; // the points behind step back
}

export const kNothing: Scene = { marks: [], means: [], path: [], quiet: false };
export const scene = signal<Scene>(kNothing);

// The way from the songs to what is recommended, in steps; path: how much of it is drawn. Each from 0 to 1.
export interface Steps {
  lit: number;
  mean: number;
  found: number;
  path: number;
}
export const kDone: Steps = { lit: 1, mean: 1, found: 1, path: 1 };
export const steps = signal<Steps>(kDone);

// The song that a list or the pointer is at.
export const pointed = signal<number>(-1);
