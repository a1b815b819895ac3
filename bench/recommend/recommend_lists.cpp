// How long a list of recommendations takes in one thread, and how much of the best list it holds; a JSON line for each
// way.
//
//   recommend_lists model=model k=50 heard=20 histories=500 judged=50
//   recommend_lists model=model histories=2000 write=histories.jsonl     # only writes the histories: arrays of ids
//   recommend_lists model=model histories=10000 k=10 against=other       # only counts the lists that differ
//
// A list is recommended from candidates: the strongest by transitions and the nearest by vectors
// (recommend/blend_terms.h). The best list scores every song. Histories are walks along transitions, as sessions are;
// they start anywhere. "search" is the bare index, searched for the k songs nearest to the histories' user vectors.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "segue/base/file.h"
#include "segue/base/json.h"
#include "segue/base/random.h"
#include "segue/recommend/recommender.h"
#include "segue/recommend/user_vector.h"

#include "bench/support/arguments.h"

namespace segue {

struct RecommendListsOptions {
  std::string model;
  std::string by;
  std::uint32_t k = 50;
  std::uint32_t heard = 20;
  std::uint32_t histories = 500;
  std::uint32_t judged = 50;
  std::uint32_t runs = 3;
  std::uint64_t seed = 1;
  std::string write;
  std::string against;
};

template <>
struct OptionsOf<RecommendListsOptions> {
  static constexpr std::string_view section = "recommend_lists";
  static constexpr std::array rows = {
      option<&RecommendListsOptions::model>("model", "A model's folder"),
      option<&RecommendListsOptions::by>("by", "blend or vectors; empty: both"),
      option<&RecommendListsOptions::k>("k", "Songs in a list", at_least(1)),
      option<&RecommendListsOptions::heard>("heard", "Songs in a history", at_least(1)),
      option<&RecommendListsOptions::histories>("histories", "Lists that are timed", at_least(1)),
      option<&RecommendListsOptions::judged>("judged", "Of these, the first so many are compared with the best list"),
      option<&RecommendListsOptions::runs>("runs", "Times that all lists are timed; the best counts", at_least(1)),
      option<&RecommendListsOptions::seed>("seed", "Of the histories"),
      option<&RecommendListsOptions::write>("write", "Write the histories to this file, and recommend nothing"),
      option<&RecommendListsOptions::against>("against",
                                              "Compare the lists with those of this model of the same songs"),
  };
};
SEGUE_CHECK_OPTIONS(RecommendListsOptions);

namespace {

std::vector<std::uint32_t> walk_along_transitions(const model::Model& model, std::size_t songs, Random& random) {
  std::vector<std::uint32_t> history;
  while (history.size() < songs) {
    std::vector<std::uint32_t> next;
    if (!history.empty()) next = model.transitions(history.back()).neighbours;
    std::erase_if(next, [&](std::uint32_t song) { return model.inverse_norms()[song] == 0; });
    const std::uint32_t song =
        next.empty() ? random.below(model.songs().size()) : next[random.below(static_cast<std::uint32_t>(next.size()))];
    if (model.inverse_norms()[song] > 0) history.push_back(song);
  }
  return history;
}

// Of all songs of the model, without those of the history.
std::vector<math::ScoredRow> best_list(const model::Model& model, std::span<const std::uint32_t> played, std::size_t k,
                                       recommend::RecommendBy by) {
  if (by == recommend::RecommendBy::vectors) {
    return model.index().search(recommend::user_vector(model, played, 0), k, {.excluded = played},
                                {.method = index::SearchMethod::exact, .threads = 1});
  }
  math::TopK best(k);
  const recommend::BlendSources sources = recommend::blend_sources(model);
  const recommend::BlendQuery blend(sources, model.blend().discover, played);
  for (std::uint32_t row = 0; row < model.songs().size(); ++row) {
    if (model.inverse_norms()[row] == 0 || std::ranges::find(played, row) != played.end()) continue;
    best.offer(
        {row,
         recommend::TermWeights(model.blend().discover).score(blend.evidence(row, recommend::EvidenceOf::weighted))});
  }
  return best.take();
}

void write_histories(const data::Catalogue& songs, std::span<const std::vector<std::uint32_t>> histories,
                     const std::string& path) {
  FileWriter file(path);
  for (const std::vector<std::uint32_t>& history : histories) {
    json::array ids;
    for (const std::uint32_t row : history) ids.emplace_back(songs.id(row));
    file.write(json::serialize(ids) + '\n');
  }
  file.close();
}

// Seconds that work(item) takes on average, in the quickest of some runs over all items.
template <class Item, class Work>
double seconds_of(const std::vector<Item>& items, std::uint32_t runs, const Work& work) {
  double best = std::numeric_limits<double>::infinity();
  for (std::uint32_t run = 0; run < runs; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    for (const Item& item : items) work(item);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best / static_cast<double>(items.size());
}

// How many lists of the two models, by the blend, are not the same songs in the same order.
void compare_models(const model::Model& model, const model::Model& other,
                    std::span<const std::vector<std::uint32_t>> histories, std::size_t k) {
  if (model.songs().size() != other.songs().size()) {
    fail(ErrorCode::bad_input, "against: expected {} songs, found {}", model.songs().size(), other.songs().size());
  }
  const recommend::Recommender one(model);
  const recommend::Recommender two(other);
  const recommend::RecommendOptions wanted{.k = static_cast<std::uint32_t>(k), .threads = 1};
  std::size_t different = 0;
  for (const std::vector<std::uint32_t>& played : histories) {
    const std::vector<recommend::Recommendation> ours = one.recommend({.played = played}, wanted).items;
    const std::vector<recommend::Recommendation> theirs = two.recommend({.played = played}, wanted).items;
    constexpr auto song = &recommend::Recommendation::song;
    if (!std::ranges::equal(ours, theirs, {}, song, song)) ++different;
  }
  std::printf("{\"lists\": %zu, \"different\": %zu}\n", histories.size(), different);
}

void run(std::span<char*> arguments) {
  RecommendListsOptions options;
  set_options(arguments, options);
  if (options.by != "" && options.by != "blend" && options.by != "vectors") {
    fail(ErrorCode::wrong_use, "by: expected blend or vectors, found \"{}\"", options.by);
  }
  model::Model model(options.model);
  if (std::ranges::all_of(model.inverse_norms(), [](float inverse) { return inverse == 0; })) {
    fail(ErrorCode::bad_input, "{}: expected songs with a vector, found none", options.model);
  }
  Random random(options.seed, 0);
  std::vector<std::vector<std::uint32_t>> histories(options.histories);
  for (std::vector<std::uint32_t>& one : histories) one = walk_along_transitions(model, options.heard, random);
  if (!options.write.empty()) return write_histories(model.songs(), histories, options.write);

  if (!options.against.empty()) return compare_models(model, model::Model(options.against), histories, options.k);

  model.code_vectors();
  const recommend::Recommender recommender(model);
  std::vector<std::vector<float>> users;
  for (const std::vector<std::uint32_t>& played : histories) users.push_back(recommend::user_vector(model, played, 0));
  const double search = seconds_of(users, options.runs, [&](const std::vector<float>& user) {
    (void)model.index().search(user, options.k, {}, {.threads = 1});
  });
  std::printf("{\"search\": %.3e}\n", search);
  for (const recommend::RecommendBy by : {recommend::RecommendBy::blend, recommend::RecommendBy::vectors}) {
    const std::string name(recommend::kRecommendByNames[static_cast<std::size_t>(by)]);
    if (!options.by.empty() && options.by != name) continue;
    const recommend::RecommendOptions wanted{.k = options.k, .by = by, .threads = 1};
    const double seconds = seconds_of(histories, options.runs, [&](const std::vector<std::uint32_t>& played) {
      (void)recommender.recommend({.played = played}, wanted, {}, 1);
    });
    std::size_t hits = 0;
    std::size_t all = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(options.judged, histories.size()); ++i) {
      const std::vector<math::ScoredRow> right = best_list(model, histories[i], options.k, by);
      for (const recommend::Recommendation& one : recommender.recommend({.played = histories[i]}, wanted).items) {
        hits += std::ranges::find(right, one.song, &math::ScoredRow::row) != right.end() ? 1 : 0;
      }
      all += right.size();
    }
    std::printf("{\"by\": \"%s\", \"wall\": %.3e, \"of_the_best\": %.4f}\n", name.c_str(), seconds,
                all == 0 ? 1.0 : static_cast<double>(hits) / static_cast<double>(all));
  }
}

}  // namespace
}  // namespace segue

int main(int argc, char** argv) {
  return segue::run_benchmark(argc, argv, segue::run);
}
