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

// Up to bad_played_ms, the row itself is bad; the others are rules for listens and queues.
enum class Reason {
  wrong_number_of_fields,  // more or fewer than the header has
  malformed_json,          // a line that is not one JSON object
  field_too_long,          // an id over 1,024 bytes, a text over 65,536 bytes
  invalid_utf8,
  nul_byte,
  empty_row,  // nothing in any column in use, as in an empty line of CSV
  missing_user,
  missing_song,     // neither an id nor both artist and title; a playlist without songs
  bad_time,         // missing, or not understood (segue/data/log/times.h)
  ambiguous_date,   // 08/03/2022, in a file that does not tell the order of day and month
  bad_played_ms,    // not a number
  impossible_time,  // before the earliest or after the latest time a listen can have
  not_a_listen,     // another kind of event, such as a song that was loved
  same_listen,      // the same user, time and song as in another row
  too_short_play,   // shorter than min_played
  skipped_play,     // marked as skipped in the log
  repeat,           // the same song as just before in its queue
  short_session,    // in a session of fewer than min_session songs
  short_playlist,   // a playlist of fewer than min_session songs
};
inline constexpr std::array<std::string_view, 19> kReasonNames = {
    "wrong_number_of_fields", "malformed_json", "field_too_long", "invalid_utf8",   "nul_byte",      "empty_row",
    "missing_user",           "missing_song",   "bad_time",       "ambiguous_date", "bad_played_ms", "impossible_time",
    "not_a_listen",           "same_listen",    "too_short_play", "skipped_play",   "repeat",        "short_session",
    "short_playlist"};

struct Reject {
  Reason reason;
  std::uint64_t line = 0;  // RowBatch::lines
  std::string text{};      // the row, or the part of it that was read
  std::string value{};     // the value that is wrong, if it is one
};

// Counts, and the first `most_samples` rejects of each reason. Not thread safe.
class RejectLog {
 public:
  explicit RejectLog(std::size_t most_samples) : most_samples_(most_samples) {}

  // True if another sample of this reason is wanted, so that its text has to be made.
  bool wants(Reason reason) const { return counts_[index(reason)] < most_samples_; }
  void add(std::string_view file, const Reject& reject);
  void count(Reason reason, std::uint64_t times = 1) { counts_[index(reason)] += times; }
  // What to_json() and write() gave of another log, its samples behind those of this one. Throws corrupt.
  void join(const json::object& counts, const std::filesystem::path& samples);

  std::uint64_t operator[](Reason reason) const { return counts_[index(reason)]; }
  std::uint64_t total() const;
  bool has_samples() const;
  json::object to_json() const;  // {"bad_time": 3, ...}, only reasons that occurred
  // "bad_time 3 (listens.csv:7: \"15.Aug\"), repeat 2": with the first of each reason, for messages.
  std::string text() const;

  // One line a sample: {"reason", "file", "line", "text"}, the text cut to 500 bytes of valid UTF-8.
  void write(const std::filesystem::path& path) const;

 private:
  static std::size_t index(Reason reason) { return static_cast<std::size_t>(reason); }

  std::size_t most_samples_;
  std::array<std::uint64_t, kReasonNames.size()> counts_{};
  std::array<std::vector<std::string>, kReasonNames.size()> samples_;  // lines of JSON
  std::array<std::string, kReasonNames.size()> first_;
};

}  // namespace segue::data
