#include "segue/pipeline/list_output.h"

#include <algorithm>
#include <optional>
#include <system_error>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/unique_name.h"
#include "segue/data/arrow/table_output.h"
#include "segue/pipeline/list_columns.h"

namespace segue::pipeline {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kListsName = "_lists.json";
constexpr std::string_view kSuccessName = "_SUCCESS";
constexpr std::string_view kListsFormat = "segue-lists";
constexpr std::uint64_t kListsVersion = 1;
constexpr std::int64_t kRowsAtOnce = 1 << 15;

// One file of lists, under a temporary name until it is whole.
class ListTable {
 public:
  ListTable(const fs::path& path, const ListLayout& layout, const ListTableOptions& options,
            const data::Catalogue& songs)
      : columns_(layout, options.names, songs),
        file_(path),
        table_(data::open_table_output(file_.path(), columns_.schema(), data::table_format_of(path, "--output"))) {}

  void add(const MadeList& list) {
    columns_.add(list);
    if (columns_.rows() >= kRowsAtOnce) flush();
  }

  // The size of the file.
  std::uint64_t finish() {
    flush();
    table_->close();
    const std::uint64_t bytes = fs::file_size(file_.path());
    file_.commit();
    return bytes;
  }

 private:
  void flush() {
    if (columns_.rows() > 0) table_->write(*columns_.take());
  }

  ListColumns columns_;
  AtomicFile file_;
  std::unique_ptr<data::TableOutput> table_;
};

std::string part_name(std::size_t part) {
  return fmt::format("part-{:05}.parquet", part);
}

json::object json_of(const ListCounts& counts) {
  return {{"lists", counts.lists},
          {"empty", counts.empty},
          {"unknown", counts.unknown},
          {"rows", counts.rows},
          {"unknown_plays", counts.unknown_plays}};
}

ListCounts counts_in(const json::object& object, std::string_view subject) {
  return {.lists = count_at(object, "lists", subject),
          .empty = count_at(object, "empty", subject),
          .unknown = count_at(object, "unknown", subject),
          .rows = count_at(object, "rows", subject),
          .unknown_plays = count_at(object, "unknown_plays", subject)};
}

// The folder's _lists.json: the plan, and the parts that are whole.
class ListsFile {
 public:
  ListsFile(fs::path folder, const ListPlan& plan) : folder_(std::move(folder)), plan_(plan) {
    if (!folder_.has_filename()) folder_ = folder_.parent_path();  // "lists/" names the same folder as "lists"
    std::error_code ignored;
    if (!fs::exists(folder_, ignored)) {
      make_folder();
    } else if (fs::exists(path(), ignored)) {
      resume();
    } else if (has_other_files()) {
      fail(ErrorCode::wrong_use, "--output: expected a folder of lists or an empty one, found {} with other files",
           folder_.string());
    }
    write();
  }

  std::size_t parts() const { return parts_.size(); }
  bool complete() const { return complete_; }
  const ListCounts& counts() const { return counts_; }
  fs::path next_part() const { return folder_ / part_name(parts_.size()); }

  void add(const ListCounts& counts, std::uint64_t bytes) {
    json::object part = json_of(counts);
    part["file"] = part_name(parts_.size());
    part["bytes"] = bytes;
    parts_.push_back(std::move(part));
    counts_ += counts;
    write();
  }

  void finish() {
    // First the mark: a run killed between the two is continued, and writes both again.
    write_text_atomically(folder_ / kSuccessName, "");
    complete_ = true;
    write();
  }

 private:
  fs::path path() const { return folder_ / kListsName; }

  // Beside what a run leaves that was killed before its first file was whole.
  bool has_other_files() const {
    const std::string prefix = temporary_prefix(path());
    return std::ranges::any_of(fs::directory_iterator(folder_), [&](const fs::directory_entry& entry) {
      return !entry.path().filename().string().starts_with(prefix);
    });
  }

  void make_folder() {
    const fs::path parent = fs::absolute(folder_).parent_path();
    std::error_code error;
    if (!fs::is_directory(parent, error)) {
      fail(ErrorCode::not_found, "{}: expected the folder {}, found none", folder_.string(), parent.string());
    }
    fs::create_directory(folder_, error);
    if (error) fail(ErrorCode::io_failed, "{}: {}", folder_.string(), error.message());
  }

  void resume() {
    const std::string subject = path().string();
    boost::system::error_code error;
    const json::value value = json::parse(read_text(path()), error);
    if (error || !value.is_object()) fail(ErrorCode::corrupt, "{}: expected a JSON object", subject);
    const json::object& found = value.get_object();
    check_format(found, subject);
    check_plan(object_at(found, "plan", subject));
    take_parts(found, subject);
    const json::value* const complete = found.if_contains("complete");
    complete_ = complete != nullptr && complete->is_bool() && complete->get_bool() && all_parts_;
    std::error_code ignored;
    if (!complete_) fs::remove(folder_ / kSuccessName, ignored);
  }

  static void check_format(const json::object& found, std::string_view subject) {
    if (string_at(found, "format", subject) != kListsFormat) {
      fail(ErrorCode::corrupt, "{}: expected the format {}, found {}", subject, kListsFormat,
           string_at(found, "format", subject));
    }
    const std::uint64_t version = count_at(found, "version", subject);
    if (version > kListsVersion) {
      fail(ErrorCode::unsupported, "{}: expected version {} or older, found {}", subject, kListsVersion, version);
    }
  }

  void check_plan(const json::object& found) const {
    const auto text = [](const json::value* value) { return value == nullptr ? "nothing" : json::serialize(*value); };
    if (plan_.contains("input") && plan_.at("input") == json::value("")) {
      fail(ErrorCode::wrong_use,
           "{}: expected an input that can be told apart, to continue lists, found a pipe; remove the folder, or write "
           "to another one",
           folder_.string());
    }
    for (const auto& member : plan_) {
      const json::value* const before = found.if_contains(member.key());
      if (before != nullptr && *before == member.value()) continue;
      fail(ErrorCode::wrong_use,
           "{}: expected lists of the same model, input and options, found other ones: {} is {} there, {} here; "
           "remove the folder, or write to another one",
           folder_.string(), std::string_view(member.key()), text(before), json::serialize(member.value()));
    }
  }

  // Up to the first part that is not as it was written.
  void take_parts(const json::object& found, std::string_view subject) {
    const json::value* const parts = found.if_contains("parts");
    if (parts == nullptr || !parts->is_array()) fail(ErrorCode::corrupt, "{}: expected a list \"parts\"", subject);
    for (const json::value& one : parts->get_array()) {
      if (!one.is_object()) fail(ErrorCode::corrupt, "{}: \"parts\": expected objects", subject);
      const json::object& part = one.get_object();
      std::error_code error;
      const std::uint64_t bytes = fs::file_size(next_part(), error);
      all_parts_ = !error && bytes == count_at(part, "bytes", subject);
      if (!all_parts_) return;
      counts_ += counts_in(part, subject);
      parts_.push_back(part);
    }
  }

  void write() const {
    json::object document = {{"format", kListsFormat}, {"version", kListsVersion},   {"complete", complete_},
                             {"plan", plan_},          {"counts", json_of(counts_)}, {"parts", parts_}};
    write_text_atomically(path(), json::serialize(document) + "\n");
  }

  fs::path folder_;
  const ListPlan plan_;
  json::array parts_;
  ListCounts counts_;
  bool complete_ = false;
  bool all_parts_ = true;
};

}  // namespace

ListCounts& ListCounts::operator+=(const ListCounts& other) {
  lists += other.lists;
  empty += other.empty;
  unknown += other.unknown;
  rows += other.rows;
  unknown_plays += other.unknown_plays;
  return *this;
}

struct ListOutput::State {
  fs::path output;
  ListLayout layout;
  ListTableOptions options;
  const data::Catalogue& songs;
  std::optional<ListsFile> folder;
  std::optional<ListTable> table;  // the file, or the part being written
  ListCounts part;                 // of it
  ListCounts all;
  std::uint64_t resumed = 0;

  void open(const fs::path& path) {
    table.emplace(path, layout, options, songs);
    part = {};
  }

  void end_part() {
    const std::uint64_t bytes = table->finish();
    table.reset();
    if (folder) folder->add(part, bytes);
  }
};

ListOutput::ListOutput(const fs::path& output, const ListLayout& layout, const ListTableOptions& options,
                       const data::Catalogue& songs, const ListPlan& plan)
    : state_(new State{.output = output,
                       .layout = layout,
                       .options = options,
                       .songs = songs,
                       .folder = {},
                       .table = {},
                       .part = {},
                       .all = {}}) {
  if (!is_list_folder(output)) {
    state_->open(output);
    return;
  }
  state_->folder.emplace(output, plan);
  state_->all = state_->folder->counts();
  state_->resumed = state_->all.lists;
}

ListOutput::~ListOutput() = default;

std::uint64_t ListOutput::resumed_lists() const {
  return state_->resumed;
}
bool ListOutput::complete() const {
  return state_->folder && state_->folder->complete();
}
bool ListOutput::resumable() const {
  return state_->folder.has_value();
}
const ListCounts& ListOutput::counts() const {
  return state_->all;
}

void ListOutput::add(const MadeList& list) {
  if (!state_->table) state_->open(state_->folder->next_part());
  state_->table->add(list);
  const ListCounts one{.lists = 1,
                       .empty = list.songs.empty() ? 1U : 0U,
                       .unknown = list.known ? 0U : 1U,
                       .rows = list.songs.size(),
                       .unknown_plays = list.unknown_plays};
  state_->part += one;
  state_->all += one;
  if (state_->folder && state_->part.lists == state_->options.shard_lists) state_->end_part();
}

void ListOutput::finish() {
  if (complete()) return;
  if (state_->folder && !state_->table && state_->folder->parts() == 0) state_->open(state_->folder->next_part());
  if (state_->table) state_->end_part();
  if (state_->folder) state_->folder->finish();
}

bool is_list_folder(const fs::path& output) {
  std::error_code ignored;
  return !output.has_filename() || !output.has_extension() || fs::is_directory(output, ignored);
}

}  // namespace segue::pipeline
