// Lists for many listeners as a table: a file, or a folder of files that a later run resumes.
//
// A row is a song of a list:
//   user      text   the listener; for the neighbours of songs the column is `seed`, a song's id
//   rank      int32  from 1
//   song      text   its id
//   score     float  of the blend or a cosine; as the single commands
//   artist, title, reason   text, if they are asked for
//
// A file appears whole or not at all. In a folder, part-00000.parquet holds the lists of the first `shard_lists`
// listeners, part-00001.parquet those of the next, and so on. A part gets its name when it is whole, and is then listed
// in _lists.json, which also says what the lists are made of. The next run with the same model, input and options
// continues after the last part listed; any other is refused. At the end there is an empty _SUCCESS. Readers of Parquet
// folders skip names that begin with "_". docs/formats.md has the details.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/json.h"
#include "segue/base/options.h"
#include "segue/data/dataset/catalogue.h"

namespace segue::pipeline {

struct ListTableOptions {
  bool names = false;
  std::uint32_t shard_lists = 100'000;
};

}  // namespace segue::pipeline

namespace segue {

template <>
struct OptionsOf<pipeline::ListTableOptions> {
  static constexpr std::string_view section = "lists";
  static constexpr std::array rows = {
      option<&pipeline::ListTableOptions::names>("names", "For many lists: columns of artist and title too"),
      option<&pipeline::ListTableOptions::shard_lists>("shard_lists", "For many lists: lists in each file of a folder",
                                                       between(1, 1e9)),
  };
};
SEGUE_CHECK_OPTIONS(pipeline::ListTableOptions);

}  // namespace segue

namespace segue::pipeline {

struct ListedSong {
  data::SongRow song = 0;
  float score = 0;
  std::string reason;
};

struct MadeList {
  std::string key;    // the user, or the seed song's id
  bool known = true;  // the model has a song of theirs
  std::uint64_t unknown_plays = 0;
  std::vector<ListedSong> songs;
};

// Whose lists they are.
enum class ListKey { user, seed };

struct ListLayout {
  ListKey key = ListKey::user;
  bool reasons = false;  // a column of them
};

struct ListCounts {
  std::uint64_t lists = 0;    // listeners, also those whose list is empty
  std::uint64_t empty = 0;    // lists without a song
  std::uint64_t unknown = 0;  // of these, listeners of whom the model knows no song
  std::uint64_t rows = 0;
  std::uint64_t unknown_plays = 0;

  ListCounts& operator+=(const ListCounts& other);
};

// What lists are made of: a JSON object of texts and numbers, which decides whether a folder may be continued. A member
// "input" of "" is one that cannot be told: no run continues it.
using ListPlan = json::object;

// Not thread safe.
class ListOutput {
 public:
  // Throws wrong_use for a file of another ending than those of data/arrow/table_output.h, for a folder that holds
  // anything else or lists made of something else (naming the first difference), corrupt for a damaged _lists.json,
  // not_found without a parent folder, io_failed.
  ListOutput(const std::filesystem::path& output, const ListLayout& layout, const ListTableOptions& options,
             const data::Catalogue& songs, const ListPlan& plan);
  ~ListOutput();
  ListOutput(const ListOutput&) = delete;
  ListOutput& operator=(const ListOutput&) = delete;

  // Lists that are already there: the caller adds those after them.
  std::uint64_t resumed_lists() const;
  // Whether it is a folder: whole parts stay when a run ends early.
  bool resumable() const;
  // Whether nothing is left to do.
  bool complete() const;
  // The next list. Throws no_space, io_failed.
  void add(const MadeList& list);
  // After the last one.
  void finish();
  const ListCounts& counts() const;  // of all parts, also those of earlier runs

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whether this output is a folder of parts: it is one, ends with "/" or has no ending.
bool is_list_folder(const std::filesystem::path& output);

}  // namespace segue::pipeline
