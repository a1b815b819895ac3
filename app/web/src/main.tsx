import { render } from "preact"; render(<p>Segue</p>, document.getElementById("app")!);
