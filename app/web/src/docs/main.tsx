// Shows the server's OpenAPI document: routes, parameters, request bodies and responses.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../ui/icons";
import { theme } from "../map/palette";
import { Operation } from "./operation";
import { operationsOf, type Document, type Route } from "./openapi";

document.documentElement.dataset.theme = theme.value;

function Docs() {
  const [read, setRead] = useState<Document | null>(null);
  const [error, setError] = useState("");
  const [wanted, setWanted] = useState("");
  useEffect(() => {
    fetch("/openapi.json")
      .then((reply) => (reply.ok ? reply.json() : Promise.reject(new Error(`${reply.status} ${reply.statusText}`))))
      .then(setRead, (problem: Error) => setError(`Cannot load the API description: ${problem.message}`));
  }, []);
  // The browser looked for the anchor before it was rendered.
  useEffect(() => {
    if (read && location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [read]);
  if (error) return <main class="docs-note"><p class="problem" role="alert">{error}</p></main>;
  if (!read) return <main class="docs-note"><p role="status">Loading…</p></main>;
  const routes = operationsOf(read);
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = routes.filter((route) => words.every((word) => `${route.method} ${route.path} ${route.summary}`.toLowerCase().includes(word)));
  return (
    <div class="docs">
      <header>
        <a class="link" href="/"><Icon name="map" size={16} /> Back to the map</a>
        <h1>{read.info.title} API</h1>
        <p class="version">Version {read.info.version} · <a href="/openapi.json">openapi.json</a></p>
        <label>
          <span class="unseen">Filter routes</span>
          <input type="text" placeholder="Filter routes" value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} />
        </label>
        <nav aria-label="Routes">
          <ul>{shown.map((route) => <Entry key={route.id} route={route} />)}</ul>
        </nav>
      </header>
      <main>
        {read.info.description && <p class="lead">{read.info.description}</p>}
        {shown.map((route) => <Operation key={route.id} route={route} document={read} />)}
        {shown.length === 0 && <p role="status">No matching routes.</p>}
      </main>
    </div>
  );
}

function Entry({ route }: { route: Route }) {
  return (
    <li>
      <a href={`#${route.id}`}><span class={`method ${route.method.toLowerCase()}`}>{route.method}</span> <span>{route.path}</span></a>
    </li>
  );
}

render(<Docs />, document.getElementById("app")!);
