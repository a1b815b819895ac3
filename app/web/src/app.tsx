// The frame: navigation, the current view's panel, the map behind it, and banners.
import { useEffect, useRef, useState } from "preact/hooks";
import { listener, loadListener, online, revision, tokenWanted } from "./data/api";
import { loadLinks } from "./data/links";
import { loadMap } from "./data/load_map";
import { map } from "./data/map";
import { followAddress, hashFor, state, update, type View } from "./data/state";
import type { Song } from "./data/types";
import { MapCanvas, noWebGl, stage } from "./map/canvas";
import { scene } from "./map/scene";
import { kHome } from "./map/view";
import { FindPanel } from "./panels/find";
import { HealthPanel, Token } from "./panels/health";
import { ListenersPanel } from "./panels/listeners";
import { MapPanel } from "./panels/map";
import { openSong, toggleLiked } from "./panels/go";
import { PlaylistPanel, takeSong } from "./panels/playlist";
import { TastePanel } from "./panels/taste";
import { Icon, type IconName } from "./ui/icons";
import { PlayerBar } from "./ui/player";
import { Sheet, type SheetSize } from "./ui/sheet";
import { ThemeSwitch } from "./ui/theme";

const kItems: { view: View; label: string; icon: IconName }[] = [
  { view: "map", label: "Map", icon: "map" },
  { view: "find", label: "Search", icon: "find" },
  { view: "taste", label: "Your taste", icon: "taste" },
  { view: "playlist", label: "Playlist", icon: "playlist" },
  { view: "listeners", label: "Listeners", icon: "listeners" },
  { view: "health", label: "Health", icon: "health" },
];
const kOfOperators: View[] = ["listeners", "health"];
// A listener has a page of their own in place of those of operators.
const itemsOf = (user: string) => {
  const items = kItems.filter((item) => !kOfOperators.includes(item.view));
  if (user) return [...items, { view: "listeners" as const, label: "For me", icon: "listeners" as const }];
  return tokenWanted.value ? items : kItems;
};
const kHints: Partial<Record<View, string>> = {
  taste: "Select songs on the map to add them",
  playlist: "Select songs on the map to start from them",
};
const kWide: View[] = ["health", "listeners"];
const kPanels = { map: MapPanel, find: FindPanel, taste: TastePanel, playlist: PlaylistPanel, listeners: ListenersPanel, health: HealthPanel };

function onPick(song: Song) {
  const { view } = state.value;
  if (view === "taste") toggleLiked(song.id);
  else if (view === "playlist") takeSong(song);
  else openSong(song.id);
}

export function App() {
  const { view } = state.value;
  const items = itemsOf(listener.value);
  const label = [...items, ...kItems].find((item) => item.view === view)!.label;
  const body = useRef<HTMLDivElement>(null);
  const [sheet, setSheet] = useState<SheetSize>("half");

  // The hint disappears as soon as the view marks songs on the map.
  const hint = scene.value.marks.length === 0 && map.value && !noWebGl.value ? (kHints[view] ?? "") : "";

  useEffect(() => followAddress((camera) => stage.value?.fly(camera ?? { ...kHome })), []);
  useEffect(() => {
    void loadMap();
    void loadLinks();
    void loadListener();
  }, [revision.value]);
  useEffect(() => {
    body.current?.scrollTo(0, 0);
    document.title = `${label} · Segue`;
    if (sheet === "peek") setSheet("half");
  }, [view, label]);
  // "/" opens the search from anywhere except a text field with something in it.
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const field = (event.target as HTMLElement).closest<HTMLInputElement>("textarea, input:not([type=range], [type=radio], [type=checkbox], [type=file])");
      if (event.key !== "/" || (field && field.value !== "") || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      setSheet((now) => (now === "peek" ? "half" : now));
      update({ view: "find", song: "", artist: "", q: "" }, true);
      requestAnimationFrame(() => body.current?.querySelector<HTMLInputElement>("[role=combobox]")?.focus());
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const Panel = kPanels[view];
  return (
    <div class={`app ${noWebGl.value ? "no-map" : ""}`} data-view={view}>
      <a class="skip" href="#panel" onClick={(event) => {
        event.preventDefault();
        body.current?.focus();
      }}>Skip to panel</a>
      <nav class="rail" aria-label="Views">
        <a class="brand" href={hashFor({ view: "map" })} aria-label="Segue: go to the map">
          <svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
            <path d="M6 21c4.5-10 8.5 5 11.5-3s5-7.5 8.5-7" />
            <circle cx="6" cy="21" r="3" />
            <circle cx="26" cy="11" r="3" />
          </svg>
        </a>
        <ul>
          {items.map((item) => (
            <li key={item.view}>
              <a href={hashFor({ view: item.view })} aria-current={view === item.view ? "page" : undefined} onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                update({ view: item.view }, true);
              }}>
                <Icon name={item.icon} size={22} />
                <span>{item.label}</span>
              </a>
            </li>
          ))}
        </ul>
        <ThemeSwitch />
      </nav>
      <main>
        <MapCanvas onPick={onPick} hint={hint} />
        <Sheet label={label} wide={kWide.includes(view)} size={sheet} onSize={setSheet} body={body} beside={hint}>
          <Panel key={view} />
        </Sheet>
      </main>
      <PlayerBar />
      <Banners />
    </div>
  );
}

function Banners() {
  const [back, setBack] = useState(false);
  const was = useRef(true);
  useEffect(() => {
    if (online.value && !was.current) {
      setBack(true);
      const timer = setTimeout(() => setBack(false), 3000);
      was.current = true;
      return () => clearTimeout(timer);
    }
    was.current = online.value;
    return undefined;
  }, [online.value]);
  return (
    <div class="banners" role="status" aria-live="assertive">
      {!online.value && (
        <div class="banner bad">
          <span class="spinner" aria-hidden="true" /> The server is not responding. Your view is kept; retrying…
        </div>
      )}
      {online.value && back && <div class="banner good">The server is back.</div>}
      {tokenWanted.value && online.value && (
        <div class="banner">
          <p>This server requires a token with read access. Whoever runs it makes one with <code>segue token create --store STORE --read</code>.</p>
          <Token />
        </div>
      )}
      {noWebGl.value && !map.value && <span class="unseen">Loading songs</span>}
    </div>
  );
}
