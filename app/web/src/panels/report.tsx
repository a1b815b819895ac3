// Next-song accuracy: an evaluation report, either the server's own or one opened from a file, which stays in this
// browser.
import { useState } from "preact/hooks";
import { get } from "../data/api";
import { readReport, reportOf, type Method, type Question, type Report } from "../data/report";
import { Problem } from "../ui/controls";
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
            <span dir="auto">{report.dataset}</span>, {report.split} split, {number(report.queues)} held-out queues
          </p>
          {report.questions.map((question) => <QuestionTable key={question.name} question={question} />)}
        </>
      )}
    </section>
  );
}

function QuestionTable({ question }: { question: Question }) {
  const most = Math.max(...question.methods.map((method) => method.hitRate10), 1e-9);
  const best = question.methods.reduce<Method | null>((one, method) => (!one || method.hitRate10 > one.hitRate10 ? method : one), null);
  const title = kQuestionTitles[question.name] ?? question.name;
  return (
    <>
      <h3>{title}</h3>
      <p class="more">{number(question.positions)} positions; in {number(question.unknown)} the next song is not in the catalogue, which counts as a miss.</p>
      <div class="table" tabIndex={0} role="region" aria-label={title}>
        <table class="methods">
          <thead><tr><th scope="col">Method</th><th scope="col">Hit rate @10</th><th scope="col">95 % CI</th><th scope="col">@100</th><th scope="col">NDCG@10</th></tr></thead>
          <tbody>
            {question.methods.map((method) => (
              <tr key={method.name} class={method === best ? "best" : ""}>
                <th scope="row" title={method.summary}>{method.name}{method === best && <span class="badge">best</span>}</th>
                <td><i class="share" aria-hidden="true"><i class={method.baseline ? "other" : ""} style={{ width: `${(method.hitRate10 / most) * 100}%` }} /></i>{share(method.hitRate10)}</td>
                <td>{Number.isNaN(method.margin) ? "" : `±${share(method.margin)}`}</td>
                <td>{share(method.hitRate100)}</td>
                <td>{share(method.ndcg10)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

const number = (n: number) => (Number.isNaN(n) ? "?" : n.toLocaleString("en"));
const share = (n: number) => (Number.isNaN(n) ? "" : n.toFixed(4));
