#include "segue/train/agreement.h"

#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "segue/base/json.h"
#include "segue/base/options_json.h"
#include "segue/base/version.h"

namespace segue::train {

namespace {

// What may differ, by the name a user knows.
json::object described(const Ranks& ranks, const RunIdentity& run) {
  json::object fields{{"version of segue", kVersion},
                      {"dataset", run.on.dataset},
                      {"--from", run.on.start},
                      {"--fresh-passes", run.on.fresh_passes},
                      {"--resume", run.resumed_at}};
  for (const OptionRow& row : rows_of<TrainOptions>()) {
    if (row.name != "threads") fields[row.flag()] = row.text(&run.options);
  }
  for (const OptionRow& row : rows_of<RankOptions>()) fields[row.flag()] = row.text(&ranks.options);
  return fields;
}

std::string shown(const json::object& fields, std::string_view name) {
  const json::value* value = fields.if_contains(name);
  const std::string text = value == nullptr ? "" : option_text(*value);
  return text.empty() ? "none" : text;
}

}  // namespace

void check_agreement(const Ranks& ranks, const RunIdentity& mine) {
  if (ranks.communicator == nullptr) return;
  const std::string text = json::serialize(described(ranks, mine));
  Bytes bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  std::vector<json::object> all;
  std::vector<Bytes> of_ranks = ranks.communicator->share(bytes);
  of_ranks[ranks.communicator->rank()] = std::move(bytes);
  for (const Bytes& of_rank : of_ranks) {
    const std::string_view document(reinterpret_cast<const char*>(of_rank.data()), of_rank.size());
    all.push_back(parse_json(document, "what a rank said of itself").as_object());
  }
  const json::object& first = all.front();
  for (std::size_t rank = 1; rank < all.size(); ++rank) {
    for (const auto& [name, value] : first) {
      if (const std::string found = shown(all[rank], name); found != shown(first, name)) {
        fail(ErrorCode::wrong_use, "{}: expected {} at every rank, as at rank 0, found {} at rank {}",
             std::string_view(name), shown(first, name), found, rank);
      }
    }
  }
}

}  // namespace segue::train
