import type { EventReport } from "../data/types";
import { EventsReport } from "../report/events";
import "../style/report_page.css";
import { documentOf, ReportPage, show } from "./frame";

show(
  <ReportPage heading="What listeners did" subject="segue report">
    <EventsReport report={documentOf<EventReport>()} />
  </ReportPage>,
);
