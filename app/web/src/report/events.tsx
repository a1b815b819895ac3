// What listeners did with lists: rates by model, route and position, and which model they prefer.
import type { EventReport, JudgedModel, Rate, Rates } from "../data/types";
import { Bars, number, percent, ScrollTable, share, signed } from "./charts";

const kRates = ["click", "play", "skip", "save"] as const;
type Kind = (typeof kRates)[number];
const kNames: Record<Kind, string> = { click: "clicked", play: "played", skip: "skipped", save: "saved" };
const isKind = (name: string): name is Kind => (kRates as readonly string[]).includes(name);

export function EventsReport({ report }: { report: EventReport }) {
  const by = isKind(report.decided_by) ? report.decided_by : "click";
  const verdicts = [...report.comparisons, ...report.interleaved];
  return (
    <>
      <p class="lead">
        {number(report.events)} events of {number(report.lists)} lists, {number(report.listeners)} listeners
        {report.since > 0 && `, made since ${new Date(report.since * 1000).toISOString().slice(0, 10)}`}. Shares are of the songs that listeners saw; whiskers
        are 95 % intervals, by listener.
      </p>
      <section class="verdict" aria-label="Verdict">
        <h2>Verdict</h2>
        {verdicts.length === 0 && <p class="lead">There is one model, so none is compared.</p>}
        {report.comparisons.map((one) => <p key={`${one.model} ${one.against}`}><b>A/B</b> {one.verdict}</p>)}
        {report.interleaved.map((one) => <p key={`${one.model} ${one.against}`}><b>Interleaved</b> {one.verdict}</p>)}
      </section>
      <Group title="By model" first="Model" rows={report.models} by={by} />
      <Group title="By route" first="Route" rows={report.routes} by={by} />
      <Group title="By position in the list" first="Position" rows={report.positions} by={by} />
      {report.judged && report.judged.length > 0 && <Judged rows={report.judged} />}
      {report.notes.length > 0 && (
        <section aria-label="Notes">
          <h2>Notes</h2>
          <ul class="notes">{report.notes.map((note) => <li key={note} dir="auto">{note}</li>)}</ul>
        </section>
      )}
    </>
  );
}

function Group({ title, first, rows, by }: { title: string; first: string; rows: Rates[]; by: Kind }) {
  if (rows.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <Bars title={`Share ${kNames[by]}`} text={(value) => percent(value, 2)} mark={(value) => `${+(100 * value).toPrecision(3)} %`}
        bars={rows.map((row) => ({ name: row.name, value: row[by].rate, low: row[by].low, high: row[by].high }))} />
      <ScrollTable label={`Rates: ${title.toLowerCase()}`} kind="methods">
        <thead>
          <tr>{[first, "Lists", "Listeners", "Seen", ...kRates.map((kind) => kNames[kind][0].toUpperCase() + kNames[kind].slice(1))].map((name) => <th key={name} scope="col">{name}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row" dir="auto">{row.name}</th>
              <td>{number(row.lists)}</td>
              <td>{number(row.listeners)}</td>
              <td>{number(row.shown)}</td>
              {kRates.map((kind) => <td key={kind}><Cell rate={row[kind]} /></td>)}
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </section>
  );
}

function Cell({ rate }: { rate: Rate }) {
  return (
    <>
      {percent(rate.rate, 2)}
      {rate.low !== undefined && rate.high !== undefined && <small class="dim"> {number(100 * rate.low, 2)} to {number(100 * rate.high, 2)}</small>}
    </>
  );
}

function Judged({ rows }: { rows: JudgedModel[] }) {
  return (
    <section aria-label="Judged models">
      <h2>Judged by the songs that listeners chose</h2>
      <p class="lead">How well each model orders the songs that a list showed: NDCG, {number(rows[0].lists)} lists of {number(rows[0].listeners)} listeners.</p>
      <Bars title="NDCG" bars={rows.map(({ name, ndcg, low, high }) => ({ name, value: ndcg, low, high }))} />
      <ScrollTable label="Scores of judged models" kind="methods">
        <thead><tr><th scope="col">Model</th><th scope="col">NDCG</th><th scope="col">95 %</th><th scope="col">Against the first</th><th scope="col">95 %</th></tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row" dir="auto">{row.name}</th>
              <td>{share(row.ndcg)}</td>
              <td class="dim">{row.low !== undefined && `${share(row.low)} to ${share(row.high)}`}</td>
              <td>{row.difference !== undefined && signed(row.difference)}</td>
              <td class="dim">{row.difference_low !== undefined && row.difference_high !== undefined && `${signed(row.difference_low)} to ${signed(row.difference_high)}`}</td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </section>
  );
}
