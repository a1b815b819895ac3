// Where and when a song may be offered to listeners, and changes of that.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/json_fwd.h"
#include "segue/data/availability/market.h"

namespace segue::data {

// Microseconds since 1970-01-01 UTC: from the first moment up to, but without, the last.
struct TimeWindow {
  static constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

  std::int64_t from = kAlways;
  std::int64_t until = kForever;

  bool has(std::int64_t time) const { return from <= time && time < until; }
  bool operator==(const TimeWindow&) const = default;
};

// A song is offered unless something here says no. Lists are sorted, each market once.
struct Availability {
  bool blocked = false;
  bool explicit_content = false;
  std::vector<Market> markets{};          // only there; empty: everywhere
  std::vector<Market> blocked_markets{};  // not there
  TimeWindow window{};

  bool operator==(const Availability&) const = default;
};

// What a request asks for.
struct Audience {
  std::optional<Market> market{};  // nothing: markets are not looked at
  bool with_explicit = true;

  bool operator==(const Audience&) const = default;
};

// `time` as in TimeWindow.
bool is_available(const Availability& song, const Audience& audience, std::int64_t time);

// A change to one song: what it does not name stays as it is. In JSON null stands for an empty list and an open end.
struct AvailabilityChange {
  std::optional<bool> blocked{};
  std::optional<bool> explicit_content{};
  std::optional<std::vector<Market>> markets{};
  std::optional<std::vector<Market>> blocked_markets{};
  std::optional<std::int64_t> from{};
  std::optional<std::int64_t> until{};

  bool empty() const { return *this == AvailabilityChange{}; }
  bool operator==(const AvailabilityChange&) const = default;
};

Availability changed(Availability song, const AvailabilityChange& change);

// {"blocked": true, "markets": ["DE"], "until": "2027-01-01T00:00:00Z"}; only what the change names.
json::object json_of(const AvailabilityChange& change);
// Reads the same; other members are ignored. Throws bad_input for a value of another kind, naming member and value, for
// a time that cannot be read, and where `until` is not after `from`.
AvailabilityChange change_of(const json::object& object);

// "2027-01-01T00:00:00Z", with a fraction of a second only if it has one.
std::string utc_text(std::int64_t micros);

}  // namespace segue::data
