// For the operator: the server's health, polled from GET /v1/status every few seconds, and facts about its models.
import { useEffect, useState } from "preact/hooks";
import { get, path, setToken, token } from "../data/api";
import type { ModelDetails, Models, Status } from "../data/types";
import { Problem } from "../ui/controls";
import { useRequest } from "../ui/hooks";
import { Icon } from "../ui/icons";
import { Evaluation } from "./report";

const kEvery = 2000; // ms
const kKept = 90; // points in the chart

export function HealthPanel() {
  const [tick, setTick] = useState(0);
  const [rates, setRates] = useState<number[]>([]);
  const status = useRequest((signal) => get<Status>("/v1/status", signal), [tick]);
  const models = useRequest(async (signal) => {
    const { items } = await get<Models>("/v1/models", signal);
    return Promise.all(items.map((one) => get<ModelDetails>(`/v1/models/${path(one.name)}`, signal)));
  }, []);
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && setTick((n) => n + 1), kEvery);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (status.value) setRates((before) => [...before, status.value!.requests_per_second].slice(-kKept));
  }, [status.value]);
  const now = status.value;
  const routes = (now?.routes ?? []).filter((route) => route.requests > 0).sort((a, b) => b.requests - a.requests);
  return (
    <>
      <div class="row between">
        <h1>Health</h1>
        <a class="link" href="/docs">API reference</a>
      </div>
      <Problem text={status.error} />
      {now && (
        <>
          <dl class="facts-grid" data-testid="status">
            <Fact name="Uptime" value={duration(now.uptime_seconds)} />
            <Fact name="Requests/s" value={number(now.requests_per_second)} />
            <Fact name="Requests" value={number(routes.reduce((sum, route) => sum + route.requests, 0))} />
            {now.store.error && <Fact name="Store" value={now.store.error} />}
            {now.store.listens !== undefined && <Fact name="Listens stored" value={number(now.store.listens)} />}
            {now.store.users !== undefined && <Fact name="Listeners" value={number(now.store.users)} />}
            {now.store.queued !== undefined && <Fact name="Queued" value={number(now.store.queued)} />}
          </dl>
          <Chart rates={rates} />
          <h2>Routes</h2>
          <div class="table" tabIndex={0} role="region" aria-label="Requests and latency by route">
            <table>
              <thead><tr><th scope="col">Route</th><th scope="col">Requests</th><th scope="col">Failed</th><th scope="col">Median</th><th scope="col">p99</th></tr></thead>
              <tbody>
                {routes.map((route) => (
                  <tr key={`${route.method} ${route.path}`}>
                    <th scope="row"><span class="method">{route.method}</span> {route.path}</th>
                    <td>{number(route.requests)}</td>
                    <td>{number(route.failed)}</td>
                    <td>{milliseconds(route.p50_seconds)}</td>
                    <td>{milliseconds(route.p99_seconds)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
      <h2>Models</h2>
      <Problem text={models.error} />
      {models.value?.map((model) => <Model key={model.name} model={model} recall={now?.models?.find((one) => one.name === model.name)?.recall} />)}
      <Evaluation served={now?.evaluation === true} />
      <Token />
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return <div><dt>{name}</dt><dd>{value}</dd></div>;
}

// Requests per second over the last few minutes.
function Chart({ rates }: { rates: number[] }) {
  const most = Math.max(...rates, 1);
  const [width, height] = [600, 110];
  const x = (i: number) => width - (rates.length - 1 - i) * (width / (kKept - 1));
  const y = (rate: number) => height - 6 - (rate / most) * (height - 16);
  const line = rates.map((rate, i) => `${i === 0 ? "M" : "L"}${x(i).toFixed(1)} ${y(rate).toFixed(1)}`).join("");
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={`Requests per second, peak ${number(most)} over the last few minutes`}>
        {rates.length > 1 && <path class="area" d={`${line}L${x(rates.length - 1)} ${height}L${x(0)} ${height}Z`} />}
        <path class="line" d={line} />
      </svg>
      <figcaption>Requests per second, last {Math.round((kKept * kEvery) / 60000)} minutes · peak: {number(most)}</figcaption>
    </figure>
  );
}

function Model({ model, recall }: { model: ModelDetails; recall?: number }) {
  const loss = model.history.map((epoch) => epoch.sample_loss ?? epoch.mean_loss);
  const options = Object.entries(model.options).filter(([, value]) => typeof value !== "object");
  return (
    <article class="model">
      <h3>{model.name}{model.default && <span class="badge">default</span>}</h3>
      <dl class="facts-grid">
        <Fact name="Songs" value={number(model.songs)} />
        <Fact name="Dimensions" value={String(model.dim)} />
        {model.trained && <Fact name="Trained" value={day(model.trained)} />}
        {model.loaded && <Fact name="Loaded" value={day(model.loaded)} />}
        {typeof model.counts.plays === "number" && <Fact name="Training plays" value={number(model.counts.plays)} />}
        {recall !== undefined && <Fact name="Index recall" value={percent(recall)} />}
        <Fact name="Map" value={model.map ? "yes" : "no"} />
        {model.digest && <Fact name="Digest" value={model.digest.replace(/^sha256:/, "").slice(0, 12)} />}
      </dl>
      {loss.length > 1 && <Loss loss={loss} />}
      {options.length > 0 && (
        <details>
          <summary>Training options</summary>
          <dl class="options">{options.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{String(value)}</dd></div>)}</dl>
        </details>
      )}
    </article>
  );
}

function Loss({ loss }: { loss: number[] }) {
  const most = Math.max(...loss);
  return (
    <figure class="bars">
      <div role="img" aria-label={`Loss by epoch, from ${loss[0].toFixed(3)} to ${loss[loss.length - 1].toFixed(3)}`}>{loss.map((value, i) => <i key={i} style={{ height: `${(value / most) * 100}%` }} />)}</div>
      <figcaption>Loss by epoch: {loss[0].toFixed(3)} → {loss[loss.length - 1].toFixed(3)}</figcaption>
    </figure>
  );
}

export function Token() {
  const [text, setText] = useState("");
  return (
    <form class="field-row token" onSubmit={(event) => {
      event.preventDefault();
      setToken(text);
      setText("");
    }}>
      <label>
        <span><Icon name="key" size={16} /> {token.value ? "A token is set for this tab" : "Token, if the server requires one"}</span>
        <input type="password" autocomplete="off" value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <button type="submit" disabled={text === ""}>Use</button>
      {token.value && <button type="button" onClick={() => setToken("")}>Forget</button>}
    </form>
  );
}

const number = (n: number) => n.toLocaleString("en", { maximumFractionDigits: n < 10 ? 1 : 0 });
const percent = (part: number) => `${(part * 100).toLocaleString("en", { maximumFractionDigits: 1 })} %`;
const milliseconds = (seconds: number) => `${(seconds * 1000).toLocaleString("en", { maximumSignificantDigits: 3 })} ms`;
const day = (time: string) => {
  const date = new Date(time);
  return Number.isNaN(date.valueOf()) ? time : date.toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
};
function duration(seconds: number): string {
  const [d, h, m] = [Math.floor(seconds / 86400), Math.floor((seconds / 3600) % 24), Math.floor((seconds / 60) % 60)];
  if (d > 0) return `${d} d ${h} h`;
  if (h > 0) return `${h} h ${m} min`;
  return m > 0 ? `${m} min` : `${Math.floor(seconds)} s`;
}
