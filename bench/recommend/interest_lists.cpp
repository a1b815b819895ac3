// Recommendations for listeners with several tastes: interest_lists MODEL K < histories.
//
// A history is a line of song ids separated by tabs, the newest last. Prints a JSON line for each: the interests found
// (their weights), the K songs nearest to the mean of the history, and the K songs of the interests' merged lists.
// Used by bench/recommend/interest_quality.py.
#include <iostream>
#include <string>

#include "segue/base/json.h"
#include "segue/index/exact.h"
#include "segue/model/model.h"
#include "segue/recommend/interests.h"
#include "segue/recommend/user_vector.h"

#include "bench/support/arguments.h"

namespace segue {
namespace {

std::vector<std::uint32_t> rows_of_line(const data::Catalogue& songs, const std::string& line) {
  std::vector<std::uint32_t> rows;
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find('\t', begin), line.size());
    const std::string id = line.substr(begin, end - begin);
    const auto row = songs.find(id);
    if (!row) fail(ErrorCode::not_found, "song {}: not in the model", id);
    rows.push_back(*row);
    begin = end + 1;
  }
  return rows;
}

json::object lists_for(const model::Model& model, const index::ExactIndex& index, std::span<const std::uint32_t> played,
                       std::size_t k) {
  const index::SearchFilter unplayed{.excluded = played, .keeps = {}};
  json::object lists;
  json::array& mean = lists["mean"].emplace_array();
  for (const math::ScoredRow& one : index.search(recommend::user_vector(model, played, 0), k, unplayed)) {
    mean.emplace_back(model.songs().id(one.row));
  }
  std::vector<std::vector<math::ScoredRow>> found;
  std::vector<float> weights;
  for (const recommend::Interest& interest : recommend::find_interests(model, played, 0, recommend::kAutoInterests)) {
    found.push_back(index.search(recommend::user_vector(model, interest.plays, 0), k, unplayed));
    weights.push_back(interest.weight);
  }
  lists["weights"] = json::array(weights.begin(), weights.end());
  json::array& merged = lists["interests"].emplace_array();
  for (const recommend::MergedSong& one : recommend::merge_interests(found, weights, k))
    merged.emplace_back(model.songs().id(one.song));
  return lists;
}

void run(std::span<char*> arguments) {
  if (arguments.size() != 2) fail(ErrorCode::wrong_use, "use: interest_lists MODEL K < histories");
  const model::Model model(arguments[0]);
  const index::ExactIndex index(model.vectors(), model.inverse_norms());
  const std::size_t k = std::stoul(arguments[1]);
  for (std::string line; std::getline(std::cin, line);) {
    const std::vector<std::uint32_t> played = rows_of_line(model.songs(), line);
    std::cout << json::serialize(lists_for(model, index, played, k)) << '\n';
  }
}

}  // namespace
}  // namespace segue

int main(int argc, char** argv) {
  return segue::run_benchmark(argc, argv, segue::run);
}
