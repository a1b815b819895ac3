// Lists made of two models' by team draft (recommend/team_draft.h): the option `--interleave A,B`.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/recommend/list_id.h"
#include "segue/recommend/replies.h"
#include "segue/serve/models.h"

namespace segue::serve {

// The names of the two models.
struct Interleaving {
  std::string first;
  std::string second;

  std::string names() const { return first + "," + second; }
};

// "A,B"; nothing for "". Throws wrong_use unless they are two models of `sources`.
std::optional<Interleaving> interleaving_of(std::string_view text, std::span<const ModelSource> sources);

// Makes `first` the first `count` songs of both lists' draft, with the coins of `list`, and writes the teams into it.
void interleave(recommend::RecommendationsReply& first, recommend::RecommendationsReply&& second, std::size_t count,
                recommend::ListId& list);

}  // namespace segue::serve
