// Reads the parts the page shows of a report written by `segue evaluate --report`: the server's own or an opened file.

export interface Method {
  name: string;
  summary: string;
  baseline: boolean;
  hitRate10: number;
  hitRate100: number;
  ndcg10: number;
  margin: number; // half the width of hitRate10's 95 % interval; NaN if not measured
}
export interface Question {
  name: string; // discovery, repeat, next, any
  positions: number;
  unknown: number; // positions whose next song is not in the catalogue
  methods: Method[];
}
export interface Report {
  dataset: string;
  split: string;
  queues: number; // held out
  questions: Question[];
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const numberOf = (value: unknown) => (typeof value === "number" ? value : NaN);
const textOf = (value: unknown) => (typeof value === "string" ? value : "");
const at = (value: unknown, key: string) => (isObject(value) ? value[key] : undefined);

function methodOf(value: unknown): Method {
  const interval = at(value, "hit_rate_interval");
  const [low, high] = Array.isArray(interval) ? interval.map(numberOf) : [NaN, NaN];
  return {
    name: textOf(at(value, "name")),
    summary: textOf(at(value, "summary")),
    baseline: at(value, "baseline") === true,
    hitRate10: numberOf(at(at(value, "hit_rate"), "10")),
    hitRate100: numberOf(at(at(value, "hit_rate"), "100")),
    ndcg10: numberOf(at(at(value, "ndcg"), "10")),
    margin: (high - low) / 2,
  };
}

export function readReport(text: string): Report {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Error("Expected a report written by segue evaluate --report, found text that is not JSON.");
  }
  return reportOf(document);
}

// Runs differ only in their seed; the page shows the first.
export function reportOf(document: unknown): Report {
  const runs = at(document, "runs");
  const run = Array.isArray(runs) ? runs[0] : undefined;
  const modes = at(run, "modes");
  if (!isObject(modes)) throw new Error("Expected a report written by segue evaluate --report, found other JSON.");
  const questions = Object.entries(modes).map(([name, mode]) => {
    const models = at(mode, "models");
    return {
      name,
      positions: numberOf(at(mode, "positions")),
      unknown: numberOf(at(mode, "unknown")),
      methods: (Array.isArray(models) ? models : []).map(methodOf).filter((method) => method.name && !Number.isNaN(method.hitRate10)),
    };
  });
  return { dataset: textOf(at(document, "dataset")), split: textOf(at(run, "split")), queues: numberOf(at(run, "held_out_queues")), questions };
}
