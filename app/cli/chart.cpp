#include "app/cli/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace segue::cli {

namespace {

constexpr std::array<std::string_view, 9> kEighths = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::size_t kWidestBar = 6;

// At most `most` values, each the mean of an equal number of neighbours, give or take one.
std::vector<double> thinned(std::span<const double> values, std::size_t most) {
  const std::size_t count = std::min(values.size(), most);
  std::vector<double> means;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = i * values.size() / count;
    const std::size_t end = (i + 1) * values.size() / count;
    double sum = 0;
    for (std::size_t at = begin; at < end; ++at) sum += values[at];
    means.push_back(sum / static_cast<double>(end - begin));
  }
  return means;
}

// The scale of heights, from 0 at `least` to 1 at `most` by the square root of the difference, and its inverse.
double part_of(double value, double least, double most) {
  return most > least ? std::sqrt((value - least) / (most - least)) : 0;
}
double value_at(double part, double least, double most) {
  return least + part * part * (most - least);
}

std::vector<std::size_t> heights_of(std::span<const double> values, double least, double most) {
  std::vector<std::size_t> heights;
  for (const double value : values) {
    const double part = part_of(value, least, most);
    heights.push_back(std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(part * 8 * kChartRows))));
  }
  return heights;
}

}  // namespace

std::string chart(std::string_view title, std::span<const double> values, std::size_t columns) {
  if (values.size() < 2 || !std::ranges::all_of(values, [](double value) { return std::isfinite(value); })) return "";
  const auto [low, high] = std::ranges::minmax(values);
  const std::size_t margin = std::max(fmt::formatted_size("{:.3f}", low), fmt::formatted_size("{:.3f}", high));
  const std::size_t room = columns - margin - 1;

  const std::vector<double> bars = thinned(values, room);
  const auto [least, most] = std::ranges::minmax(bars);
  const std::vector<std::size_t> heights = heights_of(bars, least, most);
  // Bars of two or more columns are one column apart.
  const std::size_t pitch = std::clamp<std::size_t>(room / bars.size(), 1, kWidestBar + 1);
  const std::size_t width = pitch > 2 ? pitch - 1 : pitch;

  std::string text = fmt::format("{}\n", title);
  for (std::size_t row = kChartRows; row-- > 0;) {
    const double top = value_at(static_cast<double>(row + 1) / kChartRows, least, most);
    std::string line = fmt::format("{:>{}.3f} ", top, margin);
    for (const std::size_t height : heights) {
      const std::size_t eighths = std::clamp<std::size_t>(height, 8 * row, 8 * row + 8) - 8 * row;
      for (std::size_t column = 0; column < width; ++column) line += kEighths[eighths];
      line.append(pitch - width, ' ');
    }
    line.resize(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  const std::size_t to_the_end = (bars.size() - 1) * pitch + width - 1;
  text += fmt::format("{:{}}1{:>{}}\n", "", margin + 1, values.size(), to_the_end);
  return text;
}

}  // namespace segue::cli
