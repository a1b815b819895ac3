// The map on the page: two canvases, a camera, and the frame loop. A frame is drawn only when something has changed.
// While the view moves, a frame draws only as many songs as fit in its time, the most popular first; the others follow,
// one part per frame, once the view rests. So input never waits.
import { effect, untracked } from "@preact/signals";
import { camera as seen, moved, state, type Camera } from "../data/state";
import { legend, map, placeOf, regions, rootOf, type MapData } from "../data/map";
import { songsOfRows } from "../data/songs";
import type { Song } from "../data/types";
import { loadContours, outlines } from "./contours";
import { listen } from "./input";
import { Overlay, type Box } from "./overlay";
import { kColours, kNone, stillMotion, theme } from "./palette";
import { Picker } from "./picker";
import { frameOf, Points, type Frame } from "./points";
import { kDone, pointed, scene, steps, type Steps } from "./scene";
import { between, kHome, View, type Insets } from "./view";

const kFlight = 750; // ms
const kRest = 160; // ms without movement until everything is drawn
const kSlow = 38; // ms a frame may take while moving; beyond that, draw fewer songs
const kQuick = 20; // ms; below that, draw more songs
const kFewest = 20_000;
const kFewestAtRest = 60_000; // songs per part
const kAtOnce = 120_000; // up to this many songs are drawn in one part at rest
const kReach = 11; // pixels within which a song is picked
const kReachOfKeys = 160; // the same around the centre, for Enter
const kNamed = 36; // most songs labelled

export interface StageEvents {
  hover: (row: number, x: number, y: number) => void;
  pick: (row: number) => void;
}

export class Stage {
  readonly view = new View();
  private points: Points | null;
  private readonly overlay: Overlay;
  private picker: Picker | null = null;
  private data: MapData | null = null;
  private frameRequested = false;
  private lastMove = 0;
  private lastFrame = 0;
  private wasMoving = false; // whether the view was moving at the last frame
  private budget = 250_000;
  private settling = 0;
  private filling = 0;
  private flight = 0;
  private growth = 0;
  private named: Song[] = [];
  private covered: Box[] = [];
  private naming = 0;
  private readonly undo: (() => void)[] = [];

  // Without WebGL 2 there is no Stage: the caller gets `points` from Points.on first.
  constructor(
    private readonly host: HTMLElement,
    private readonly pointCanvas: HTMLCanvasElement,
    private readonly topCanvas: HTMLCanvasElement,
    points: Points,
    private readonly events: StageEvents,
  ) {
    this.points = points;
    this.overlay = new Overlay(topCanvas.getContext("2d")!);
    if (seen.value) this.view.look(seen.value);
    listen(topCanvas, {
      view: this.view,
      changed: () => this.moved(),
      stop: () => this.flight++,
      hover: (x, y) => this.hover(x, y),
      leave: () => this.point(-1, 0, 0),
      pick: (x, y) => this.pick(x, y),
      pickMiddle: () => this.pick(this.view.middle.x, this.view.middle.y, kReachOfKeys),
      home: () => this.fly({ ...kHome }),
    });
    const resized = new ResizeObserver(() => this.resize());
    resized.observe(host);
    topCanvas.addEventListener("focus", () => this.redraw());
    topCanvas.addEventListener("blur", () => this.redraw());
    pointCanvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    pointCanvas.addEventListener("webglcontextrestored", () => this.restore());
    this.undo.push(
      () => resized.disconnect(),
      effect(() => {
        const data = map.value;
        if (data) untracked(() => this.take(data));
      }),
      effect(() => this.recolour()),
      effect(() => {
        void [scene.value, steps.value, pointed.value, regions.value, theme.value, outlines.value];
        this.redraw();
      }),
      loadContours(),
    );
    this.resize();
  }

  destroy() {
    this.undo.forEach((each) => each());
  }

  // The insets that panels cover, and smaller elements over the remaining area.
  setInsets(insets: Insets, covering: Iterable<Element>) {
    this.view.insets = insets;
    const { left, top } = this.host.getBoundingClientRect();
    this.covered = Array.from(covering, (one) => {
      const box = one.getBoundingClientRect();
      return [box.left - left, box.top - top, box.right - left, box.bottom - top];
    });
    this.redraw();
  }

  // ---- data and colours

  private take(data: MapData) {
    this.data = data;
    this.points?.setPlaces(data.places);
    this.lastLegend = null;
    this.recolour();
    this.redraw();
    // Build the spatial index only after the first picture.
    requestAnimationFrame(() => setTimeout(() => {
      if (this.data !== data) return;
      this.picker = new Picker(data.places, () => {
        this.host.dataset.picking = "ready";
        this.nameSongs();
      });
    }));
  }

  private recolour() {
    const shown = legend.value;
    const off = new Set(state.value.off);
    if (!shown || !this.points || this.points.count !== shown.of.length) return;
    if (this.lastLegend !== shown) this.points.setCategories(shown.of);
    this.lastLegend = shown;
    const palette: (string | null)[] = new Array(kNone + 1).fill(null);
    for (const entry of shown.entries) palette[entry.category] = off.has(entry.category) ? null : entry.colour;
    this.points.setPalette(palette);
    this.redraw();
    this.nameSongs();
  }
  private lastLegend: unknown = null;

  private shown = (row: number): boolean => {
    const all = legend.peek();
    return !all || !state.peek().off.includes(all.of[row]);
  };

  private restore() {
    this.points = Points.on(this.pointCanvas);
    if (this.data) this.take(this.data);
  }

  // ---- movement

  private moved() {
    this.lastMove = performance.now();
    moved({ ...this.view.camera });
    this.redraw();
  }

  zoom(by: number) {
    const { middle, camera } = this.view;
    const target = new View();
    Object.assign(target, { width: this.view.width, height: this.view.height, insets: this.view.insets, camera: { ...camera } });
    target.zoomAt(middle.x, middle.y, by);
    this.fly(target.camera, 260);
  }

  fly(to: Camera, duration = kFlight) {
    const from = { ...this.view.camera };
    const begun = performance.now();
    const mine = ++this.flight;
    const frame = (now: number) => {
      if (mine !== this.flight) return;
      const part = stillMotion() ? 1 : Math.min(Math.max(now - begun, 0) / duration, 1);
      this.view.look(between(from, to, part));
      this.moved();
      if (part < 1) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  flyToRow(row: number, zoom = 9) {
    if (!this.data || row < 0 || row >= this.data.n) return;
    this.fly({ ...placeOf(this.data, row), zoom: Math.max(this.view.camera.zoom, zoom) });
  }

  show(places: { x: number; y: number }[], mostZoom?: number) {
    if (places.length > 0) this.fly(this.view.showing(places, mostZoom));
  }

  // Plays the steps of the scene one after the other. Steps without a length stay done.
  play(lengths: Partial<Record<keyof Steps, number>>) {
    const mine = ++this.growth;
    const order = (["lit", "mean", "found", "path"] as const).filter((step) => lengths[step]);
    if (stillMotion()) {
      steps.value = kDone;
      return;
    }
    const begun = performance.now();
    const frame = (now: number) => {
      if (mine !== this.growth) return;
      let left = now - begun;
      const next: Steps = { ...kDone };
      for (const step of order) {
        next[step] = Math.min(Math.max(left / lengths[step]!, 0), 1);
        left -= lengths[step]!;
      }
      steps.value = next;
      if (left < 0) requestAnimationFrame(frame);
    };
    steps.value = { ...kDone, ...Object.fromEntries(order.map((step) => [step, 0])) };
    requestAnimationFrame(frame);
  }

  // ---- songs under the pointer

  private hover(px: number, py: number) {
    this.point(this.rowAt(px, py), px, py);
  }
  private rowAt(px: number, py: number, reach = kReach): number {
    if (!this.picker) return -1;
    return this.picker.nearest(this.view.fromX(px), this.view.fromY(py), reach / this.view.unit, this.shown);
  }
  private point(row: number, px: number, py: number) {
    this.topCanvas.dataset.over = String(row >= 0);
    pointed.value = row;
    this.events.hover(row, px, py);
  }
  private pick(px: number, py: number, reach = kReach) {
    const row = this.rowAt(px, py, reach);
    if (row >= 0) this.events.pick(row);
  }

  // Labels the most popular visible songs once the view rests and is zoomed in far enough.
  private nameSongs() {
    clearTimeout(this.naming);
    this.naming = setTimeout(async () => {
      const { view } = this;
      if (!this.picker || view.camera.zoom < 4) {
        this.named = [];
        return;
      }
      const { insets } = view;
      const rows = this.picker.inside(
        view.fromX(insets.left), view.fromY(view.height - insets.bottom), view.fromX(view.width - insets.right), view.fromY(insets.top),
        kNamed, this.shown);
      this.named = await songsOfRows(rows).catch(() => []);
      this.redraw();
    }, kRest) as unknown as number;
  }

  // ---- frames

  private resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width === 0 || height === 0) return;
    Object.assign(this.view, { width, height });
    const ratio = this.ratio;
    for (const canvas of [this.pointCanvas, this.topCanvas]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    // Draw immediately, because resizing clears a canvas.
    this.points?.forget();
    this.draw();
  }
  private get ratio() {
    return Math.min(devicePixelRatio || 1, 2);
  }

  redraw() {
    if (this.frameRequested) return;
    this.frameRequested = true;
    requestAnimationFrame((now) => {
      this.frameRequested = false;
      this.adapt(now);
      this.draw();
    });
  }

  private adapt(now: number) {
    const took = now - this.lastFrame;
    this.lastFrame = now;
    const wasMoving = this.wasMoving;
    this.wasMoving = this.moving;
    if (!this.moving || !wasMoving || !this.data) return;
    if (took > kSlow) this.budget = Math.max(this.budget * Math.min(0.75, Math.max(kSlow / took, 0.2)), kFewest);
    else if (took < kQuick) this.budget *= 1.15;
  }
  // A finger or button that is held down counts as moving.
  private get moving() {
    return "moving" in this.topCanvas.dataset || performance.now() - this.lastMove < kRest;
  }
  private settle() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => (this.moving ? this.settle() : this.redraw()), kRest + 20) as unknown as number;
  }

  private draw() {
    const { data, view, points } = this;
    if (!data || !points) return;
    const first = data.n > kAtOnce || this.moving ? Math.max(0, Math.round(data.n - this.budget)) : 0;
    const frame = frameOf(view, data.n, this.ratio, first, scene.value.quiet ? 0.38 : 1);
    points.draw(frame);
    this.fill(frame);
    const colours = kColours[theme.value];
    const all = legend.peek();
    this.overlay.draw(
      {
        view, data, colours,
        theme: theme.value,
        regions: regions.value,
        outlines: regions.value.length > 0 ? outlines.value : [], // whichever of the two arrives first
        colourOf: (region) => (all?.colouring === "region" ? all.entries.find((entry) => entry.region === region)?.colour : undefined) ?? colours.none,
        scene: scene.value,
        steps: steps.value,
        pointed: pointed.value,
        songs: scene.value.quiet ? [] : this.named,
        hidden: (region) => all?.colouring === "region" && all.entries.some((entry) => entry.region === rootOf(regions.peek(), region) && state.peek().off.includes(entry.category)),
        covered: this.covered,
        crosshair: document.activeElement === this.topCanvas && this.topCanvas.matches(":focus-visible"),
      },
      this.ratio,
    );
    if (this.lastNamed !== this.cameraKey) {
      this.lastNamed = this.cameraKey;
      this.nameSongs();
    }
  }

  // Draws the songs that were skipped, once the view rests.
  private fill(frame: Frame) {
    const mine = ++this.filling;
    const part = () => {
      if (mine !== this.filling || !this.points || !this.data) return;
      if (this.moving) this.settle();
      else if (!this.points.fill(frame, Math.max(this.budget, kFewestAtRest))) requestAnimationFrame(part);
      else this.host.dataset.drawn = String(this.data.n);
    };
    this.host.dataset.drawn = String(this.data!.n - this.points!.missing);
    if (this.points!.missing === 0) return;
    if (this.moving) this.settle();
    else requestAnimationFrame(part);
  }
  private lastNamed = "";
  private get cameraKey() {
    const { x, y, zoom } = this.view.camera;
    return `${x.toFixed(4)} ${y.toFixed(4)} ${zoom.toFixed(3)}`;
  }
}
