#include "segue/data/log/columns.h"

#include <algorithm>

#include <fmt/format.h>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/data/text/text.h"

namespace segue::data {

namespace {

// Known names of a field, the least ambiguous first.
struct KnownNames {
  Field field;
  std::vector<std::string_view> names;
};

const std::vector<KnownNames>& known_names(Role role) {
  static const std::vector<KnownNames> listens = {
      {Field::user,
       {"user", "userid", "username", "usersha1", "userkey", "login", "listener", "listenerid", "account",
        "accountid"}},
      {Field::song,
       {"songid", "trackid", "spotifytrackuri", "trackuri", "songuri", "itemid", "recordingid", "recordingmbid",
        "trackmbid", "mbid", "isrc", "spotifyuri", "videoid", "trackmetadatambidmappingrecordingmbid",
        "trackmetadataadditionalinforecordingmbid"}},
      {Field::time,
       {"time", "timestamp", "ts", "uts", "listenedat", "playedat", "scrobbledat", "endtime", "starttime", "unixtime",
        "unixtimestamp", "timems", "datetime", "utctime", "date", "playedon", "dateplayed", "entrydate", "dateuts"}},
      {Field::title,
       {"title", "trackname", "songname", "tracktitle", "songtitle", "recordingname", "mastermetadatatrackname",
        "trackmetadatatrackname", "tracknametext"}},
      {Field::artist,
       {"artist", "artistname", "artists", "artistnames", "trackartist", "songartist", "mastermetadataalbumartistname",
        "trackmetadataartistname", "artist#text", "creator", "albumartist", "albumartistname"}},
      {Field::album,
       {"album", "albumname", "albumtitle", "release", "releasename", "mastermetadataalbumalbumname",
        "trackmetadatareleasename", "album#text"}},
      {Field::tags, {"tags", "tag", "genres", "genre"}},
      {Field::played,
       {"msplayed", "playedms", "playedmilliseconds", "millisecondsplayed", "durationplayedms", "streamdurationms",
        "playdurationmilliseconds"}},
      {Field::length, {"durationms", "lengthms", "trackdurationms", "mediadurationinmilliseconds"}},
      {Field::skipped, {"skipped", "isskipped", "skip"}},
  };
  static const std::vector<KnownNames> playlists = {
      {Field::user,
       {"playlistid", "playlist", "pid", "playlisturi", "queueid", "queue", "listid", "sessionid", "id",
        // A history is its listener's queue.
        "user", "userid", "username", "listener", "listenerid"}},
      {Field::time,
       {"time", "timestamp", "ts", "date", "datetime", "modifiedat", "createdat", "updatedat", "starttime"}},
      {Field::song,
       {"songs", "songids", "trackids", "trackuris", "itemids", "recordings", "recordingids", "trackstrackuri",
        "tracksuri", "tracksid", "tracks", "items", "songlist", "tracklist"}},
      {Field::title, {"trackstrackname", "tracksname", "trackstitle", "songstitle"}},
      {Field::artist, {"tracksartistname", "tracksartist", "songsartist"}},
      {Field::album, {"tracksalbumname", "tracksalbum", "songsalbum"}},
      {Field::name, {"name", "playlistname", "title"}},
  };
  static const std::vector<KnownNames> songs = {
      {Field::song,
       {"songid", "trackid", "spotifytrackuri", "trackuri", "songuri", "itemid", "recordingid", "recordingmsid",
        "recordingmbid", "id", "uri", "song", "track", "item"}},
      {Field::title, {"title", "trackname", "songname", "tracktitle", "songtitle", "recordingname", "name"}},
      {Field::artist,
       {"artist", "artistname", "artists", "artistnames", "trackartist", "songartist", "creator", "albumartist"}},
      {Field::album, {"album", "albumname", "albumtitle", "release", "releasename"}},
      {Field::tags, {"tags", "tag", "genres", "genre"}},
  };
  return role == Role::listens ? listens : role == Role::playlists ? playlists : songs;
}

// Ids of spellings, not of recordings: taken only on request.
constexpr std::array<std::string_view, 2> kLooseIds = {"recordingmsid", "trackmetadatarecordingmsid"};

std::string comparable(std::string_view name) {
  std::string out;
  for (const char letter : name) {
    if (letter == '_' || letter == '-' || letter == '.' || letter == ' ' || letter == ':') continue;
    out += ascii_lower(letter);
  }
  return out;
}

std::optional<std::size_t> position(const std::vector<std::string>& names, std::string_view wanted) {
  const auto found = std::ranges::find(names, wanted);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

class Recogniser {
 public:
  Recogniser(const std::vector<std::string>& columns, const ColumnRequest& request)
      : columns_(columns), request_(request) {
    for (const std::string& column : columns) comparable_.push_back(comparable(column));
  }

  FieldColumns recognise(Role role) const {
    FieldColumns found;
    for (std::size_t field = 0; field < kFieldCount; ++field) found[field] = named(static_cast<Field>(field), role);
    for (const KnownNames& known : known_names(role)) {
      auto& column = found[static_cast<std::size_t>(known.field)];
      if (!column && !of_source(known.field)) column = usual(known.names);
    }
    if (request_.source != nullptr && role != Role::songs) take_source(found);
    auto& song = found[static_cast<std::size_t>(Field::song)];
    const bool named_songs =
        found[static_cast<std::size_t>(Field::artist)] && found[static_cast<std::size_t>(Field::title)];
    if (role == Role::listens && !song && (request_.any_ids || !named_songs)) {
      song = usual({kLooseIds.begin(), kLooseIds.end()});
    }
    if (role == Role::listens && request_.source == nullptr) song_or_title(found);
    return found;
  }

  std::optional<std::size_t> usual(const std::vector<std::string_view>& names) const {
    for (const std::string_view name : names) {
      if (const auto column = position(comparable_, name)) return column;
    }
    return std::nullopt;
  }

  bool has_songs() const { return recognise(Role::playlists)[static_cast<std::size_t>(Field::song)].has_value(); }

  [[noreturn]] void missing(std::string_view wanted) const {
    if (request_.forced) {
      fail(ErrorCode::bad_input, "{}: expected {}; found the columns {}", request_.file, described(*request_.source),
           list_of_columns());
    }
    fail(ErrorCode::bad_input, "{}: found the columns {}; wanted {}", request_.file, list_of_columns(), wanted);
  }

 private:
  // A column named by the user must exist.
  std::optional<std::size_t> named(Field field, Role role) const {
    // --song-column is the column of one song's id, --songs-column that of a list.
    const bool list = role == Role::playlists && field == Field::song;
    const std::string& name = list ? request_.songs_column : request_.named[static_cast<std::size_t>(field)];
    if (name.empty()) return std::nullopt;
    if (const auto exact = position(columns_, name)) return exact;
    if (const auto alike = position(comparable_, comparable(name))) return alike;
    const std::vector<std::string_view> known(columns_.begin(), columns_.end());
    fail(ErrorCode::bad_input, "{}: no column \"{}\" for {}; found {}{}", request_.file, name,
         list ? "songs" : kFieldNames[static_cast<std::size_t>(field)], list_of_columns(), did_you_mean(name, known));
  }

  bool of_source(Field field) const {
    return request_.source != nullptr &&
           std::ranges::any_of(request_.source->columns, [&](const auto& column) { return column.first == field; });
  }

  void take_source(FieldColumns& found) const {
    for (const auto& [field, names] : request_.source->columns) {
      auto& column = found[static_cast<std::size_t>(field)];
      for (std::size_t i = 0; !column && i < names.size(); ++i) {
        // "Date*": the rest of the name varies.
        if (!names[i].ends_with('*')) {
          column = position(columns_, names[i]);
          continue;
        }
        const std::string_view start = names[i].substr(0, names[i].size() - 1);
        const auto begins =
            std::ranges::find_if(columns_, [&](const std::string& name) { return name.starts_with(start); });
        if (begins != columns_.end()) column = static_cast<std::size_t>(begins - columns_.begin());
      }
    }
  }

  // A column "song" or "track" is the title if there is an artist, and the id if there is no other.
  void song_or_title(FieldColumns& found) const {
    auto& song = found[static_cast<std::size_t>(Field::song)];
    auto& title = found[static_cast<std::size_t>(Field::title)];
    const bool has_artist = found[static_cast<std::size_t>(Field::artist)].has_value();
    for (const std::string_view name : {"song", "track", "item", "name"}) {
      const auto column = position(comparable_, name);
      if (!column) continue;
      if (has_artist && !title) {
        title = column;
      } else if (!song && name != "name" && column != title) {
        song = column;
      }
    }
  }

  std::string list_of_columns() const {
    std::string list;
    for (const std::string& column : columns_) list += (list.empty() ? "" : ", ") + printable(column, 100);
    return list.empty() ? "none" : printable(list, 2000);
  }

  const std::vector<std::string>& columns_;
  const ColumnRequest& request_;
  std::vector<std::string> comparable_;
};

}  // namespace

RecognisedColumns recognise_input(const std::vector<std::string>& columns, const ColumnRequest& request) {
  const Recogniser recogniser(columns, request);
  const bool of_lists = request.source != nullptr ? request.source->lists : recogniser.has_songs();
  const bool playlists = request.kind == InputKind::playlists || (request.kind == InputKind::automatic && of_lists);
  const Role role = playlists ? Role::playlists : Role::listens;
  const FieldColumns found = recogniser.recognise(role);
  const auto has = [&](Field field) { return found[static_cast<std::size_t>(field)].has_value(); };
  const bool personal = request.source != nullptr && request.source->personal;
  const bool user = request.has_user || personal || has(Field::user);
  const bool names = has(Field::artist) && has(Field::title);
  if (playlists && !(user && (has(Field::song) || names))) {
    recogniser.missing("a playlist id (--user-column) and a list of song ids (--songs-column)");
  }
  const bool described = request.source != nullptr && has(Field::title);
  if (!playlists && !(user && has(Field::time) && (has(Field::song) || names || described))) {
    recogniser.missing(
        "a user (--user-column, or --user for all rows), a time (--time-column), and a song id (--song-column) or an "
        "artist and a title (--artist-column, --title-column); for playlists a list of song ids (--songs-column)");
  }
  return {role, found};
}

RecognisedColumns recognise_songs(const std::vector<std::string>& columns, const ColumnRequest& request) {
  const Recogniser recogniser(columns, request);
  const FieldColumns found = recogniser.recognise(Role::songs);
  const auto has = [&](Field field) { return found[static_cast<std::size_t>(field)].has_value(); };
  if (!has(Field::song) || !(has(Field::title) || has(Field::artist) || has(Field::album) || has(Field::tags))) {
    recogniser.missing("a song id and at least one of title, artist, album and tags");
  }
  return {Role::songs, found};
}

}  // namespace segue::data
