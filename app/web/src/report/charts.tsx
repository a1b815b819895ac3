// What all reports are built of: tables that scroll by themselves, bars with intervals, and numbers as text.
import type { ComponentChildren } from "preact";

export const number = (n: number | undefined, digits = 0) =>
  n === undefined || Number.isNaN(n) ? "" : n.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
export const share = (n: number | undefined) => number(n, 4);
export const percent = (part: number | undefined, digits = 1) => (part === undefined ? "" : `${number(part * 100, digits)} %`);
export const signed = (n: number) => `${n < 0 ? "−" : "+"}${number(Math.abs(n), 4)}`;

// A table wider than the page scrolls inside it.
export function ScrollTable({ label, kind = "", children }: { label: string; kind?: string; children: ComponentChildren }) {
  return (
    <div class="table" tabIndex={0} role="region" aria-label={label}>
      <table class={kind}>{children}</table>
    </div>
  );
}

export function Head({ columns, first = "" }: { first?: string; columns: { name: string; title?: string }[] }) {
  return (
    <thead>
      <tr>
        {first ? <th scope="col">{first}</th> : <td />}
        {columns.map(({ name, title }) => <th key={name} scope="col" title={title}>{name}</th>)}
      </tr>
    </thead>
  );
}

// 1, 2 or 5 times a power of ten: two to five steps from 0 to `most`.
function tickStep(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / 5));
  return power * [1, 2, 5, 10].find((times) => most / (power * times) <= 5)!;
}
export function ticksOf(low: number, high: number): number[] {
  if (!(high > low)) return [low];
  const step = tickStep(high - low);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}

export interface Bar {
  name: string;
  title?: string;
  value: number;
  low?: number; // of the 95 % interval
  high?: number;
  kind?: "best" | "baseline";
  text?: string; // in place of the value
}

// A bar for each row, with its interval as a whisker. `mark`: a number on the axis.
export function Bars({ title, bars, text = share, mark = (value) => String(+value.toPrecision(3)) }: {
  title: string; bars: Bar[]; text?: (value: number) => string; mark?: (value: number) => string;
}) {
  const most = Math.max(...bars.map((bar) => Math.max(bar.value, bar.high ?? 0)), 1e-9);
  const part = (value: number) => `${(Math.min(Math.max(value, 0), most) / most) * 100}%`;
  const ticks = ticksOf(0, most);
  return (
    <figure class="intervals">
      <figcaption>{title}</figcaption>
      <ul>
        {bars.map((bar) => (
          <li key={bar.name} class={bar.kind ?? ""}>
            <span class="name" dir="auto" title={bar.title}>{bar.name}</span>
            <span class="track" aria-hidden="true">
              {ticks.map((tick) => <i key={tick} class="grid" style={{ insetInlineStart: part(tick) }} />)}
              <i class="bar" style={{ width: part(bar.value) }} />
              {bar.low !== undefined && bar.high !== undefined && (
                <i class="whisker" style={{ insetInlineStart: part(bar.low), width: `calc(${part(bar.high)} - ${part(bar.low)})` }} />
              )}
            </span>
            <span class="value">{bar.text ?? text(bar.value)}</span>
          </li>
        ))}
        <li class="axis" aria-hidden="true">
          <span />
          <span class="track">{ticks.map((tick) => <i key={tick} style={{ insetInlineStart: part(tick) }}>{mark(tick)}</i>)}</span>
          <span />
        </li>
      </ul>
    </figure>
  );
}
