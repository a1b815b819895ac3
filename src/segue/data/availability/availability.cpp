#include "segue/data/availability/availability.h"

#include <algorithm>
#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/json.h"
#include "segue/data/log/times.h"
#include "segue/data/text/text.h"

namespace segue::data {

namespace {

constexpr std::size_t kShownOfValue = 60;

[[noreturn]] void unwanted(std::string_view member, std::string_view wanted, const json::value& found) {
  fail(ErrorCode::bad_input, "{}: expected {}, found {}", member, wanted,
       printable(json::serialize(found), kShownOfValue));
}

std::optional<bool> flag_of(const json::object& object, std::string_view member) {
  const json::value* const value = object.if_contains(member);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) unwanted(member, "true or false", *value);
  return value->get_bool();
}

std::optional<std::vector<Market>> markets_of(const json::object& object, std::string_view member) {
  const json::value* const value = object.if_contains(member);
  if (value == nullptr) return std::nullopt;
  std::vector<Market> markets;
  if (value->is_null()) return markets;
  if (!value->is_array()) unwanted(member, "a list of country codes or null", *value);
  for (const json::value& item : value->get_array()) {
    if (!item.is_string()) unwanted(member, "a list of country codes or null", *value);
    const std::string_view code = item.get_string();
    const std::optional<Market> market = Market::of(code);
    if (!market) fail(ErrorCode::bad_input, "{}: {}", member, unknown_market(code));
    markets.push_back(*market);
  }
  std::ranges::sort(markets);
  markets.erase(std::unique(markets.begin(), markets.end()), markets.end());
  return markets;
}

std::optional<std::int64_t> time_of(const json::object& object, std::string_view member, std::int64_t open) {
  const json::value* const value = object.if_contains(member);
  if (value == nullptr) return std::nullopt;
  if (value->is_null()) return open;
  constexpr std::string_view kWanted = "a time such as 2027-01-01T00:00:00Z or null";
  if (!value->is_string()) unwanted(member, kWanted, *value);
  const ParsedTime time = parse_time(std::string_view(value->get_string()), {.order = DateOrder::ymd});
  if (time.fault != TimeFault::none) unwanted(member, kWanted, *value);
  return time.micros;
}

json::array codes_of(const std::vector<Market>& markets) {
  json::array codes;
  for (const Market& market : markets) codes.emplace_back(market.code());
  return codes;
}

bool has(const std::vector<Market>& markets, const Market& market) {
  return std::ranges::binary_search(markets, market);
}

}  // namespace

bool is_available(const Availability& song, const Audience& audience, std::int64_t time) {
  if (song.blocked || !song.window.has(time)) return false;
  if (song.explicit_content && !audience.with_explicit) return false;
  if (!audience.market) return true;
  return (song.markets.empty() || has(song.markets, *audience.market)) && !has(song.blocked_markets, *audience.market);
}

Availability changed(Availability song, const AvailabilityChange& change) {
  if (change.blocked) song.blocked = *change.blocked;
  if (change.explicit_content) song.explicit_content = *change.explicit_content;
  if (change.markets) song.markets = *change.markets;
  if (change.blocked_markets) song.blocked_markets = *change.blocked_markets;
  if (change.from) song.window.from = *change.from;
  if (change.until) song.window.until = *change.until;
  return song;
}

json::object json_of(const AvailabilityChange& change) {
  json::object object;
  const auto time = [](std::int64_t micros, std::int64_t open) {
    return micros == open ? json::value() : json::value(utc_text(micros));
  };
  if (change.blocked) object["blocked"] = *change.blocked;
  if (change.markets) object["markets"] = codes_of(*change.markets);
  if (change.blocked_markets) object["blocked_markets"] = codes_of(*change.blocked_markets);
  if (change.explicit_content) object["explicit"] = *change.explicit_content;
  if (change.from) object["from"] = time(*change.from, TimeWindow::kAlways);
  if (change.until) object["until"] = time(*change.until, TimeWindow::kForever);
  return object;
}

AvailabilityChange change_of(const json::object& object) {
  AvailabilityChange change;
  change.blocked = flag_of(object, "blocked");
  change.explicit_content = flag_of(object, "explicit");
  change.markets = markets_of(object, "markets");
  change.blocked_markets = markets_of(object, "blocked_markets");
  change.from = time_of(object, "from", TimeWindow::kAlways);
  change.until = time_of(object, "until", TimeWindow::kForever);
  if (change.from && change.until && *change.until <= *change.from) {
    fail(ErrorCode::bad_input, "until: expected a time after from ({}), found {}", utc_text(*change.from),
         utc_text(*change.until));
  }
  return change;
}

std::string utc_text(std::int64_t micros) {
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(micros)};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const std::string whole = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(seconds.time_since_epoch().count()));
  const std::int64_t rest = (time - seconds).count();
  return rest == 0 ? whole + "Z" : fmt::format("{}.{:06d}Z", whole, rest);
}

}  // namespace segue::data
