// The report of an evaluation: how well each method predicts the next song.
import type { Evaluation, EvaluationExample, EvaluationRun, MethodScore, ModeScores } from "../data/types";
import { modesOf } from "../data/report";
import { Bars, Head, number, percent, ScrollTable, share, signed } from "./charts";

const kTitles: Record<string, string> = { discovery: "Discovery", repeat: "Repeat", next: "Next", any: "All positions" };
const kTexts: Record<string, string> = {
  discovery: "The next song is not among those just heard, which are masked, so methods have to predict something new.",
  repeat: "The next song is among those just heard, and nothing is masked, so methods have to predict what is played again.",
  next: "Every position, and nothing is masked, so methods have to predict what is played, new or not.",
  any: "Nothing is masked.",
};
const kCutoffs = ["10", "20", "100"] as const;
const kHistoryLengths = [1, 2, 4, 8, 16, 32, 64];

// The first run in full.
export function EvaluationReport({ report }: { report: Evaluation }) {
  const run = report.runs[0];
  return (
    <>
      <p class="lead">
        Trained on {number(run.training_queues)} queues with {number(run.training_plays)} plays; methods rank a catalogue of the {number(run.songs)} songs
        played often enough in them. Measured on {number(run.held_out_queues)} queues that training has not seen (split {run.split}
        {typeof report.split_options?.part === "string" && `, ${report.split_options.part} part`}, seed {run.seed}), at every song after the first.
        Whiskers are 95 % intervals.
      </p>
      {(run.skipped ?? []).map((name) => <p key={name} class="more">{name} does not apply to this dataset.</p>)}
      {report.untuned_because && <p class="more">Baselines have their default settings: {report.untuned_because}</p>}
      {modesOf(run).map(({ name, scores }) => <Mode key={name} name={name} scores={scores} />)}
      {report.examples && <Examples method={report.examples.method} right={report.examples.right} wrong={report.examples.wrong} />}
      {report.runs.length > 1 && <Seeds runs={report.runs} />}
      <OptionsOf title="Options" objects={[report.split_options, report.options, report.train_options]} />
    </>
  );
}

function Mode({ name, scores }: { name: string; scores: ModeScores }) {
  const title = kTitles[name] ?? name;
  const { models, positions, unknown } = scores;
  return (
    <section class="mode" aria-label={title}>
      <h2>{title}</h2>
      <p class="lead">
        {kTexts[name]} {number(positions)} positions; at {number(unknown)} of them ({percent(unknown / positions, 0)}) the next song is not in the
        catalogue, which counts as a miss.
      </p>
      <ModeBars scores={scores} />
      <h3>Accuracy</h3>
      <AccuracyTable label={`${title}: accuracy`} scores={scores} />
      <h3>Compared with the best baseline, {scores.reference}</h3>
      <p class="more">Differences on the same positions; intervals from the same resampled queues.</p>
      <Gains label={`${title}: compared with ${scores.reference}`} scores={scores} />
      {models[0]?.by_popularity && scores.by_popularity && (
        <>
          <h3>HitRate@10 by popularity of the next song</h3>
          <p class="more">Each group of songs has a tenth of all plays: the first is the few most played songs, the last the many least played.</p>
          <Heat label={`${title}: by popularity`} models={models} slices="by_popularity" positions={scores.by_popularity}
            titles={scores.by_popularity.map((_, i) => (i === 0 ? "1 (top)" : String(i + 1)))} />
        </>
      )}
      {models[0]?.by_history && scores.by_history && (
        <>
          <h3>HitRate@10 by songs heard before</h3>
          <Heat label={`${title}: by songs heard`} models={models} slices="by_history" positions={scores.by_history} titles={kHistoryLengths.map(rangeFrom)} />
        </>
      )}
      {models[0]?.lists && (
        <>
          <h3>Properties of the lists</h3>
          <p class="more">Of their first 10 songs, unless noted.</p>
          <Methods label={`${title}: lists`} scores={scores} columns={kLists} />
        </>
      )}
    </section>
  );
}

// The two metrics that decide, with their intervals.
export function ModeBars({ scores: { models } }: { scores: ModeScores }) {
  const bars = (value: (method: MethodScore) => number, interval: (method: MethodScore) => number[] | null | undefined) => {
    const best = Math.max(...models.map(value));
    return models.map((method) => {
      const [low, high] = interval(method) ?? [];
      const here = value(method);
      const text = low === undefined ? undefined : `${share(here)} ±${share((high - low) / 2)}`;
      const kind = here === best ? "best" as const : method.baseline ? "baseline" as const : undefined;
      return { name: method.name, title: method.summary, value: here, low, high, text, kind };
    });
  };
  return (
    <>
      <div class="figures">
        <Bars title="HitRate@10" bars={bars((method) => method.hit_rate["10"], (method) => method.hit_rate_interval)} />
        <Bars title="NDCG@10" bars={bars((method) => method.ndcg["10"], (method) => method.ndcg_interval)} />
      </div>
      {models.some((method) => method.baseline) && <p class="more">The best is green; grey bars are baselines.</p>}
    </>
  );
}

export const AccuracyTable = (props: { label: string; scores: ModeScores }) => <Methods {...props} columns={kAccuracy} />;

function rangeFrom(least: number, i: number): string {
  if (i + 1 === kHistoryLengths.length) return `${least}+`;
  const greatest = kHistoryLengths[i + 1] - 1;
  return least === greatest ? String(least) : `${least}–${greatest}`;
}

// A number of each method. The best is marked if more is better.
interface Column {
  name: string;
  title: string;
  value: (method: MethodScore) => number | undefined;
  text: (value: number) => string;
  more?: boolean;
}
const kMetrics = [
  { name: "HR", key: "hit_rate", title: "Share of positions where the next song is among the first" },
  { name: "NDCG", key: "ndcg", title: "The same, worth less further down the list: 1 / log2(1 + rank)" },
  { name: "MRR", key: "mrr", title: "1 / rank" },
  { name: "Recall", key: "recall", title: "Share of the songs still to come that are among the first" },
] as const;
const kAccuracy: Column[] = kMetrics.flatMap(({ name, key, title }) =>
  kCutoffs.map((cutoff) => ({ name: `${name}@${cutoff}`, title, value: (method) => method[key]?.[cutoff], text: share, more: true })));
const kLists: Column[] = [
  ...kCutoffs.map((cutoff): Column => ({
    name: `coverage@${cutoff}`, title: "Share of the catalogue that is in at least one list", value: (method) => method.lists.coverage[cutoff], text: percent,
  })),
  { name: "Gini", title: "How unevenly songs are recommended: 0 all equally, 1 always the same", value: ({ lists }) => lists.gini, text: (n) => number(n, 3) },
  { name: "popularity rank", title: "Mean popularity rank of the recommended songs: 1 is the most played", value: ({ lists }) => lists.popularity_rank, text: (n) => number(n) },
  { name: "self-information", title: "Mean surprise of the recommended songs, bits", value: ({ lists }) => lists.self_information, text: (n) => number(n, 1) },
  { name: "diversity", title: "Mean of 1 - cosine of two songs of a list", value: ({ lists }) => lists.diversity, text: (n) => number(n, 3) },
  { name: "artist repeats", title: "Share of songs whose artist is already further up in the list", value: ({ lists }) => lists.artist_repeats, text: percent },
  { name: "hubness", title: "Skewness of how often songs are recommended", value: ({ lists }) => lists.hubness, text: (n) => number(n, 1) },
  { name: "length", title: "Mean length of lists of up to 100", value: ({ lists }) => lists.mean_length, text: (n) => number(n) },
];

function Methods({ label, scores, columns }: { label: string; scores: ModeScores; columns: Column[] }) {
  const best = columns.map(({ value, more }) => (more ? Math.max(...scores.models.map((method) => value(method) ?? -Infinity)) : Infinity));
  return (
    <ScrollTable label={label} kind="methods">
      <Head columns={columns} first="Method" />
      <tbody>
        {scores.models.map((method) => (
          <tr key={method.name}>
            <th scope="row" title={method.summary}>{method.name}</th>
            {columns.map(({ name, value, text }, i) => {
              const here = value(method);
              return <td key={name} class={here === best[i] ? "best" : ""}>{here === undefined ? "" : text(here)}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

function Gains({ label, scores }: { label: string; scores: ModeScores }) {
  return (
    <ScrollTable label={label} kind="methods">
      <thead>
        <tr><th scope="col">Method</th><th scope="col">HR@10</th><th scope="col">95 %</th><th scope="col">NDCG@10</th><th scope="col">95 %</th><th scope="col" class="words">What it does</th></tr>
      </thead>
      <tbody>
        {scores.models.map((method) => (
          <tr key={method.name}>
            <th scope="row">{method.name}</th>
            {method.name === scores.reference ? <td colSpan={4} class="middle">reference</td> : (
              <>
                <Gain value={method.hit_rate_gain} interval={method.hit_rate_gain_interval} />
                <Gain value={method.ndcg_gain} interval={method.ndcg_gain_interval} />
              </>
            )}
            <td class="words">{method.summary}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
function Gain({ value, interval }: { value?: number; interval?: number[] }) {
  return (
    <>
      <td>{value !== undefined && signed(value)}</td>
      <td class="dim">{interval && `${signed(interval[0])} to ${signed(interval[1])}`}</td>
    </>
  );
}

// HitRate@10 of every method in every group of positions, darker if higher.
function Heat({ label, models, slices, positions, titles }: {
  label: string; models: MethodScore[]; slices: "by_popularity" | "by_history"; positions: number[]; titles: string[];
}) {
  const most = Math.max(...models.flatMap((method) => method[slices].hit_rate), 1e-9);
  return (
    <ScrollTable label={label} kind="methods heat">
      <Head columns={titles.map((name) => ({ name }))} first="Method" />
      <tbody>
        <tr class="dim"><th scope="row">positions</th>{positions.map((count, i) => <td key={i}>{number(count)}</td>)}</tr>
        {models.map((method) => (
          <tr key={method.name}>
            <th scope="row">{method.name}</th>
            {positions.map((count, i) => {
              const rate = method[slices].hit_rate[i];
              return count === 0 ? <td key={i} /> : <td key={i} style={{ "--heat": `${(60 * rate) / most}%` }}>{number(rate, 3)}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

function Examples({ method, right, wrong }: { method: string; right: EvaluationExample[]; wrong: EvaluationExample[] }) {
  if (right.length + wrong.length === 0) return null;
  return (
    <section aria-label="Examples">
      <h2>Examples</h2>
      <p class="lead">From {method}, the best method by NDCG@10, at positions whose next song is in the catalogue.</p>
      {[{ title: "Right", list: right }, { title: "Wrong", list: wrong }].map(({ title, list }) => list.length > 0 && (
        <section key={title} aria-label={title}>
          <h3>{title}</h3>
          <div class="predictions">
            {list.map((example, i) => (
              <article key={i}>
                <h4>heard last</h4>
                <ol>{example.heard.map((song, k) => <li key={k} dir="auto">{song}</li>)}</ol>
                <h4>predicted</h4>
                <ol>{example.list.map((song, k) => <li key={k} dir="auto" class={k + 1 === example.rank ? "hit" : ""}>{song}</li>)}</ol>
                <h4>played next</h4>
                <p><span dir="auto">{example.target}</span> <span class="dim">({example.rank === 0 ? "not among the first 100" : `rank ${example.rank}`})</span></p>
              </article>
            ))}
          </div>
        </section>
      ))}
    </section>
  );
}

function Seeds({ runs }: { runs: EvaluationRun[] }) {
  const first = modesOf(runs[0])[0];
  if (!first) return null;
  return (
    <section aria-label="Other seeds">
      <h2>Other seeds</h2>
      <p class="lead">Everything above is for seed {runs[0].seed}. NDCG@10 in the first mode, by seed:</p>
      <ScrollTable label="NDCG@10 by seed" kind="methods">
        <Head first="Method" columns={runs.map((run) => ({ name: String(run.seed) }))} />
        <tbody>
          {first.scores.models.map(({ name }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {runs.map((run) => <td key={run.seed}>{share(modesOf(run).find((mode) => mode.name === first.name)?.scores.models.find((one) => one.name === name)?.ndcg["10"])}</td>)}
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </section>
  );
}

// ["space window", "2..50"] for {space: {window: "2..50"}}.
const flat = (one: object, before = ""): [string, string][] =>
  Object.entries(one).flatMap(([name, value]) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? flat(value as object, `${before}${name} `) : [[before + name, String(value)] as [string, string]]);

export function OptionsOf({ title, objects }: { title: string; objects: (Record<string, unknown> | undefined)[] }) {
  const all = objects.flatMap((one) => flat(one ?? {}));
  if (all.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <dl class="options">
        {all.map(([name, value]) => (
          <div key={name}><dt>{name}</dt><dd>{value}</dd></div>
        ))}
      </dl>
    </section>
  );
}
