#include "segue/data/dataset/parts.h"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/folder.h"
#include "segue/base/json.h"
#include "segue/base/parallel.h"
#include "segue/base/unique_name.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/dataset/dataset.h"
#include "segue/data/dataset/dataset_builder.h"
#include "segue/data/dataset/song_numbers.h"

namespace segue::data {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPartName = "part.json";
constexpr std::string_view kPartRejectsName = "rejects.jsonl";
constexpr std::string_view kNumbersName = "numbers.arrow";
constexpr std::string_view kRowsName = "rows.u32";  // the row of each number, kNotInQueues for songs in no queue
constexpr std::string_view kPlanName = "plan.json";
constexpr std::uint32_t kNotInQueues = 0xFFFFFFFF;

fs::path part_folder(const fs::path& scratch, std::size_t part) {
  return scratch / fmt::format("part-{:05}", part);
}

std::shared_ptr<arrow::Schema> mentions_schema() {
  const auto text = [](const char* name) { return arrow::field(name, arrow::utf8()); };
  return arrow::schema({text("id"), text("title"), text("artist"), text("album"),
                        arrow::field("tags", arrow::list(arrow::utf8())), arrow::field("times", arrow::int64())});
}

// Counts mentions that are alike. Keys are their texts, each after its length.
class MentionCounter final : public LogSink {
 public:
  std::vector<std::size_t> add(std::span<const Listen> listens) override {
    for (const Listen& listen : listens) add(listen.song, listen.tags);
    return {};
  }
  std::optional<Reason> add(const ListedPlaylist& playlist) override {
    for (const SongMention& song : playlist.songs) add(song, {});
    return std::nullopt;
  }
  void describe(const SongDescription&) override {}

  std::shared_ptr<arrow::RecordBatch> counted() const {
    std::vector<arrow::StringBuilder> texts(4);
    auto tag = std::make_shared<arrow::StringBuilder>();
    arrow::ListBuilder tags(arrow::default_memory_pool(), tag);
    arrow::Int64Builder times;
    const auto check = [](const arrow::Status& status) { check_arrow(ErrorCode::no_space, "mentions", status); };
    for (const auto& [key, count] : counts_) {
      std::string_view left = key;
      for (arrow::StringBuilder& text : texts) check(text.Append(next(left)));
      check(tags.Append());
      while (!left.empty()) check(tag->Append(next(left)));
      check(times.Append(count));
    }
    arrow::ArrayVector columns;
    for (arrow::StringBuilder& text : texts) columns.push_back(built(text));
    columns.push_back(built(tags));
    columns.push_back(built(times));
    return arrow::RecordBatch::Make(mentions_schema(), static_cast<std::int64_t>(counts_.size()), columns);
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  void add(const SongMention& song, std::span<const std::string_view> tags) {
    key_.clear();
    for (const std::string_view text : {song.id, song.title, song.artist, song.album}) append(text);
    for (const std::string_view text : tags) append(text);
    const auto known = counts_.find(std::string_view(key_));
    known == counts_.end() ? counts_[key_] = 1 : ++known->second;
  }
  void append(std::string_view text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    key_.append(reinterpret_cast<const char*>(&size), sizeof(size));
    key_ += text;
  }
  static std::string_view next(std::string_view& left) {
    std::uint32_t size = 0;
    left.copy(reinterpret_cast<char*>(&size), sizeof(size));
    const std::string_view text = left.substr(sizeof(size), size);
    left.remove_prefix(sizeof(size) + size);
    return text;
  }
  static std::shared_ptr<arrow::Array> built(arrow::ArrayBuilder& builder) {
    return arrow_value(ErrorCode::no_space, "mentions", builder.Finish());
  }

  std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> counts_;
  std::string key_;
};

// What a part says of itself: part.json.
struct Part {
  fs::path folder;
  json::object fields;
  std::string subject = (folder / kPartName).string();

  std::uint64_t count(std::string_view name) const { return count_at(fields, name, subject); }
  std::string text(std::string_view name) const { return string_at(fields, name, subject); }
};

Part open_part(const fs::path& scratch, std::size_t part) {
  const fs::path folder = part_folder(scratch, part);
  const fs::path path = folder / kPartName;
  const json::value document = parse_json(read_text(path), path.string());
  if (!document.is_object()) fail(ErrorCode::corrupt, "{}: expected an object", path.string());
  return {folder, document.get_object()};
}

void write_text(const fs::path& path, std::string_view text) {
  FileWriter file(path);
  file.write(text);
  file.close();
}

// Writes a file of `scratch` under a name of its own and renames it.
void write_once(const fs::path& path, const std::function<void(const fs::path& path)>& write) {
  const fs::path own = path.parent_path() / fmt::format(".{}-{}", path.filename().string(), unique_suffix());
  write(own);
  fs::rename(own, path);
}

// What order_songs() leaves to those who write the files.
struct Plan {
  std::size_t shards = 1;
  std::uint64_t plays = 0;
  std::uint32_t numbers = 0;
  std::vector<std::size_t> parts;
  std::vector<std::uint64_t> plays_before;  // each part
  MappedFile rows_file;

  explicit Plan(const fs::path& scratch) : rows_file(scratch / kRowsName) {
    const std::string subject = (scratch / kPlanName).string();
    const json::value document = parse_json(read_text(scratch / kPlanName), subject);
    const json::object& fields = document.as_object();
    shards = count_at(fields, "shards", subject);
    plays = count_at(fields, "plays", subject);
    numbers = static_cast<std::uint32_t>(count_at(fields, "numbers", subject));
    std::uint64_t before = 0;
    for (const json::value& one : fields.at("parts").as_array()) {
      parts.push_back(count_at(one.as_object(), "part", subject));
      plays_before.push_back(before);
      before += count_at(one.as_object(), "plays", subject);
    }
    if (rows_file.bytes().size() != std::size_t{numbers} * sizeof(std::uint32_t)) {
      fail(ErrorCode::corrupt, "{}: expected {} rows, found {} bytes", (scratch / kRowsName).string(), numbers,
           rows_file.bytes().size());
    }
  }

  std::uint32_t row(std::uint32_t number) const {
    return reinterpret_cast<const std::uint32_t*>(rows_file.bytes().data())[number];
  }
};

void refuse_unsupported(const IngestOptions& options) {
  const auto refuse = [](std::string_view option, std::string_view why) {
    fail(ErrorCode::wrong_use, "--{}: expected none for a dataset made in parts: {}", option, why);
  };
  if (!options.base.empty()) refuse("base", "ingest beside it on one machine");
  if (!options.anonymise.empty()) refuse("anonymise", "replace users in the table");
}

}  // namespace

std::shared_ptr<arrow::RecordBatch> count_mentions(std::unique_ptr<RowReader> rows, const std::string& name,
                                                   const IngestOptions& options, Progress& progress,
                                                   const std::stop_token& stop) {
  MentionCounter counter;
  read_rows(std::move(rows), name, options, counter, progress, stop);
  return counter.counted();
}

void write_part(std::unique_ptr<RowReader> rows, const std::string& name, const IngestOptions& options,
                const fs::path& scratch, std::size_t part, Progress& progress, const std::stop_token& stop) {
  refuse_unsupported(options);
  const SongNumbers numbers(scratch / kNumbersName);
  std::vector<std::string> files;
  for (const std::string_view file : {kQueuesName, kSkipsName, kNumberedPlaysName, kPartRejectsName, kPartName}) {
    files.emplace_back(file);
  }
  FolderWriter folder(part_folder(scratch, part), exactly_files(files));
  DatasetRules rules = dataset_rules(options);
  rules.shards = 1;
  DatasetBuilder builder(rules, fs::temp_directory_path());
  IngestReport report = read_rows(std::move(rows), name, options, builder, progress, stop);
  builder.cut_part(numbers, report.dropped, thread_count(options.threads));
  const DatasetCounts counts = builder.write_part(folder.path(), progress, stop);
  report.dropped.write(folder.path() / kPartRejectsName);
  json::object fields{{"rows", report.rows},
                      {"mentions", builder.mentions()},
                      {"first_user", builder.first_user()},
                      {"last_user", builder.last_user()},
                      {"counts", to_json(counts)},
                      {"dropped", report.dropped.to_json()},
                      {"largest_users", to_json(counts.largest_users)}};
  if (counts.first_listen) {
    fields["first_listen"] = *counts.first_listen;
    fields["last_listen"] = *counts.last_listen;
  }
  write_text(folder.path() / kPartName, json::serialize(fields));
  folder.commit();
}

void write_shard(const fs::path& scratch, std::size_t shard) {
  const Plan plan(scratch);
  write_once(scratch / queue_files(plan.shards).at(shard), [&](const fs::path& path) {
    QueuesWriter writer(path);
    std::vector<SongRow> songs;
    for (std::size_t i = 0; i < plan.parts.size(); ++i) {
      const std::uint64_t begin = plan.plays_before[i];
      const std::uint64_t end = i + 1 < plan.parts.size() ? plan.plays_before[i + 1] : plan.plays;
      if (shard_of(begin, plan.plays, plan.shards) > shard || shard_of(end, plan.plays, plan.shards) < shard) continue;
      const Queues queues(part_folder(scratch, plan.parts[i]) / kQueuesName, plan.numbers);
      std::uint64_t written = begin;
      for (std::size_t queue = 0; queue < queues.size(); ++queue) {
        const std::span<const std::uint32_t> numbers = queues.songs(queue);
        if (shard_of(written, plan.plays, plan.shards) == shard) {
          songs.clear();
          for (const std::uint32_t number : numbers) songs.push_back(plan.row(number));
          writer.add(queues.user(queue), queues.start(queue), songs, queues.name(queue));
        }
        written += numbers.size();
      }
    }
    writer.close();
  });
}

void write_skips(const fs::path& scratch) {
  const Plan plan(scratch);
  write_once(scratch / kSkipsName, [&](const fs::path& path) {
    SkipsWriter writer(path);
    for (const std::size_t part : plan.parts) {
      const Skips skips(MappedFile(part_folder(scratch, part) / kSkipsName), plan.numbers);
      for (std::size_t i = 0; i < skips.size(); ++i) {
        const std::uint32_t row = plan.row(skips.song(i));
        if (row != kNotInQueues) writer.add(skips.user(i), row, skips.times(i));
      }
    }
    writer.close();
  });
}

struct PartsJoin::State {
  State(IngestOptions given, std::string table, fs::path folder_between)
      : options(std::move(given)),
        name(std::move(table)),
        scratch(std::move(folder_between)),
        folder(options.output, replaces(kDatasetFormat)) {
    report.dropped = RejectLog(options.rejects);
    report.dropped_song_rows = RejectLog(options.rejects);
    report.inputs = {{name, 0}};
  }

  void add(const Part& part);

  IngestOptions options;
  std::string name;
  fs::path scratch;
  FolderWriter folder;
  SongRegister songs;
  ResolvedSongs resolved;
  std::vector<Inputs::File> song_files;
  IngestReport report;
  std::string last_user;
  std::uint64_t mentions = 0;
};

PartsJoin::PartsJoin(IngestOptions options, std::string name, fs::path scratch) {
  refuse_unsupported(options);
  state_ = std::make_unique<State>(std::move(options), std::move(name), std::move(scratch));
}

PartsJoin::~PartsJoin() = default;

void PartsJoin::add_mentions(const arrow::RecordBatch& counts) {
  const auto is_as_wanted = [&](int column) {
    const std::shared_ptr<arrow::DataType> wanted = mentions_schema()->field(column)->type();
    const std::shared_ptr<arrow::DataType>& found = counts.column(column)->type();
    return found->id() == wanted->id() &&
           (found->id() != arrow::Type::LIST || found->field(0)->type()->Equals(arrow::utf8()));
  };
  bool wanted = counts.num_columns() == mentions_schema()->num_fields();
  for (int column = 0; wanted && column < counts.num_columns(); ++column) wanted = is_as_wanted(column);
  if (!wanted) {
    fail(ErrorCode::bad_input, "{}: expected mentions of songs, found columns {}", state_->name,
         counts.schema()->ToString());
  }
  const auto texts = [&](int column) { return static_cast<const arrow::StringArray*>(counts.column(column).get()); };
  const auto& lists = static_cast<const arrow::ListArray&>(*counts.column(4));
  const auto& tag_texts = static_cast<const arrow::StringArray&>(*lists.values());
  const auto& times = static_cast<const arrow::Int64Array&>(*counts.column(5));
  std::vector<std::string_view> tags;
  for (std::int64_t i = 0; i < counts.num_rows(); ++i) {
    tags.clear();
    for (std::int64_t tag = lists.value_offset(i); tag < lists.value_offset(i + 1); ++tag) {
      tags.push_back(tag_texts.GetView(tag));
    }
    state_->songs.add({texts(0)->GetView(i), texts(1)->GetView(i), texts(2)->GetView(i), texts(3)->GetView(i)}, tags,
                      static_cast<std::uint64_t>(times.Value(i)));
  }
}

namespace {

// Descriptions of songs that were mentioned.
class Descriptions final : public LogSink {
 public:
  explicit Descriptions(SongRegister& songs) : songs_(songs) {}
  std::vector<std::size_t> add(std::span<const Listen>) override { return {}; }
  std::optional<Reason> add(const ListedPlaylist&) override { return std::nullopt; }
  void describe(const SongDescription& song) override { songs_.describe(song); }

 private:
  SongRegister& songs_;
};

}  // namespace

void PartsJoin::settle(Progress& progress, const std::stop_token& stop) {
  State& state = *state_;
  Descriptions descriptions(state.songs);
  state.song_files = read_song_files(state.options, descriptions, state.report, progress, stop);
  state.resolved = state.songs.resolve(dataset_rules(state.options).songs);
  write_numbers(state.scratch / kNumbersName, state.songs, state.resolved.song_of);
}

void PartsJoin::State::add(const Part& part) {
  const std::string first = part.text("first_user");
  if (part.count("rows") == 0) return;
  if (!first.empty() && !last_user.empty() && first <= last_user) {
    fail(ErrorCode::bad_input, "{}: expected users after \"{}\", who is in the part before it, found \"{}\"",
         part.subject, last_user, first);
  }
  if (!first.empty()) last_user = part.text("last_user");
  mentions += part.count("mentions");
  report.rows += part.count("rows");
  const json::object& counted = object_at(part.fields, "counts", part.subject);
  DatasetCounts& counts = report.counts;
  counts.users += count_at(counted, "users", part.subject);
  counts.sessions += count_at(counted, "sessions", part.subject);
  counts.playlists += count_at(counted, "playlists", part.subject);
  counts.plays += count_at(counted, "plays", part.subject);
  for (const json::value& user : part.fields.at("largest_users").as_array()) {
    const json::object& one = user.as_object();
    counts.largest_users.push_back({string_at(one, "user", part.subject), count_at(one, "plays", part.subject)});
  }
  if (const json::value* const listen = part.fields.if_contains("first_listen")) {
    const auto first_listen = listen->to_number<std::int64_t>();
    const auto last_listen = part.fields.at("last_listen").to_number<std::int64_t>();
    counts.first_listen = std::min(counts.first_listen.value_or(first_listen), first_listen);
    counts.last_listen = std::max(counts.last_listen.value_or(last_listen), last_listen);
  }
  report.dropped.join(object_at(part.fields, "dropped", part.subject), part.folder / kPartRejectsName);
}

void PartsJoin::order_songs(const std::vector<std::size_t>& parts) {
  State& state = *state_;
  std::vector<std::uint64_t> plays(state.songs.size());
  json::array planned;
  for (const std::size_t number : parts) {
    const Part part = open_part(state.scratch, number);
    const std::uint64_t before = state.report.counts.plays;
    state.add(part);
    add_numbered_plays(part.folder, plays);
    planned.push_back({{"part", number}, {"plays", state.report.counts.plays - before}});
  }
  if (state.mentions != state.songs.mentions()) {
    fail(ErrorCode::bad_input, "{}: expected {} plays as they were counted first, found {}: the table has changed",
         state.name, state.songs.mentions(), state.mentions);
  }
  if (state.report.dropped[Reason::ambiguous_date] > 0) {
    fail(ErrorCode::bad_input, "--date-format: expected dmy or mdy, as {} rows of {} have dates such as 08/03/2022",
         state.report.dropped[Reason::ambiguous_date], state.name);
  }
  DatasetCounts& counts = state.report.counts;
  keep_largest(counts.largest_users);
  counts.songs_by_id = state.resolved.with_id;
  counts.songs_by_name = state.resolved.by_name;
  counts.songs_met = state.resolved.met;
  counts.versions_merged = state.resolved.versions;
  state.report.merged = state.resolved.merged;
  const std::vector<std::uint32_t> order = state.songs.in_order(plays);
  counts.songs = order.size();
  counts.titled_songs = state.songs.write(state.folder.path() / kSongsName, order, plays);
  std::vector<std::uint32_t> rows(plays.size(), kNotInQueues);
  for (std::uint32_t row = 0; row < order.size(); ++row) rows[order[row]] = row;
  write_text(state.scratch / kRowsName,
             {reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(std::uint32_t)});
  write_text(
      state.scratch / kPlanName,
      json::serialize(json::object{
          {"shards", state.options.shards}, {"plays", counts.plays}, {"numbers", plays.size()}, {"parts", planned}}));
}

IngestReport PartsJoin::finish() {
  State& state = *state_;
  std::vector<std::string> files = queue_files(state.options.shards);
  files.emplace_back(kSkipsName);
  for (const std::string& file : files) fs::rename(state.scratch / file, state.folder.path() / file);
  const Skips skips(MappedFile(state.folder.path() / kSkipsName),
                    static_cast<std::uint32_t>(state.report.counts.songs));
  for (std::size_t i = 0; i < skips.size(); ++i) state.report.counts.skips += skips.times(i);
  state.report.digest = end_dataset(state.folder.path(), state.report, state.song_files, state.options);
  state.folder.commit();
  return std::move(state.report);
}

}  // namespace segue::data
