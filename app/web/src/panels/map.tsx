// The first screen: where to begin, topics, and the legend.
import { map } from "../data/map";
import { noWebGl } from "../map/canvas";
import { openSong } from "./go";
import { Legend } from "./legend";
import { Start } from "./start";
import { Topics } from "./topics";

export function MapPanel() {
  return (
    <>
      <h1>{map.value ? `${map.value.n.toLocaleString("en")} songs` : "Map"}</h1>
      <p class="lead">Songs played in similar contexts lie close together. Name one you like, and see what lies around it.</p>
      <Start label="Search songs and artists" onPick={(song) => openSong(song.id)} />
      {noWebGl.value && (
        <p class="problem">This browser cannot draw the map because it lacks WebGL 2. The list below shows the same songs.</p>
      )}
      <Topics />
      <Legend onPick={(song) => openSong(song.id)} />
    </>
  );
}
