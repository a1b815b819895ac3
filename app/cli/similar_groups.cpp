#include "app/cli/similar_groups.h"

#include <algorithm>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/words.h"

#include "app/cli/songs.h"

namespace segue::cli {

namespace {

constexpr std::size_t kListed = 5;

struct Asked {
  recommend::GroupKind kind;
  std::string_view what;
  const std::string& name;
};

Asked asked_for(const GroupOptions& options) {
  if (!options.artist.empty()) return {recommend::GroupKind::artist, "artist", options.artist};
  if (!options.album.empty()) return {recommend::GroupKind::album, "album", options.album};
  return {recommend::GroupKind::tag, "tag", options.tag};
}

std::uint32_t resolve_group(const recommend::SongGroups& groups, const Asked& asked, Terminal& terminal) {
  const std::vector<std::uint32_t> found = groups.find(asked.name);
  if (found.empty()) {
    fail(ErrorCode::not_found, "\"{}\": no such {}{}", asked.name, asked.what, groups.suggestion(asked.name));
  }
  const std::string name = for_terminal(groups.group(found.front()).name);
  if (found.size() > 1) {
    std::vector<std::string> names;
    for (const std::uint32_t group : std::span(found).first(std::min(found.size(), kListed))) {
      names.push_back(for_terminal(groups.group(group).name));
    }
    terminal.note(fmt::format("\"{}\": {} {}s match: {}{}", asked.name, with_commas(found.size()), asked.what,
                              fmt::join(names, "; "), found.size() > kListed ? "; ..." : ""));
  }
  if (name != asked.name) terminal.note(fmt::format("\"{}\": taken as {}", asked.name, name));
  return found.front();
}

json::object group_json(const recommend::SongGroup& group) {
  return {{"name", group.name}, {"songs", group.songs.size()}, {"plays", group.plays}};
}

}  // namespace

bool asks_for_group(const GroupOptions& options) {
  const int asked = (options.artist.empty() ? 0 : 1) + (options.album.empty() ? 0 : 1) + (options.tag.empty() ? 0 : 1);
  if (asked > 1) fail(ErrorCode::wrong_use, "expected one of --artist, --album and --tag, found {}", asked);
  return asked == 1;
}

void print_similar_groups(const model::Model& model, const GroupOptions& options, std::uint32_t k,
                          const index::RowSet* keeps, Terminal& terminal) {
  const Asked asked = asked_for(options);
  const recommend::SongGroups groups(model, asked.kind, keeps);
  const std::uint32_t group = resolve_group(groups, asked, terminal);
  const std::vector<math::ScoredRow> found = groups.similar(group, k, options.min_songs);
  if (terminal.json()) {
    json::object document;
    document[asked.what] = group_json(groups.group(group));
    json::array& items = document["items"].emplace_array();
    for (const math::ScoredRow& one : found) {
      json::object item = group_json(groups.group(one.row));
      item["similarity"] = one.score;
      if (options.songs > 0) {
        json::array& typical = item["typical_songs"].emplace_array();
        for (const math::ScoredRow& song : groups.typical_songs(one.row, options.songs)) {
          typical.push_back(song_json(model.songs(), song.row));
        }
      }
      items.push_back(std::move(item));
    }
    terminal.print(document);
    return;
  }
  std::vector<std::string> headers = {">rank", ">similarity", std::string(asked.what), ">songs", ">plays"};
  if (options.songs > 0) headers.emplace_back("typical songs");
  Table table(headers);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const recommend::SongGroup& one = groups.group(found[i].row);
    std::vector<std::string> cells = {std::to_string(i + 1), fmt::format("{:.3f}", found[i].score),
                                      for_terminal(one.name), with_commas(one.songs.size()), with_commas(one.plays)};
    if (options.songs > 0) {
      std::vector<std::string> typical;
      for (const math::ScoredRow& song : groups.typical_songs(found[i].row, options.songs)) {
        const std::string title = for_terminal(std::string(model.songs().song(song.row).title));
        typical.push_back(asked.kind == recommend::GroupKind::tag || title.empty() ? song_text(model.songs(), song.row)
                                                                                   : title);
      }
      cells.push_back(fmt::format("{}", fmt::join(typical, "; ")));
    }
    table.add(std::move(cells));
  }
  terminal.print(table.text());
}

}  // namespace segue::cli
