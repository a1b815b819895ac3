import type { Search } from "../data/types";
import { SearchReport } from "../report/tuning";
import "../style/report_page.css";
import { documentOf, ReportPage, show } from "./frame";

const search = documentOf<Search>();
show(
  <ReportPage heading="Search for training options" subject={search.dataset}>
    <SearchReport search={search} />
  </ReportPage>,
);
