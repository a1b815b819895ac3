#include "segue/recommend/similar.h"

#include <algorithm>
#include <cmath>

#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/data/text/text.h"
#include "segue/math/kernels/kernels.h"

namespace segue::recommend {

namespace {

// A sum shorter than this is the rounding error of vectors that cancel out.
constexpr float kLeastLength = 1e-4F;

// Adds `factor` times the unit vector of a song.
void add_song(const model::Model& model, data::SongRow song, float factor, std::span<float> sum) {
  math::best_kernels().axpy(factor * model.inverse_norms()[song], model.vectors().row(song), sum.data(), sum.size());
}

std::vector<WeightedSong> equally_weighted(std::span<const data::SongRow> songs) {
  std::vector<WeightedSong> weighted;
  for (const data::SongRow song : songs) weighted.push_back({song, 1});
  return weighted;
}

float length_of(std::span<const float> vector) {
  return std::sqrt(math::best_kernels().squared_norm(vector.data(), vector.size()));
}

}  // namespace

std::vector<math::ScoredRow> similar_songs(const model::Model& model, std::span<const data::SongRow> plus,
                                           std::span<const data::SongRow> minus, const SimilarOptions& options,
                                           const index::RowSet* keeps) {
  return similar_songs(model, equally_weighted(plus), equally_weighted(minus), options, keeps);
}

std::vector<math::ScoredRow> similar_songs(const model::Model& model, std::span<const WeightedSong> plus,
                                           std::span<const WeightedSong> minus, const SimilarOptions& options,
                                           const index::RowSet* keeps) {
  std::vector<float> sum(model.vectors().columns);
  std::vector<data::SongRow> excluded;
  for (const WeightedSong& one : plus) {
    add_song(model, one.song, static_cast<float>(one.weight), sum);
    excluded.push_back(one.song);
  }
  for (const WeightedSong& one : minus) {
    add_song(model, one.song, -static_cast<float>(one.weight), sum);
    excluded.push_back(one.song);
  }
  const float length = length_of(sum);
  if (length < kLeastLength) {
    fail(ErrorCode::bad_input, "expected songs whose vectors have a direction together, found {} that have none",
         plus.size() + minus.size());
  }
  math::best_kernels().scale(1 / length, sum.data(), sum.size());
  return model.index().search(sum, options.k, {excluded, keeps}, {.threads = options.threads});
}

SongGroups::SongGroups(const model::Model& model, GroupKind kind, const index::RowSet* keeps) : model_(model) {
  std::unordered_map<std::string, std::uint32_t> spellings;  // folding is slow, and most names occur often
  const auto add = [&](const std::string& name, data::SongRow song) {
    if (name.empty()) return;
    const auto [spelling, is_new] = spellings.try_emplace(name, 0);
    if (is_new) {
      const auto [group, is_first] = found_.try_emplace(data::fold_name(name), size());
      if (is_first) {
        groups_.push_back({name, {}, 0});
        folded_.push_back(data::compared_name(name));
      }
      spelling->second = group->second;
    }
    SongGroup& group = groups_[spelling->second];
    if (!group.songs.empty() && group.songs.back() == song) return;  // two spellings of a tag
    group.songs.push_back(song);
    group.plays += model.songs().plays(song);
  };
  for (data::SongRow row = 0; row < model.songs().size(); ++row) {
    if (keeps != nullptr && !keeps->contains(row)) continue;
    if (kind == GroupKind::tag) {
      for (const std::string_view tag : model.songs().tags(row)) add(std::string(tag), row);
    } else {
      const data::Song song = model.songs().song(row);
      add(kind == GroupKind::artist ? std::string(song.artist) : search::album_name(song), row);
    }
  }
  sums_ = math::Matrix(groups_.size(), model.vectors().columns);
  for (std::uint32_t group = 0; group < size(); ++group) {
    const std::span<float> sum = sums_.view()[group];
    // Songs that are not trained say something of an artist only where none is.
    const std::vector<data::SongRow>& songs = groups_[group].songs;
    const bool trained = songs.front() < model.trained_songs();
    for (const data::SongRow song : songs) {
      if (!trained || song < model.trained_songs()) add_song(model, song, 1, sum);
    }
    const float length = length_of(sum);
    inverse_norms_.push_back(length < kLeastLength ? 0 : 1 / length);
  }
}

std::vector<std::uint32_t> SongGroups::find(std::string_view typed) const {
  // The very name; then the name without accents and punctuation; then names that hold its words.
  if (const auto found = found_.find(data::fold_name(typed)); found != found_.end()) return {found->second};
  const std::string wanted = data::compared_name(typed);
  std::vector<std::uint32_t> found;
  for (std::uint32_t group = 0; group < size(); ++group) {
    if (folded_[group] == wanted) found.push_back(group);
  }
  const bool none = found.empty();
  for (std::uint32_t group = 0; none && group < size(); ++group) {
    if (search::has_words(folded_[group], wanted)) found.push_back(group);
  }
  std::ranges::stable_sort(found, std::greater(), [&](std::uint32_t group) { return groups_[group].plays; });
  return found;
}

std::vector<std::uint32_t> SongGroups::find_typed(std::string_view typed, std::size_t most) const {
  const std::string wanted = data::compared_name(typed);
  const std::size_t last = wanted.rfind(' ') + 1;  // 0 without a space
  const std::string_view whole = std::string_view(wanted).substr(0, last == 0 ? 0 : last - 1);
  const std::string begun = ' ' + wanted.substr(last);
  std::vector<std::uint32_t> found;
  for (std::uint32_t group = 0; !wanted.empty() && group < size(); ++group) {
    if (!whole.empty() && !search::has_words(folded_[group], whole)) continue;
    if ((' ' + folded_[group]).find(begun) != std::string::npos) found.push_back(group);
  }
  const auto rank = [&](std::uint32_t group) { return std::pair(folded_[group] == wanted, groups_[group].plays); };
  std::ranges::stable_sort(found, std::greater(), rank);
  found.resize(std::min(found.size(), most));
  return found;
}

std::string SongGroups::suggestion(std::string_view typed) const {
  std::vector<std::string_view> names;
  for (const SongGroup& group : groups_) names.push_back(group.name);
  return did_you_mean(typed, names);
}

std::vector<float> SongGroups::direction(std::uint32_t group) const {
  const std::span<const float> sum = sums_.view()[group];
  if (inverse_norms_[group] == 0) {
    fail(ErrorCode::bad_input,
         "\"{}\": expected songs whose vectors have a direction together, found {} that have none", groups_[group].name,
         groups_[group].songs.size());
  }
  std::vector<float> unit(sum.begin(), sum.end());
  math::best_kernels().scale(inverse_norms_[group], unit.data(), unit.size());
  return unit;
}

std::vector<math::ScoredRow> SongGroups::similar(std::uint32_t group, std::size_t k, std::size_t least_songs) const {
  index::RowSet large(groups_.size());
  for (std::uint32_t other = 0; other < size(); ++other) {
    if (other != group && groups_[other].songs.size() >= least_songs) large.insert(other);
  }
  return index::ExactIndex(sums_.view(), inverse_norms_).search(direction(group), k, {{}, &large});
}

std::vector<math::ScoredRow> SongGroups::typical_songs(std::uint32_t group, std::size_t k,
                                                       const index::RowSet* keeps) const {
  index::RowSet own(model_.songs().size());
  for (const data::SongRow song : groups_[group].songs) {
    if (keeps == nullptr || keeps->contains(song)) own.insert(song);
  }
  return model_.index().search(direction(group), k, {{}, &own}, {.method = index::SearchMethod::exact});
}

}  // namespace segue::recommend
