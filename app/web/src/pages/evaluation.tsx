import type { Evaluation } from "../data/types";
import { EvaluationReport } from "../report/evaluation";
import "../style/report_page.css";
import { documentOf, ReportPage, show } from "./frame";

const report = documentOf<Evaluation>();
show(
  <ReportPage heading="Next-song accuracy" subject={report.dataset}>
    <EvaluationReport report={report} />
  </ReportPage>,
);
