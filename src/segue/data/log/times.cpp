#include "segue/data/log/times.h"

#include <charconv>
#include <chrono>
#include <cmath>

namespace segue::data {

namespace {

constexpr std::int64_t kMicro = 1'000'000;
constexpr std::int64_t kFirst = -62'135'596'800 * kMicro;     // 0001-01-01T00:00:00
constexpr std::int64_t kLast = 253'402'300'800 * kMicro - 1;  // 9999-12-31T23:59:59.999999

// Reads a text from the front, piece by piece.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}

  bool done() const { return left_.empty(); }
  bool take(char letter) {
    if (left_.empty() || left_.front() != letter) return false;
    left_.remove_prefix(1);
    return true;
  }
  // Exactly `count` digits.
  bool digits(std::size_t count, int& number) {
    if (left_.size() < count) return false;
    number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (left_[i] < '0' || left_[i] > '9') return false;
      number = number * 10 + (left_[i] - '0');
    }
    left_.remove_prefix(count);
    return true;
  }
  // ".25" or ",25" as 250000; digits after the sixth are ignored. No fraction is 0.
  bool fraction(std::int64_t& micros) {
    micros = 0;
    if (!take('.') && !take(',')) return true;
    std::int64_t scale = kMicro;
    std::size_t count = 0;
    for (; !left_.empty() && left_.front() >= '0' && left_.front() <= '9'; left_.remove_prefix(1), ++count) {
      scale /= 10;
      micros += (left_.front() - '0') * scale;
    }
    return count > 0;
  }

 private:
  std::string_view left_;
};

bool time_of_day(Reader& reader, std::int64_t& micros) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t fraction = 0;
  if (!reader.digits(2, hour) || !reader.take(':') || !reader.digits(2, minute)) return false;
  if (reader.take(':') && !(reader.digits(2, second) && reader.fraction(fraction))) return false;
  if (hour > 23 || minute > 59 || second > 60) return false;
  micros = (hour * 3600 + minute * 60 + second) * kMicro + fraction;
  return true;
}

bool zone(Reader& reader, std::int64_t& ahead) {
  ahead = 0;
  if (reader.done() || reader.take('Z') || reader.take('z')) return reader.done();
  const bool east = reader.take('+');
  if (!east && !reader.take('-')) return false;
  int hour = 0;
  int minute = 0;
  if (!reader.digits(2, hour)) return false;
  const bool colon = reader.take(':');
  if ((colon || !reader.done()) && !reader.digits(2, minute)) return false;
  if (hour > 23 || minute > 59) return false;
  ahead = (hour * 3600 + minute * 60) * kMicro * (east ? 1 : -1);
  return reader.done();
}

std::optional<std::int64_t> iso_time(std::string_view text) {
  Reader reader(text);
  int year = 0;
  int month = 0;
  int day = 0;
  if (!reader.digits(4, year) || !reader.take('-') || !reader.digits(2, month) || !reader.take('-') ||
      !reader.digits(2, day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  std::int64_t of_day = 0;
  std::int64_t ahead = 0;
  if (!reader.done()) {
    if (!reader.take('T') && !reader.take('t') && !reader.take(' ')) return std::nullopt;
    if (!time_of_day(reader, of_day)) return std::nullopt;
    reader.take(' ');  // 2019-11-02 01:15:00 +02:00
    if (!zone(reader, ahead)) return std::nullopt;
  }
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86'400 * kMicro + of_day - ahead;
}

TimeUnit unit_of(std::uint64_t magnitude) {
  if (magnitude < 100'000'000'000) return TimeUnit::s;
  if (magnitude < 100'000'000'000'000) return TimeUnit::ms;
  return TimeUnit::us;
}

std::optional<std::int64_t> number_time(std::string_view text, TimeUnit unit) {
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  constexpr std::int64_t kTooLarge = 100'000'000'000'000'000;
  if (error != std::errc{} || whole >= kTooLarge || whole <= -kTooLarge) return std::nullopt;
  std::int64_t millionths = 0;
  Reader rest(text.substr(static_cast<std::size_t>(end - text.data())));
  if (!rest.fraction(millionths) || !rest.done()) return std::nullopt;
  if (text.front() == '-') millionths = -millionths;
  if (unit == TimeUnit::automatic) unit = unit_of(static_cast<std::uint64_t>(std::abs(whole)));
  const std::int64_t micros = unit == TimeUnit::s ? kMicro : unit == TimeUnit::ms ? 1'000 : 1;
  if (std::abs(whole) > kLast / micros) return std::nullopt;
  return whole * micros + millionths * micros / kMicro;
}

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text, TimeUnit unit) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty()) return std::nullopt;
  const bool is_date = text.size() >= 10 && text[4] == '-';
  const auto time = is_date ? iso_time(text) : number_time(text, unit);
  if (!time || *time < kFirst || *time > kLast) return std::nullopt;
  return time;
}

}  // namespace segue::data
