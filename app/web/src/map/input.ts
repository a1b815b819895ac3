// Turns pointer, wheel and key events on the map into movements of the view. One finger or the mouse pans, two fingers
// zoom; a press that hardly moves picks a song.
import type { View } from "./view";

export interface Moves {
  view: View;
  changed: () => void; // the view has moved
  stop: () => void; // stops a running flight
  hover: (x: number, y: number) => void;
  leave: () => void;
  pick: (x: number, y: number) => void;
  pickMiddle: () => void;
  home: () => void;
}

const kClick = 5; // pixels a press may move and still count as a click
const kStep = 70; // pixels per arrow key press

export function listen(target: HTMLElement, moves: Moves) {
  const { view } = moves;
  const pointers = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  const local = (event: { clientX: number; clientY: number }) => {
    const box = target.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  target.addEventListener("pointerdown", (event) => {
    target.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, local(event));
    if (pointers.size === 1) travelled = 0;
    moves.stop();
  });
  target.addEventListener("pointermove", (event) => {
    const now = local(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      moves.hover(now.x, now.y);
      return;
    }
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    if (others.length === 0) {
      travelled += Math.hypot(now.x - before.x, now.y - before.y);
      if (travelled > kClick) {
        target.dataset.moving = "true";
        view.pan(now.x - before.x, now.y - before.y);
        moves.leave();
      }
    } else {
      const other = others[0];
      const distance = (at: { x: number; y: number }) => Math.max(Math.hypot(at.x - other.x, at.y - other.y), 1);
      travelled = Infinity;
      view.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
      view.zoomAt((now.x + other.x) / 2, (now.y + other.y) / 2, distance(now) / distance(before));
    }
    pointers.set(event.pointerId, now);
    if (travelled > kClick) moves.changed();
  });
  const lift = (event: PointerEvent) => {
    const at = pointers.get(event.pointerId);
    pointers.delete(event.pointerId);
    delete target.dataset.moving;
    if (at && event.type === "pointerup" && pointers.size === 0 && travelled <= kClick) moves.pick(at.x, at.y);
  };
  target.addEventListener("pointerup", lift);
  target.addEventListener("pointercancel", lift);
  target.addEventListener("pointerleave", moves.leave);

  target.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      moves.stop();
      const lines = event.deltaMode === 1 ? 18 : 1;
      const { x, y } = local(event);
      view.zoomAt(x, y, Math.exp(-Math.max(-240, Math.min(240, event.deltaY * lines)) * (event.ctrlKey ? 0.008 : 0.0022)));
      moves.changed();
    },
    { passive: false },
  );
  target.addEventListener("dblclick", (event) => {
    const { x, y } = local(event);
    view.zoomAt(x, y, 2);
    moves.changed();
  });

  const zoomMiddle = (by: number) => view.zoomAt(view.middle.x, view.middle.y, by);
  const keys: Record<string, () => void> = {
    ArrowLeft: () => view.pan(kStep, 0),
    ArrowRight: () => view.pan(-kStep, 0),
    ArrowUp: () => view.pan(0, kStep),
    ArrowDown: () => view.pan(0, -kStep),
    "+": () => zoomMiddle(1.4),
    "=": () => zoomMiddle(1.4),
    "-": () => zoomMiddle(1 / 1.4),
  };
  target.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = keys[event.key];
    if (move) {
      moves.stop();
      move();
      moves.changed();
    } else if (event.key === "0") moves.home();
    else if (event.key === "Enter" || event.key === " ") moves.pickMiddle();
    else return;
    event.preventDefault();
  });
}
