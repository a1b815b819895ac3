#include "segue/data/dataset/ingest.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <functional>
#include <map>
#include <unordered_set>

#include <fmt/format.h>

#include "segue/base/file.h"
#include "segue/base/folder.h"
#include "segue/base/memory.h"
#include "segue/base/options_json.h"
#include "segue/base/parallel.h"
#include "segue/base/words.h"
#include "segue/data/dataset/anonymise.h"
#include "segue/data/dataset/dataset.h"
#include "segue/data/log/formats/formats.h"
#include "segue/data/log/formats/json_rows.h"
#include "segue/data/log/read_ahead.h"

namespace segue::data {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kRejectsName = "rejects.jsonl";
constexpr std::string_view kUsualNames = "usual-names";
constexpr std::int64_t kDayMicros = 86'400'000'000;

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
  set(Field::played, options.played_ms_column);
  set(Field::length, options.length_ms_column);
  set(Field::skipped, options.skipped_column);
  return named;
}

// "2G", "512M", "1500000000"; half of the machine's memory for "auto".
std::uint64_t memory_limit(const std::string& text) {
  if (text == "auto") return memory_bytes() / 2;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  constexpr std::array<std::pair<std::string_view, int>, 9> kUnits = {
      {{"", 0}, {"K", 10}, {"M", 20}, {"G", 30}, {"T", 40}, {"k", 10}, {"m", 20}, {"g", 30}, {"t", 40}}};
  const auto found = std::ranges::find(kUnits, unit, &std::pair<std::string_view, int>::first);
  constexpr std::uint64_t kLeast = std::uint64_t{16} << 20;
  if (error != std::errc{} || found == kUnits.end() || number > (std::uint64_t{1} << 22) << (40 - found->second) ||
      number << found->second < kLeast) {
    fail(ErrorCode::wrong_use, "--memory: expected auto or a number of bytes from 16M on, such as 2G; found \"{}\"",
         text);
  }
  return number << found->second;
}

std::int64_t tomorrow() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count() + kDayMicros;
}

LogRules log_rules(const IngestOptions& options) {
  LogRules rules;
  rules.user = options.user;
  rules.identity = options.identity;
  rules.times = {options.time_unit, options.date_format};
  rules.time_is = options.time_is;
  rules.earliest = date_option("earliest", options.earliest);
  rules.latest = options.latest.empty() ? tomorrow() : date_option("latest", options.latest);
  return rules;
}

}  // namespace

DatasetRules dataset_rules(const IngestOptions& options) {
  DatasetRules rules;
  const std::chrono::milliseconds longest =
      options.max_session.count() > 0 ? options.max_session : kGapsOfLongestSession * options.session_gap;
  rules.sessions = {std::chrono::microseconds(options.session_gap).count(), options.keep_repeats, options.min_session,
                    std::chrono::microseconds(longest).count()};
  rules.songs = {options.identity == Identity::automatic, options.merge_versions};
  rules.min_played_ms = options.min_played.count();
  rules.most_bytes = memory_limit(options.memory);
  rules.shards = options.shards;
  return rules;
}

namespace {

// Reads logs into a sink.
class LogsToSink {
 public:
  LogsToSink(const IngestOptions& options, LogSink& sink, IngestReport& report, Progress& progress,
             const std::stop_token& stop, bool first_rows_tell_order = true)
      : options_(options), report_(report), progress_(progress), stop_(stop), rules_(log_rules(options)), sink_(sink) {
    rules_.first_rows_tell_order = first_rows_tell_order;
    if (options.source != "auto" && options.source != kUsualNames) forced_ = &source_named(options.source);
    if (!options.anonymise.empty()) anonymiser_.emplace(options.anonymise);
  }

  void read(Inputs& inputs) {
    done_ = [&inputs](std::uint64_t) { return inputs.bytes_read(); };
    inputs.for_each([&](Input& input) {
      if (input.named) return read_log(input);
      // In a folder or an archive other files may lie beside the logs.
      try {
        read_log(input);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::bad_input || reading_) throw;
        report_.passed_over.push_back({input.name, error.what()});
      }
    });
    if (report_.logs == 0 && !report_.passed_over.empty()) {
      fail(ErrorCode::bad_input, "expected a log, found none in {} {}: {}", report_.passed_over.size(),
           report_.passed_over.size() == 1 ? "file" : "files; the first", report_.passed_over.front().why);
    }
    report_sources();
  }

  void read(std::unique_ptr<RowReader> rows, const std::string& name) {
    done_ = [](std::uint64_t read) { return read; };
    read_rows({FileFormat::arrow, std::move(rows), ""}, {name, {}});
    report_sources();
  }

  ColumnsInUse columns_in_use(OpenedRows opened, const std::string& name) const {
    const Source* source = source_of(opened, name);
    const std::vector<std::string> all = opened.rows->columns();
    const RecognisedColumns found = recognise_input(all, request({name, {}}, source));
    ColumnsInUse used;
    const auto user = found.columns[static_cast<std::size_t>(Field::user)];
    const auto time = found.columns[static_cast<std::size_t>(Field::time)];
    if (user && options_.user.empty()) used.user = all[*user];
    if (time) used.time = all[*time];
    if (source != nullptr) used.names = all;
    if (source == nullptr) {
      for (const std::optional<std::size_t>& column : found.columns) {
        if (column) used.names.push_back(all[*column]);
      }
    }
    return used;
  }

  void read_songs(Inputs& inputs) {
    inputs.for_each([&](Input& input) {
      OpenedRows opened = open_rows(input, names_in(options_.songs_columns));
      ColumnRequest request = this->request({input.name, {}}, nullptr);
      // A column named for the listens need not be in this file.
      for (std::string& name : request.named) {
        if (std::ranges::find(opened.rows->columns(), name) == opened.rows->columns().end()) name.clear();
      }
      const RecognisedColumns found = recognise_songs(opened.rows->columns(), request);
      LogReader reader(std::move(opened), found, nullptr, rules_, {});
      read_batches(reader, input.name, report_.song_rows, report_.dropped_song_rows);
    });
  }

 private:
  // Where the rows of a log are.
  struct Place {
    std::string name;
    std::vector<std::pair<std::string, std::string>> partition;
  };

  void report_sources() {
    for (const auto& [source, files] : sources_) {
      report_.sources.push_back(files == 1 ? std::string(source->product)
                                           : fmt::format("{} ({} files)", source->product, files));
      const auto exact =
          std::ranges::find(sources_, source->less_exact_than, [](const auto& other) { return other.first->name; });
      if (exact == sources_.end()) continue;
      report_.notes.push_back(fmt::format("{} and {} have the same plays at different times; give one of them",
                                          source->product, exact->first->product));
    }
  }

  ColumnRequest request(const Place& place, const Source* source) const {
    ColumnRequest request;
    request.file = place.name;
    request.source = source;
    request.forced = forced_ != nullptr && source == forced_;
    request.named = named_columns(options_);
    request.kind = options_.kind;
    request.has_user = !options_.user.empty() || !user_of_partition(place.partition).empty();
    request.any_ids = options_.identity == Identity::id;
    request.songs_column = options_.songs_column;
    return request;
  }

  const Source* source_of(OpenedRows& opened, const std::string& name) const {
    if (options_.source == kUsualNames) return nullptr;
    return settle_source(opened, {name, forced_, !options_.columns.empty()});
  }

  void read_log(Input& input) {
    reading_ = false;
    read_rows(open_rows(input, names_in(options_.columns)), {input.name, input.partition});
  }

  void read_rows(OpenedRows opened, const Place& place) {
    const Source* source = source_of(opened, place.name);
    const RecognisedColumns found = recognise_input(opened.rows->columns(), request(place, source));
    if (!opened.note.empty()) report_.notes.push_back(fmt::format("{}: {}", place.name, opened.note));
    LogRules rules = rules_;
    if (const auto* json = dynamic_cast<const JsonRows*>(opened.rows.get()); json != nullptr && rules.user.empty()) {
      for (const auto& [key, value] : json->surroundings()) {
        if ((key == "username" || key == "user" || key == "user_name") &&
            !found.columns[static_cast<std::size_t>(Field::user)])
          rules.user = value;
      }
    }
    // Bytes become rows on one thread, rows become listens on another, and listens get their places on this one.
    if (thread_count(options_.threads) > 1) opened.rows = rows_read_ahead(std::move(opened.rows));
    LogReader reader(std::move(opened), found, source, rules, place.partition);
    reading_ = true;
    ++report_.logs;
    if (source != nullptr) ++sources_[source];
    sink_.begin_log();
    read_batches(reader, place.name, report_.rows, report_.dropped);
    sink_.end_log();
    reading_ = false;
  }

  void read_batches(LogReader& reader, const std::string& name, std::uint64_t& rows, RejectLog& rejects) {
    ReadAhead<LogBatch> batches([&reader] { return reader.next(); });
    while (std::optional<LogBatch> batch = batches.next()) {
      if (stop_.stop_requested()) fail(ErrorCode::interrupted, "stopped while reading {}", name);
      rows += batch->rows;
      for (const Reject& reject : batch->rejects) rejects.add(name, reject);
      if (anonymiser_) anonymise(*batch);
      for (const std::size_t refused : sink_.add(batch->listens)) {
        rejects.add(name, {Reason::missing_song, batch->listens[refused].line, "", ""});
      }
      for (const ListedPlaylist& list : batch->playlists) {
        if (const auto refused = sink_.add(list)) rejects.add(name, {*refused, list.line, "", ""});
      }
      for (const SongDescription& song : batch->songs) sink_.describe(song);
      progress_.update(done_(rows), with_commas(rows) + " rows");
    }
  }

  // The names belong to this object until the next call.
  void anonymise(LogBatch& batch) {
    anonymous_names_.clear();
    std::string_view last_user;
    std::string_view last_name;
    const auto rename = [&](std::string_view& user) {
      if (user != last_user || last_name.empty()) {
        last_user = user;
        last_name = anonymous_names_.keep((*anonymiser_)(user));
      }
      user = last_name;
    };
    for (Listen& listen : batch.listens) rename(listen.user);
    for (ListedPlaylist& list : batch.playlists) rename(list.id);
  }

  const IngestOptions& options_;
  IngestReport& report_;
  Progress& progress_;
  const std::stop_token& stop_;
  LogRules rules_;
  LogSink& sink_;
  const Source* forced_ = nullptr;
  // Of what progress counts, once so many rows are read.
  std::function<std::uint64_t(std::uint64_t rows)> done_ = [](std::uint64_t rows) { return rows; };
  bool reading_ = false;  // past the recognition of a log
  std::optional<Anonymiser> anonymiser_;
  TextArena anonymous_names_;
  struct ByProduct {
    bool operator()(const Source* a, const Source* b) const { return a->product < b->product; }
  };
  std::map<const Source*, std::size_t, ByProduct> sources_;  // of the logs, and how many
};

// An empty dataset is useless: the error says why nothing was kept, with a value of each reason, and samples of the
// rows stay beside the target.
[[noreturn]] void fail_empty(const IngestReport& report, const IngestOptions& options) {
  const std::string why = report.dropped.text();
  const std::string rejects = options.output + "." + std::string(kRejectsName);
  std::string kept;
  if (report.dropped.has_samples()) {
    report.dropped.write(rejects);
    kept = fmt::format("; see {}", rejects);
  }
  std::string hint;
  if (report.dropped[Reason::ambiguous_date] > 0) hint = "; --date-format says which of day and month comes first";
  if (report.dropped[Reason::impossible_time] > 0) hint = "; --earliest and --latest say which times can be";
  fail(ErrorCode::bad_input, "expected at least one queue, found none in {} rows{}{}{}{}", with_commas(report.rows),
       why.empty() ? "" : ": ", why, kept, hint);
}

// Each under the name of its folder, and a number where two have the same.
std::vector<Dataset> open_bases(const std::vector<std::string>& folders, IngestReport& report) {
  std::vector<Dataset> bases;
  for (const std::string& folder : folders) {
    bases.push_back(open_dataset(folder));
    std::string name = fs::absolute(folder).lexically_normal().filename().string();
    if (name.empty()) name = fs::absolute(folder).lexically_normal().parent_path().filename().string();
    const auto is_taken = [&](const std::string& one) {
      return std::ranges::find(report.bases, one, &IngestReport::Base::name) != report.bases.end();
    };
    std::string unique = name;
    for (int number = 2; is_taken(unique); ++number) unique = fmt::format("{}-{}", name, number);
    report.bases.push_back({unique, bases.back().manifest.digest});
  }
  return bases;
}

json::object manifest_fields(const IngestReport& report, const std::vector<Inputs::File>& song_files,
                             const IngestOptions& options) {
  const auto files = [](const std::vector<Inputs::File>& list) {
    json::array array;
    for (const Inputs::File& file : list) {
      array.push_back(json::object{{"file", fs::path(file.name).filename().string()}, {"bytes", file.bytes}});
    }
    return array;
  };
  // What does not change the dataset is left out.
  json::object kept;
  for (const auto& option : options_to_json(options)) {
    const std::string_view name = option.key();
    const bool of_the_run = name == "output" || name == "threads" || name == "songs" || name == "memory" ||
                            name == "anonymise" || name == "base" || name == "shards";
    if (!of_the_run) kept[name] = option.value();
  }
  const DatasetCounts& counts = report.counts;
  json::object counted = to_json(counts);
  counted["rows"] = report.rows;
  counted["song_rows"] = report.song_rows;
  json::object fields{
      {"options", std::move(kept)},
      {"counts", std::move(counted)},
      {"dropped", report.dropped.to_json()},
      {"dropped_song_rows", report.dropped_song_rows.to_json()},
      {"largest_users", to_json(counts.largest_users)},
      {"inputs", files(report.inputs)},
      {"song_files", files(song_files)},
  };
  if (!report.bases.empty()) {
    json::array bases;
    for (const IngestReport::Base& base : report.bases) {
      bases.push_back(json::object{{"dataset", base.name}, {"digest", base.digest}});
    }
    fields["base"] = std::move(bases);
  }
  if (counts.first_listen) {
    fields["first_listen"] = time_for_people(*counts.first_listen);
    fields["last_listen"] = time_for_people(*counts.last_listen);
  }
  return fields;
}

// Reads logs, which `read` does, and writes what they hold.
IngestReport write_dataset(const IngestOptions& options, const std::vector<Inputs::File>& inputs, std::uint64_t total,
                           std::string_view unit, Progress& progress, const std::stop_token& stop,
                           const std::function<void(LogsToSink& logs)>& read) {
  FolderWriter folder(options.output, replaces(kDatasetFormat));
  Inputs song_files(options.songs);
  IngestReport report;
  const std::vector<Dataset> bases = open_bases(options.base, report);
  report.inputs = inputs;
  report.dropped = RejectLog(options.rejects);
  report.dropped_song_rows = RejectLog(options.rejects);
  DatasetBuilder builder(dataset_rules(options), folder.path());
  LogsToSink logs(options, builder, report, progress, stop);
  progress.begin("read", total + song_files.bytes(), unit);
  read(logs);
  logs.read_songs(song_files);
  for (std::size_t i = 0; i < bases.size(); ++i) builder.add_base(bases[i], report.bases[i].name);
  progress.begin("cut sessions", 0, "plays");
  builder.cut(report.dropped, thread_count(options.threads));
  if (!builder.empty()) report.counts = builder.write(folder.path(), thread_count(options.threads), progress, stop);
  report.merged = builder.merged_songs();
  report.digest = end_dataset(folder.path(), report, song_files.files(), options);
  folder.commit();
  progress.end();
  return report;
}

class SongList final : public LogSink {
 public:
  std::vector<std::size_t> add(std::span<const Listen>) override { return {}; }
  std::optional<Reason> add(const ListedPlaylist&) override { return {}; }
  void describe(const SongDescription& song) override {
    std::string id = song.song.id.empty() ? id_of_song(song.song.artist, song.song.title) : std::string(song.song.id);
    if (id.empty() || !ids_.insert(id).second) return;
    songs.push_back({.id = std::move(id),
                     .title = std::string(song.song.title),
                     .artist = std::string(song.song.artist),
                     .album = std::string(song.song.album),
                     .tags = {song.tags.begin(), song.tags.end()}});
  }

  std::vector<SongRecord> songs;

 private:
  std::unordered_set<std::string> ids_;
};

}  // namespace

std::string end_dataset(const fs::path& folder, const IngestReport& report, const std::vector<Inputs::File>& song_files,
                        const IngestOptions& options) {
  if (report.counts.sessions + report.counts.playlists == 0) fail_empty(report, options);
  report.dropped.write(folder / kRejectsName);
  json::object fields = manifest_fields(report, song_files, options);
  if (options.shards > 1) fields["shards"] = options.shards;
  return write_manifest(folder, options.shards > 1 ? kDatasetFormat : kWholeDatasetFormat, fields);
}

std::vector<Inputs::File> read_song_files(const IngestOptions& options, LogSink& sink, IngestReport& report,
                                          Progress& progress, const std::stop_token& stop) {
  Inputs files(options.songs);
  progress.begin("read", files.bytes(), "bytes");
  LogsToSink(options, sink, report, progress, stop).read_songs(files);
  progress.end();
  return files.files();
}

ColumnsInUse columns_in_use(std::unique_ptr<RowReader> rows, const std::string& name, const IngestOptions& options) {
  IngestReport report;
  SongList none;
  NoProgress silence;
  return LogsToSink(options, none, report, silence, {}).columns_in_use({FileFormat::arrow, std::move(rows), ""}, name);
}

IngestReport read_rows(std::unique_ptr<RowReader> rows, const std::string& name, const IngestOptions& options,
                       LogSink& sink, Progress& progress, const std::stop_token& stop) {
  IngestReport report;
  report.dropped = RejectLog(options.rejects);
  progress.begin("read", 0, "rows");
  LogsToSink(options, sink, report, progress, stop, false).read(std::move(rows), name);
  progress.end();
  return report;
}

std::vector<SongRecord> read_songs(const IngestOptions& options, Progress& progress, const std::stop_token& stop) {
  SongList list;
  if (options.songs.empty()) return {};
  IngestReport report;
  report.dropped_song_rows = RejectLog(1);
  Inputs files(options.songs);
  progress.begin("read", 0, "rows");
  LogsToSink(options, list, report, progress, stop).read_songs(files);
  progress.end();
  if (const std::string why = report.dropped_song_rows.text(); !why.empty()) {
    fail(ErrorCode::bad_input, "expected rows that each name a song, found others: {}", why);
  }
  return std::move(list.songs);
}

IngestReport read_logs(std::span<const std::string> names, const IngestOptions& options, LogSink& sink,
                       Progress& progress, const std::stop_token& stop) {
  Inputs inputs(names);
  IngestReport report;
  report.inputs = inputs.files();
  report.dropped = RejectLog(options.rejects);
  progress.begin("read", inputs.bytes(), "bytes");
  LogsToSink(options, sink, report, progress, stop).read(inputs);
  progress.end();
  return report;
}

IngestReport ingest(std::span<const std::string> names, const IngestOptions& options, Progress& progress,
                    const std::stop_token& stop) {
  Inputs inputs(names);
  return write_dataset(options, inputs.files(), inputs.bytes(), "bytes", progress, stop,
                       [&](LogsToSink& logs) { logs.read(inputs); });
}

IngestReport ingest(std::unique_ptr<RowReader> rows, const std::string& name, const IngestOptions& options,
                    Progress& progress, const std::stop_token& stop) {
  return write_dataset(options, {{name, 0}}, 0, "rows", progress, stop,
                       [&](LogsToSink& logs) { logs.read(std::move(rows), name); });
}

}  // namespace segue::data
