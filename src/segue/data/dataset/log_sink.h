// Where what logs hold goes as it is read: a dataset that is being built, a store of listens.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "segue/data/log/listen.h"
#include "segue/data/log/rejects.h"

namespace segue::data {

// What is added belongs to the log that began last; its texts are gone after the call.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void begin_log() {}
  virtual void end_log() {}
  // Returns which of the listens are refused: those without a song.
  virtual std::vector<std::size_t> add(std::span<const Listen> listens) = 0;
  // A reason if it is refused.
  virtual std::optional<Reason> add(const ListedPlaylist& playlist) = 0;
  // Texts of a song that was added; others are ignored.
  virtual void describe(const SongDescription& song) = 0;
};

}  // namespace segue::data
