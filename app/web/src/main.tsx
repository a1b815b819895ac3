import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app";
import { loadMap } from "./data/load_map";
import { theme } from "./map/palette";

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});
// Start loading the map's data while the browser prepares to render.
void loadMap();
render(<App />, document.getElementById("app")!);
