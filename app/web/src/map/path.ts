// Draws the line of a playlist: smooth, fading from its beginning to its end, with the songs' numbers.
import type { Colours } from "./palette";

export type Spot = [x: number, y: number];
// The Bézier handles of the segment from a to b of a centripetal Catmull-Rom curve, which neither overshoots nor loops
// when a short step follows a long one (Yuksel, Schaefer, Keyser 2011).
function handles(before: Spot, a: Spot, b: Spot, after: Spot): [Spot, Spot] {
  const root = (p: Spot, q: Spot) => Math.sqrt(Math.hypot(p[0] - q[0], p[1] - q[1]));
  const [d1, d2, d3] = [root(before, a), root(a, b), root(b, after)];
  const handle = (near: Spot, far: Spot, behind: Spot, d: number): Spot => {
    if (d < 1e-3 || d2 < 1e-3) return near;
    const own = 2 * d * d + 3 * d * d2 + d2 * d2;
    const along = (k: 0 | 1) => (d * d * far[k] - d2 * d2 * behind[k] + own * near[k]) / (3 * d * (d + d2));
    return [along(0), along(1)];
  };
  return [handle(a, b, before, d1), handle(b, a, after, d3)];
}
function bezier(a: number, leave: number, arrive: number, b: number, t: number): number {
  const s = 1 - t;
  return s ** 3 * a + 3 * s * s * t * leave + 3 * s * t * t * arrive + t ** 3 * b;
}

const kFaded = 0.3; // how strong the line's end is
const kPieces = 12; // straight pieces a segment is drawn as
export const kNumberRadius = 8;

export function drawPath(c: CanvasRenderingContext2D, points: Spot[], progress: number, colours: Colours) {
  if (points.length < 2) return;
  const grown = progress * (points.length - 1);
  for (const [width, colour, strong] of [[6, colours.paper, 0.8], [2.4, colours.found, 0.95]] as const) {
    c.strokeStyle = colour;
    c.lineWidth = width;
    for (let i = 0; i < Math.ceil(grown); i++) {
      const [before, a, b, after] = [points[Math.max(i - 1, 0)], points[i], points[i + 1], points[Math.min(i + 2, points.length - 1)]];
      const end = Math.min(grown - i, 1);
      const [leave, arrive] = handles(before, a, b, after);
      c.globalAlpha = strong * (1 - (1 - kFaded) * (i / (points.length - 1)));
      c.beginPath();
      c.moveTo(...a);
      for (let k = 1; k <= kPieces; k++) {
        const t = (k / kPieces) * end;
        c.lineTo(bezier(a[0], leave[0], arrive[0], b[0], t), bezier(a[1], leave[1], arrive[1], b[1], t));
      }
      c.stroke();
    }
  }
  c.globalAlpha = 1;
}

export function drawNumber(c: CanvasRenderingContext2D, x: number, y: number, number: number, size: number, colours: Colours) {
  c.fillStyle = colours.paper;
  c.font = `700 ${(number < 100 ? 9.5 : 7.5) * size}px system-ui, sans-serif`;
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.fillText(String(number), x, y + 0.5);
}
