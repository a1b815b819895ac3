#include "app/cli/similar_groups.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/field_documents.h"
#include "segue/base/words.h"

#include "app/cli/replies.h"
#include "app/cli/songs.h"

namespace segue::cli {

namespace {

constexpr std::size_t kListedGroups = 5;

struct Requested {
  recommend::GroupKind kind;
  std::string_view what;
  const std::string& name;
};

Requested requested_group(const GroupOptions& options) {
  if (!options.artist.empty()) return {recommend::GroupKind::artist, "artist", options.artist};
  if (!options.album.empty()) return {recommend::GroupKind::album, "album", options.album};
  return {recommend::GroupKind::tag, "tag", options.tag};
}

std::uint32_t resolve_group(const recommend::SongGroups& groups, const Requested& requested, Terminal& terminal) {
  const std::vector<std::uint32_t> found = groups.find(requested.name);
  if (found.empty()) {
    fail(ErrorCode::not_found, "\"{}\": no such {}{}", requested.name, requested.what,
         groups.suggestion(requested.name));
  }
  const std::string name = for_terminal(groups.group(found.front()).name);
  if (found.size() > 1) {
    std::vector<std::string> names;
    for (const std::uint32_t group : std::span(found).first(std::min(found.size(), kListedGroups))) {
      names.push_back(for_terminal(groups.group(group).name));
    }
    terminal.note(fmt::format("\"{}\": {} {}s match: {}{}", requested.name, with_commas(found.size()), requested.what,
                              fmt::join(names, "; "), found.size() > kListedGroups ? "; ..." : ""));
  }
  if (name != requested.name) terminal.note(fmt::format("\"{}\": taken as {}", requested.name, name));
  return found.front();
}

GroupReply group_reply(const recommend::SongGroup& group) {
  return {group.name, group.songs.size(), group.plays};
}

json::object document(const model::Model& model, std::string_view model_name, const recommend::SongGroups& groups,
                      const Requested& requested, std::uint32_t group, std::span<const math::ScoredRow> found,
                      std::uint32_t typical) {
  SimilarGroupsDocument document{.model = model_name};
  std::optional<GroupReply>& of_kind = requested.kind == recommend::GroupKind::artist  ? document.artist
                                       : requested.kind == recommend::GroupKind::album ? document.album
                                                                                       : document.tag;
  of_kind = group_reply(groups.group(group));
  for (const math::ScoredRow& one : found) {
    SimilarGroupReply& item = document.items.emplace_back(group_reply(groups.group(one.row)), one.score);
    if (typical == 0) continue;
    item.typical_songs.emplace();
    for (const math::ScoredRow& song : groups.typical_songs(one.row, typical)) {
      item.typical_songs->push_back(recommend::song_reply(model.songs(), song.row));
    }
  }
  return document_of(document);
}

std::uint32_t typical_songs_wanted(const GroupOptions& options) {
  constexpr std::uint32_t kMost = 1000;
  const std::string& text = options.songs;
  if (text.empty()) return 0;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > kMost) {
    fail(ErrorCode::wrong_use,
         "--songs: expected a whole number from 0 to {} with --artist, --album or --tag, found {}", kMost, text);
  }
  return number;
}

}  // namespace

bool asks_for_all_songs(const GroupOptions& options) {
  return !options.songs.empty() && !asks_for_group(options);
}

bool asks_for_group(const GroupOptions& options) {
  const int requested =
      (options.artist.empty() ? 0 : 1) + (options.album.empty() ? 0 : 1) + (options.tag.empty() ? 0 : 1);
  if (requested > 1) fail(ErrorCode::wrong_use, "expected one of --artist, --album and --tag, found {}", requested);
  return requested == 1;
}

void print_similar_groups(const model::Model& model, std::string_view model_name, const GroupOptions& options,
                          std::uint32_t k, const index::RowSet* keeps, Terminal& terminal) {
  const Requested requested = requested_group(options);
  const std::uint32_t typical = typical_songs_wanted(options);
  const recommend::SongGroups groups(model, requested.kind, keeps);
  const std::uint32_t group = resolve_group(groups, requested, terminal);
  const std::vector<math::ScoredRow> found = groups.similar(group, k, options.min_songs);
  if (terminal.json()) {
    terminal.print(document(model, model_name, groups, requested, group, found, typical));
    return;
  }
  std::vector<std::string> headers = {">rank", ">similarity", std::string(requested.what), ">songs", ">plays"};
  if (typical > 0) headers.emplace_back("typical songs");
  Table table(headers);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const recommend::SongGroup& one = groups.group(found[i].row);
    std::vector<std::string> cells = {std::to_string(i + 1), fmt::format("{:.3f}", found[i].score),
                                      for_terminal(one.name), with_commas(one.songs.size()), with_commas(one.plays)};
    if (typical > 0) {
      std::vector<std::string> names;
      for (const math::ScoredRow& song : groups.typical_songs(found[i].row, typical)) {
        const std::string title = for_terminal(std::string(model.songs().song(song.row).title));
        names.push_back(
            requested.kind == recommend::GroupKind::tag || title.empty() ? song_text(model.songs(), song.row) : title);
      }
      cells.push_back(fmt::format("{}", fmt::join(names, "; ")));
    }
    table.add(std::move(cells));
  }
  terminal.print(table.text());
}

}  // namespace segue::cli
