import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app";
import { loadMap } from "./data/map";
import { theme } from "./map/palette";

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});
// The songs' places are on their way while the browser prepares to draw them.
void loadMap();
render(<App />, document.getElementById("app")!);
