#include "segue/data/log/log_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>

#include <fmt/format.h>

#include "segue/base/ascii.h"
#include "segue/data/log/formats/playlist_rows.h"
#include "segue/data/text/text.h"
#include "segue/data/text/text_arena.h"

namespace segue::data {

namespace {

constexpr std::size_t kMostSampleText = 4096;

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char letter) { return letter >= '0' && letter <= '9'; });
}

// "123.0", which a table with a missing value makes of the id 123, is 123.
std::string_view id_text(std::string_view text) {
  if (text.size() > 2 && text.ends_with(".0") && all_digits(text.substr(0, text.size() - 2))) text.remove_suffix(2);
  return text;
}

std::optional<double> number_of(const Cell& cell) {
  switch (cell.type()) {
    case Cell::Type::whole:
      return static_cast<double>(cell.whole());
    case Cell::Type::real:
      return cell.real();
    case Cell::Type::text: {
      const std::string_view text = trimmed(cell.text());
      double number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
      return number;
    }
    default:
      return std::nullopt;
  }
}

bool is_marked(const Cell& cell) {
  if (cell.type() == Cell::Type::whole) return cell.whole() != 0;
  if (cell.type() == Cell::Type::real) return cell.real() != 0;
  if (cell.type() != Cell::Type::text) return false;
  const std::string_view text = trimmed(cell.text());
  return std::ranges::any_of(std::array<std::string_view, 7>{"true", "1", "yes", "y", "s", "skip", "skipped"},
                             [&](std::string_view word) { return is_ignoring_case(text, word); });
}

}  // namespace

// Reads the rows of one batch. Texts that have to be made and lists belong to the arena of the batch.
class LogReader::Rows {
 public:
  struct Owner {
    RowBatch batch;
    TextArena texts;
    std::deque<std::vector<std::string_view>> tags;
    std::deque<std::vector<SongMention>> songs;
  };

  Rows(const LogReader& reader, Owner& owner, LogBatch& out)
      : reader_(reader), owner_(owner), batch_(owner.batch), out_(out) {
    for (std::size_t field = 0; field < kFieldCount; ++field) {
      const RowColumn& column = batch_.columns[field];
      if (column.present) present_.push_back(static_cast<Field>(field));
      const bool scalar = column.present && !column.is_list();
      scalars_[field] = scalar ? Scalars{column.cells.data(), 1} : Scalars{&kNothing, 0};
    }
  }

  void read() {
    if (reader_.role_ == Role::listens) out_.listens.reserve(batch_.rows);
    for (std::size_t row = 0; row < batch_.rows; ++row) {
      row_ = row;
      std::optional<Reason> refused = fault();
      if (!refused)
        refused = reader_.role_ == Role::listens ? listen() : reader_.role_ == Role::playlists ? playlist() : song();
      if (!refused) continue;
      const bool misses =
          *refused == Reason::missing_user || *refused == Reason::missing_song || *refused == Reason::bad_time;
      if (misses && is_empty()) refused = Reason::empty_row;
      out_.rejects.push_back({*refused, batch_.lines[row_], sample(), value_});
      value_.clear();
    }
  }

 private:
  static constexpr Cell kNothing{};

  // The cells of a column, one a row; of a column that is absent or holds lists, nothing in each row.
  struct Scalars {
    const Cell* first = nullptr;
    std::size_t step = 0;
  };

  const Cell& cell(Field field) const {
    const Scalars& column = scalars_[static_cast<std::size_t>(field)];
    return column.first[row_ * column.step];
  }

  // One cell, or the items of a list.
  std::span<const Cell> cells(Field field) const {
    const RowColumn& column = batch_[field];
    if (!column.present) return {};
    if (!column.is_list()) return std::span(column.cells).subspan(row_, 1);
    const std::uint32_t begin = column.list_begin[row_];
    return std::span(column.cells).subspan(begin, column.list_begin[row_ + 1] - begin);
  }

  std::string_view text_of(const Cell& cell) {
    if (cell.type() == Cell::Type::text) [[likely]]
      return cell.text();
    return made_text_of(cell);
  }

  std::string_view made_text_of(const Cell& cell) {
    switch (cell.type()) {
      case Cell::Type::whole:
      case Cell::Type::time: {
        const fmt::format_int text(cell.whole());
        return owner_.texts.keep({text.data(), text.size()});
      }
      case Cell::Type::real: {
        const double number = cell.real();
        return owner_.texts.keep(number == std::floor(number) && std::abs(number) < 1e18 ? fmt::format("{:.0f}", number)
                                                                                         : fmt::format("{}", number));
      }
      case Cell::Type::text:
      case Cell::Type::nothing:
        break;
    }
    return {};
  }

  // The items of a list are joined with ", ".
  std::string_view text(Field field) {
    if (!batch_[field].is_list()) [[likely]]
      return text_of(cell(field));
    return joined(field);
  }

  std::string_view joined(Field field) {
    std::string all;
    for (const Cell& item : cells(field)) {
      if (item.empty()) continue;
      if (!all.empty()) all += ", ";
      all += text_of(item);
    }
    return owner_.texts.keep(all);
  }

  std::optional<Reason> fault() const {
    for (const Field field : present_) {
      const bool of_list = reader_.role_ == Role::playlists && field == Field::song;
      const std::size_t most =
          (field == Field::user || field == Field::song) && !of_list ? kMostIdBytes : kMostTextBytes;
      for (const Cell& value : cells(field)) {
        if (value.type() != Cell::Type::text) continue;
        if (!of_list && value.text().size() > most) return Reason::field_too_long;
        const TextFault found = fault_of(value.text());
        if (found == TextFault::nul_byte) return Reason::nul_byte;
        if (found == TextFault::invalid_utf8) return Reason::invalid_utf8;
      }
    }
    return std::nullopt;
  }

  bool is_empty() const {
    for (std::size_t field = 0; field < kFieldCount; ++field) {
      if (!std::ranges::all_of(cells(static_cast<Field>(field)), [](const Cell& value) { return value.empty(); })) {
        return false;
      }
    }
    return true;
  }

  // The values read, separated by tabs.
  std::string sample() {
    std::string all;
    for (std::size_t field = 0; field < kFieldCount && all.size() < kMostSampleText; ++field) {
      if (!batch_.columns[field].present) continue;
      if (!all.empty()) all += '\t';
      bool first = true;
      for (const Cell& value : cells(static_cast<Field>(field))) {
        if (all.size() > kMostSampleText) break;
        if (!first) all += ' ';
        all += value.type() == Cell::Type::time ? time_for_people(value.time())
                                                : std::string(text_of(value).substr(0, kMostSampleText));
        first = false;
      }
    }
    return all;
  }

  std::string_view user() {
    if (!reader_.rules_.user.empty()) return reader_.rules_.user;
    const std::string_view named = id_text(text(Field::user));
    return named.empty() ? reader_.user_ : named;
  }

  // The time of the row; a reason to refuse it otherwise.
  std::optional<Reason> time(std::int64_t& micros) {
    const Cell& value = cell(Field::time);
    const ParsedTime parsed = parse_time(value, reader_.rules_.times);
    const auto refuse = [&](Reason reason) {
      value_ = value.type() == Cell::Type::time ? time_for_people(value.time()) : std::string(text_of(value));
      return reason;
    };
    if (parsed.fault == TimeFault::unreadable) return refuse(Reason::bad_time);
    if (parsed.fault == TimeFault::ambiguous) return refuse(Reason::ambiguous_date);
    if (parsed.micros < reader_.rules_.earliest || parsed.micros > reader_.rules_.latest) {
      return refuse(Reason::impossible_time);
    }
    micros = parsed.micros;
    return std::nullopt;
  }

  // Milliseconds, -1 if unknown; false for anything but a number.
  bool duration(Field field, std::int64_t unit_ms, std::int64_t& milliseconds) {
    const Cell& value = cell(field);
    milliseconds = -1;
    if (value.empty() || (value.type() == Cell::Type::text && trimmed(value.text()).empty())) return true;
    const std::optional<double> number = number_of(value);
    if (!number || !std::isfinite(*number)) {
      value_ = text_of(value);
      return false;
    }
    if (*number >= 0) milliseconds = static_cast<std::int64_t>(std::min(*number * static_cast<double>(unit_ms), 1e15));
    return true;
  }

  // Applies the rules of identity: an id that does not count is dropped.
  void settle(SongMention& song) {
    const Source* source = reader_.source_;
    if (source != nullptr && source->ids_are_locations) song.id = owner_.texts.keep(song_id_of_location(song.id));
    if (source != nullptr && !source->no_name.empty() && song.artist == source->no_name) song.artist = {};
    if (source != nullptr && source->title_holds_artist && song.artist.empty()) {
      const std::size_t dash = song.title.find(" - ");
      if (dash != std::string_view::npos) {
        song.artist = song.title.substr(0, dash);
        song.title = song.title.substr(dash + 3);
      }
    }
    if (source != nullptr && source->album_names_song && song.artist.empty() && song.id.empty() &&
        !song.album.empty() && !song.title.empty()) {
      song.id = owner_.texts.keep(fmt::format("{} — {}", song.album, song.title));
    }
    if (reader_.rules_.identity == Identity::name && !song.artist.empty() && !song.title.empty()) song.id = {};
  }

  std::optional<Reason> listen() {
    const Source* source = reader_.source_;
    if (source != nullptr && !source->listen_event.empty() && batch_[Field::event].present) {
      const std::string_view event = text(Field::event);
      if (!event.empty() && event != source->listen_event) return Reason::not_a_listen;
    }
    Listen& listen = out_.listens.emplace_back();  // in place, as it is large
    const std::optional<Reason> refused = listen_into(listen);
    if (refused) out_.listens.pop_back();
    return refused;
  }

  std::optional<Reason> listen_into(Listen& listen) {
    const Source* source = reader_.source_;
    listen.line = batch_.lines[row_];
    listen.user = user();
    if (listen.user.empty()) return Reason::missing_user;
    listen.song = {id_text(text(Field::song)), trimmed(text(Field::title)), trimmed(text(Field::artist)),
                   trimmed(text(Field::album))};
    settle(listen.song);
    if (listen.song.id.empty() && (listen.song.artist.empty() || listen.song.title.empty()))
      return Reason::missing_song;
    if (const auto refused = time(listen.time)) return refused;
    if (!duration(Field::played, source == nullptr ? 1 : source->played_unit_ms, listen.played_ms)) {
      return Reason::bad_played_ms;
    }
    if (!duration(Field::length, source == nullptr ? 1 : source->length_unit_ms, listen.length_ms))
      listen.length_ms = -1;
    const TimeIs time_is = reader_.rules_.time_is;
    listen.time_is_end =
        time_is == TimeIs::end || (time_is == TimeIs::automatic && source != nullptr && source->time_is == TimeIs::end);
    listen.skipped = batch_[Field::skipped].present && is_skip(cell(Field::skipped));
    listen.tags = tags();
    return std::nullopt;
  }

  bool is_skip(const Cell& mark) const {
    const Source* source = reader_.source_;
    const bool by_source = source != nullptr && !source->skip_mark.empty() && mark.type() == Cell::Type::text &&
                           mark.text() == source->skip_mark;
    return by_source || is_marked(mark);
  }

  std::span<const std::string_view> tags() {
    if (!batch_[Field::tags].present) return {};
    std::vector<std::string_view>& list = owner_.tags.emplace_back();
    for (const Cell& value : cells(Field::tags)) list.push_back(text_of(value));
    return list;
  }

  std::optional<Reason> playlist() {
    ListedPlaylist list;
    list.line = batch_.lines[row_];
    list.id = user();
    if (list.id.empty()) return Reason::missing_user;
    list.name = text(Field::name);
    std::vector<SongMention>& songs = owner_.songs.emplace_back();
    if (const auto refused = list_songs(songs)) return refused;
    if (songs.empty()) return Reason::missing_song;
    list.songs = songs;
    if (!cell(Field::time).empty()) {
      std::int64_t micros = 0;
      if (const auto refused = time(micros); refused && *refused != Reason::impossible_time) return refused;
      if (value_.empty()) list.time = micros;
      value_.clear();
    }
    out_.playlists.push_back(list);
    return std::nullopt;
  }

  std::optional<Reason> list_songs(std::vector<SongMention>& songs) {
    if (batch_[Field::song].present && !batch_[Field::song].is_list()) {
      split_ids(text(Field::song), songs);
    } else {
      const std::span<const Cell> ids = cells(Field::song);
      const std::span<const Cell> titles =
          batch_[Field::title].is_list() ? cells(Field::title) : std::span<const Cell>();
      const std::span<const Cell> artists =
          batch_[Field::artist].is_list() ? cells(Field::artist) : std::span<const Cell>();
      const std::span<const Cell> albums =
          batch_[Field::album].is_list() ? cells(Field::album) : std::span<const Cell>();
      const std::size_t count = std::max({ids.size(), titles.size()});
      const auto item = [&](std::span<const Cell> list, std::size_t i) {
        return i < list.size() ? text_of(list[i]) : std::string_view();
      };
      for (std::size_t i = 0; i < count; ++i) {
        SongMention song{id_text(item(ids, i)), item(titles, i), item(artists, i), item(albums, i)};
        settle(song);
        if (song.id.empty() && (song.artist.empty() || song.title.empty())) continue;
        songs.push_back(song);
      }
    }
    const bool long_id =
        std::ranges::any_of(songs, [](const SongMention& song) { return song.id.size() > kMostIdBytes; });
    return long_id ? std::optional(Reason::field_too_long) : std::nullopt;
  }

  static void split_ids(std::string_view text, std::vector<SongMention>& songs) {
    constexpr std::string_view kSpaces = " \t\r\n";
    for (;;) {
      text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
      if (text.empty()) return;
      const std::size_t end = std::min(text.find_first_of(kSpaces), text.size());
      songs.push_back({text.substr(0, end), {}, {}, {}});
      text.remove_prefix(end);
    }
  }

  std::optional<Reason> song() {
    SongDescription described;
    described.line = batch_.lines[row_];
    described.song = {id_text(text(Field::song)), text(Field::title), text(Field::artist), text(Field::album)};
    if (described.song.id.empty()) return Reason::missing_song;
    described.tags = tags();
    out_.songs.push_back(described);
    return std::nullopt;
  }

  const LogReader& reader_;
  Owner& owner_;
  const RowBatch& batch_;
  LogBatch& out_;
  std::vector<Field> present_;
  std::array<Scalars, kFieldCount> scalars_;
  std::size_t row_ = 0;
  std::string value_;  // that refuses the row
};

std::string user_of_partition(const std::vector<std::pair<std::string, std::string>>& partition) {
  constexpr std::array<std::string_view, 4> kNames = {"user", "user_id", "user_name", "username"};
  std::string user;
  for (const auto& [name, value] : partition) {
    if (std::ranges::find(kNames, name) != kNames.end()) user = value;
  }
  return user;
}

LogReader::LogReader(OpenedRows opened, const RecognisedColumns& found, const Source* source, LogRules rules,
                     const std::vector<std::pair<std::string, std::string>>& partition)
    : opened_(std::move(opened)),
      role_(found.role),
      source_(source),
      rules_(std::move(rules)),
      user_(user_of_partition(partition)) {
  opened_.rows->choose(found.columns);
  if (source == nullptr) return;
  if (user_.empty() && source->user_in != nullptr) user_ = source->user_in(opened_.rows->columns());
  if (user_.empty() && source->personal) user_ = kUnnamedUser;
  if (rules_.times.order == DateOrder::automatic) rules_.times.order = source->date_order;
}

// Dates such as 08/03/2022 are read in the order that the first rows tell, where any of them does.
void LogReader::decide_date_order(const RowBatch& batch) {
  first_ = false;
  const RowColumn& times = batch[Field::time];
  if (rules_.times.order != DateOrder::automatic || !times.present) return;
  std::size_t told[2] = {0, 0};
  for (const Cell& cell : times.cells) {
    if (cell.type() != Cell::Type::text) continue;
    const DateOrder order = order_told_by(cell.text());
    if (order != DateOrder::automatic) ++told[order == DateOrder::dmy ? 0 : 1];
  }
  if (told[0] > 0 && told[1] == 0) rules_.times.order = DateOrder::dmy;
  if (told[1] > 0 && told[0] == 0) rules_.times.order = DateOrder::mdy;
}

std::optional<LogBatch> LogReader::next() {
  std::optional<RowBatch> rows = opened_.rows->next();
  if (!rows) return std::nullopt;
  if (first_ && rules_.first_rows_tell_order) decide_date_order(*rows);
  LogBatch out;
  out.rows = rows->rows + rows->rejects.size();
  out.rejects = std::move(rows->rejects);
  auto owner = std::make_shared<Rows::Owner>();
  owner->batch = *std::move(rows);
  Rows(*this, *owner, out).read();
  out.owner = std::move(owner);
  return out;
}

}  // namespace segue::data
