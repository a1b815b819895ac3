// A list that can be reordered by dragging a handle, or with the arrow keys while a handle has the focus.
import { useRef, useState } from "preact/hooks";
import type { Song } from "../data/types";
import { Icon } from "./icons";
import { SongRow, type Action } from "./songlist";

interface Props {
  songs: Song[];
  busy: boolean;
  onOrder: (songs: Song[]) => void;
  onRemove: (song: Song) => void;
  chipOf?: (song: Song, i: number) => string;
  actionsOf?: (song: Song, i: number) => Action[];
}

export function moved<T>(list: T[], from: number, to: number): T[] {
  const next = [...list];
  const [one] = next.splice(from, 1);
  next.splice(Math.min(Math.max(to, 0), next.length), 0, one);
  return next;
}

export function Reorderable({ songs, busy, onOrder, onRemove, chipOf, actionsOf }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const [dragged, setDragged] = useState(-1);
  const [said, say] = useState("");

  const move = (from: number, to: number) => {
    if (to < 0 || to >= songs.length || from === to) return;
    onOrder(moved(songs, from, to));
    say(`${songs[from].title} is now at position ${to + 1} of ${songs.length}`);
  };
  const drag = (event: PointerEvent) => {
    if (dragged < 0 || !list.current) return;
    const rows = [...list.current.children];
    const over = rows.findIndex((row) => event.clientY < row.getBoundingClientRect().bottom);
    const to = over < 0 ? rows.length - 1 : over;
    if (to !== dragged) {
      move(dragged, to);
      setDragged(to);
    }
  };
  return (
    <>
      <ol class="songs ordered" ref={list} aria-busy={busy} data-testid="playlist">
        {songs.map((song, i) => (
          <SongRow key={song.id} song={song} number={i + 1} kind="found" chip={chipOf?.(song, i)}
            actions={[...(actionsOf?.(song, i) ?? []), { icon: "close", label: "Remove", onClick: () => onRemove(song) }]}>
            <button
              type="button"
              class={`plain handle ${dragged === i ? "held" : ""}`}
              aria-label={`Move ${song.title}, position ${i + 1} of ${songs.length}. Use the up and down arrow keys.`}
              onPointerDown={(event) => {
                event.currentTarget.setPointerCapture(event.pointerId);
                setDragged(i);
              }}
              onPointerMove={drag}
              onPointerUp={() => setDragged(-1)}
              onPointerCancel={() => setDragged(-1)}
              onKeyDown={(event) => {
                const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
                if (by === 0) return;
                event.preventDefault();
                move(i, i + by);
              }}
            >
              <Icon name="grip" size={18} />
            </button>
          </SongRow>
        ))}
      </ol>
      <div class="unseen" role="status" aria-live="polite">{said}</div>
    </>
  );
}
