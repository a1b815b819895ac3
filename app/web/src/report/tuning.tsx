// A search for training options: parallel coordinates of all trials, a scatter plot for each option, the best trials.
// Lines and points are brighter for better trials and fainter for fewer epochs.
import type { AxisTick, Search, Trial } from "../data/types";
import { number, ScrollTable, share, ticksOf } from "./charts";
import { OptionsOf } from "./evaluation";

const kShownTrials = 15;

interface Axis {
  title: string;
  unit: (trial: Trial) => number; // from 0 to 1
  ticks: AxisTick[];
}

// What all charts share. Trials in the order they are drawn in: the better, then the given options and the best, on top.
interface Drawing {
  search: Search;
  order: Trial[];
  height: (trial: Trial) => number;
  kind: (trial: Trial) => string;
  opacity: (trial: Trial) => number;
  scoreTicks: AxisTick[];
}

function drawingOf(search: Search): Drawing {
  const { trials, best, given, rungs } = search;
  const scores = trials.map((trial) => trial.sample.ndcg);
  const least = Math.min(...scores);
  const most = Math.max(...scores, least + 1e-9);
  const kind = (trial: Trial) => (trial === trials[best] ? "best" : trial === trials[given] ? "given" : "");
  const level = (trial: Trial) => (kind(trial) === "best" ? 2 : kind(trial) === "given" ? 1 : 0);
  return {
    search,
    order: [...trials].sort((a, b) => level(a) - level(b) || a.sample.ndcg - b.sample.ndcg),
    height: (trial) => (trial.sample.ndcg - least) / (most - least),
    kind,
    opacity: (trial) => 0.25 + (0.65 * (trial.rung + 1)) / Math.max(rungs.length, 1),
    scoreTicks: most - least > 1e-6
      ? ticksOf(least, most).map((tick) => ({ unit: (tick - least) / (most - least), text: String(+tick.toPrecision(4)) }))
      : [{ unit: 0, text: share(least) }],
  };
}

const nameOf = (trial: Trial) => (trial.number === 0 ? "given" : String(trial.number));
const titleOf = ({ search }: Drawing, trial: Trial) =>
  [`${trial.number === 0 ? "the given options" : `trial ${trial.number}`}: NDCG@10 ${share(trial.sample.ndcg)}, epochs ${trial.epochs}`,
    ...search.dimensions.map(({ name }, i) => `${name} ${trial.values[i]}`)].join(", ");

export function SearchReport({ search }: { search: Search }) {
  const drawing = drawingOf(search);
  return (
    <>
      <Summary search={search} />
      <section aria-label="All trials">
        <h2>All trials</h2>
        <ul class="key">
          <li><i class="best" />the best</li>
          <li><i class="given" />the given options, dashed</li>
          <li><i />other trials: stronger if better, fainter with fewer epochs</li>
        </ul>
        <Coordinates drawing={drawing} />
      </section>
      <section aria-label="Each option">
        <h2>Each option</h2>
        <p class="lead">
          NDCG@10 at the positions at which every trial is measured, against the value of one option; the other options differ from point to point.
        </p>
        <div class="figures">{search.dimensions.map((_, i) => <Scatter key={i} drawing={drawing} dimension={i} />)}</div>
      </section>
      <section aria-label="Best trials">
        <h2>Best trials</h2>
        <BestTrials drawing={drawing} />
      </section>
      <OptionsOf title="Search space" objects={[search.about]} />
    </>
  );
}

const timeOf = (seconds: number) => (seconds < 120 ? `${number(seconds)} seconds` : `${number(seconds / 60)} minutes`);

function Summary({ search }: { search: Search }) {
  const { trials, dimensions } = search;
  const [best, given] = [trials[search.best], trials[search.given]];
  const seconds = trials.reduce((sum, trial) => sum + trial.seconds, 0);
  const sets = trials.reduce((most, trial) => Math.max(most, trial.number), 0);
  return (
    <section aria-label="Summary">
      <p class="lead">
        {number(trials.length + search.failures)} trials of {number(sets)} sets of options in {timeOf(seconds)}. At all {number(search.positions)} positions
        of the validation part (split {search.split}), the best has <b>NDCG@10 {share(best.all?.ndcg)}</b> and HitRate@10 {share(best.all?.hit_rate)}{" "}
        ({best.all?.method}), the given options {share(given.all?.ndcg)} and {share(given.all?.hit_rate)} ({given.all?.method}). The best of many trials is
        always a little lucky: measure it on the test part, which the search has not seen.
      </p>
      {search.failures > 0 && <p class="more">{number(search.failures)} of the trials failed and are not shown.</p>}
      <ScrollTable label="Options of the best trial" kind="methods">
        <thead>
          <tr>
            <th scope="col">Option</th><th scope="col">Best</th><th scope="col">Given</th><th scope="col">Searched</th>
            <th scope="col" title="Share of the variance of NDCG@10 among the trials with the fewest epochs that lies between four groups by this option (rough)">Accounts for</th>
          </tr>
        </thead>
        <tbody>
          {dimensions.map(({ name, searched, importance }, i) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{best.values[i]}</td>
              <td>{given.values[i]}</td>
              <td class="dim">{searched}</td>
              <td>{importance > 0 ? `${number(100 * importance)} %` : ""}</td>
            </tr>
          ))}
          <tr><th scope="row">epochs</th><td>{best.epochs}</td><td>{given.epochs}</td><td class="dim">{search.rungs.join(", ")}</td><td /></tr>
        </tbody>
      </ScrollTable>
    </section>
  );
}

function axesOf({ search, height, scoreTicks }: Drawing): Axis[] {
  const { dimensions, trials, given, rungs } = search;
  const least = Math.log(Math.min(rungs[0], trials[given].epochs));
  const most = Math.max(Math.log(Math.max(rungs[rungs.length - 1], trials[given].epochs)), least + 1e-9);
  const epochs = (count: number) => (Math.log(count) - least) / (most - least);
  return [
    ...dimensions.map(({ name, ticks }, i): Axis => ({ title: name, unit: (trial) => trial.units[i], ticks })),
    { title: "epochs", unit: (trial) => epochs(trial.epochs), ticks: rungs.map((count) => ({ unit: epochs(count), text: String(count) })) },
    { title: "NDCG@10", unit: height, ticks: scoreTicks },
  ];
}

const within = (unit: number) => Math.min(Math.max(unit, 0), 1);

function Coordinates({ drawing }: { drawing: Drawing }) {
  const { order, height, kind, opacity } = drawing;
  const [left, gap, top, tall] = [64, 150, 30, 320];
  const axes = axesOf(drawing);
  const x = (axis: number) => left + gap * axis;
  const y = (unit: number) => top + tall * (1 - within(unit));
  const width = x(axes.length - 1) + 70;
  return (
    <div class="table" tabIndex={0} role="region" aria-label="Chart of all trials">
      <svg class="trials" width={width} height={top + tall + 20} viewBox={`0 0 ${width} ${top + tall + 20}`} role="img"
        aria-label="Parallel coordinates of all trials">
        {axes.map(({ title }, i) => (
          <g key={title}>
            <text x={x(i)} y={14} text-anchor="middle">{title}</text>
            <line class="axis" x1={x(i)} x2={x(i)} y1={top} y2={top + tall} />
          </g>
        ))}
        {order.map((trial, i) => (
          <path key={i} class={kind(trial)} d={axes.map(({ unit }, k) => `${k ? "L" : "M"}${x(k)} ${y(unit(trial)).toFixed(1)}`).join("")}
            style={kind(trial) ? {} : { "--height": `${20 + 80 * height(trial)}%`, opacity: opacity(trial) }}>
            <title>{titleOf(drawing, trial)}</title>
          </path>
        ))}
        {axes.map(({ title, ticks }, i) => ticks.map(({ unit, text }) => (
          <text key={`${title} ${text}`} class="tick" x={x(i) - 5} y={y(unit) + 4} text-anchor="end">{text}</text>
        )))}
      </svg>
    </div>
  );
}

function Scatter({ drawing, dimension }: { drawing: Drawing; dimension: number }) {
  const { search, order, height, kind, opacity, scoreTicks } = drawing;
  const { name, log, ticks } = search.dimensions[dimension];
  const [left, wide, top, tall, margin] = [52, 300, 8, 190, 8];
  const x = (unit: number) => left + margin + (wide - 2 * margin) * within(unit);
  const y = (unit: number) => top + margin + (tall - 2 * margin) * (1 - unit);
  return (
    <figure>
      <figcaption>{name} {log && <span class="dim">log</span>}</figcaption>
      <svg class="trials" viewBox={`0 0 ${left + wide + 14} ${top + tall + 20}`} role="img" aria-label={`NDCG@10 against ${name}`}>
        {scoreTicks.map(({ unit, text }) => (
          <g key={text}>
            <line class="axis" x1={left} x2={left + wide} y1={y(unit)} y2={y(unit)} />
            <text class="tick" x={left - 5} y={y(unit) + 4} text-anchor="end">{text}</text>
          </g>
        ))}
        {ticks.map(({ unit, text }) => <text key={text} class="tick" x={x(unit)} y={top + tall + 14} text-anchor="middle">{text}</text>)}
        {order.map((trial, i) => (
          <circle key={i} class={kind(trial)} cx={x(trial.units[dimension])} cy={y(height(trial))} r={kind(trial) === "best" ? 6 : 4}
            style={kind(trial) ? {} : { opacity: opacity(trial) }}>
            <title>{titleOf(drawing, trial)}</title>
          </circle>
        ))}
      </svg>
    </figure>
  );
}

function BestTrials({ drawing: { search, kind } }: { drawing: Drawing }) {
  const ranked = [...search.trials].sort((a, b) => b.sample.ndcg - a.sample.ndcg);
  const shown = ranked.filter((trial, i) => i < kShownTrials || kind(trial) !== "");
  return (
    <ScrollTable label="Scores of the best trials" kind="methods">
      <thead>
        <tr>
          {["Trial", "NDCG@10", "At all positions", "HR@10", "Method", "Epochs", ...search.dimensions.map(({ name }) => name), "Seconds"].map((name) => <th key={name} scope="col">{name}</th>)}
        </tr>
      </thead>
      <tbody>
        {shown.map((trial, i) => (
          <tr key={i} class={kind(trial)}>
            <th scope="row">{nameOf(trial)}</th>
            <td>{share(trial.sample.ndcg)}</td>
            <td>{share(trial.all?.ndcg)}</td>
            <td>{share(trial.sample.hit_rate)}</td>
            <td>{trial.sample.method}</td>
            <td>{trial.epochs}</td>
            {trial.values.map((value, k) => <td key={k}>{value}</td>)}
            <td>{number(trial.seconds, 1)}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
