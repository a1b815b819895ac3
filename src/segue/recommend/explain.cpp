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

// Distinct seeds in the order they were first played, each with the sum of its weights as its share.
std::vector<SeedShare> weighted(std::span<const data::SongRow> played, double half_life) {
  std::vector<SeedShare> seeds;
  std::unordered_map<data::SongRow, std::size_t> places;
  for (std::size_t i = 0; i < played.size(); ++i) {
    const auto [at, is_new] = places.try_emplace(played[i], seeds.size());
    if (is_new) seeds.push_back({.song = played[i]});
    seeds[at->second].share += static_cast<float>(recency_weight(played.size() - 1 - i, half_life));
  }
  return seeds;
}

std::string plural_times(std::uint32_t times) {
  return times == 1 ? "once" : with_commas(times) + " times";
}

std::vector<Reasons> reasons_of(const model::Model& model, std::span<const SeedShare> seeds,
                                std::span<const data::SongRow> picks, std::size_t most) {
  std::vector<Reasons> all(picks.size());
  std::vector<float> totals(picks.size());
  for (const SeedShare& seed : seeds) {
    const std::vector<transitions::PlayedTogether> together = model.played_together(seed.song, picks);
    for (std::size_t i = 0; i < picks.size(); ++i) {
      Reasons& reasons = all[i];
      if (together[i].times > (reasons.together ? reasons.together->times : 0)) {
        reasons.together = {seed.song, together[i].times, together[i].after, together[i].before};
      }
      const float similarity = song_cosine(model, seed.song, picks[i]);
      const float share = seed.share * std::max(0.0F, similarity);
      if (!(share > 0)) continue;
      totals[i] += share;
      reasons.seeds.push_back({seed.song, share, similarity});
    }
  }
  for (std::size_t i = 0; i < picks.size(); ++i) {
    Reasons& reasons = all[i];
    reasons.within = model.transition_window();
    std::ranges::stable_sort(reasons.seeds, std::greater(), &SeedShare::share);
    if (reasons.seeds.size() > most) reasons.seeds.resize(most);
    for (SeedShare& seed : reasons.seeds) seed.share /= totals[i];
    if (reasons.seeds.empty()) continue;
    if (seeds.size() == 1) {
      reasons.kinds.push_back({ReasonKind::last_song, 1, seeds.front().song});
    } else {
      reasons.kinds.push_back({ReasonKind::mean, 1, std::nullopt});
    }
  }
  return all;
}

}  // namespace

std::vector<Reasons> reasons_for(const model::Model& model, std::span<const data::SongRow> played, double half_life,
                                 std::span<const data::SongRow> picks, std::size_t most) {
  return reasons_of(model, weighted(played, half_life), picks, most);
}

std::vector<Reasons> reasons_for(const model::Model& model, std::span<const WeightedSong> seeds,
                                 std::span<const data::SongRow> picks, std::size_t most) {
  std::vector<SeedShare> shares;
  for (const WeightedSong& seed : seeds) {
    shares.push_back({.song = seed.song, .share = static_cast<float>(seed.weight)});
  }
  return reasons_of(model, shares, picks, most);
}

void explain_by_blend(Reasons& reasons, const model::Model& model, data::SongRow pick, const ScoreParts& parts,
                      std::optional<data::SongRow> last, std::size_t most) {
  reasons.kinds.clear();
  reasons.seeds.clear();
  float total = 0;
  for (const float lift : parts.terms) total += lift;
  if (!(total > 0)) return;
  for (const math::ScoredRow& seed : parts.heard) {
    reasons.seeds.push_back({seed.row, seed.score / total, song_cosine(model, seed.row, pick)});
  }
  std::ranges::stable_sort(reasons.seeds, std::greater(), &SeedShare::share);
  if (reasons.seeds.size() > most) reasons.seeds.resize(most);
  // The pairs with the song that is the reason, rather than with the one of the most pairs.
  for (const SeedShare& seed : reasons.seeds) {
    const transitions::PlayedTogether pairs = model.played_together(seed.song, std::span(&pick, 1)).front();
    if (pairs.times == 0) continue;
    reasons.together = {seed.song, pairs.times, pairs.after, pairs.before};
    break;
  }
  const bool is_one = last && parts.heard.size() == 1 && parts.heard.front().row == *last;
  for (const TermRow& row : kTermRows) {
    const float share = parts.terms[static_cast<std::size_t>(row.term)] / total;
    if (!(share > 0) || row.reason == ReasonKind::none) continue;
    ReasonKind kind = row.reason;
    // The last of several seeds is none of them: the term is about their mean. The mean of one song is that song.
    if (kind == ReasonKind::last_song && !last) kind = ReasonKind::mean;
    if (kind == ReasonKind::mean && is_one) kind = ReasonKind::last_song;
    const auto known = std::ranges::find(reasons.kinds, kind, &KindShare::kind);
    if (known != reasons.kinds.end()) {
      known->share += share;
      continue;
    }
    KindShare& one = reasons.kinds.emplace_back(kind, share, std::nullopt);
    if (kind == ReasonKind::last_song) one.song = last;
    if (kind == ReasonKind::together && reasons.together) one.song = reasons.together->song;
  }
  std::ranges::stable_sort(reasons.kinds, std::greater(), &KindShare::share);
}

std::string short_text_of(const KindShare& kind, const Reasons& reasons,
                          const std::function<std::string(data::SongRow row)>& title) {
  switch (kind.kind) {
    case ReasonKind::together:
      if (!kind.song || !reasons.together) return "often played next";
      return fmt::format("{} × near {}", with_commas(reasons.together->times), title(*kind.song));
    case ReasonKind::habit:
      return "you come back to it";
    case ReasonKind::lately:
      return "played a lot lately";
    case ReasonKind::last_song:
      return kind.song ? "like " + title(*kind.song) : "like your last song";
    case ReasonKind::mean:
      return "near your mean";
    case ReasonKind::artist:
      return "by the same artist";
    case ReasonKind::known_artist:
      return "by an artist you play";
    case ReasonKind::popular:
      return "popular";
    case ReasonKind::none:
      break;
  }
  return "";
}

std::string sentence_of(const Reasons& reasons, const std::function<std::string(data::SongRow row)>& name) {
  std::vector<std::string> seeds;
  for (const SeedShare& seed : reasons.seeds) {
    seeds.push_back(fmt::format("{} ({:.0f} %)", name(seed.song), 100 * static_cast<double>(seed.share)));
  }
  std::string text = seeds.empty() ? "Like none of the songs played" : "Because of ";
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == seeds.size() ? " and " : ", ") + seeds[i];
  }
  if (reasons.together) {
    const PlayedWith& together = *reasons.together;
    text += fmt::format("; played within {} songs of {} {}", reasons.within, name(together.song),
                        plural_times(together.times));
    const std::string_view mostly = together.times == 1 ? "" : " mostly";
    if (together.after > 2 * together.before) text += fmt::format(",{} after it", mostly);
    if (together.before > 2 * together.after) text += fmt::format(",{} before it", mostly);
  }
  if (reasons.interest) text += fmt::format("; for the taste around {}", name(*reasons.interest));
  return text + ".";
}

}  // namespace segue::recommend
