#include "segue/layout/region_names.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "segue/base/error.h"
#include "segue/data/text/text.h"

namespace segue::layout {

namespace {

constexpr std::string_view kSeparator = ", ";
constexpr std::size_t kTermsInName = 2;
// A second term is added if its score is at least this fraction of the first one's.
constexpr double kSecondTerm = 0.35;
// A region with more than this fraction of its parent's songs gets no name of its own.
constexpr double kSamePlace = 0.85;
// Of the songs of a region with terms of titles, at least this part has the term that names it, and at least so many.
constexpr double kLeastSaid = 0.12;
constexpr std::uint32_t kLeastSongsSaid = 4;
// At least so many people have one and the same song of the region under it.
constexpr std::uint32_t kLeastAgreeing = 3;
// It is said this many times as often in the region as in the others of its level.
constexpr double kLeastLift = 2.5;
// A longer term takes the place of a shorter one inside it if its weight is at least this fraction of that one's.
constexpr double kNearlyAsOften = 0.55;

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
  std::uint32_t people = 0;  // of titles: the most that have one song under it
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

// The same for "Throwback", "throw back" and "Throwbacks", which would be one name for two places.
std::string bare(std::string_view text) {
  std::string letters = data::search_fold(text);
  std::erase(letters, ' ');
  if (letters.size() > 3 && letters.back() == 's') letters.pop_back();
  return letters;
}

// What a region is called in titles: one term, "" if none says enough.
std::string title_name(const Counted& counted, std::int32_t region, const Terms& terms, std::uint32_t songs_said,
                       std::unordered_set<std::string>& used) {
  const auto found = counted.of_region.find(region);
  if (found == counted.of_region.end()) return "";
  const std::map<std::uint32_t, Uses>& uses = found->second;
  double here = 0;
  for (const auto& [term, use] : uses) here += use.weight;
  const auto says_enough = [&](std::uint32_t term) {
    const Uses& use = uses.at(term);
    if (used.contains(bare(terms.text(term))) || use.songs < kLeastSongsSaid || use.people < kLeastAgreeing ||
        use.songs < kLeastSaid * songs_said)
      return false;
    const double others = counted.total - here;
    const double elsewhere = others > 0 ? (counted.of_term[term] - use.weight) / others : 0;
    return use.weight / here >= kLeastLift * elsewhere;
  };
  const std::vector<Scored> list = ranked(counted, region, terms);
  const auto best = std::ranges::find_if(list, [&](const Scored& scored) { return says_enough(scored.term); });
  if (best == list.end()) return "";
  std::uint32_t chosen = best->term;
  for (const Scored& scored : list) {
    const bool is_longer =
        terms.text(scored.term).size() > terms.text(chosen).size() &&
        (" " + terms.text(scored.term) + " ").find(" " + terms.text(chosen) + " ") != std::string::npos;
    const bool is_said = uses.at(scored.term).weight >= kNearlyAsOften * uses.at(best->term).weight;
    if (is_longer && is_said && says_enough(scored.term)) chosen = scored.term;
  }
  used.insert(bare(terms.text(chosen)));
  return terms.text(chosen);
}

// The terms of a song: those of titles, its tags, or its lead artist.
struct SongTerms {
  std::vector<std::vector<std::uint32_t>> tags;
  std::vector<std::uint32_t> artist;
  std::vector<double> weight;
};

constexpr std::uint32_t kNoTerm = UINT32_MAX;

// What files say of songs without an artist of their own.
bool is_nobody(const std::string& artist) {
  const std::string name = data::search_fold(artist);
  return name.empty() || name == "various artists" || name == "various" || name == "unknown artist" ||
         name == "unknown";
}

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
    result.artist.push_back(is_nobody(artist) ? kNoTerm : artists.number_of(artist));
  }
  return result;
}

void add(Counted& counted, std::int32_t region, std::uint32_t term, double weight, std::uint32_t people = 0) {
  Uses& uses = counted.of_region[region][term];
  uses.weight += weight;
  ++uses.songs;
  uses.people = std::max(uses.people, people);
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

void name_regions(SongMap& map, const data::Catalogue& songs, const data::TitleTerms& titles) {
  SEGUE_ASSERT(map.region.size() == songs.size() && (titles.empty() || titles.of_song.size() == songs.size()));
  if (map.regions.empty()) return;
  Terms phrases;
  Terms tags;
  Terms artists;
  std::vector<std::uint32_t> phrase_of;  // of each term of titles: two that are spelt the same are one
  for (const std::string& text : titles.texts) phrase_of.push_back(phrases.number_of(text));
  const SongTerms of_song = terms_of(songs, tags, artists);

  std::vector<std::uint32_t> tagged(map.regions.size());
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    if (of_song.tags[row].empty()) continue;
    for (std::int32_t region = map.region[row]; region != kNoRegion;
         region = map.regions[static_cast<std::size_t>(region)].parent) {
      ++tagged[static_cast<std::size_t>(region)];
    }
  }

  std::unordered_set<std::string> used_phrases;
  std::vector<bool> used_tags(tags.size());
  std::vector<bool> used_artists(artists.size());
  const std::uint32_t levels = map.regions.back().level + 1;
  for (std::uint32_t level = 0; level < levels; ++level) {
    Counted by_phrase{{}, std::vector<double>(phrases.size()), 0};
    std::vector<std::uint32_t> songs_said(map.regions.size());
    Counted by_tag{{}, std::vector<double>(tags.size()), 0};
    Counted by_artist{{}, std::vector<double>(artists.size()), 0};
    for (std::uint32_t row = 0; row < songs.size(); ++row) {
      const std::int32_t region = region_at(map.regions, map.region[row], level);
      if (region == kNoRegion) continue;
      if (!titles.empty() && !titles.of_song[row].empty()) {
        ++songs_said[static_cast<std::size_t>(region)];
        for (const data::TitleTerms::Use& use : titles.of_song[row]) {
          add(by_phrase, region, phrase_of[use.term], of_song.weight[row] * std::log(use.people), use.people);
        }
      }
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
      at(region).label =
          title_name(by_phrase, region, phrases, songs_said[static_cast<std::size_t>(region)], used_phrases);
      if (!at(region).label.empty()) {
        at(region).source = NameSource::titles;
        continue;
      }
      const bool by_tags = 2 * tagged[static_cast<std::size_t>(region)] >= at(region).size;
      if (by_tags) at(region).label = chosen_name(ranked(by_tag, region, tags), tags, used_tags);
      if (!at(region).label.empty()) {
        at(region).source = NameSource::tags;
        continue;
      }
      at(region).label = chosen_name(ranked(by_artist, region, artists), artists, used_artists);
      if (!at(region).label.empty()) at(region).source = NameSource::artists;
    }
  }
}

}  // namespace segue::layout
