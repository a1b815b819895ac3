#include "segue/serve/interleaving.h"

#include <algorithm>

#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/recommend/team_draft.h"

namespace segue::serve {

std::optional<Interleaving> interleaving_of(std::string_view text, std::span<const ModelSource> sources) {
  if (text.empty()) return std::nullopt;
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    fail(ErrorCode::wrong_use, "--interleave: expected the names of two models as A,B, found \"{}\"", text);
  }
  Interleaving both{std::string(text.substr(0, comma)), std::string(text.substr(comma + 1))};
  std::vector<std::string_view> known;
  for (const ModelSource& source : sources) known.push_back(source.name);
  for (const std::string& name : {both.first, both.second}) {
    if (std::ranges::find(known, name) != known.end()) continue;
    fail(ErrorCode::wrong_use, "--interleave: no model is called \"{}\"{}", name, did_you_mean(name, known));
  }
  if (both.first == both.second) {
    fail(ErrorCode::wrong_use, "--interleave: expected two different models, found {} twice", both.first);
  }
  return both;
}

void interleave(recommend::RecommendationsReply& first, recommend::RecommendationsReply&& second, std::size_t count,
                recommend::ListId& list) {
  const auto ids_of = [](const recommend::RecommendationsReply& reply) {
    std::vector<std::string_view> ids;
    for (const recommend::RecommendedSongReply& song : reply.items) ids.push_back(song.id);
    return ids;
  };
  std::vector<recommend::RecommendedSongReply> items;
  for (const recommend::DraftPick& pick :
       recommend::team_draft(ids_of(first), ids_of(second), count, Random(list.seed()))) {
    items.push_back(std::move((pick.is_of_second ? second : first).items[pick.place]));
    if (pick.has_team) list.is_of_second.push_back(pick.is_of_second);
  }
  first.items = std::move(items);
}

}  // namespace segue::serve
