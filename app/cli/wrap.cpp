#include "app/cli/wrap.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unicode/uchar.h>
#include <unistd.h>

#include "segue/data/text/text.h"

namespace segue::cli {

namespace {

constexpr std::size_t kUsualColumns = 80;
constexpr std::size_t kFewestColumns = 20;  // of any text: with fewer, every line would be a letter

std::size_t width_of(UChar32 letter) {
  if (letter < 0) return 1;  // no UTF-8
  const auto type = u_charType(letter);
  if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) return 0;
  const int east_asian = u_getIntPropertyValue(letter, UCHAR_EAST_ASIAN_WIDTH);
  return east_asian == U_EA_WIDE || east_asian == U_EA_FULLWIDTH ? 2 : 1;
}

struct Prefix {
  std::size_t bytes = 0;
  std::size_t columns = 0;
};

// The longest beginning that takes at most `columns`.
Prefix prefix_within(std::string_view text, std::size_t columns) {
  Prefix prefix;
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    const std::size_t width = width_of(data::next_code_point(text, at));
    if (prefix.columns + width > columns) break;
    prefix.columns += width;
    prefix.bytes = static_cast<std::size_t>(at);
  }
  return prefix;
}

std::string_view without_spaces(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

// Where a description begins on a line of --help: behind two spaces that follow a name, or after the indentation.
std::size_t description_of(std::string_view line) {
  const std::size_t name = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t gap = line.find("  ", name);
  return gap == std::string_view::npos ? name : line.find_first_not_of(' ', gap);
}

// A line with its words from `begin` on wrapped under each other.
std::string hanging(std::string_view line, std::size_t begin, std::size_t columns) {
  std::string text;
  for (const std::string& part : wrapped(line.substr(begin), columns - begin)) {
    text += text.empty() ? std::string(line.substr(0, begin)) : std::string(begin, ' ');
    text += part + "\n";
  }
  return text;
}

// An example as a shell reads it: broken before options, outside quotes.
std::string continued(std::string_view line, std::size_t columns) {
  constexpr std::string_view kIndent = "      ";
  if (display_width(line) <= columns) return std::string(line) + "\n";
  const std::size_t words = line.find_first_not_of(' ');
  std::size_t cut = 0;
  bool quoted = false;
  for (std::size_t at = words; at + 2 <= columns && at < line.size(); ++at) {
    quoted ^= line[at] == '"';
    if (!quoted && line[at] == ' ') cut = at;
  }
  if (cut == 0) return std::string(line) + "\n";
  const std::string rest = std::string(kIndent) + std::string(without_spaces(line.substr(cut)));
  return std::string(line.substr(0, cut)) + " \\\n" + continued(rest, columns);
}

}  // namespace

std::size_t terminal_columns(int descriptor) {
  if (::isatty(descriptor) == 0) return 0;
  std::size_t columns = 0;
  if (const char* const said = std::getenv("COLUMNS")) {  // NOLINT(concurrency-mt-unsafe): nothing sets it
    const std::string_view text = said;
    std::from_chars(text.data(), text.data() + text.size(), columns);
  }
  winsize size{};
  if (columns == 0 && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0) columns = size.ws_col;
  return columns == 0 ? kUsualColumns : std::max(columns, kFewestColumns);
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) columns += width_of(data::next_code_point(text, at));
  return columns;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  return std::string(text.substr(0, prefix_within(text, columns - 1).bytes)) + "…";
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  while (display_width(text) > columns) {
    const std::size_t fits = std::max<std::size_t>(prefix_within(text, columns).bytes, 1);
    const std::size_t space = text[fits] == ' ' ? fits : text.rfind(' ', fits);
    const std::size_t end = space == std::string_view::npos || space == 0 ? fits : space;
    lines.emplace_back(text.substr(0, end));
    text = without_spaces(text.substr(end));
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

std::string wrapped_help(std::string_view help, std::size_t columns) {
  if (columns == 0) return std::string(help);
  std::string text;
  bool examples = false;
  while (!help.empty()) {
    const std::string_view line = help.substr(0, help.find('\n'));
    help.remove_prefix(std::min(line.size() + 1, help.size()));
    examples = examples || line.starts_with("Example");
    if (display_width(line) <= columns) {
      text += std::string(line) + "\n";
    } else if (examples) {
      text += continued(line, columns);
    } else {
      const std::size_t begin = description_of(line);
      // A name that leaves no room for its description has it below.
      text += hanging(line, begin + kFewestColumns > columns ? std::size_t{2} : begin, columns);
    }
  }
  return text;
}

}  // namespace segue::cli
