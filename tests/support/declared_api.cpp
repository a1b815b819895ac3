// Prints what is generated from the routes of the service and the documents of pages: `declared_api types`
// app/web/src/data/types.ts,
// `declared_api openapi` the OpenAPI document.
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include "segue/base/json.h"
#include "segue/draw/draw_html.h"
#include "segue/evaluate/events/event_report.h"
#include "segue/evaluate/report/report_fields.h"
#include "segue/evaluate/tuning/search_page.h"
#include "segue/serve/api/openapi.h"
#include "segue/serve/service.h"

#include "tests/support/memory_store.h"

int main(int argc, char** argv) {
  const std::string_view wanted = argc == 2 ? argv[1] : "";
  if (wanted != "types" && wanted != "openapi") {
    std::fputs("usage: declared_api types|openapi\n", stderr);
    return 2;
  }
  segue::serve::ModelSet models({}, {}, false);
  segue::testing::MemoryStore store;
  const segue::serve::StaticFiles files;
  const segue::serve::Service service({.models = models, .store = store, .files = files, .log = {}});
  const auto routes = service.router().routes();
  const std::array<const segue::ReplyShape*, 4> documents = {
      &segue::shape_of<segue::evaluate::EvaluationReply>(), &segue::shape_of<segue::evaluate::SearchReply>(),
      &segue::shape_of<segue::evaluate::EventReport>(), &segue::shape_of<segue::draw::MapPageReply>()};
  const std::string text = wanted == "types" ? segue::serve::typescript_types(routes, documents)
                                             : segue::pretty(segue::serve::openapi_document(routes)) + "\n";
  return std::fputs(text.c_str(), stdout) < 0 ? 1 : 0;
}
