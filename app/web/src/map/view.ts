// The camera: converts positions on the map (-1..1, y up) to pixels and back. The centre is that of the area not
// covered by panels, so that the whole map fits next to them.
import type { Camera } from "../data/state";

export interface Insets {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const kLeastZoom = 0.6;
export const kMostZoom = 400;
export const kHome: Camera = { x: 0, y: 0, zoom: 1 };

export class View {
  width = 1;
  height = 1;
  insets: Insets = { left: 0, top: 0, right: 0, bottom: 0 };
  camera: Camera = { ...kHome };

  get freeWidth() {
    return Math.max(this.width - this.insets.left - this.insets.right, 80);
  }
  get freeHeight() {
    return Math.max(this.height - this.insets.top - this.insets.bottom, 80);
  }
  // Pixels per unit of the map.
  get unit() {
    return (Math.min(this.freeWidth, this.freeHeight) / 2) * 0.94 * this.camera.zoom;
  }
  get middle() {
    return { x: this.insets.left + this.freeWidth / 2, y: this.insets.top + this.freeHeight / 2 };
  }
  toX = (x: number) => (x - this.camera.x) * this.unit + this.middle.x;
  toY = (y: number) => this.middle.y - (y - this.camera.y) * this.unit;
  fromX = (pixel: number) => (pixel - this.middle.x) / this.unit + this.camera.x;
  fromY = (pixel: number) => (this.middle.y - pixel) / this.unit + this.camera.y;

  look(at: Camera) {
    const inside = (value: number) => Math.min(Math.max(value, -1.1), 1.1);
    this.camera = { x: inside(at.x), y: inside(at.y), zoom: Math.min(Math.max(at.zoom, kLeastZoom), kMostZoom) };
  }

  pan(dx: number, dy: number) {
    this.look({ ...this.camera, x: this.camera.x - dx / this.unit, y: this.camera.y + dy / this.unit });
  }

  // Zooms around a pixel: the position under it stays fixed.
  zoomAt(px: number, py: number, by: number) {
    const [x, y] = [this.fromX(px), this.fromY(py)];
    this.look({ ...this.camera, zoom: this.camera.zoom * by });
    this.look({ ...this.camera, x: this.camera.x + x - this.fromX(px), y: this.camera.y + y - this.fromY(py) });
  }

  // A camera that shows all the given positions.
  showing(places: { x: number; y: number }[], mostZoom = 14): Camera {
    if (places.length === 0) return { ...kHome };
    const xs = places.map((place) => place.x);
    const ys = places.map((place) => place.y);
    const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const unit = this.unit / this.camera.zoom;
    const zoom = Math.min(this.freeWidth / ((right - left) * unit || 1e-9), this.freeHeight / ((top - bottom) * unit || 1e-9));
    return { x: (left + right) / 2, y: (bottom + top) / 2, zoom: Math.min(zoom * 0.72, mostZoom) };
  }
}

// Interpolates between two cameras, zooming out on the way if they are far apart.
export function between(from: Camera, to: Camera, part: number): Camera {
  const eased = part < 0.5 ? 4 * part ** 3 : 1 - (2 - 2 * part) ** 3 / 2;
  const distance = Math.hypot(to.x - from.x, to.y - from.y) * Math.min(from.zoom, to.zoom);
  const out = Math.exp(-Math.sin(Math.PI * eased) * Math.log1p(Math.max(distance - 1, 0)) * 0.7);
  return {
    x: from.x + (to.x - from.x) * eased,
    y: from.y + (to.y - from.y) * eased,
    zoom: from.zoom * (to.zoom / from.zoom) ** eased * out,
  };
}
