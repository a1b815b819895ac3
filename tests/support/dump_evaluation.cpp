// dump_evaluation lists DATASET METHOD HEARD: a JSON line for every test position (modes, target, the songs still to
//   come, the list), for other programs to measure.
// dump_evaluation factors DATASET ITERATIONS: the initial and final factors of als, as one JSON document.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <set>
#include <string>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/als_factors.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/positions.h"
#include "segue/index/batch.h"

namespace segue {
namespace {

constexpr std::size_t kLength = 100;

void dump_lists(const data::Dataset& dataset, std::string_view name, std::uint32_t heard) {
  const train::TrainOptions train{.min_plays = 2, .threads = 1};
  const evaluate::Split split = evaluate::make_split(dataset, {}, train.min_plays, train.seed);
  NoProgress progress;
  const evaluate::Knowledge knowledge(dataset, split);
  evaluate::Ingredients ingredients(split.training, train, progress, {}, &knowledge);
  const auto method = evaluate::make_method(name);
  method->fit(ingredients);
  const auto ranker = method->ranker();
  const std::vector<evaluate::Position> positions = evaluate::list_positions(dataset, split, heard);
  evaluate::QueryBatch batch(dataset, split, knowledge, heard);
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const std::span<const evaluate::Query> queries = batch.make(positions, i, 1);
    std::vector<std::vector<math::ScoredRow>> lists(1);
    ranker->rank(queries, kLength, lists);
    const evaluate::HeldOutQueue& queue = split.held_out[positions[i].held_out];
    const auto songs = dataset.queues.songs(queue.queue);
    // Rows of the dataset, so that songs outside the catalogue have numbers too.
    json::array list;
    for (const math::ScoredRow& song : lists[0]) list.emplace_back(split.rows[song.row]);
    std::set<std::uint32_t> later(songs.begin() + positions[i].at, songs.end());
    for (const std::uint32_t song : queries[0].masked) later.erase(split.rows[song]);
    // Songs just heard are masked even if they are not in the catalogue.
    if (positions[i].mode == evaluate::Mode::discovery) {
      const std::uint32_t from = positions[i].at > heard ? positions[i].at - heard : 0;
      for (std::uint32_t at = from; at < positions[i].at; ++at) later.erase(songs[at]);
    }
    json::array modes;
    for (const evaluate::Mode mode : evaluate::kAllModes) {
      if (evaluate::belongs(positions[i], mode))
        modes.emplace_back(evaluate::kModeNames[static_cast<std::size_t>(mode)]);
    }
    const json::object line{{"modes", std::move(modes)},
                            {"target", songs[positions[i].at]},
                            {"later", json::array(later.begin(), later.end())},
                            {"list", std::move(list)}};
    std::printf("%s\n", json::serialize(line).c_str());
  }
}

json::array rows_of_matrix(const math::Matrix& matrix) {
  json::array rows;
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    const auto numbers = matrix.view()[row];
    rows.push_back(json::array(numbers.begin(), numbers.end()));
  }
  return rows;
}

void dump_factors(const data::Dataset& dataset, std::uint32_t iterations) {
  const evaluate::AlsOptions options{.dim = 8, .alpha = 4, .regularisation = 0.5, .iterations = iterations};
  NoProgress progress;
  const evaluate::AlsFactors factors = evaluate::factorise(dataset.queues, dataset.songs.size(), options, progress, {});
  json::array queues;
  for (std::size_t queue = 0; queue < dataset.queues.size(); ++queue) {
    const auto songs = dataset.queues.songs(queue);
    queues.push_back(json::array(songs.begin(), songs.end()));
  }
  const json::object document{{"queues", std::move(queues)},
                              {"start", rows_of_matrix(evaluate::initial_song_factors(dataset.songs.size(), options))},
                              {"alpha", options.alpha},
                              {"regularisation", options.regularisation},
                              {"queue_factors", rows_of_matrix(factors.queues)},
                              {"song_factors", rows_of_matrix(factors.songs)}};
  std::printf("%s\n", json::serialize(document).c_str());
}

}  // namespace
}  // namespace segue

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  try {
    if (what == "lists" && argc == 5) {
      segue::dump_lists(segue::data::open_dataset(argv[2]), argv[3], static_cast<std::uint32_t>(std::stoul(argv[4])));
      return 0;
    }
    if (what == "factors" && argc == 4) {
      segue::dump_factors(segue::data::open_dataset(argv[2]), static_cast<std::uint32_t>(std::stoul(argv[3])));
      return 0;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dump_evaluation: %s\n", error.what());
    return 1;
  }
  std::fputs("usage: dump_evaluation lists DATASET METHOD HEARD | factors DATASET ITERATIONS\n", stderr);
  return 2;
}
