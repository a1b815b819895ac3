// The regions of the map as a list that can be searched: what the music there is called, coarse and fine.
import { useState } from "preact/hooks";
import { map, regionName, regions } from "../data/map";
import { topicsOf } from "../data/topics";
import type { Region } from "../data/types";
import { stage } from "../map/canvas";
import { zoomOf } from "../map/levels";

const kListed = 12; // topics shown until the user searches or expands the list
const kFound = 60;
const kSources: Record<Region["source"], string> = {
  titles: "named by playlists",
  tags: "named by tags",
  artists: "named by artists",
  none: "",
};

export function Topics() {
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState(false);
  const all = regions.value;
  if (!map.value || !all.some((region) => region.label !== "")) return null;
  const found = topicsOf(all, query);
  const listed = found.slice(0, query.trim() || open ? kFound : kListed);
  return (
    <section class="stack" aria-label="Topics">
      <h2>Topics</h2>
      <input
        type="text"
        inputMode="search"
        spellcheck={false}
        dir="auto"
        placeholder="Find a topic"
        aria-label="Find a topic"
        autocomplete="off"
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <ul class="topics">
        {listed.map((i) => <Topic key={i} region={i} />)}
      </ul>
      <p class="status" role="status">
        {found.length === 0 ? "No region has this name." : listed.length < found.length ? `${listed.length} of ${found.length} topics` : ""}
      </p>
      {!query.trim() && found.length > kListed && (
        <button type="button" class="link start" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Show fewer topics" : "Show more topics"}
        </button>
      )}
    </section>
  );
}

function Topic({ region: i }: { region: number }) {
  const region = regions.value[i];
  const around = region.parent >= 0 ? regionName(region.parent) : "";
  const go = () => stage.value?.fly({ x: region.x, y: region.y, zoom: zoomOf(region.level) });
  return (
    <li>
      <button type="button" class="topic" title={kSources[region.source] ?? ""} onClick={go}>
        <span class="words" dir="auto">{region.label}</span>
        {around && around !== region.label && <small dir="auto">in {around}</small>}
        <span class="count">{region.size.toLocaleString("en")}</span>
      </button>
    </li>
  );
}
