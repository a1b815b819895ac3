import { render } from "preact";
import { App } from "./app";
import { theme } from "./map/palette";

document.documentElement.dataset.theme = theme.value;
render(<App />, document.getElementById("app")!);
