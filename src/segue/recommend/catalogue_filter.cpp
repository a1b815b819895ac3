#include "segue/recommend/catalogue_filter.h"

#include <algorithm>
#include <unordered_map>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/words.h"
#include "segue/data/text/text.h"

namespace segue::recommend {

namespace {

constexpr std::size_t kLongestIdList = std::size_t{4} << 30;

// Wanted names, and whether a text of the catalogue is one of them. Each distinct text is folded once.
class Names {
 public:
  Names(std::string_view what, const std::vector<std::string>& names) : what_(what) {
    for (const std::string& name : names) {
      wanted_.push_back({data::fold_name(name), data::compared_name(name), false, false});
      typed_.push_back(name);
    }
  }

  bool empty() const { return wanted_.empty(); }

  // All texts of the catalogue come first, so that a name that one of them has exactly is not taken for another:
  // "N.W.A" is not "N.W.A." where both are. `in_parts`: the parts between commas count as well as the whole.
  void add_text(std::string_view text, bool in_parts) {
    if (!known_.try_emplace(text, false).second) return;
    for_each_part(text, in_parts, [&](std::string_view part) {
      const std::string folded = data::fold_name(part);
      for (Wanted& name : wanted_) name.exact = name.exact || name.folded == folded;
    });
  }

  void settle(bool in_parts) {
    for (auto& known : known_) {
      for_each_part(known.first, in_parts,
                    [&](std::string_view part) { known.second = look_up(part) || known.second; });
    }
  }

  // REQUIRES: the text was added, and all are settled.
  bool has(std::string_view text) const { return known_.at(text); }

  // To be called after all texts were checked. Throws not_found for a name that no text had.
  void check_all_found() const {
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (wanted_[i].found) continue;
      std::vector<std::string_view> texts;
      for (const auto& known : known_) texts.push_back(known.first);
      std::ranges::sort(texts);
      fail(ErrorCode::not_found, "no song has the {} \"{}\"{}", what_, typed_[i], did_you_mean(typed_[i], texts));
    }
  }

 private:
  struct Wanted {
    std::string folded;
    std::string compared;
    bool exact = false;  // a text has just this name
    bool found = false;
  };

  template <class Visit>
  static void for_each_part(std::string_view text, bool in_parts, Visit visit) {
    visit(text);
    for (std::size_t at = 0; in_parts && at <= text.size();) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      if (end - at < text.size()) visit(text.substr(at, end - at));
      at = end + 1;
    }
  }

  bool look_up(std::string_view text) {
    const std::string folded = data::fold_name(text);
    const std::string compared = data::compared_name(text);
    bool any = false;
    for (Wanted& name : wanted_) {
      if (name.exact ? name.folded == folded : name.compared == compared) any = name.found = true;
    }
    return any;
  }

  std::string_view what_;
  std::vector<std::string> typed_;
  std::vector<Wanted> wanted_;
  std::unordered_map<std::string_view, bool> known_;  // views texts of the catalogue
};

index::RowSet songs_of_file(const std::string& file, const data::Catalogue& songs) {
  index::RowSet rows(songs.size());
  const std::string text = read_text(file, kLongestIdList);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view id = std::string_view(text).substr(at, end - at);
    if (id.ends_with('\r')) id.remove_suffix(1);
    if (const auto row = songs.find(id)) rows.insert(*row);
    at = end + 1;
  }
  return rows;
}

}  // namespace

std::optional<index::RowSet> songs_passing(const FilterOptions& options, const data::Catalogue& songs) {
  if (options == FilterOptions{}) return std::nullopt;
  Names only_tags("tag", options.only_tag);
  Names not_tags("tag", options.not_tag);
  Names only_artists("artist", options.only_artist);
  Names not_artists("artist", options.not_artist);
  std::optional<index::RowSet> only_ids;
  std::optional<index::RowSet> not_ids;
  if (!options.only_ids.empty()) only_ids = songs_of_file(options.only_ids, songs);
  if (!options.not_ids.empty()) not_ids = songs_of_file(options.not_ids, songs);
  const bool by_name = !only_tags.empty() || !not_tags.empty() || !only_artists.empty() || !not_artists.empty();

  for (data::SongRow row = 0; by_name && row < songs.size(); ++row) {
    for (Names* names : {&only_artists, &not_artists}) {
      if (!names->empty()) names->add_text(songs.song(row).artist, true);
    }
    for (Names* names : {&only_tags, &not_tags}) {
      if (names->empty()) continue;
      for (const std::string_view tag : songs.tags(row)) names->add_text(tag, false);
    }
  }
  for (Names* names : {&only_artists, &not_artists}) names->settle(true);
  for (Names* names : {&only_tags, &not_tags}) names->settle(false);

  index::RowSet rows(songs.size());
  for (data::SongRow row = 0; row < songs.size(); ++row) {
    bool passes = songs.plays(row) >= options.min_plays;
    passes = passes && (options.max_plays == 0 || songs.plays(row) <= options.max_plays);
    passes = passes && row + 1 >= options.min_rank && (options.max_rank == 0 || row < options.max_rank);
    passes = passes && (!only_ids || only_ids->contains(row)) && (!not_ids || !not_ids->contains(row));
    if (passes && by_name) {
      const std::string_view artist = songs.song(row).artist;
      const std::vector<std::string_view> tags = songs.tags(row);
      const auto has_tag = [&](const Names& names) {
        return std::ranges::any_of(tags, [&](std::string_view tag) { return names.has(tag); });
      };
      passes = (only_tags.empty() || has_tag(only_tags)) && (not_tags.empty() || !has_tag(not_tags)) &&
               (only_artists.empty() || only_artists.has(artist)) && (not_artists.empty() || !not_artists.has(artist));
    }
    if (passes) rows.insert(row);
  }
  for (const Names* names : {&only_tags, &not_tags, &only_artists, &not_artists}) names->check_all_found();
  if (rows.count() == 0) {
    fail(ErrorCode::not_found, "expected songs that pass the filter, found none among {}", with_commas(songs.size()));
  }
  return rows;
}

}  // namespace segue::recommend
