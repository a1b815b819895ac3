// The map as a component: its canvases, the card at the pointer, and the zoom buttons. Without WebGL 2 it sets
// `noWebGl`, and the panel's legend replaces the map.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { legend, map, mapError, regionName } from "../data/map";
import { nameOf, seenByRow, songsOfRows } from "../data/songs";
import type { Song } from "../data/types";
import { Icon } from "../ui/icons";
import { Points } from "./points";
import { pointed } from "./scene";
import { Stage } from "./stage";

export const stage = signal<Stage | null>(null);
export const noWebGl = signal(false);
const kCardDelay = 60; // ms

interface Hover {
  song: Song;
  x: number;
  y: number;
}

export function MapCanvas({ onPick, hint }: { onPick: (song: Song) => void; hint: string }) {
  const host = useRef<HTMLDivElement>(null);
  const points = useRef<HTMLCanvasElement>(null);
  const top = useRef<HTMLCanvasElement>(null);
  const [hover, setHover] = useState<Hover | null>(null);
  const [said, say] = useState("");
  const picked = useRef(onPick);
  picked.current = onPick;

  useEffect(() => {
    const drawn = Points.on(points.current!);
    if (!drawn) {
      noWebGl.value = true;
      return;
    }
    let timer = 0;
    const made = new Stage(host.current!, points.current!, top.current!, drawn, {
      hover: (row, x, y) => {
        clearTimeout(timer);
        if (row < 0) {
          setHover(null);
          return;
        }
        const show = (song?: Song) => pointed.peek() === row && song && setHover({ song, x, y });
        const seen = seenByRow(row);
        if (seen) show(seen);
        else timer = setTimeout(() => void songsOfRows([row]).then(([song]) => show(song), () => {}), kCardDelay) as unknown as number;
      },
      pick: (row) =>
        void songsOfRows([row]).then(([song]) => {
          if (!song) return;
          say(nameOf(song));
          picked.current(song);
        }, () => {}),
    });
    stage.value = made;
    return () => {
      made.destroy();
      stage.value = null;
    };
  }, []);

  return (
    <div class="stage" ref={host} data-songs={map.value?.n ?? 0}>
      <canvas class="points" ref={points} aria-hidden="true" />
      <canvas
        class="top"
        ref={top}
        tabIndex={0}
        role="application"
        aria-label="Song map. Arrow keys pan, plus and minus zoom, 0 shows everything, Enter selects the song in the centre."
        data-testid="map"
      />
      {hover && <Card {...hover} />}
      {!map.value && !mapError.value && !noWebGl.value && (
        <div class="stage-note" role="status">
          <span class="spinner" aria-hidden="true" /> Loading the map…
        </div>
      )}
      {mapError.value && <div class="stage-note">{mapError.value}</div>}
      {hint && <p class="hint">{hint}</p>}
      {!noWebGl.value && (
        <div class="zoom" role="group" aria-label="Zoom">
          <button type="button" class="round" aria-label="Zoom in" onClick={() => stage.value?.zoom(1.7)}><Icon name="plus" /></button>
          <button type="button" class="round" aria-label="Zoom out" onClick={() => stage.value?.zoom(1 / 1.7)}><Icon name="minus" /></button>
          <button type="button" class="round" aria-label="Show everything" onClick={() => stage.value?.fly({ x: 0, y: 0, zoom: 1 })}><Icon name="all" /></button>
        </div>
      )}
      <div class="unseen" role="status" aria-live="polite">{said}</div>
    </div>
  );
}

function Card({ song, x, y }: Hover) {
  const entry = legend.value?.entries.find((one) => one.category === legend.value?.of[song.row]);
  const region = map.value ? regionName(map.value.region[song.row]) : "";
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Place the card next to the pointer, inside the page.
    const { offsetWidth: width, offsetHeight: height, offsetParent: parent } = card.current!;
    const left = x + 18 + width > parent!.clientWidth ? x - width - 18 : x + 18;
    const top = y + 14 + height > parent!.clientHeight ? y - height - 14 : y + 14;
    card.current!.style.transform = `translate(${Math.max(8, left)}px, ${Math.max(8, top)}px)`;
  }, [song, x, y]);
  return (
    <div class="card" ref={card} role="tooltip">
      <b dir="auto">{song.title || song.id}</b>
      <span dir="auto">{song.artist}</span>
      <small>
        {entry && <i class="dot" style={{ background: entry.colour }} />}
        <span dir="auto">{region || "No region"}</span> · {plays(song.plays)}
      </small>
    </div>
  );
}

export const plays = (n: number) => `${n.toLocaleString("en")} ${n === 1 ? "play" : "plays"}`;
