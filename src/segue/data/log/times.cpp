#include "segue/data/log/times.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "segue/base/ascii.h"
#include "segue/base/error.h"

namespace segue::data {

namespace {

constexpr std::int64_t kMicro = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kMicro;
constexpr std::int64_t kFirst = -62'135'596'800 * kMicro;     // 0001-01-01T00:00:00
constexpr std::int64_t kLast = 253'402'300'800 * kMicro - 1;  // 9999-12-31T23:59:59.999999
// Times that a plain number may mean without being told its unit.
constexpr std::int64_t kFirstLikely = 915'148'800 * kMicro;   // 1999-01-01
constexpr std::int64_t kLastLikely = 4'102'444'800 * kMicro;  // 2100-01-01

constexpr ParsedTime kUnreadable{0, TimeFault::unreadable};

bool likely(std::int64_t micros) {
  return micros >= kFirstLikely && micros < kLastLikely;
}

std::optional<std::int64_t> date_micros(int year, int month, int day) {
  if (year < 1 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * kDay;
}

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

bool is_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 12> kLongMonths = {"january",   "february", "march",    "april",
                                                          "may",       "june",     "july",     "august",
                                                          "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> kWeekdays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

// 1 to 12, or 0 for any other word.
int month_named(std::string_view word) {
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    if (is_ignoring_case(word, kMonths[month]) || is_ignoring_case(word, kLongMonths[month])) {
      return static_cast<int>(month) + 1;
    }
  }
  return is_ignoring_case(word, "sept") ? 9 : 0;
}

bool names_weekday(std::string_view word) {
  return word.size() >= 3 &&
         std::ranges::any_of(kWeekdays, [&](std::string_view day) { return is_ignoring_case(word.substr(0, 3), day); });
}

// Reads a text from the front, piece by piece.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : left_(text) {}

  bool done() const { return left_.empty(); }
  char next() const { return left_.empty() ? '\0' : left_.front(); }
  bool take(char letter) {
    if (next() != letter || left_.empty()) return false;
    left_.remove_prefix(1);
    return true;
  }
  bool take_any(std::string_view letters) {
    if (left_.empty() || letters.find(left_.front()) == std::string_view::npos) return false;
    left_.remove_prefix(1);
    return true;
  }
  // True if there was at least one.
  bool take_all(std::string_view letters) {
    bool any = false;
    while (take_any(letters)) any = true;
    return any;
  }
  // `least` to `most` digits, and no more than those.
  bool digits(std::size_t least, std::size_t most, int& number) {
    std::size_t count = 0;
    int value = 0;
    while (count < left_.size() && count < most && is_digit(left_[count])) value = value * 10 + (left_[count++] - '0');
    if (count < least || (count < left_.size() && is_digit(left_[count]))) return false;
    left_.remove_prefix(count);
    number = value;
    digits_ = count;
    return true;
  }
  std::size_t digit_count() const { return digits_; }  // of the last number
  std::string_view word() {
    std::size_t count = 0;
    while (count < left_.size() && is_letter(left_[count])) ++count;
    const std::string_view word = left_.substr(0, count);
    left_.remove_prefix(count);
    return word;
  }
  // ".25" or ",25" as 250000; digits after the sixth are ignored. No fraction is 0.
  bool fraction(std::int64_t& micros) {
    micros = 0;
    if (left_.size() < 2 || (left_[0] != '.' && left_[0] != ',') || !is_digit(left_[1])) return true;
    left_.remove_prefix(1);
    std::int64_t scale = kMicro;
    for (; !left_.empty() && is_digit(left_.front()); left_.remove_prefix(1)) {
      scale /= 10;
      micros += (left_.front() - '0') * scale;
    }
    return true;
  }
  std::string_view left() const { return left_; }
  void back_to(std::string_view left) { left_ = left; }

 private:
  std::string_view left_;
  std::size_t digits_ = 0;
};

struct DateParts {
  int year = 0;
  int month = 0;
  int day = 0;
  bool ambiguous = false;
};

// Two digits of a year: 69 to 99 are of the last century, as in POSIX.
int full_year(int year, std::size_t digits) {
  if (digits > 2) return year;
  return year < 69 ? 2000 + year : 1900 + year;
}

// The parts of a date whose month is a number: a/b/c with the digits of a and c.
std::optional<DateParts> numeric_date(int a, std::size_t a_digits, int b, int c, std::size_t c_digits, char between,
                                      DateOrder order) {
  if (a_digits == 4) return DateParts{a, b, c};
  if (order == DateOrder::ymd) return DateParts{full_year(a, a_digits), b, c};
  if (a_digits > 2 || c_digits == 3) return std::nullopt;
  const int year = full_year(c, c_digits);
  if (order == DateOrder::dmy || between == '.') return DateParts{year, b, a};
  if (order == DateOrder::mdy) return DateParts{year, a, b};
  if (a > 12 && b <= 12) return DateParts{year, b, a};
  if (b > 12 && a <= 12) return DateParts{year, a, b};
  return DateParts{year, b, a, a != b};
}

std::optional<DateParts> read_date(TimeReader& reader, DateOrder order) {
  if (is_letter(reader.next())) {
    std::string_view word = reader.word();
    if (names_weekday(word)) {
      reader.take_all(". ,");
      if (is_letter(reader.next())) word = reader.word();
    }
    if (const int month = month_named(word); month > 0) {
      DateParts date;
      date.month = month;
      reader.take_all(". -");
      if (!reader.digits(1, 2, date.day)) return std::nullopt;
      if (is_letter(reader.next())) reader.word();  // 1st
      reader.take_all(" ,-");
      if (!reader.digits(4, 4, date.year)) return std::nullopt;
      return date;
    }
    if (!names_weekday(word)) return std::nullopt;
  }
  int a = 0;
  int b = 0;
  int c = 0;
  if (!reader.digits(1, 4, a)) return std::nullopt;
  const std::size_t a_digits = reader.digit_count();
  const char between = reader.next();
  if (!reader.take_any("-/. ")) return std::nullopt;
  reader.take_all(" ");
  if (is_letter(reader.next())) {
    const int month = month_named(reader.word());
    reader.take_all(".-/, ");
    if (month == 0 || !reader.digits(2, 4, c)) return std::nullopt;
    if (a_digits == 4) return DateParts{a, month, c};
    return DateParts{full_year(c, reader.digit_count()), month, a};
  }
  if (between == ' ' || !reader.digits(1, 2, b) || !reader.take(between) || !reader.digits(1, 4, c)) {
    return std::nullopt;
  }
  return numeric_date(a, a_digits, b, c, reader.digit_count(), between, order);
}

bool read_time_of_day(TimeReader& reader, std::int64_t& micros) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t fraction = 0;
  if (!reader.digits(1, 2, hour) || !reader.take(':') || !reader.digits(2, 2, minute)) return false;
  if (reader.take(':') && !(reader.digits(1, 2, second) && reader.fraction(fraction))) return false;
  const std::string_view before = reader.left();
  reader.take_all(" \xc2\xa0\xe2\x80\xaf");  // also narrow and no-break spaces, as in "9:19 PM" of newer ICU
  const std::string_view word = reader.word();
  const bool am = is_ignoring_case(word, "am");
  const bool pm = is_ignoring_case(word, "pm");
  if (am || pm) {
    if (hour < 1 || hour > 12) return false;
    hour = hour % 12 + (pm ? 12 : 0);
  } else {
    reader.back_to(before);
  }
  if (hour > 23 || minute > 59 || second > 60) return false;
  micros = (hour * 3600 + minute * 60 + second) * kMicro + fraction;
  return true;
}

// Z, UTC, GMT, +02:00, +0200, +02, GMT+0200 (Central European Summer Time).
bool read_zone(TimeReader& reader, std::int64_t& ahead) {
  ahead = 0;
  reader.take_all(" ");
  if (is_letter(reader.next())) {
    const std::string_view word = reader.word();
    if (!is_ignoring_case(word, "z") && !is_ignoring_case(word, "utc") && !is_ignoring_case(word, "gmt")) return false;
  }
  const bool east = reader.take('+');
  if (east || reader.take('-')) {
    int hour = 0;
    int minute = 0;
    if (!reader.digits(4, 4, hour)) {
      if (!reader.digits(2, 2, hour)) return false;
      if (reader.take(':') && !reader.digits(2, 2, minute)) return false;
    } else {
      minute = hour % 100;
      hour /= 100;
    }
    if (hour > 23 || minute > 59) return false;
    ahead = (hour * 3600 + minute * 60) * kMicro * (east ? 1 : -1);
  }
  reader.take_all(" ");
  if (reader.take('(')) {
    while (!reader.done() && !reader.take(')')) reader.take(reader.next());
  }
  return reader.done();
}

ParsedTime written_time(std::string_view text, DateOrder order) {
  TimeReader reader(text);
  const std::optional<DateParts> date = read_date(reader, order);
  if (!date) return kUnreadable;
  const std::optional<std::int64_t> days = date_micros(date->year, date->month, date->day);
  if (!days) return kUnreadable;
  std::int64_t of_day = 0;
  std::int64_t ahead = 0;
  if (!reader.done()) {
    const bool iso = reader.take('T') || reader.take('t');
    if (!iso && !reader.take_all(" ,")) return kUnreadable;
    if (iso && reader.done()) return kUnreadable;
    if (!reader.done() && (!read_time_of_day(reader, of_day) || !read_zone(reader, ahead))) return kUnreadable;
  }
  return {*days + of_day - ahead, date->ambiguous ? TimeFault::ambiguous : TimeFault::none};
}

// 20240115, 202401151430, 20240115143000 as the digits of a time; nothing if they are none.
std::optional<std::int64_t> digits_time(std::int64_t number) {
  int second = 0;
  int minute = 0;
  int hour = 0;
  if (number >= 10'000'000'000'000) {
    second = static_cast<int>(number % 100);
    number /= 100;
  }
  if (number >= 100'000'000'000) {
    minute = static_cast<int>(number % 100);
    hour = static_cast<int>(number / 100 % 100);
    number /= 10'000;
  }
  if (number < 10'000'000 || number > 99'999'999 || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const auto date = date_micros(static_cast<int>(number / 10'000), static_cast<int>(number / 100 % 100),
                                static_cast<int>(number % 100));
  if (!date) return std::nullopt;
  return *date + (hour * 3600 + minute * 60 + second) * kMicro;
}

// The days of spreadsheets count from 1899-12-30.
constexpr std::int64_t kSpreadsheetDays = 25'569;

// The unit that makes the number a likely time; by its size alone if none does.
std::int64_t likely_time(std::int64_t whole, std::int64_t millionths) {
  constexpr std::int64_t kNanosFrom = kFirstLikely * 1'000;
  if (whole >= kNanosFrom) return whole / 1'000;
  if (whole >= kFirstLikely) return whole;
  if (likely(whole * 1'000)) return whole * 1'000 + millionths / 1'000;
  if (whole < kLastLikely / kMicro && likely(whole * kMicro)) return whole * kMicro + millionths;
  if (const auto digits = digits_time(whole); digits && likely(*digits)) return *digits;
  const std::int64_t days = whole - kSpreadsheetDays;
  if (whole >= 0 && whole < 1'000'000 && likely(days * kDay)) {
    return days * kDay + millionths * 86'400;
  }
  constexpr std::int64_t kMostSeconds = 100'000'000'000;
  return std::abs(whole) < kMostSeconds ? whole * kMicro + millionths : whole * 1'000 + millionths / 1'000;
}

ParsedTime number_time(std::int64_t whole, std::int64_t millionths, TimeUnit unit) {
  constexpr std::int64_t kTooLarge = 100'000'000'000'000;
  std::int64_t micros = 0;
  switch (unit) {
    case TimeUnit::automatic:
      // Beyond these no unit is left.
      if (whole < -kTooLarge || (whole > kTooLarge && whole < kFirstLikely)) return kUnreadable;
      micros = likely_time(whole, millionths);
      break;
    case TimeUnit::s:
      if (std::abs(whole) > kLast / kMicro) return kUnreadable;
      micros = whole * kMicro + millionths;
      break;
    case TimeUnit::ms:
      if (std::abs(whole) > kLast / 1'000) return kUnreadable;
      micros = whole * 1'000 + millionths / 1'000;
      break;
    case TimeUnit::us:
      micros = whole;
      break;
    case TimeUnit::ns:
      micros = whole / 1'000;
      break;
  }
  if (micros < kFirst || micros > kLast) return kUnreadable;
  return {micros};
}

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && is_digit(text.front()) &&
         std::ranges::all_of(text, [](char letter) { return is_digit(letter) || letter == '.' || letter == ','; }) &&
         std::ranges::count_if(text, [](char letter) { return letter == '.' || letter == ','; }) < 2;
}

ParsedTime number_text_time(std::string_view text, TimeUnit unit) {
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error != std::errc{}) return kUnreadable;
  std::int64_t millionths = 0;
  TimeReader rest(text.substr(static_cast<std::size_t>(end - text.data())));
  rest.fraction(millionths);
  if (!rest.done()) return kUnreadable;
  return number_time(whole, text.front() == '-' ? -millionths : millionths, unit);
}

}  // namespace

ParsedTime parse_time(std::string_view text, const TimeRules& rules) {
  text = trimmed(text, " \t");
  if (text.empty() || text.size() > 100) return kUnreadable;
  if (is_number(text)) return number_text_time(text, rules.unit);
  const ParsedTime time = written_time(text, rules.order);
  if (time.micros < kFirst || time.micros > kLast) return kUnreadable;
  return time;
}

ParsedTime parse_time(const Cell& cell, const TimeRules& rules) {
  switch (cell.type()) {
    case Cell::Type::text:
      return parse_time(cell.text(), rules);
    case Cell::Type::whole:
      return number_time(cell.whole(), 0, rules.unit);
    case Cell::Type::real: {
      const double whole = std::floor(cell.real());
      if (!(std::abs(whole) < 9e18)) return kUnreadable;
      return number_time(static_cast<std::int64_t>(whole), std::llround((cell.real() - whole) * 1e6), rules.unit);
    }
    case Cell::Type::time:
      if (cell.time() < kFirst || cell.time() > kLast) return kUnreadable;
      return {cell.time()};
    case Cell::Type::nothing:
      break;
  }
  return kUnreadable;
}

std::int64_t date_option(std::string_view name, const std::string& text) {
  const ParsedTime time = parse_time(text, {TimeUnit::automatic, DateOrder::ymd});
  if (time.fault != TimeFault::none) {
    fail(ErrorCode::wrong_use, "--{}: expected a date such as 2002-10-01, found \"{}\"", name, text);
  }
  return time.micros;
}

DateOrder order_told_by(std::string_view text) {
  text = trimmed(text, " \t");
  if (is_number(text)) return DateOrder::automatic;
  TimeReader reader(text);
  int a = 0;
  int b = 0;
  if (!reader.digits(1, 2, a) || !reader.take_any("-/") || !reader.digits(1, 2, b)) return DateOrder::automatic;
  if (a > 12 && a <= 31 && b <= 12) return DateOrder::dmy;
  if (b > 12 && b <= 31 && a <= 12) return DateOrder::mdy;
  return DateOrder::automatic;
}

std::string date_for_people(std::int64_t micros) {
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(micros)};
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string time_for_people(std::int64_t micros) {
  const std::int64_t of_day = ((micros % kDay) + kDay) % kDay / kMicro;
  return fmt::format("{} {:02}:{:02}:{:02}", date_for_people(micros), of_day / 3600, of_day / 60 % 60, of_day % 60);
}

}  // namespace segue::data
