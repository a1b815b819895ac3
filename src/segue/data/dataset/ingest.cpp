#include "segue/data/dataset/ingest.h"

#include <algorithm>
#include <numeric>

#include "segue/base/folder.h"
#include "segue/base/options_json.h"
#include "segue/base/parallel.h"
#include "segue/base/words.h"
#include "segue/data/dataset/dataset.h"
#include "segue/data/dataset/row_checks.h"
#include "segue/data/dataset/sessions.h"
#include "segue/data/dataset/songs_seen.h"
#include "segue/data/log/read_ahead.h"

namespace segue::data {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kRejectsName = "rejects.jsonl";

std::vector<std::string> names_in(const std::string& list) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    names.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

NamedColumns named_columns(const IngestOptions& options) {
  NamedColumns named;
  const auto set = [&](Field field, const std::string& name) { named[static_cast<std::size_t>(field)] = name; };
  set(Field::user, options.user_column);
  set(Field::song, options.song_column);
  set(Field::time, options.time_column);
  set(Field::title, options.title_column);
  set(Field::artist, options.artist_column);
  set(Field::album, options.album_column);
  set(Field::tags, options.tags_column);
  set(Field::played_ms, options.played_ms_column);
  set(Field::songs, options.songs_column);
  return named;
}

class Ingest {
 public:
  Ingest(const IngestOptions& options, Progress& progress, const std::stop_token& stop)
      : options_(options),
        progress_(progress),
        stop_(stop),
        threads_(thread_count(options.threads)),
        rules_{std::chrono::microseconds(options.session_gap).count(), options.keep_repeats, options.min_session} {
    report_.dropped = RejectLog(options.rejects);
    report_.dropped_song_rows = RejectLog(options.rejects);
  }

  IngestReport run(std::span<const std::string> paths) {
    FolderWriter folder(options_.output, replaces(kDatasetFormat));
    report_.inputs = find_inputs(paths);
    const std::vector<InputFile> song_files = find_inputs(options_.songs);
    for (const std::vector<InputFile>* files : {&std::as_const(report_.inputs), &song_files}) {
      for (const InputFile& file : *files) total_bytes_ += file.bytes;
    }
    progress_.begin("read", total_bytes_, "bytes");
    for (const InputFile& file : report_.inputs) read_input(file);
    for (const InputFile& file : song_files) read_songs(file);
    progress_.begin("cut sessions", 0, "plays");
    sessions_ = plays_.take_sessions(rules_, threads_);
    report_.dropped.count(Reason::repeat, sessions_.dropped.repeats);
    report_.dropped.count(Reason::short_session, sessions_.dropped.short_sessions);
    check_stop();
    refuse_nothing();
    write(folder.path(), song_files);
    check_stop();
    folder.commit();
    progress_.end();
    return std::move(report_);
  }

 private:
  void check_stop() const {
    if (stop_.stop_requested()) fail(ErrorCode::interrupted, "stopped before {} was written", options_.output);
  }

  // Calls add(row) for every row of the file.
  template <class Add>
  void read_rows(const InputFile& file, RowReader& reader, std::uint64_t& rows, RejectLog& rejects, Add add) {
    const std::string name = file.path.string();
    ReadAhead batches(reader);
    while (const auto batch = batches.next()) {
      check_stop();
      rows += batch->rows.rows + batch->rows.rejects.size();
      for (const Reject& reject : batch->rows.rejects) rejects.add(name, reject);
      Row row(batch->rows);
      for (std::size_t i = 0; i < batch->rows.rows; ++i) {
        row.move_to(i);
        const std::optional<Reason> fault = row.fault();
        std::optional<Reason> refused = fault ? fault : add(row);
        if (!refused) continue;
        const bool misses = *refused == Reason::missing_user || *refused == Reason::missing_song;
        if (misses && row.is_empty()) refused = Reason::empty_row;
        if (rejects.wants(*refused)) {
          rejects.add(name, {*refused, row.line(), row.sample()});
        } else {
          rejects.count(*refused);
        }
      }
      progress_.update(done_bytes_ + batch->bytes_read, with_commas(rows) + " rows");
    }
    done_bytes_ += file.bytes;
  }

  void read_input(const InputFile& file) {
    const auto reader = open_rows(file, names_in(options_.columns));
    const RecognisedColumns found = recognise_input(reader->columns(), named_columns(options_), options_.kind,
                                                    !options_.user.empty(), file.path.string());
    reader->choose(found.columns);
    if (found.role == Role::listens) {
      read_rows(file, *reader, report_.rows, report_.dropped, [this](Row& row) { return add_listen(row); });
    } else {
      read_rows(file, *reader, report_.rows, report_.dropped, [this](Row& row) { return add_playlist(row); });
    }
  }

  void read_songs(const InputFile& file) {
    NamedColumns named = named_columns(options_);
    // A column named for the listens need not be in this file.
    const auto reader = open_rows(file, names_in(options_.songs_columns));
    for (std::string& name : named) {
      if (std::ranges::find(reader->columns(), name) == reader->columns().end()) name.clear();
    }
    reader->choose(recognise_songs(reader->columns(), named, file.path.string()).columns);
    read_rows(file, *reader, report_.song_rows, report_.dropped_song_rows, [this](Row& row) { return add_song(row); });
  }

  // The user of the row; usually the same as in the previous row.
  std::uint32_t user_of(std::string_view user) {
    if (last_user_ == Interner::kNone || users_.text(last_user_) != user) last_user_ = users_.intern(user);
    return last_user_;
  }

  std::optional<std::int64_t> time_of(Row& row) const {
    return parse_time(row.text(Field::time), row.is_exact_time() ? TimeUnit::us : options_.time_unit);
  }

  std::optional<Reason> add_listen(Row& row) {
    const std::string_view user = options_.user.empty() ? row.text(Field::user) : std::string_view(options_.user);
    if (user.empty()) return Reason::missing_user;
    const std::string_view id = row.text(Field::song);
    const std::string_view artist = row.text(Field::artist);
    const std::string_view title = row.text(Field::title);
    if (id.empty() && (artist.empty() || title.empty())) return Reason::missing_song;
    const std::optional<std::int64_t> time = time_of(row);
    if (!time) return Reason::bad_time;
    const PlayedMs played = parse_played_ms(row.text(Field::played_ms));
    if (!played.valid) return Reason::bad_played_ms;
    const std::uint32_t song = id.empty() ? songs_.by_name(artist, title) : songs_.by_id(id);
    if (song == SongsSeen::kNone) return Reason::missing_song;
    if (song == SongsSeen::kTooLong) return Reason::field_too_long;
    ++report_.listens;
    songs_.describe(song, {title, artist, row.text(Field::album), row.texts(Field::tags)});
    if (played.value && *played.value < static_cast<double>(options_.min_played.count())) {
      report_.dropped.count(Reason::too_short_play);
      return std::nullopt;
    }
    plays_.add({user_of(user), song, *time});
    return std::nullopt;
  }

  std::optional<Reason> add_playlist(Row& row) {
    const std::string_view user = options_.user.empty() ? row.text(Field::user) : std::string_view(options_.user);
    if (user.empty()) return Reason::missing_user;
    std::vector<std::string_view>& ids = ids_;
    ids.clear();
    for (const std::string_view text : row.texts(Field::songs)) {
      if (row.is_list(Field::songs)) {
        if (!text.empty()) ids.push_back(text);
      } else {
        split_ids(text, ids);
      }
    }
    if (ids.empty()) return Reason::missing_song;
    for (const std::string_view id : ids) {
      if (id.size() > SongsSeen::kMostIdBytes) return Reason::field_too_long;
    }
    const std::string_view time_text = row.text(Field::time);
    const std::optional<std::int64_t> time = time_text.empty() ? std::nullopt : time_of(row);
    if (!time_text.empty() && !time) return Reason::bad_time;
    report_.listed += ids.size();
    list_.clear();
    for (const std::string_view id : ids) list_.push_back(songs_.by_id(id));
    if (!rules_.keep_repeats) report_.dropped.count(Reason::repeat, fold_repeats(list_));
    if (list_.size() < rules_.min_session) {
      report_.dropped.count(Reason::short_playlist);
    } else {
      playlists_.add(user_of(user), time, list_);
    }
    return std::nullopt;
  }

  std::optional<Reason> add_song(Row& row) {
    const std::string_view id = row.text(Field::song);
    if (id.empty()) return Reason::missing_song;
    const std::uint32_t song = songs_.find(id);
    if (song != SongsSeen::kNone) {
      songs_.describe_by_file(
          song, {row.text(Field::title), row.text(Field::artist), row.text(Field::album), row.texts(Field::tags)});
    }
    return std::nullopt;
  }

  static void split_ids(std::string_view text, std::vector<std::string_view>& ids) {
    constexpr std::string_view kSpaces = " \t\r\n";
    for (;;) {
      text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
      if (text.empty()) return;
      const std::size_t end = std::min(text.find_first_of(kSpaces), text.size());
      ids.push_back(text.substr(0, end));
      text.remove_prefix(end);
    }
  }

  // An empty dataset is useless: the error says why nothing was kept.
  void refuse_nothing() const {
    const bool any =
        !playlists_.entries().empty() ||
        std::ranges::any_of(sessions_.stores, [](const QueueStore& store) { return !store.entries().empty(); });
    if (any) return;
    std::string why;
    for (const auto& reason : report_.dropped.to_json()) {
      why += fmt::format("{}{} {}", why.empty() ? "" : ", ", std::string_view(reason.key()),
                         with_commas(reason.value().to_number<std::uint64_t>()));
    }
    fail(ErrorCode::bad_input, "expected at least one queue, found none in {} rows{}{}", with_commas(report_.rows),
         why.empty() ? "" : ": ", why);
  }

  // Calls visit(user, start, songs) for each queue in the order of the file: sessions by user (in the order of their
  // first play in the input) and time, then playlists in the order of the input.
  template <class Visit>
  void for_each_queue(Visit visit) const {
    std::vector<std::size_t> next(sessions_.stores.size());
    for (std::uint32_t user = 0; user < users_.size() && !next.empty(); ++user) {
      const std::size_t bucket = user % PlayStore::kBuckets;
      const QueueStore& store = sessions_.stores[bucket];
      for (std::size_t& i = next[bucket]; i < store.entries().size() && store.entries()[i].user == user; ++i) {
        visit(store.entries()[i], store.songs(store.entries()[i]));
      }
    }
    for (const QueueStore::Entry& entry : playlists_.entries()) visit(entry, playlists_.songs(entry));
  }

  void write(const fs::path& folder, const std::vector<InputFile>& song_files) {
    const std::vector<std::uint32_t> rows = write_songs(folder / kSongsName);
    progress_.begin("write", report_.plays, "plays");
    QueuesWriter queues(folder / kQueuesName);
    std::vector<std::uint32_t> songs;
    std::uint64_t written = 0;
    std::uint32_t last_user = Interner::kNone;
    for_each_queue([&](const QueueStore::Entry& entry, std::span<const std::uint32_t> numbers) {
      songs.clear();
      for (const std::uint32_t number : numbers) songs.push_back(rows[number]);
      queues.add(users_.text(entry.user), entry.start_time(), songs);
      written += songs.size();
      if (entry.user != last_user) {
        last_user = entry.user;
        check_stop();
        progress_.update(written, "");
      }
    });
    queues.close();
    report_.dropped.write(folder / kRejectsName);
    report_.digest = write_manifest(folder, kDatasetFormat, manifest_fields(song_files));
  }

  // Returns the row of each song seen.
  std::vector<std::uint32_t> write_songs(const fs::path& path) {
    std::vector<std::uint64_t> plays(songs_.size());
    std::uint32_t user_with_sessions = Interner::kNone;
    const std::size_t playlists = playlists_.entries().size();
    std::uint64_t queues = 0;
    for_each_queue([&](const QueueStore::Entry&, std::span<const std::uint32_t> songs) {
      for (const std::uint32_t song : songs) ++plays[song];
      report_.plays += songs.size();
      ++queues;
    });
    for (const QueueStore& store : sessions_.stores) {
      for (const QueueStore::Entry& entry : store.entries()) {
        if (entry.user == user_with_sessions) continue;
        user_with_sessions = entry.user;
        ++report_.users;
      }
    }
    report_.playlists = playlists;
    report_.sessions = queues - playlists;

    std::vector<std::uint32_t> order;
    for (std::uint32_t song = 0; song < songs_.size(); ++song) {
      if (plays[song] > 0) order.push_back(song);
    }
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
      return plays[a] != plays[b] ? plays[a] > plays[b] : songs_.id(a) < songs_.id(b);
    });
    CatalogueWriter writer(path);
    std::vector<std::uint32_t> rows(songs_.size());
    for (std::uint32_t row = 0; row < order.size(); ++row) {
      rows[order[row]] = row;
      Song song = songs_.song(order[row]);
      song.plays = plays[order[row]];
      if (!song.title.empty()) ++report_.titled_songs;
      writer.add(song, songs_.tags(order[row]));
    }
    writer.close();
    report_.songs = order.size();
    return rows;
  }

  json::object manifest_fields(const std::vector<InputFile>& song_files) const {
    const auto files = [](const std::vector<InputFile>& list) {
      json::array array;
      for (const InputFile& file : list) {
        array.push_back(json::object{{"file", file.path.filename().string()}, {"bytes", file.bytes}});
      }
      return array;
    };
    // The output folder and the number of threads do not change the dataset.
    json::object options;
    for (const auto& option : options_to_json(options_)) {
      const bool of_the_run = option.key() == "output" || option.key() == "threads" || option.key() == "songs";
      if (!of_the_run) options[option.key()] = option.value();
    }
    return {
        {"options", std::move(options)},
        {"counts",
         {{"users", report_.users},
          {"sessions", report_.sessions},
          {"playlists", report_.playlists},
          {"queues", report_.sessions + report_.playlists},
          {"plays", report_.plays},
          {"songs", report_.songs},
          {"titled_songs", report_.titled_songs},
          {"rows", report_.rows},
          {"song_rows", report_.song_rows}}},
        {"dropped", report_.dropped.to_json()},
        {"dropped_song_rows", report_.dropped_song_rows.to_json()},
        {"inputs", files(report_.inputs)},
        {"song_files", files(song_files)},
    };
  }

  const IngestOptions& options_;
  Progress& progress_;
  const std::stop_token& stop_;
  std::size_t threads_;
  SessionRules rules_;

  IngestReport report_;
  std::uint64_t total_bytes_ = 0;
  std::uint64_t done_bytes_ = 0;

  Interner users_;
  std::uint32_t last_user_ = Interner::kNone;
  SongsSeen songs_;
  PlayStore plays_;
  PlayStore::Sessions sessions_;
  QueueStore playlists_;
  std::vector<std::string_view> ids_;  // of the playlist being read
  std::vector<std::uint32_t> list_;
};

}  // namespace

IngestReport ingest(std::span<const std::string> inputs, const IngestOptions& options, Progress& progress,
                    const std::stop_token& stop) {
  return Ingest(options, progress, stop).run(inputs);
}

}  // namespace segue::data
