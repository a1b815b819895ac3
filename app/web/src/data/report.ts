// Reads a report written by `segue evaluate --report`: the server's own or an opened file, which may be of any version.
import type { Evaluation, EvaluationRun, MethodScore, ModeScores } from "./types";

export const kModeNames = ["discovery", "repeat", "next", "any"] as const;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const kExpected = "Expected a report written by segue evaluate --report, found";

export function readReport(text: string): Evaluation {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Error(`${kExpected} text that is not JSON.`);
  }
  return reportOf(document);
}

export function reportOf(document: unknown): Evaluation {
  const runs = isObject(document) && Array.isArray(document.runs) ? document.runs : [];
  if (runs.length === 0 || !runs.every((run) => isObject(run) && isObject(run.modes))) throw new Error(`${kExpected} other JSON.`);
  return document as unknown as Evaluation;
}

const isScore = (method: unknown): method is MethodScore =>
  isObject(method) && typeof method.name === "string" && isObject(method.hit_rate) && typeof method.hit_rate["10"] === "number" &&
  isObject(method.ndcg) && typeof method.ndcg["10"] === "number";

// The modes of a run with the methods that have scores.
export function modesOf(run: EvaluationRun): { name: string; scores: ModeScores }[] {
  return kModeNames.flatMap((name) => {
    const scores = run.modes[name];
    return scores && Array.isArray(scores.models) ? [{ name, scores: { ...scores, models: scores.models.filter(isScore) } }] : [];
  });
}
