// The map in a notebook: an anywidget module for segue.widget (Python), on the points and the camera of the web app.
//
// A click selects a song, with Shift, Ctrl or Cmd one more; a click beside all songs selects none; dragging with Shift
// selects what is in a rectangle. The rows selected are the trait `_rows`, so Python and the page see the same.
import KDBush from "kdbush";
import { listen } from "../map/input";
import { kColours, kNone, theme } from "../map/palette";
import { frameOf, Points } from "../map/points";
import { kHome, View } from "../map/view";

interface Label {
  x: number;
  y: number;
  label: string;
}

// The traits of segue.widget.MapWidget.
interface Traits {
  _places: DataView; // float32 x, y of each song, -1..1
  _categories: DataView; // a byte a song: the number of its colour, kNone for none
  _titles: DataView; // UTF-8, a line a song
  _labels: Label[];
  _rows: number[];
  height: number;
}

interface Model {
  get<Name extends keyof Traits>(name: Name): Traits[Name];
  set<Name extends keyof Traits>(name: Name, value: Traits[Name]): void;
  save_changes(): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
}

const kReach = 11; // pixels within which a song is picked
const kAtOnce = 200_000; // songs drawn in one part

const bytesOf = ({ buffer, byteOffset, byteLength }: DataView) => new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength).slice();

function add<Name extends keyof HTMLElementTagNameMap>(parent: HTMLElement, name: Name, style: Partial<CSSStyleDeclaration>) {
  const made = document.createElement(name);
  Object.assign(made.style, style);
  parent.append(made);
  return made;
}

class MapWidget {
  private readonly view = new View();
  private readonly host: HTMLElement;
  private readonly top: HTMLCanvasElement;
  private readonly tip: HTMLElement;
  private readonly points: Points | null;
  private readonly undo: (() => void)[] = [];
  private places = new Float32Array();
  private tree: KDBush | null = null;
  private titles: string[] = [];
  private chosen = new Set<number>();
  private box: { x: number; y: number; toX: number; toY: number } | null = null; // being dragged, in pixels
  private adding = false; // whether the click in progress adds to the selection
  private skipPick = false; // whether it ended a rectangle
  private frameRequested = false;

  constructor(
    private readonly model: Model,
    el: HTMLElement,
  ) {
    const { paper, ink } = this.colours;
    this.host = add(el, "div", { position: "relative", overflow: "hidden", background: paper, borderRadius: "4px", width: "100%" });
    this.host.className = "segue-map";
    const whole = { position: "absolute", inset: "0", width: "100%", height: "100%" };
    const below = add(this.host, "canvas", whole);
    this.top = add(this.host, "canvas", { ...whole, touchAction: "none", cursor: "crosshair" });
    this.top.tabIndex = 0;
    this.top.setAttribute("aria-label", "Map of songs: arrow keys move, + and - zoom, Enter selects the song in the middle");
    this.tip = add(this.host, "div", {
      position: "absolute", pointerEvents: "none", padding: "2px 8px", borderRadius: "4px", font: "13px system-ui, sans-serif",
      background: ink, color: paper, maxWidth: "60%", whiteSpace: "nowrap", overflow: "hidden", textOverflow: "ellipsis",
    });
    this.tip.hidden = true;
    this.tip.setAttribute("role", "status");
    this.points = Points.on(below);
    if (!this.points) {
      add(this.host, "p", { color: ink, padding: "1em", margin: "0" }).textContent = "The map needs WebGL 2, which this browser does not have.";
    }
    this.handleInput();
    const resized = new ResizeObserver(() => this.resize());
    resized.observe(this.host);
    this.undo.push(() => resized.disconnect());
    this.follow(["_places"], () => this.takePlaces());
    this.follow(["_categories"], () => this.takeColours());
    this.follow(["_titles"], () => (this.titles = new TextDecoder().decode(bytesOf(model.get("_titles"))).split("\n")));
    this.follow(["_rows"], () => (this.chosen = new Set(model.get("_rows"))));
    this.follow(["_labels"], () => {});
    this.follow(["height"], () => (this.host.style.height = `${model.get("height")}px`));
    this.undo.push(theme.subscribe(() => this.takeColours()));
  }

  destroy() {
    for (const each of this.undo) each();
    this.host.remove();
  }

  private get colours() {
    return kColours[theme.value];
  }

  // Calls `take` now and whenever one of the traits changes.
  private follow(traits: (keyof Traits)[], take: () => void) {
    const changed = () => {
      take();
      this.redraw();
    };
    for (const trait of traits) {
      this.model.on(`change:${trait}`, changed);
      this.undo.push(() => this.model.off(`change:${trait}`, changed));
    }
    changed();
  }

  private takePlaces() {
    this.places = new Float32Array(bytesOf(this.model.get("_places")).buffer);
    const n = this.places.length / 2;
    this.tree = n > 0 ? new KDBush(n, 64, Float32Array) : null;
    for (let i = 0; i < n; i++) this.tree!.add(this.places[2 * i], this.places[2 * i + 1]);
    this.tree?.finish();
    this.points?.setPlaces(this.places);
    this.takeColours();
  }

  private takeColours() {
    const { paper, none, categories } = this.colours;
    this.host.style.background = paper;
    const of = bytesOf(this.model.get("_categories"));
    if (!this.points || of.length !== this.points.count) return; // the places come with the next change
    const palette: (string | null)[] = new Array(kNone + 1).fill(none);
    for (let i = 0; i < kNone; i++) palette[i] = categories[i % categories.length];
    this.points.setCategories(of);
    this.points.setPalette(palette);
    this.redraw();
  }

  // ---- input

  private handleInput() {
    const { top } = this;
    const local = (event: PointerEvent) => {
      const { left, top: above } = top.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - above };
    };
    // A rectangle takes the event before the map moves by it.
    top.addEventListener("pointerdown", (event) => {
      if (!event.shiftKey) return;
      const { x, y } = local(event);
      this.box = { x, y, toX: x, toY: y };
    });
    top.addEventListener("pointermove", (event) => {
      if (!this.box) return;
      event.stopImmediatePropagation();
      const { x, y } = local(event);
      Object.assign(this.box, { toX: x, toY: y });
      this.redraw();
    });
    top.addEventListener("pointerup", (event) => {
      this.adding = event.shiftKey || event.ctrlKey || event.metaKey;
      const { box } = this;
      this.box = null;
      if (!box || Math.hypot(box.toX - box.x, box.toY - box.y) < kReach) return;
      this.choose(this.inside(box));
      this.skipPick = true; // listen() sees a press that did not move
    });
    top.addEventListener("pointercancel", () => (this.box = null));
    listen(top, {
      view: this.view,
      changed: () => this.redraw(),
      stop: () => {},
      hover: (x, y) => this.hover(x, y),
      leave: () => this.hover(NaN, NaN),
      pick: (x, y) => this.pick(x, y),
      pickMiddle: () => this.pick(this.view.middle.x, this.view.middle.y),
      home: () => {
        this.view.look({ ...kHome });
        this.redraw();
      },
    });
  }
  private rowAt(px: number, py: number): number {
    const { view } = this;
    const [x, y] = [view.fromX(px), view.fromY(py)];
    let [best, least] = [-1, Infinity];
    for (const row of this.tree?.within(x, y, kReach / view.unit) ?? []) {
      const distance = Math.hypot(this.places[2 * row] - x, this.places[2 * row + 1] - y);
      if (distance < least) [best, least] = [row, distance];
    }
    return best;
  }

  private inside({ x, y, toX, toY }: NonNullable<MapWidget["box"]>): number[] {
    const { view } = this;
    const [left, right] = [view.fromX(Math.min(x, toX)), view.fromX(Math.max(x, toX))];
    const [bottom, above] = [view.fromY(Math.max(y, toY)), view.fromY(Math.min(y, toY))];
    return (this.tree?.range(left, bottom, right, above) ?? []).sort((a, b) => a - b);
  }

  private hover(px: number, py: number) {
    const row = Number.isNaN(px) ? -1 : this.rowAt(px, py);
    this.tip.hidden = row < 0;
    if (row < 0) return;
    this.tip.textContent = this.titles[row] ?? "";
    const before = px > this.view.width / 2;
    Object.assign(this.tip.style, {
      left: before ? "" : `${px + 12}px`, right: before ? `${this.view.width - px + 12}px` : "", top: `${Math.max(py - 12, 0)}px`,
    });
  }

  private pick(px: number, py: number) {
    if (this.skipPick) {
      this.skipPick = this.adding = false;
      return;
    }
    const row = this.rowAt(px, py);
    if (!this.adding) this.choose(row < 0 ? [] : [row]);
    else if (row >= 0) this.choose(this.chosen.has(row) ? [...this.chosen].filter((other) => other !== row) : [...this.chosen, row]);
    this.adding = false;
  }

  private choose(rows: number[]) {
    this.chosen = new Set(rows);
    this.model.set("_rows", rows);
    this.model.save_changes();
    this.redraw();
  }

  // ---- frames

  private get ratio() {
    return Math.min(devicePixelRatio || 1, 2);
  }

  private resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width === 0 || height === 0) return;
    Object.assign(this.view, { width, height });
    for (const canvas of this.host.querySelectorAll("canvas")) {
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
    }
    this.points?.forget();
    this.draw();
  }

  private redraw() {
    if (this.frameRequested) return;
    this.frameRequested = true;
    requestAnimationFrame(() => {
      this.frameRequested = false;
      this.draw();
    });
  }

  private draw() {
    const { points, view } = this;
    if (points && points.count > 0) {
      const frame = frameOf(view, points.count, this.ratio, Math.max(0, points.count - kAtOnce));
      points.draw(frame);
      if (points.missing > 0 && !points.fill(frame, kAtOnce)) this.redraw();
    }
    this.drawTop();
  }

  // What lies on the points: names of regions, the selection, the rectangle.
  private drawTop() {
    const { view, ratio } = this;
    const { paper, ink, found } = this.colours;
    const context = this.top.getContext("2d")!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    context.font = "600 13px system-ui, sans-serif";
    context.textAlign = "center";
    context.lineJoin = "round";
    for (const { x, y, label } of this.model.get("_labels")) {
      context.lineWidth = 3;
      context.strokeStyle = paper;
      context.strokeText(label, view.toX(x), view.toY(y));
      context.fillStyle = ink;
      context.fillText(label, view.toX(x), view.toY(y));
    }
    context.lineWidth = 2;
    context.strokeStyle = found;
    for (const row of this.chosen) {
      context.beginPath();
      context.arc(view.toX(this.places[2 * row]), view.toY(this.places[2 * row + 1]), 6, 0, 2 * Math.PI);
      context.stroke();
    }
    if (this.box) context.strokeRect(this.box.x, this.box.y, this.box.toX - this.box.x, this.box.toY - this.box.y);
  }
}

export default {
  render({ model, el }: { model: Model; el: HTMLElement }) {
    const widget = new MapWidget(model, el);
    return () => widget.destroy();
  },
};
