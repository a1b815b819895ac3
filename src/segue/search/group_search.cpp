#include "segue/search/group_search.h"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "segue/base/words.h"
#include "segue/data/text/text.h"
#include "segue/search/name_match.h"

namespace segue::search {

namespace {

// How one name of the catalogue matches; `name` is the part of it that does.
struct NameHit {
  GroupMatch match = GroupMatch::none;
  std::string_view name;
};

// The names between the commas of a credit that has several.
template <class Visit>
void for_each_credited(std::string_view credit, Visit visit) {
  if (credit.find(',') == std::string_view::npos) return;
  while (!credit.empty()) {
    std::string_view name = credit.substr(0, credit.find(','));
    credit.remove_prefix(std::min(name.size() + 1, credit.size()));
    while (name.starts_with(' ')) name.remove_prefix(1);
    if (!name.empty()) visit(name);
  }
}

class GroupNames {
 public:
  explicit GroupNames(std::string_view typed) : typed_(typed) {}

  NameHit artist(std::string_view credit) {
    return cached(credit, [&] {
      const NameHit whole = plain(credit);
      if (whole.match <= GroupMatch::folded) return whole;
      NameHit best = whole;
      for_each_credited(credit, [&](std::string_view name) {
        if (plain(name).match <= GroupMatch::folded && best.match > GroupMatch::credit) {
          best = {GroupMatch::credit, name};
        }
      });
      return best;
    });
  }

  NameHit tag(std::string_view name) {
    return cached(name, [&] { return plain(name); });
  }

  GroupMatch album(const data::Song& song) {
    if (song.album.empty()) return GroupMatch::none;
    const GroupMatch by_title = cached(song.album, [&] { return plain(song.album); }).match;
    if (by_title <= GroupMatch::folded || song.artist.empty()) return by_title;
    const std::string whole = data::compared_name(song.artist) + ' ' + data::compared_name(song.album);
    if (whole == typed_.folded) return GroupMatch::folded;
    return has_words(whole, typed_.folded) ? GroupMatch::words : by_title;
  }

 private:
  NameHit plain(std::string_view name) const {
    if (data::fold_name(name) == typed_.spelt) return {GroupMatch::spelt, name};
    const std::string compared = data::compared_name(name);
    if (compared == typed_.folded) return {GroupMatch::folded, name};
    return {has_words(compared, typed_.folded) ? GroupMatch::words : GroupMatch::none, name};
  }

  template <class Find>
  NameHit cached(std::string_view name, const Find& find) {
    const auto [at, is_new] = known_.try_emplace(name);
    if (is_new) at->second = find();
    return at->second;
  }

  const TypedName typed_;
  std::unordered_map<std::string_view, NameHit> known_;  // views names of the catalogue: most occur often
};

// The groups of the best match so far.
class BestGroups {
 public:
  void add(GroupMatch match, std::string_view name, data::SongRow song, std::uint64_t plays) {
    if (match == GroupMatch::none || match > found_.match) return;
    if (match < found_.match) {
      found_ = {.match = match, .groups = {}};
      places_.clear();
    }
    const auto [place, is_new] = places_.try_emplace(data::fold_name(name), found_.groups.size());
    if (is_new) found_.groups.push_back({std::string(name), {}, 0});
    SongGroup& group = found_.groups[place->second];
    if (!group.songs.empty() && group.songs.back() == song) return;  // two spellings of a tag
    group.songs.push_back(song);
    group.plays += plays;
  }

  FoundGroups take() {
    std::ranges::stable_sort(found_.groups, std::greater(), &SongGroup::plays);
    return std::move(found_);
  }

 private:
  FoundGroups found_;
  std::unordered_map<std::string, std::size_t> places_;  // by folded name
};

}  // namespace

std::string album_name(const data::Song& song) {
  if (song.album.empty() || song.artist.empty()) return std::string(song.album);
  return fmt::format("{} – {}", song.artist, song.album);
}

bool has_words(std::string_view folded, std::string_view words) {
  if (words.empty()) return false;
  const std::string padded = fmt::format(" {} ", folded);
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (padded.find(fmt::format(" {} ", words.substr(0, end))) == std::string::npos) return false;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return true;
}

FoundGroups find_groups(const data::Catalogue& songs, GroupKind kind, std::string_view typed) {
  if (data::fault_of(typed) != data::TextFault::none || data::compared_name(typed).empty()) return {};
  GroupNames names(typed);
  BestGroups best;
  for (data::SongRow row = 0; row < songs.size(); ++row) {
    if (kind == GroupKind::tag) {
      const std::uint64_t plays = songs.plays(row);
      for (const std::string_view tag : songs.tags(row)) best.add(names.tag(tag).match, tag, row, plays);
      continue;
    }
    const data::Song song = songs.song(row);
    if (kind == GroupKind::artist) {
      const NameHit hit = names.artist(song.artist);
      best.add(hit.match, hit.name, row, song.plays);
    } else if (const GroupMatch match = names.album(song); match != GroupMatch::none) {
      best.add(match, album_name(song), row, song.plays);
    }
  }
  return best.take();
}

std::string nearest_group(const data::Catalogue& songs, GroupKind kind, std::string_view typed) {
  std::unordered_set<std::string_view> known;
  std::vector<std::string_view> in_order;  // the most played first
  const auto add = [&](std::string_view name) {
    if (!name.empty() && known.insert(name).second) in_order.push_back(name);
  };
  for (data::SongRow row = 0; row < songs.size(); ++row) {
    if (kind == GroupKind::tag) {
      std::ranges::for_each(songs.tags(row), add);
    } else {
      const data::Song song = songs.song(row);
      add(kind == GroupKind::artist ? song.artist : song.album);
    }
  }
  return did_you_mean(typed, in_order);
}

}  // namespace segue::search
