// The panel over the map: a card beside it, or on a phone a sheet at the bottom that its handle expands and collapses.
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { stage } from "../map/canvas";

export type SheetSize = "half" | "full" | "peek";
const kPhone = "(max-width: 719px)";
const kNext: Record<SheetSize, SheetSize> = { peek: "half", half: "full", full: "peek" };

interface Props {
  label: string;
  wide?: boolean;
  size: SheetSize;
  onSize: (size: SheetSize) => void;
  body: RefObject<HTMLDivElement | null>;
  beside?: string; // what else lies over the map, so that it is measured again when that changes
  children: ComponentChildren;
}

export function Sheet({ label, wide, size, onSize, body, beside, children }: Props) {
  const panel = useRef<HTMLElement>(null);
  // The map centres on the area that the panel does not cover.
  useEffect(() => {
    const measure = () => {
      if (!panel.current || !stage.value) return;
      const box = panel.current.getBoundingClientRect();
      const area = panel.current.offsetParent!.getBoundingClientRect();
      const insets = matchMedia(kPhone).matches
        ? { left: 0, top: 8, right: 0, bottom: size === "full" ? area.height * 0.5 : Math.max(area.bottom - box.top, 0) }
        : { left: Math.min(box.right - area.left + 12, area.width - 200), top: 12, right: 12, bottom: 12 };
      stage.value.setInsets(insets, document.querySelectorAll(".hint, .zoom button, .theme"));
    };
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(panel.current!);
    addEventListener("resize", measure);
    return () => {
      resized.disconnect();
      removeEventListener("resize", measure);
    };
  }, [stage.value, wide, size, beside]);
  return (
    <section class={`panel ${wide ? "wide" : ""} ${size}`} ref={panel} id="panel" aria-label={label}>
      <button type="button" class="sheet-handle" aria-expanded={size !== "peek"} aria-label={size === "full" ? "Collapse panel" : "Expand panel"}
        onClick={() => onSize(kNext[size])}><i aria-hidden="true" /></button>
      <div class="panel-body" ref={body} tabIndex={-1}>{children}</div>
    </section>
  );
}
