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
       {"songid", "trackid", "spotifytrackuri", "trackuri", "songuri", "itemid", "recordingid", "recordingmsid",
        "recordingmbid", "trackmetadatarecordingmsid"}},
      {Field::time,
       {"time", "timestamp", "ts", "uts", "listenedat", "playedat", "scrobbledat", "endtime", "starttime", "unixtime",
        "unixtimestamp", "datetime", "utctime", "date", "playedon"}},
      {Field::title,
       {"title", "trackname", "songname", "tracktitle", "songtitle", "mastermetadatatrackname",
        "trackmetadatatrackname", "tracknametext"}},
      {Field::artist,
       {"artist", "artistname", "artists", "artistnames", "trackartist", "songartist", "mastermetadataalbumartistname",
        "trackmetadataartistname", "creator", "albumartist", "albumartistname"}},
      {Field::album,
       {"album", "albumname", "albumtitle", "release", "releasename", "mastermetadataalbumalbumname",
        "trackmetadatareleasename"}},
      {Field::tags, {"tags", "tag", "genres", "genre"}},
      {Field::played_ms, {"msplayed", "playedms", "playedmilliseconds", "millisecondsplayed", "durationplayedms"}},
  };
  static const std::vector<KnownNames> playlists = {
      {Field::user, {"playlistid", "playlist", "pid", "playlisturi", "queueid", "queue", "listid", "sessionid", "id"}},
      {Field::time,
       {"time", "timestamp", "ts", "date", "datetime", "modifiedat", "createdat", "updatedat", "starttime"}},
      {Field::songs,
       {"songs", "songids", "tracks", "trackids", "trackuris", "items", "itemids", "recordings", "recordingids",
        "songlist", "tracklist"}},
  };
  static const std::vector<KnownNames> songs = {
      {Field::song,
       {"songid", "trackid", "spotifytrackuri", "trackuri", "songuri", "itemid", "recordingid", "recordingmsid",
        "recordingmbid", "id", "uri", "song", "track", "item"}},
      {Field::title, {"title", "trackname", "songname", "tracktitle", "songtitle", "name"}},
      {Field::artist,
       {"artist", "artistname", "artists", "artistnames", "trackartist", "songartist", "creator", "albumartist"}},
      {Field::album, {"album", "albumname", "albumtitle", "release", "releasename"}},
      {Field::tags, {"tags", "tag", "genres", "genre"}},
  };
  return role == Role::listens ? listens : role == Role::playlists ? playlists : songs;
}

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
  Recogniser(const std::vector<std::string>& columns, const NamedColumns& named, std::string_view file)
      : columns_(columns), named_(named), file_(file) {
    for (const std::string& column : columns) comparable_.push_back(comparable(column));
  }

  // A column named by the user must exist.
  std::optional<std::size_t> named(Field field) const {
    const std::string& name = named_[static_cast<std::size_t>(field)];
    if (name.empty()) return std::nullopt;
    if (const auto exact = position(columns_, name)) return exact;
    if (const auto alike = position(comparable_, comparable(name))) return alike;
    const std::vector<std::string_view> known(columns_.begin(), columns_.end());
    fail(ErrorCode::bad_input, "{}: no column \"{}\" for {}; found {}{}", file_, name,
         kFieldNames[static_cast<std::size_t>(field)], list_of_columns(), did_you_mean(name, known));
  }

  FieldColumns recognise(Role role) const {
    FieldColumns found;
    for (const KnownNames& known : known_names(role)) {
      auto& column = found[static_cast<std::size_t>(known.field)];
      column = named(known.field);
      for (std::size_t i = 0; !column && i < known.names.size(); ++i) column = position(comparable_, known.names[i]);
    }
    if (role == Role::listens) song_or_title(found);
    return found;
  }

  bool has_songs() const { return recognise(Role::playlists)[static_cast<std::size_t>(Field::songs)].has_value(); }

  [[noreturn]] void missing(std::string_view wanted) const {
    fail(ErrorCode::bad_input, "{}: found the columns {}; wanted {}", file_, list_of_columns(), wanted);
  }

 private:
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
  const NamedColumns& named_;
  std::string_view file_;
  std::vector<std::string> comparable_;
};

}  // namespace

RecognisedColumns recognise_input(const std::vector<std::string>& columns, const NamedColumns& named, InputKind kind,
                                  bool has_user, std::string_view file) {
  const Recogniser recogniser(columns, named, file);
  const bool playlists = kind == InputKind::playlists || (kind == InputKind::automatic && recogniser.has_songs());
  const Role role = playlists ? Role::playlists : Role::listens;
  const FieldColumns found = recogniser.recognise(role);
  const auto has = [&](Field field) { return found[static_cast<std::size_t>(field)].has_value(); };
  const bool user = has_user || has(Field::user);
  if (playlists && !(user && has(Field::songs))) {
    recogniser.missing("a playlist id (--user-column) and a list of song ids (--songs-column)");
  }
  if (!playlists && !(user && has(Field::time) && (has(Field::song) || (has(Field::artist) && has(Field::title))))) {
    recogniser.missing(
        "a user (--user-column, or --user for all rows), a time (--time-column), and a song id (--song-column) or an "
        "artist and a title (--artist-column, --title-column); for playlists a list of song ids (--songs-column)");
  }
  return {role, found};
}

RecognisedColumns recognise_songs(const std::vector<std::string>& columns, const NamedColumns& named,
                                  std::string_view file) {
  const Recogniser recogniser(columns, named, file);
  const FieldColumns found = recogniser.recognise(Role::songs);
  const auto has = [&](Field field) { return found[static_cast<std::size_t>(field)].has_value(); };
  if (!has(Field::song) || !(has(Field::title) || has(Field::artist) || has(Field::album) || has(Field::tags))) {
    recogniser.missing("a song id and at least one of title, artist, album and tags");
  }
  return {Role::songs, found};
}

}  // namespace segue::data
