#include "segue/layout/region_names.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "segue/base/error.h"

namespace segue::layout {

namespace {

constexpr std::string_view kSeparator = ", ";
constexpr std::size_t kTermsInName = 2;
// A second term is added if its score is at least this fraction of the first one's.
constexpr double kSecondTerm = 0.35;
// A region with more than this fraction of its parent's songs gets no name of its own.
constexpr double kSamePlace = 0.85;

// Terms by number, and their weights in each region.
class Terms {
 public:
  std::uint32_t number_of(std::string_view term) {
    const auto [found, added] = numbers_.try_emplace(std::string(term), static_cast<std::uint32_t>(texts_.size()));
    if (added) texts_.push_back(&found->first);
    return found->second;
  }
  const std::string& text(std::uint32_t term) const { return *texts_[term]; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<const std::string*> texts_;  // keys of an unordered_map do not move
};

// The weight of a term in a region.
struct Uses {
  double weight = 0;
  std::uint32_t songs = 0;
};

// The counts of one level, in one vocabulary.
struct Counted {
  std::map<std::int32_t, std::map<std::uint32_t, Uses>> of_region;
  std::vector<double> of_term;
  double total = 0;
};

struct Scored {
  std::uint32_t term;
  double score;
};

std::vector<Scored> ranked(const Counted& counted, std::int32_t region, const Terms& terms) {
  std::vector<Scored> list;
  const auto found = counted.of_region.find(region);
  if (found == counted.of_region.end()) return list;
  const double mean = counted.total / static_cast<double>(counted.of_region.size());
  for (const auto& [term, uses] : found->second) {
    // A single song says little about a region.
    if (uses.songs < 2) continue;
    list.push_back({term, uses.weight * std::log(1 + mean / counted.of_term[term])});
  }
  std::ranges::sort(list, [&](const Scored& a, const Scored& b) {
    return a.score != b.score ? a.score > b.score : terms.text(a.term) < terms.text(b.term);
  });
  return list;
}

std::string chosen_name(const std::vector<Scored>& list, const Terms& terms, std::vector<bool>& used) {
  std::string name;
  double first = 0;
  std::size_t named = 0;
  for (const Scored& scored : list) {
    if (named == kTermsInName || (named > 0 && scored.score < kSecondTerm * first)) break;
    if (used[scored.term]) continue;
    used[scored.term] = true;
    if (named++ > 0) name += kSeparator;
    if (first == 0) first = scored.score;
    name += terms.text(scored.term);
  }
  return name;
}

// The terms of a song: its tags, or its lead artist.
struct SongTerms {
  std::vector<std::vector<std::uint32_t>> tags;
  std::vector<std::uint32_t> artist;
  std::vector<double> weight;
};

constexpr std::uint32_t kNoTerm = UINT32_MAX;

SongTerms terms_of(const data::Catalogue& songs, Terms& tags, Terms& artists) {
  SongTerms result;
  std::vector<std::string> credits;
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    const data::Song song = songs.song(row);
    std::vector<std::uint32_t>& numbers = result.tags.emplace_back();
    for (const std::string_view tag : songs.tags(row)) {
      if (!tag.empty()) numbers.push_back(tags.number_of(tag));
    }
    result.weight.push_back(std::log1p(static_cast<double>(song.plays)));
    credits.emplace_back(song.artist);
  }
  for (const std::string& artist : lead_artists(credits)) {
    result.artist.push_back(artist.empty() ? kNoTerm : artists.number_of(artist));
  }
  return result;
}

void add(Counted& counted, std::int32_t region, std::uint32_t term, double weight) {
  Uses& uses = counted.of_region[region][term];
  uses.weight += weight;
  ++uses.songs;
  counted.of_term[term] += weight;
  counted.total += weight;
}

}  // namespace

std::vector<std::string> lead_artists(const std::vector<std::string>& credits) {
  // For each text before a separator, the text that follows: if there are two different ones, it is a name.
  constexpr std::string_view kEnd;
  struct Following {
    std::string_view one;
    bool several = false;
  };
  std::unordered_map<std::string_view, Following> following;
  for (const std::string& credit : credits) {
    const std::string_view text = credit;
    for (std::size_t end = text.find(kSeparator);; end = text.find(kSeparator, end + kSeparator.size())) {
      const std::string_view before = text.substr(0, end);
      std::string_view after = kEnd;
      if (end != text.npos) {
        after = text.substr(end + kSeparator.size());
        after = after.substr(0, after.find(kSeparator));
      }
      const auto [found, added] = following.try_emplace(before, Following{after});
      if (!added && found->second.one != after) found->second.several = true;
      if (end == text.npos) break;
    }
  }
  std::vector<std::string> leads;
  leads.reserve(credits.size());
  for (const std::string& credit : credits) {
    const std::string_view text = credit;
    std::size_t end = text.find(kSeparator);
    while (end != text.npos && !following.at(text.substr(0, end)).several) {
      end = text.find(kSeparator, end + kSeparator.size());
    }
    leads.emplace_back(text.substr(0, end));
  }
  return leads;
}

void name_regions(SongMap& map, const data::Catalogue& songs) {
  SEGUE_ASSERT(map.region.size() == songs.size());
  if (map.regions.empty()) return;
  Terms tags;
  Terms artists;
  const SongTerms of_song = terms_of(songs, tags, artists);

  std::vector<std::uint32_t> tagged(map.regions.size());
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    if (of_song.tags[row].empty()) continue;
    for (std::int32_t region = map.region[row]; region != kNoRegion;
         region = map.regions[static_cast<std::size_t>(region)].parent) {
      ++tagged[static_cast<std::size_t>(region)];
    }
  }

  std::vector<bool> used_tags(tags.size());
  std::vector<bool> used_artists(artists.size());
  const std::uint32_t levels = map.regions.back().level + 1;
  for (std::uint32_t level = 0; level < levels; ++level) {
    Counted by_tag{{}, std::vector<double>(tags.size()), 0};
    Counted by_artist{{}, std::vector<double>(artists.size()), 0};
    for (std::uint32_t row = 0; row < songs.size(); ++row) {
      const std::int32_t region = region_at(map.regions, map.region[row], level);
      if (region == kNoRegion) continue;
      for (const std::uint32_t tag : of_song.tags[row]) add(by_tag, region, tag, of_song.weight[row]);
      if (of_song.artist[row] != kNoTerm) add(by_artist, region, of_song.artist[row], of_song.weight[row]);
    }
    std::vector<std::int32_t> order;  // the largest first, because each name is given once
    for (std::size_t region = 0; region < map.regions.size(); ++region) {
      if (map.regions[region].level == level) order.push_back(static_cast<std::int32_t>(region));
    }
    const auto at = [&](std::int32_t region) -> Region& { return map.regions[static_cast<std::size_t>(region)]; };
    std::ranges::stable_sort(order, [&](std::int32_t a, std::int32_t b) { return at(a).size > at(b).size; });
    for (const std::int32_t region : order) {
      const std::int32_t parent = at(region).parent;
      if (parent != kNoRegion && at(region).size > kSamePlace * at(parent).size) continue;
      const bool by_tags = 2 * tagged[static_cast<std::size_t>(region)] >= at(region).size;
      if (by_tags) at(region).label = chosen_name(ranked(by_tag, region, tags), tags, used_tags);
      if (at(region).label.empty()) {
        at(region).label = chosen_name(ranked(by_artist, region, artists), artists, used_artists);
      }
    }
  }
}

}  // namespace segue::layout
