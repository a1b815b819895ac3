// Where the histories of many listeners come from, for lists and features of all of them at once.
//
//   DatasetHistories   everything that users of a dataset played
//   FileHistories      a table with a row a listener, from any engine: Parquet, Arrow, JSON Lines, or a folder of them
//   RowHistories       such a table in memory
//   SongsAsHistories   each song of a model, as if it had just been played: for the neighbours of all songs
//
// Listeners are read in blocks, in an order that depends on the input alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/data/dataset/dataset.h"
#include "segue/data/log/rows.h"
#include "segue/recommend/history.h"

namespace segue::pipeline {

struct ListenerHistory {
  std::string user;
  std::vector<data::SongRow> songs;  // rows of the model, the newest last
  std::uint64_t unknown_plays = 0;   // of songs that the model does not have
};

// Not thread safe.
class HistorySource {
 public:
  using Take = std::function<void(std::vector<ListenerHistory>&& block)>;

  virtual ~HistorySource() = default;
  // How many listeners there are; 0 if only reading tells.
  virtual std::uint64_t size() const { return 0; }
  virtual const char* unit() const { return "listeners"; }  // for progress
  // Names the input: two of the same digest have the same listeners and plays. "" if that cannot be told, as of a pipe.
  virtual std::string digest() const = 0;
  // Calls take() with blocks of at most kListenersAtOnce, without the first `skipped` listeners.
  virtual void read(std::uint64_t skipped, const Take& take) = 0;
};

// Small enough for the caches of a few cores, large enough that no thread waits.
inline constexpr std::size_t kListenersAtOnce = 2048;

// The lines of a text file, or the column `what` ("user", or else "user_id", or else the only one) of a table in any
// format that logs can have. Throws not_found, bad_input.
std::vector<std::string> read_ids(const std::string& file, const std::string& what);

// Views the dataset, which has to outlive it.
class DatasetHistories final : public HistorySource {
 public:
  // The users of the dataset's own queues, in their order there; each history as recommend::history_of().
  DatasetHistories(const data::Dataset& dataset, const data::Catalogue& model_songs, std::size_t threads);
  // Only these users, in this order, each once.
  DatasetHistories(const data::Dataset& dataset, const data::Catalogue& model_songs, std::span<const std::string> users,
                   std::size_t threads);

  std::uint64_t size() const override { return users_.size(); }
  std::string digest() const override;
  void read(std::uint64_t skipped, const Take& take) override;

  // Of the users asked for.
  std::uint64_t unknown_users() const { return unknown_users_; }
  const std::string& first_unknown() const { return first_unknown_; }

 private:
  void group_queues();
  ListenerHistory history(std::uint32_t user) const;

  const data::Dataset& dataset_;
  recommend::RowsInModel rows_;
  std::vector<std::size_t> begin_;     // of each user's queues in queues_
  std::vector<std::uint32_t> queues_;  // by user, each user's by start
  std::vector<std::uint32_t> users_;   // to read
  bool is_all_ = true;
  std::uint64_t unknown_users_ = 0;
  std::string first_unknown_;
};

// Columns: `user` (or user_id), and `songs` (or song_ids, history), a list of song ids, the newest last; others are
// ignored. Every row is a listener, also where two have the same id. Memory does not grow with the file.
class FileHistories final : public HistorySource {
 public:
  // `files`: as data::Inputs. Throws nothing: files are opened by read().
  FileHistories(std::vector<std::string> files, const data::Catalogue& model_songs)
      : files_(std::move(files)), model_songs_(model_songs) {}

  std::string digest() const override;
  // Throws not_found, io_failed, bad_input with the row for one without a user or songs.
  void read(std::uint64_t skipped, const Take& take) override;

 private:
  std::vector<std::string> files_;
  const data::Catalogue& model_songs_;
};

// A table as FileHistories reads it, of rows that are in memory. Can be read once.
class RowHistories final : public HistorySource {
 public:
  // `name` stands for the table in messages.
  RowHistories(std::unique_ptr<data::RowReader> rows, std::string name, const data::Catalogue& model_songs);

  std::string digest() const override { return ""; }
  // Throws as FileHistories::read().
  void read(std::uint64_t skipped, const Take& take) override;

 private:
  std::unique_ptr<data::RowReader> rows_;
  std::string name_;
  const data::Catalogue& model_songs_;
};

class SongsAsHistories final : public HistorySource {
 public:
  // All songs with a vector, or these, each once.
  SongsAsHistories(const data::Catalogue& songs, std::uint32_t trained);
  SongsAsHistories(const data::Catalogue& songs, std::span<const std::string> ids);

  std::uint64_t size() const override { return rows_.size(); }
  const char* unit() const override { return "songs"; }
  std::string digest() const override;
  void read(std::uint64_t skipped, const Take& take) override;

  std::uint64_t unknown_songs() const { return unknown_songs_; }
  const std::string& first_unknown() const { return first_unknown_; }

 private:
  const data::Catalogue& songs_;
  std::vector<data::SongRow> rows_;
  std::uint64_t unknown_songs_ = 0;
  std::string first_unknown_;
};

}  // namespace segue::pipeline
