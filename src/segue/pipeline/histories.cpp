#include "segue/pipeline/histories.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/data/log/formats/formats.h"
#include "segue/pipeline/id_cell.h"

namespace segue::pipeline {

namespace fs = std::filesystem;

namespace {

using data::Field;

constexpr std::size_t kFirstBytes = 4096;  // as many as tell a format
constexpr std::array<std::string_view, 2> kUserNames = {"user", "user_id"};
constexpr std::string_view kIdEnding = "_id";
constexpr std::array<std::string_view, 3> kSongsNames = {"songs", "song_ids", "history"};

std::optional<std::size_t> column_named(const data::RowReader& rows, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    const auto found = std::ranges::find(rows.columns(), name);
    if (found != rows.columns().end()) return static_cast<std::size_t>(found - rows.columns().begin());
  }
  return std::nullopt;
}

void add_id(std::string_view id, std::vector<std::string>& ids) {
  if (id.ends_with('\r')) id.remove_suffix(1);
  if (!id.empty()) ids.emplace_back(id);
}

void add_lines(data::PeekableStream& stream, std::vector<std::string>& ids) {
  std::string rest;
  std::array<char, 1 << 16> bytes;
  while (const std::size_t count = stream.read(bytes.data(), bytes.size())) {
    rest.append(bytes.data(), count);
    std::size_t at = 0;
    for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', at)) {
      add_id(std::string_view(rest).substr(at, end - at), ids);
      at = end + 1;
    }
    rest.erase(0, at);
  }
  add_id(rest, ids);
}

// A text is lines unless its first line names the column.
bool is_table(data::Input& input, const std::string& what) {
  const std::string_view first = input.stream.peek(kFirstBytes);
  if (data::format_of(first, input.name) != data::FileFormat::text) return true;
  std::string_view line = first.substr(0, first.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::string_view first_name = line.substr(0, line.find_first_of(",\t;|"));
  return first_name == what || first_name == what + std::string(kIdEnding);
}

void add_column(data::Input& input, const std::string& what, std::vector<std::string>& ids) {
  const data::OpenedRows opened = data::open_rows(input, {});
  const std::string longer = what + std::string(kIdEnding);
  std::optional<std::size_t> column = column_named(*opened.rows, std::array<std::string_view, 2>{what, longer});
  if (!column && opened.rows->columns().size() == 1) column = 0;
  if (!column) {
    fail(ErrorCode::bad_input, "{}: expected a column {}, found {}", input.name, what,
         fmt::join(opened.rows->columns(), ", "));
  }
  data::FieldColumns columns;
  columns[static_cast<std::size_t>(Field::user)] = column;
  opened.rows->choose(columns);
  while (const std::optional<data::RowBatch> batch = opened.rows->next()) {
    for (const data::Cell& cell : (*batch)[Field::user].cells) add_id(id_of(cell), ids);
  }
}

// Hands over full blocks. The first `skipped` listeners are dropped.
class BlockBuilder {
 public:
  BlockBuilder(std::uint64_t skipped, const HistorySource::Take& take) : skipped_(skipped), take_(take) {}

  // Whether the next listener is one to skip; it counts as added then.
  bool skip() {
    if (skipped_ == 0) return false;
    --skipped_;
    return true;
  }
  void add(ListenerHistory&& one) {
    block_.push_back(std::move(one));
    if (block_.size() == kListenersAtOnce) flush();
  }
  void flush() {
    if (block_.empty()) return;
    take_(std::move(block_));
    block_ = {};
    block_.reserve(kListenersAtOnce);
  }

 private:
  std::uint64_t skipped_;
  const HistorySource::Take& take_;
  std::vector<ListenerHistory> block_;
};

// The rows of a table of histories.
class HistoryRows {
 public:
  HistoryRows(data::RowReader& rows, std::string name, const data::Catalogue& songs)
      : name_(std::move(name)), songs_(songs), rows_(rows) {
    const auto user = column_named(rows, kUserNames);
    const auto songs_column = column_named(rows, kSongsNames);
    if (!user || !songs_column) {
      fail(ErrorCode::bad_input, "{}: expected the columns user and songs, found {}", name_,
           fmt::join(rows.columns(), ", "));
    }
    data::FieldColumns columns;
    columns[static_cast<std::size_t>(Field::user)] = user;
    columns[static_cast<std::size_t>(Field::song)] = songs_column;
    rows.choose(columns);
  }

  void read(BlockBuilder& blocks) {
    while (const std::optional<data::RowBatch> batch = rows_.next()) {
      if (!batch->rejects.empty()) {
        fail(ErrorCode::bad_input, "{}:{}: expected a row with a user and songs, found one that cannot be read", name_,
             batch->rejects.front().line);
      }
      check_columns(*batch);
      find_songs(*batch);
      for (std::size_t row = 0; row < batch->rows; ++row) {
        if (!blocks.skip()) blocks.add(history(*batch, row));
      }
    }
  }

 private:
  void check_columns(const data::RowBatch& batch) const {
    if (batch.rows > 0 && (!batch[Field::song].present || !batch[Field::song].is_list())) {
      fail(ErrorCode::bad_input, "{}:{}: expected a list of song ids in the column songs", name_, batch.lines.front());
    }
  }

  ListenerHistory history(const data::RowBatch& batch, std::size_t row) {
    const data::RowColumn& users = batch[Field::user];
    ListenerHistory one;
    if (users.present && !users.is_list()) one.user = id_of(users.cells[row]);
    if (one.user.empty()) fail(ErrorCode::bad_input, "{}:{}: expected a user, found none", name_, batch.lines[row]);
    const std::vector<std::uint32_t>& begin = batch[Field::song].list_begin;
    one.songs.reserve(begin[row + 1] - begin[row]);
    for (std::size_t i = begin[row]; i < begin[row + 1]; ++i) {
      if (found_[i]) {
        one.songs.push_back(*found_[i]);
      } else {
        ++one.unknown_plays;
      }
    }
    return one;
  }

  // Those of a whole batch at once, so that the reads from memory overlap.
  void find_songs(const data::RowBatch& batch) {
    const std::vector<data::Cell>& cells = batch[Field::song].cells;
    ids_.resize(cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].type() == data::Cell::Type::text) {
        ids_[i].assign(cells[i].text());
      } else {
        ids_[i] = id_of(cells[i]);
      }
    }
    found_ = songs_.find_all(ids_);
  }

  std::string name_;
  const data::Catalogue& songs_;
  data::RowReader& rows_;
  // Of all items of a batch.
  std::vector<std::string> ids_;
  std::vector<std::optional<data::SongRow>> found_;
};

std::string digest_of_texts(std::string_view first, std::span<const std::string> texts) {
  Sha256 digest;
  digest.update(first);
  for (const std::string& text : texts) {
    digest.update("\n");
    digest.update(text);
  }
  return digest.hex();
}

}  // namespace

std::vector<std::string> read_ids(const std::string& file, const std::string& what) {
  std::vector<std::string> ids;
  data::Inputs inputs(std::span(&file, 1));
  inputs.for_each([&](data::Input& input) {
    if (is_table(input, what)) {
      add_column(input, what, ids);
    } else {
      add_lines(input.stream, ids);
    }
  });
  if (ids.empty()) fail(ErrorCode::bad_input, "{}: expected ids, found none", file);
  return ids;
}

DatasetHistories::DatasetHistories(const data::Dataset& dataset, const data::Catalogue& model_songs,
                                   std::size_t threads)
    : dataset_(dataset), rows_(dataset.songs, model_songs, threads) {
  group_queues();
}

DatasetHistories::DatasetHistories(const data::Dataset& dataset, const data::Catalogue& model_songs,
                                   std::span<const std::string> users, std::size_t threads)
    : DatasetHistories(dataset, model_songs, threads) {
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  for (std::uint32_t user = 0; user + 1 < begin_.size(); ++user) {
    numbers.emplace(dataset_.queues.user(queues_[begin_[user]]), user);
  }
  is_all_ = false;
  users_.clear();
  std::vector<bool> is_taken(begin_.size());
  for (const std::string& wanted : users) {
    const auto found = numbers.find(wanted);
    if (found == numbers.end()) {
      if (unknown_users_++ == 0) first_unknown_ = wanted;
    } else if (!is_taken[found->second]) {
      is_taken[found->second] = true;
      users_.push_back(found->second);
    }
  }
}

// Numbers the users by their first queue, and lists the queues of each.
void DatasetHistories::group_queues() {
  const data::Queues& queues = dataset_.queues;
  std::vector<std::uint32_t> user_of(queues.size());
  std::vector<std::size_t> sizes;
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  std::uint32_t own = 0;
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    const std::string_view user = queues.user(queue);
    if (queue > 0 && user == queues.user(queue - 1)) {
      user_of[queue] = user_of[queue - 1];
    } else {
      user_of[queue] = numbers.try_emplace(user, static_cast<std::uint32_t>(numbers.size())).first->second;
    }
    if (user_of[queue] == sizes.size()) sizes.push_back(0);
    ++sizes[user_of[queue]];
    if (queue < dataset_.queues.own()) own = static_cast<std::uint32_t>(sizes.size());
  }
  begin_.assign(sizes.size() + 1, 0);
  for (std::size_t user = 0; user < sizes.size(); ++user) begin_[user + 1] = begin_[user] + sizes[user];
  queues_.resize(queues.size());
  std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    queues_[next[user_of[queue]]++] = static_cast<std::uint32_t>(queue);
  }
  users_.resize(own);
  for (std::uint32_t user = 0; user < own; ++user) users_[user] = user;
}

ListenerHistory DatasetHistories::history(std::uint32_t user) const {
  const data::Queues& queues = dataset_.queues;
  std::vector<std::uint32_t> own(queues_.begin() + static_cast<std::ptrdiff_t>(begin_[user]),
                                 queues_.begin() + static_cast<std::ptrdiff_t>(begin_[user + 1]));
  std::ranges::stable_sort(own, {}, [&](std::uint32_t queue) { return queues.start(queue); });
  ListenerHistory history;
  history.user = queues.user(own.front());
  for (const std::uint32_t queue : own) {
    for (const data::SongRow song : queues.songs(queue)) {
      if (const auto row = rows_.of(song)) {
        history.songs.push_back(*row);
      } else {
        ++history.unknown_plays;
      }
    }
  }
  return history;
}

std::string DatasetHistories::digest() const {
  if (is_all_) return dataset_.manifest.digest;
  std::vector<std::string> users;
  for (const std::uint32_t user : users_) users.emplace_back(dataset_.queues.user(queues_[begin_[user]]));
  return digest_of_texts(dataset_.manifest.digest, users);
}

void DatasetHistories::read(std::uint64_t skipped, const Take& take) {
  BlockBuilder blocks(0, take);
  for (std::size_t i = std::min<std::size_t>(skipped, users_.size()); i < users_.size(); ++i) {
    blocks.add(history(users_[i]));
  }
  blocks.flush();
}

std::string FileHistories::digest() const {
  std::vector<std::string> digests;
  const data::Inputs inputs(files_);
  for (const data::Inputs::File& file : inputs.files()) {
    std::error_code ignored;
    if (!fs::is_regular_file(file.name, ignored)) return "";
    digests.push_back(sha256_of_file(file.name));
  }
  return digest_of_texts("", digests);
}

void FileHistories::read(std::uint64_t skipped, const Take& take) {
  BlockBuilder blocks(skipped, take);
  data::Inputs inputs(files_);
  inputs.for_each([&](data::Input& input) {
    const data::OpenedRows opened = data::open_rows(input, {});
    HistoryRows(*opened.rows, input.name, model_songs_).read(blocks);
  });
  blocks.flush();
}

RowHistories::RowHistories(std::unique_ptr<data::RowReader> rows, std::string name, const data::Catalogue& model_songs)
    : rows_(std::move(rows)), name_(std::move(name)), model_songs_(model_songs) {}

void RowHistories::read(std::uint64_t skipped, const Take& take) {
  BlockBuilder blocks(skipped, take);
  HistoryRows(*rows_, name_, model_songs_).read(blocks);
  blocks.flush();
}

SongsAsHistories::SongsAsHistories(const data::Catalogue& songs, std::uint32_t trained) : songs_(songs) {
  rows_.resize(trained);
  for (std::uint32_t row = 0; row < trained; ++row) rows_[row] = row;
}

SongsAsHistories::SongsAsHistories(const data::Catalogue& songs, std::span<const std::string> ids) : songs_(songs) {
  std::unordered_set<data::SongRow> seen;
  for (const std::string& id : ids) {
    const std::optional<data::SongRow> row = songs.find(id);
    if (!row) {
      if (unknown_songs_++ == 0) first_unknown_ = id;
    } else if (seen.insert(*row).second) {
      rows_.push_back(*row);
    }
  }
}

std::string SongsAsHistories::digest() const {
  Sha256 digest;
  digest.update(std::as_bytes(std::span(rows_)));
  return digest.hex();
}

void SongsAsHistories::read(std::uint64_t skipped, const Take& take) {
  BlockBuilder blocks(0, take);
  for (std::size_t i = std::min<std::size_t>(skipped, rows_.size()); i < rows_.size(); ++i) {
    blocks.add({.user = std::string(songs_.id(rows_[i])), .songs = {rows_[i]}});
  }
  blocks.flush();
}

}  // namespace segue::pipeline
