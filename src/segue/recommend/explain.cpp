#include "segue/recommend/explain.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include "segue/base/words.h"
#include "segue/recommend/cosine.h"
#include "segue/recommend/user_vector.h"

namespace segue::recommend {

namespace {

std::optional<std::size_t> position_of(std::span<const std::uint32_t> rows, std::uint32_t row) {
  // Mostly it is in none of them, which a loop without a way out tells several rows at a time.
  std::uint32_t is_there = 0;
  for (const std::uint32_t one : rows) is_there |= one == row ? ~0U : 0U;
  if (is_there == 0) return std::nullopt;
  return static_cast<std::size_t>(std::ranges::find(rows, row) - rows.begin());
}

// Distinct seeds with the sum of their weights, in the order they were first played.
std::vector<SeedShare> weighted(std::span<const std::uint32_t> played, double half_life) {
  std::vector<SeedShare> seeds;
  std::unordered_map<std::uint32_t, std::size_t> places;
  for (std::size_t i = 0; i < played.size(); ++i) {
    const auto [at, is_new] = places.try_emplace(played[i], seeds.size());
    if (is_new) seeds.push_back({.seed = played[i]});
    seeds[at->second].share += static_cast<float>(recency_weight(played.size() - 1 - i, half_life));
  }
  return seeds;
}

std::string plural_times(std::uint32_t times) {
  return times == 1 ? "once" : with_commas(times) + " times";
}

}  // namespace

// A song keeps only its strongest neighbours, so the pair may stand in either list.
PlayedTogether played_together(const model::Model& model, std::uint32_t seed, std::uint32_t pick) {
  PlayedTogether together{.seed = seed};
  if (const auto at = position_of(model.transition_neighbours(seed), pick)) {
    const transitions::TransitionsOf of_seed = model.transitions(seed);
    together.times = of_seed.counts[*at];
    together.after = of_seed.forward[*at];
    together.before = of_seed.backward[*at];
    return together;
  }
  if (model.has_all_transitions(seed)) return together;
  if (const auto at = position_of(model.transition_neighbours(pick), seed)) {
    const transitions::TransitionsOf of_pick = model.transitions(pick);
    together.times = of_pick.counts[*at];
    together.after = of_pick.backward[*at];
    together.before = of_pick.forward[*at];
  }
  return together;
}

Reasons reasons_for(const model::Model& model, std::span<const std::uint32_t> played, double half_life,
                    std::uint32_t pick, std::size_t most) {
  Reasons reasons;
  reasons.within = model.transition_window();
  float total = 0;
  for (SeedShare seed : weighted(played, half_life)) {
    seed.similarity = song_cosine(model, seed.seed, pick);
    seed.share *= std::max(0.0F, seed.similarity);
    if (const PlayedTogether together = played_together(model, seed.seed, pick);
        together.times > (reasons.together ? reasons.together->times : 0)) {
      reasons.together = together;
    }
    if (!(seed.share > 0)) continue;
    total += seed.share;
    reasons.seeds.push_back(seed);
  }
  std::ranges::stable_sort(reasons.seeds, std::greater(), &SeedShare::share);
  if (reasons.seeds.size() > most) reasons.seeds.resize(most);
  for (SeedShare& seed : reasons.seeds) seed.share /= total;
  return reasons;
}

std::string sentence_of(const Reasons& reasons, const std::function<std::string(std::uint32_t row)>& name) {
  std::vector<std::string> seeds;
  for (const SeedShare& seed : reasons.seeds) {
    seeds.push_back(fmt::format("{} ({:.0f} %)", name(seed.seed), 100 * static_cast<double>(seed.share)));
  }
  std::string text = seeds.empty() ? "Like none of the songs played" : "Because of ";
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == seeds.size() ? " and " : ", ") + seeds[i];
  }
  if (reasons.together) {
    const PlayedTogether& together = *reasons.together;
    text += fmt::format("; played within {} songs of {} {}", reasons.within, name(together.seed),
                        plural_times(together.times));
    const std::string_view mostly = together.times == 1 ? "" : " mostly";
    if (together.after > 2 * together.before) text += fmt::format(",{} after it", mostly);
    if (together.before > 2 * together.after) text += fmt::format(",{} before it", mostly);
  }
  if (reasons.interest) text += fmt::format("; for the taste around {}", name(*reasons.interest));
  return text + ".";
}

}  // namespace segue::recommend
