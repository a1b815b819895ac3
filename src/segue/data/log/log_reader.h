// A log as listens, playlists or descriptions of songs: rows, read by what its source and the user say of them.
//
// Every check that a row must pass is here, whatever the format.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "segue/data/log/columns.h"
#include "segue/data/log/formats/formats.h"
#include "segue/data/log/listen.h"
#include "segue/data/log/sources/source.h"
#include "segue/data/log/times.h"

namespace segue::data {

inline constexpr std::size_t kMostIdBytes = 1024;
inline constexpr std::size_t kMostTextBytes = 65'536;
// The user of a personal export that names none.
inline constexpr std::string_view kUnnamedUser = "me";

// How songs are told apart. `automatic`: by ids that name recordings, else by artist and title. `id`: by whatever id a
// row has. `name`: by artist and title, by the id only where there are none.
enum class Identity { automatic, id, name };

inline constexpr std::array<std::string_view, 3> kIdentityNames = {"auto", "id", "name"};
constexpr std::span<const std::string_view> names(Identity) {
  return kIdentityNames;
}

struct LogRules {
  std::string user;  // of all rows; "" if rows name theirs
  Identity identity = Identity::automatic;
  TimeRules times;
  TimeIs time_is = TimeIs::automatic;
  std::int64_t earliest = 0;  // microseconds; listens outside are dropped
  std::int64_t latest = 0;
  // The first rows tell the order of dates such as 08/03/2022; else such dates are ambiguous wherever they are.
  bool first_rows_tell_order = true;
};

// The user that a folder's part of the columns names ("user=ann"), "" if none does.
std::string user_of_partition(const std::vector<std::pair<std::string, std::string>>& partition);

class LogReader {
 public:
  // `source` may be null: the log is read by the usual names of columns alone.
  LogReader(OpenedRows opened, const RecognisedColumns& found, const Source* source, LogRules rules,
            const std::vector<std::pair<std::string, std::string>>& partition);

  Role role() const { return role_; }
  // The next rows; nothing at the end. Throws as RowReader::next().
  std::optional<LogBatch> next();

 private:
  class Rows;

  void decide_date_order(const RowBatch& batch);

  OpenedRows opened_;
  Role role_;
  const Source* source_;
  LogRules rules_;
  std::string user_;  // of rows without one
  bool first_ = true;
};

}  // namespace segue::data
