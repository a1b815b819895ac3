// Draws the layer above the points on a 2D canvas: the names of regions and songs, and the scene.
import type { Region, Song } from "../data/types";
import type { MapData } from "../data/map";
import type { Outline } from "./contours";
import { rangeOf } from "./levels";
import type { Colours, Theme } from "./palette";
import { drawNumber, drawPath, kNumberRadius } from "./path";
import type { Mark, Scene, Steps } from "./scene";
import type { View } from "./view";

export interface Drawing {
  view: View;
  data: MapData;
  regions: Region[];
  outlines: Outline[];
  colourOf: (region: number) => string;
  scene: Scene;
  steps: Steps;
  pointed: number;
  colours: Colours;
  theme: Theme;
  songs: Song[]; // labelled if there is room, the most popular first
  hidden: (region: number) => boolean;
  crosshair: boolean;
  covered: Box[]; // areas under buttons and hints, which names avoid
}

export type Box = [left: number, top: number, right: number, bottom: number];
const kNamedFirst = { focus: 0, played: 1, path: 2, found: 3, disliked: 4 };
const kFont = 'system-ui, "Noto Sans", "Noto Sans Arabic", sans-serif';
// Contours fade between these zooms: closer up, the songs themselves show where a region is.
const kContours = { full: 2.5, gone: 7 };
const kShifts = [0, 1.1, -1.1]; // vertical offsets tried for a region's name, in font sizes
const kMargin = 8;
const kOvershoot = 1.7;
const popped = (part: number) => {
  if (part <= 0) return 0;
  if (part >= 1) return 1;
  const back = part - 1;
  return 1 + (kOvershoot + 1) * back ** 3 + kOvershoot * back ** 2;
};
// The progress of the i-th of n animations that start one after the other.
const staggered = (part: number, i: number, n: number) => {
  const share = 0.45;
  const start = n > 1 ? (i / (n - 1)) * (1 - share) : 0;
  return Math.min(Math.max((part - start) / share, 0), 1);
};

export class Overlay {
  private readonly taken: Box[] = [];
  constructor(private readonly context: CanvasRenderingContext2D) {}

  draw(drawing: Drawing, ratio: number) {
    const { context: c } = this;
    const { view } = drawing;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, view.width, view.height);
    c.lineCap = c.lineJoin = "round";
    this.taken.splice(0, Infinity, ...drawing.covered);
    this.contours(drawing, ratio);
    this.lines(drawing);
    this.path(drawing);
    this.marks(drawing);
    this.means(drawing);
    // The regions that a line crosses say where it leads, beside its songs.
    if (drawing.scene.path.length > 0) {
      this.keepOff(drawing);
      this.regionNames(drawing);
    }
    this.sceneNames(drawing);
    if (drawing.scene.path.length === 0) this.regionNames(drawing);
    this.songNames(drawing);
    this.pointed(drawing);
    if (drawing.crosshair) this.crosshair(drawing);
  }

  private at({ view, data }: Drawing, row: number): [number, number] {
    return [view.toX(data.places[2 * row]), view.toY(data.places[2 * row + 1])];
  }

  // ---- regions

  // A wash in the region's colour that deepens towards its core, and a line around each part. Over the points, so faint
  // that they show through.
  private contours({ view, outlines, colourOf, hidden, scene, steps, theme }: Drawing, ratio: number) {
    const { context: c } = this;
    const { zoom } = view.camera;
    const quiet = scene.quiet && steps.lit > 0 ? 0.4 : 1;
    const shown = Math.min(Math.max((kContours.gone - zoom) / (kContours.gone - kContours.full), 0), 1) * quiet;
    if (shown === 0) return;
    const { unit } = view;
    c.setTransform(ratio * unit, 0, 0, -ratio * unit, ratio * view.toX(0), ratio * view.toY(0));
    const outermost = outlines.reduce((most, { part }) => Math.max(most, part), 0);
    for (const { region, part, path } of outlines) {
      if (hidden(region)) continue;
      c.fillStyle = c.strokeStyle = colourOf(region);
      c.globalAlpha = (theme === "dark" ? 0.05 : 0.06) * shown;
      c.fill(path, "evenodd");
      c.globalAlpha = (part === outermost ? 0.5 : 0.2) * shown;
      c.lineWidth = (part === outermost ? 1.3 : 0.9) / unit;
      c.stroke(path);
    }
    c.globalAlpha = 1;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  // ---- names

  private fits(x: number, y: number, width: number, height: number, view: View, air = 4): boolean {
    const box: Box = [x - width / 2 - air, y - height / 2 - air / 2, x + width / 2 + air, y + height / 2 + air / 2];
    const bottom = view.height - view.insets.bottom;
    if (box[0] < view.insets.left - 8 || box[2] > view.width + 8 || box[1] < 0 || box[3] > bottom) return false;
    if (this.taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) return false;
    this.taken.push(box);
    return true;
  }

  private text(words: string, x: number, y: number, ink: string, paper: string, alpha = 1) {
    const { context: c } = this;
    c.globalAlpha = alpha;
    c.lineWidth = 3;
    c.strokeStyle = paper;
    c.fillStyle = ink;
    c.strokeText(words, x, y);
    c.fillText(words, x, y);
    c.globalAlpha = 1;
  }

  private regionNames({ view, regions, colours, hidden, scene, steps }: Drawing) {
    const { context: c } = this;
    const { zoom } = view.camera;
    const quiet = scene.quiet && steps.lit > 0 && scene.path.length === 0 ? 0.55 : 1;
    c.textAlign = "center";
    c.textBaseline = "middle";
    const order = regions.map((_, i) => i).sort((a, b) => regions[a].level - regions[b].level || regions[b].size - regions[a].size);
    const largest = regions.reduce((most, region) => Math.max(most, region.size), 1);
    const held = new Set(regions.filter((region) => region.label !== "").map((region) => region.parent));
    for (const i of order) {
      const region = regions[i];
      const { from, to } = rangeOf(region.level);
      const last = held.has(i) ? to : Infinity;
      if (region.label === "" || zoom < from || zoom > last || hidden(i)) continue;
      const [x, y] = [view.toX(region.x), view.toY(region.y)];
      if (x < view.insets.left - 100 || x > view.width + 100 || y < -20 || y > view.height + 20) continue;
      const size = 10.5 + 4.5 * Math.sqrt(region.size / largest) + (zoom > 2 ? 1.5 : 0);
      c.font = `600 ${size.toFixed(1)}px ${kFont}`;
      // Centre the name on the region, or slightly above or below, and keep it fully visible while the centre is.
      const width = c.measureText(region.label).width;
      const air = zoom < 2 ? 11 : 7;
      const [left, right] = [view.insets.left + width / 2 + kMargin, view.width - width / 2 - kMargin];
      const middle = x > view.insets.left && x < view.width && left < right ? Math.min(Math.max(x, left), right) : x;
      const dy = kShifts.find((shift) => this.fits(middle, y + shift * size, width, size * 1.25, view, air));
      if (dy === undefined) continue;
      const fade = Math.min(1, (zoom - from) / 0.4 + 0.3, (last - zoom) / 0.4 + 0.3);
      this.text(region.label, middle, y + dy * size, colours.ink, colours.paper, 0.92 * fade * quiet);
    }
  }

  private songNames(drawing: Drawing) {
    const { context: c } = this;
    const { view, colours } = drawing;
    c.font = `450 12px ${kFont}`;
    c.textAlign = "center";
    c.textBaseline = "middle";
    for (const song of drawing.songs) {
      const [x, y] = this.at(drawing, song.row);
      const words = shortened(song.title || song.id, 34);
      if (!this.fits(x, y + 13, c.measureText(words).width, 15, view)) continue;
      this.text(words, x, y + 13, colours.ink, colours.paper, 0.82);
    }
  }

  // Labels next to the highlighted songs, played songs before found ones, as long as there is room.
  private sceneNames(drawing: Drawing) {
    const { context: c } = this;
    const { view, colours, scene, steps } = drawing;
    c.font = `600 12.5px ${kFont}`;
    c.textAlign = "center";
    c.textBaseline = "middle";
    for (const mean of scene.means) {
      if (steps.mean < 1 || !mean.label) continue;
      const [x, y] = [view.toX(mean.x), view.toY(mean.y)];
      if (this.fits(x, y - 24, c.measureText(mean.label).width, 16, view)) this.text(mean.label, x, y - 24, colours.found, colours.paper);
    }
    const spots = scene.marks.map((mark) => this.at(drawing, mark.row));
    const free = (box: Box) => !spots.some(([x, y]) => x > box[0] - 5 && x < box[2] + 5 && y > box[1] - 5 && y < box[3] + 5);
    const order = scene.marks.map((mark, i) => ({ mark, i })).sort((a, b) => kNamedFirst[a.mark.kind] - kNamedFirst[b.mark.kind]);
    for (const { mark, i } of order) {
      const seen = mark.kind === "found" ? steps.found : mark.kind === "path" ? steps.path : steps.lit;
      if (!mark.label || seen < 1) continue;
      const [x, y] = spots[i];
      const words = shortened(mark.label, 30);
      const half = c.measureText(words).width / 2;
      // Try below, above, right and left; take the first position that hides no mark.
      for (const [dx, dy] of [[0, 17], [0, -17], [half + 12, 0], [-half - 12, 0]]) {
        const box: Box = [x + dx - half, y + dy - 8, x + dx + half, y + dy + 8];
        if (!free(box) || !this.fits(x + dx, y + dy, 2 * half, 16, view)) continue;
        this.text(words, x + dx, y + dy, mark.kind === "found" || mark.kind === "focus" ? colours.found : colours.ink, colours.paper);
        break;
      }
    }
    this.keepOff(drawing);
  }

  // Keeps later names off the marks.
  private keepOff(drawing: Drawing) {
    for (const mark of drawing.scene.marks) {
      const [x, y] = this.at(drawing, mark.row);
      this.taken.push([x - 6, y - 6, x + 6, y + 6]);
    }
  }

  // ---- the scene

  private lines(drawing: Drawing) {
    const { context: c } = this;
    const { scene, steps, view, colours } = drawing;
    for (const mark of scene.marks) {
      const mean = mark.mean === undefined ? undefined : scene.means[mark.mean];
      if (!mean || mark.kind === "disliked") continue;
      const [x, y] = this.at(drawing, mark.row);
      const [mx, my] = [view.toX(mean.x), view.toY(mean.y)];
      const found = mark.kind === "found";
      const part = found ? steps.found : steps.mean;
      if (part <= 0) continue;
      const [fromX, fromY, toX, toY] = found ? [mx, my, x, y] : [x, y, mx, my];
      c.globalAlpha = found ? 0.28 : 0.5;
      c.strokeStyle = found ? colours.found : colours.played;
      c.lineWidth = found ? 1 : 1.4;
      c.setLineDash(found ? [] : [1, 5]);
      c.beginPath();
      c.moveTo(fromX, fromY);
      c.lineTo(fromX + (toX - fromX) * part, fromY + (toY - fromY) * part);
      c.stroke();
    }
    c.setLineDash([]);
    c.globalAlpha = 1;
  }

  private path(drawing: Drawing) {
    const points = drawing.scene.path.map((row) => this.at(drawing, row));
    drawPath(this.context, points, drawing.steps.path, drawing.colours);
  }

  private marks(drawing: Drawing) {
    const { scene, steps } = drawing;
    const count = (kind: Mark["kind"]) => scene.marks.filter((mark) => mark.kind === kind).length;
    const counts = { played: count("played"), found: count("found"), path: count("path"), disliked: count("disliked"), focus: count("focus") };
    const seen = { played: 0, found: 0, path: 0, disliked: 0, focus: 0 };
    for (const mark of scene.marks) {
      const part = mark.kind === "found" ? steps.found : mark.kind === "path" ? steps.path : steps.lit;
      const size = popped(staggered(part, seen[mark.kind]++, counts[mark.kind]));
      if (size > 0) this.mark(drawing, mark, size);
    }
  }

  private mark(drawing: Drawing, mark: Mark, size: number) {
    const { context: c } = this;
    const { colours } = drawing;
    const [x, y] = this.at(drawing, mark.row);
    const colour = { played: colours.played, found: colours.found, path: colours.found, focus: colours.found, disliked: colours.bad }[mark.kind];
    if (mark.kind === "played" || mark.kind === "focus") {
      const glow = c.createRadialGradient(x, y, 0, x, y, 22 * size);
      glow.addColorStop(0, colour);
      glow.addColorStop(1, colour + "00");
      c.globalAlpha = 0.3;
      c.fillStyle = glow;
      disc(c, x, y, 22 * size);
      c.globalAlpha = 1;
    }
    const radius = { played: 5.5, focus: 7, found: 4.5, path: 5, disliked: 5 }[mark.kind] * size;
    c.fillStyle = colours.paper;
    disc(c, x, y, (mark.number === undefined ? radius : kNumberRadius * size) + 1.8);
    c.fillStyle = colour;
    if (mark.kind === "disliked") {
      c.strokeStyle = colour;
      c.lineWidth = 2.2;
      c.beginPath();
      c.moveTo(x - radius * 0.7, y - radius * 0.7);
      c.lineTo(x + radius * 0.7, y + radius * 0.7);
      c.moveTo(x + radius * 0.7, y - radius * 0.7);
      c.lineTo(x - radius * 0.7, y + radius * 0.7);
      c.stroke();
    } else {
      disc(c, x, y, mark.number === undefined ? radius : kNumberRadius * size);
      if (mark.number !== undefined) drawNumber(c, x, y, mark.number, size, colours);
    }
  }

  // Each mean is a ring with a cross in it, larger for a larger weight.
  private means({ scene, steps, view, colours }: Drawing) {
    const { context: c } = this;
    if (steps.mean <= 0) return;
    for (const mean of scene.means) {
      const [x, y] = [view.toX(mean.x), view.toY(mean.y)];
      const size = popped(Math.max(0, steps.mean * 2 - 1));
      if (size <= 0) continue;
      const radius = (9 + 7 * Math.sqrt(mean.weight)) * size;
      c.globalAlpha = 0.18;
      c.fillStyle = colours.found;
      disc(c, x, y, radius * 2);
      if (steps.found > 0 && steps.found < 1) {
        c.globalAlpha = 0.5 * (1 - steps.found);
        c.strokeStyle = colours.found;
        c.lineWidth = 2;
        ring(c, x, y, radius + 90 * steps.found);
      }
      c.globalAlpha = 1;
      c.strokeStyle = colours.paper;
      c.lineWidth = 5;
      ring(c, x, y, radius);
      c.strokeStyle = colours.found;
      c.lineWidth = 2.4;
      ring(c, x, y, radius);
      c.beginPath();
      c.moveTo(x - 4, y);
      c.lineTo(x + 4, y);
      c.moveTo(x, y - 4);
      c.lineTo(x, y + 4);
      c.stroke();
    }
  }

  private pointed(drawing: Drawing) {
    if (drawing.pointed < 0 || drawing.pointed >= drawing.data.n) return;
    const { context: c } = this;
    const [x, y] = this.at(drawing, drawing.pointed);
    for (const [width, colour] of [[4.5, drawing.colours.paper], [2, drawing.colours.ink]] as const) {
      c.strokeStyle = colour;
      c.lineWidth = width;
      ring(c, x, y, 10);
    }
  }

  private crosshair({ view, colours }: Drawing) {
    const { context: c } = this;
    const { x, y } = view.middle;
    for (const [width, colour] of [[4, colours.paper], [1.6, colours.ink]] as const) {
      c.strokeStyle = colour;
      c.lineWidth = width;
      c.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        c.moveTo(x + dx * 6, y + dy * 6);
        c.lineTo(x + dx * 15, y + dy * 15);
      }
      c.stroke();
    }
  }
}

function disc(c: CanvasRenderingContext2D, x: number, y: number, radius: number) {
  c.beginPath();
  c.arc(x, y, Math.max(radius, 0), 0, 2 * Math.PI);
  c.fill();
}
function ring(c: CanvasRenderingContext2D, x: number, y: number, radius: number) {
  c.beginPath();
  c.arc(x, y, Math.max(radius, 0), 0, 2 * Math.PI);
  c.stroke();
}
export function shortened(words: string, most: number): string {
  const letters = [...words];
  return letters.length <= most ? words : letters.slice(0, most - 1).join("").trimEnd() + "…";
}
