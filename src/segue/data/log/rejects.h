// Dropped rows, counted by reason, with samples.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/json_fwd.h"

namespace segue::data {

// Up to missing_songs, the row itself is bad; the others are rules for queues.
enum class Reason {
  wrong_number_of_fields,  // more or fewer than the header has
  malformed_json,          // a line that is not one JSON object
  field_too_long,          // an id over 1,024 bytes, a text over 65,536 bytes
  invalid_utf8,
  nul_byte,
  empty_row,  // nothing in any column in use, as in an empty line of CSV
  missing_user,
  missing_song,    // neither an id nor both artist and title; a playlist without songs
  bad_time,        // missing, or not understood (segue/data/log/times.h)
  bad_played_ms,   // not a number
  too_short_play,  // shorter than min_played
  repeat,          // the same song as just before in its queue
  short_session,   // in a session of fewer than min_session songs
  short_playlist,  // a playlist of fewer than min_session songs
};
inline constexpr std::array<std::string_view, 14> kReasonNames = {
    "wrong_number_of_fields", "malformed_json", "field_too_long", "invalid_utf8",  "nul_byte",       "empty_row",
    "missing_user",           "missing_song",   "bad_time",       "bad_played_ms", "too_short_play", "repeat",
    "short_session",          "short_playlist"};

struct Reject {
  Reason reason;
  std::uint64_t line = 0;  // RowBatch::lines
  std::string text;        // the row, or the part of it that was read
};

// Counts, and the first `most_samples` rejects of each reason. Not thread safe.
class RejectLog {
 public:
  explicit RejectLog(std::size_t most_samples) : most_samples_(most_samples) {}

  // True if another sample of this reason is wanted, so that its text has to be made.
  bool wants(Reason reason) const { return counts_[index(reason)] < most_samples_; }
  void add(std::string_view file, const Reject& reject);
  void count(Reason reason, std::uint64_t times = 1) { counts_[index(reason)] += times; }

  std::uint64_t operator[](Reason reason) const { return counts_[index(reason)]; }
  std::uint64_t total() const;
  json::object to_json() const;  // {"bad_time": 3, ...}, only reasons that occurred

  // One line a sample: {"reason", "file", "line", "text"}, the text cut to 500 bytes of valid UTF-8.
  void write(const std::filesystem::path& path) const;

 private:
  static std::size_t index(Reason reason) { return static_cast<std::size_t>(reason); }

  std::size_t most_samples_;
  std::array<std::uint64_t, kReasonNames.size()> counts_{};
  std::array<std::vector<std::string>, kReasonNames.size()> samples_;  // lines of JSON
};

}  // namespace segue::data
