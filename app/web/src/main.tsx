import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app";
import { theme } from "./map/palette";

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});
render(<App />, document.getElementById("app")!);
