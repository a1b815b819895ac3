// What the sets of a catalogue cost: to make, to change, to combine for an audience, and in lists; a JSON line for
// each.
//
//   catalogue_lists model=model k=50 heard=20 histories=200
//
// Of the catalogue 2 songs of 100 are blocked, 30 limited to five of twenty markets, 10 explicit, 5 have a time.
// "list" recommends with nothing filtered, with the catalogue's songs for one market, and with as few songs left as
// after nearly everything was blocked.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "segue/base/random.h"
#include "segue/recommend/available_songs.h"
#include "segue/recommend/recommender.h"

#include "bench/support/arguments.h"

namespace segue {

struct CatalogueListsOptions {
  std::string model;
  std::uint32_t k = 50;
  std::uint32_t heard = 20;
  std::uint32_t histories = 200;
  std::uint32_t runs = 3;
};

template <>
struct OptionsOf<CatalogueListsOptions> {
  static constexpr std::string_view section = "catalogue_lists";
  static constexpr std::array rows = {
      option<&CatalogueListsOptions::model>("model", "A model's folder"),
      option<&CatalogueListsOptions::k>("k", "Songs in a list", at_least(1)),
      option<&CatalogueListsOptions::heard>("heard", "Songs in a history", at_least(1)),
      option<&CatalogueListsOptions::histories>("histories", "Lists that are timed", at_least(1)),
      option<&CatalogueListsOptions::runs>("runs", "Times that each is timed; the best counts", at_least(1)),
  };
};
SEGUE_CHECK_OPTIONS(CatalogueListsOptions);

namespace {

constexpr std::array kCodes = {"AR", "AT", "AU", "BE", "BR", "CA", "CH", "DE", "ES", "FR",
                               "GB", "IN", "IT", "JP", "MX", "NL", "PL", "SE", "TR", "US"};

template <class Work>
double seconds_of(const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void report(std::string_view what, double seconds, std::size_t songs) {
  fmt::print(R"({{"what": "{}", "microseconds": {:.1f}, "songs": {}}})"
             "\n",
             what, 1e6 * seconds, songs);
}

data::Availability random_song(Random& random) {
  data::Availability song{.blocked = random.uniform() < 0.02, .explicit_content = random.uniform() < 0.1};
  if (random.uniform() < 0.3) {
    const std::uint32_t first = random.below(kCodes.size());
    for (std::uint32_t i = 0; i < 5; ++i) {
      song.markets.push_back(data::Market::of(kCodes[(first + i) % kCodes.size()]).value());
    }
    std::ranges::sort(song.markets);
  }
  if (random.uniform() < 0.05) song.window.from = random.below(1000);
  return song;
}

std::vector<std::vector<data::SongRow>> histories_of(const model::Model& model, const CatalogueListsOptions& options) {
  Random random(1);
  std::vector<std::vector<data::SongRow>> histories(options.histories);
  for (std::vector<data::SongRow>& history : histories) {
    while (history.size() < options.heard) {
      std::vector<std::uint32_t> next;
      if (!history.empty()) next = model.transitions(history.back()).neighbours;
      const std::uint32_t song = next.empty() ? random.below(model.trained_songs())
                                              : next[random.below(static_cast<std::uint32_t>(next.size()))];
      if (model.inverse_norms()[song] > 0) history.push_back(song);
    }
  }
  return histories;
}

void time_lists(const model::Model& model, const CatalogueListsOptions& options, std::string_view what,
                const index::RowSet* keeps) {
  const std::vector<std::vector<data::SongRow>> histories = histories_of(model, options);
  const recommend::Recommender recommender(model);
  std::size_t fewest = options.k;
  double seconds = std::numeric_limits<double>::infinity();
  for (std::uint32_t run = 0; run < options.runs; ++run) {
    const double of_run = seconds_of([&] {
      for (const std::vector<data::SongRow>& history : histories) {
        const auto found = recommender.recommend({.played = history, .keeps = keeps}, {.k = options.k, .threads = 1});
        fewest = std::min(fewest, found.items.size());
        for (const recommend::Recommendation& one : found.items)
          SEGUE_ASSERT(keeps == nullptr || keeps->contains(one.song));
      }
    });
    seconds = std::min(seconds, of_run);
  }
  report(fmt::format("list, {}, at least {} songs", what, fewest), seconds / static_cast<double>(histories.size()),
         keeps == nullptr ? model.songs().size() : keeps->count());
}

void run(std::span<char*> arguments) {
  CatalogueListsOptions options;
  set_options(arguments, options);
  const model::Model model(options.model);
  const data::Catalogue& songs = model.songs();
  (void)songs.find(songs.id(0));  // hashes the ids
  Random random(7);
  std::vector<data::Availability> known;
  for (std::uint32_t row = 0; row < songs.size(); ++row) known.push_back(random_song(random));
  const auto for_each = [&](const auto& add) {
    for (std::uint32_t row = 0; row < songs.size(); ++row) add(songs.id(row), known[row]);
  };
  std::shared_ptr<const recommend::AvailableSongs> sets;
  report("make the sets",
         seconds_of([&] { sets = std::make_shared<const recommend::AvailableSongs>(songs, for_each, 500); }),
         songs.size());
  const data::Audience audience{.market = data::Market::of("DE"), .with_explicit = false};
  constexpr int kChanges = 200;
  std::shared_ptr<const recommend::AvailableSongs> changed = sets;
  double to_change = 0;
  double to_combine = 0;
  for (int i = 0; i < kChanges; ++i) {
    const data::SongRow row = random.below(songs.size());
    to_change += seconds_of([&] { changed = changed->with(row, {.blocked = !known[row].blocked}); });
    to_combine += seconds_of([&] { (void)changed->passing(audience); });
  }
  const std::shared_ptr<const index::RowSet> passing = changed->passing(audience);
  report("change a song", to_change / kChanges, 1);
  report("songs for an audience, after a change", to_combine / kChanges, passing->count());
  constexpr int kAgain = 100'000;
  const double to_look_up = seconds_of([&] {
    for (int i = 0; i < kAgain; ++i) (void)changed->passing(audience);
  });
  report("songs for an audience, again", to_look_up / kAgain, passing->count());

  time_lists(model, options, "no filter", nullptr);
  index::RowSet half(songs.size());
  for (std::uint32_t row = 0; row < songs.size(); row += 2) half.insert(row);
  time_lists(model, options, "a filter that half pass", &half);
  time_lists(model, options, "catalogue", passing.get());
  index::RowSet few(songs.size());
  for (std::uint32_t row = 0; row < songs.size(); row += songs.size() / 200) few.insert(row);
  time_lists(model, options, "nearly all blocked", &few);
}

}  // namespace
}  // namespace segue

int main(int argc, char** argv) {
  return segue::run_benchmark(argc, argv, segue::run);
}
