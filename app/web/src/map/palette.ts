// The colours of `segue map` (src/segue/draw/colours.cpp): Okabe and Ito's palette for regions and tags, cividis for
// popularity. Both are safe for colour-blind readers.
import { signal } from "@preact/signals";

export type Theme = "dark" | "light";
export interface Colours {
  paper: string;
  ink: string;
  dim: string;
  none: string;
  found: string;
  played: string;
  bad: string;
  categories: string[];
}

export const kColours: Record<Theme, Colours> = {
  dark: {
    paper: "#0b0e14",
    ink: "#f2f4f8",
    dim: "#8e99aa",
    none: "#6b7686",
    found: "#ffd54a",
    played: "#ffffff",
    bad: "#ff8a70",
    categories: ["#e69f00", "#66c0f4", "#12a57a", "#f0e442", "#2f6fd0", "#dd5a1c", "#d98cbb"],
  },
  light: {
    paper: "#fbfaf7",
    ink: "#1b1f24",
    dim: "#66707e",
    none: "#9aa3af",
    found: "#c43e00",
    played: "#10141a",
    bad: "#a3195b",
    categories: ["#de8500", "#56b4e9", "#009e73", "#d6cc00", "#0072b2", "#c24a00", "#cc79a7"],
  },
};
const kCividis = ["#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#fee838"];
// Adjusted so that the rarest songs stay visible on a dark background and the most played on a light one.
const kScale: Record<Theme, string[]> = {
  dark: ["#2f5aa8", "#4a6596", "#65738a", "#7f8285", "#98937d", "#b4a872", "#d6c462", "#fee838"],
  light: [...kCividis].reverse().map((colour) => (colour === "#fee838" ? "#d9c22a" : colour)),
};
export const kPopularitySteps = 8;
export const kNone = 95; // the category of songs without one; all others are smaller
export const scaleOf = (theme: Theme) => kScale[theme];

const kThemeKey = "segue-theme";
const preferred = matchMedia("(prefers-color-scheme: light)");
function chosen(): Theme | null {
  try {
    const kept = localStorage.getItem(kThemeKey);
    return kept === "dark" || kept === "light" ? kept : null;
  } catch {
    return null;
  }
}

export const theme = signal<Theme>(chosen() ?? (preferred.matches ? "light" : "dark"));
preferred.addEventListener("change", () => (theme.value = chosen() ?? (preferred.matches ? "light" : "dark")));

export function switchTheme() {
  theme.value = theme.value === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(kThemeKey, theme.value);
  } catch {
    // storage is disabled: the choice lasts until the page closes
  }
}

export const stillMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
