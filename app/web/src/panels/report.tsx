// Next-song accuracy: an evaluation report, either the server's own or one opened from a file, which stays in this
// browser.
import { useState } from "preact/hooks";
import { get } from "../data/api";
import { modesOf, readReport, reportOf } from "../data/report";
import type { Evaluation as Report, ModeScores } from "../data/types";
import { number } from "../report/charts";
import { AccuracyTable, EvaluationReport, ModeBars } from "../report/evaluation";
import { Fold, Problem } from "../ui/controls";
import { useRequest } from "../ui/hooks";

const kQuestionTitles: Record<string, string> = {
  discovery: "Discovery: the next song was not heard recently",
  repeat: "Repeat: the next song was heard recently",
  next: "Next: whatever was played next, heard recently or not",
  any: "Any next song",
};

// `served`: whether the server has a report.
export function Evaluation({ served }: { served: boolean }) {
  const own = useRequest(served ? async (signal) => reportOf(await get("/v1/evaluation", signal)) : null, [served]);
  const [opened, setReport] = useState<Report | null>(null);
  const report = opened ?? own.value;
  const [error, setError] = useState("");
  const read = async (file: File) => {
    try {
      setReport(readReport(await file.text()));
      setError("");
    } catch (problem) {
      setReport(null);
      setError((problem as Error).message);
    }
  };
  return (
    <section class="evaluation" aria-label="Next-song accuracy">
      <h2>Next-song accuracy</h2>
      <p class="more">
        How often each method predicts the next song.{" "}
        {!served && <>Start the server with <code>--evaluation</code>, or open a report written by <code>segue evaluate DATASET --report</code>; it stays in this browser.</>}
      </p>
      <label class="drop-file">
        <input type="file" accept=".json" onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) void read(file);
          event.currentTarget.value = "";
        }} />
        <span>{report ? "Open another report" : "Open a report"}</span>
      </label>
      <Problem text={error || own.error} />
      {report && (
        <>
          <p class="more">
            <span dir="auto">{report.dataset}</span>, {report.runs[0].split} split, {number(report.runs[0].held_out_queues)} held-out queues
          </p>
          {modesOf(report.runs[0]).map(({ name, scores }) => <Question key={name} title={kQuestionTitles[name]} scores={scores} />)}
          <Fold title="The whole report"><EvaluationReport report={report} /></Fold>
        </>
      )}
    </section>
  );
}

function Question({ title, scores }: { title: string; scores: ModeScores }) {
  return (
    <>
      <h3>{title}</h3>
      <p class="more">{number(scores.positions)} positions; in {number(scores.unknown)} the next song is not in the catalogue, which counts as a miss.</p>
      <ModeBars scores={scores} />
      <AccuracyTable label={title} scores={scores} />
    </>
  );
}
