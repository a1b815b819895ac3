#include "segue/data/log/rejects.h"

#include <algorithm>
#include <fstream>
#include <numeric>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/json.h"
#include "segue/base/words.h"
#include "segue/data/text/text.h"

namespace segue::data {

namespace {
constexpr std::size_t kMostSampleBytes = 500;
}

void RejectLog::add(std::string_view file, const Reject& reject) {
  if (std::string& first = first_[index(reject.reason)]; first.empty()) {
    first = fmt::format("{}:{}", printable(file, 4096), reject.line);
    const std::string& shown = reject.value.empty() ? reject.text : reject.value;
    if (!shown.empty()) first += fmt::format(": \"{}\"", printable(shown, 80));
  }
  if (wants(reject.reason)) {
    samples_[index(reject.reason)].push_back(json::serialize(json::object{
        {"reason", kReasonNames[index(reject.reason)]},
        {"file", printable(file, 4096)},
        {"line", reject.line},
        {"text", printable(reject.text, kMostSampleBytes)},
    }));
  }
  count(reject.reason);
}

void RejectLog::join(const json::object& counts, const std::filesystem::path& samples) {
  const auto reason_of = [&](std::string_view name) {
    const auto found = std::ranges::find(kReasonNames, name);
    if (found == kReasonNames.end())
      fail(ErrorCode::corrupt, "{}: expected a reason, found {}", samples.string(), name);
    return static_cast<std::size_t>(found - kReasonNames.begin());
  };
  std::ifstream file(samples);
  for (std::string line; std::getline(file, line);) {
    const json::value sample = parse_json(line, samples.string());
    std::vector<std::string>& lines = samples_[reason_of(string_at(sample.as_object(), "reason", samples.string()))];
    if (lines.size() < most_samples_) lines.push_back(line);
  }
  for (const auto& [name, times] : counts) counts_[reason_of(name)] += count_at(counts, name, samples.string());
}

std::uint64_t RejectLog::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

bool RejectLog::has_samples() const {
  return std::ranges::any_of(samples_, [](const auto& lines) { return !lines.empty(); });
}

json::object RejectLog::to_json() const {
  json::object object;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] > 0) object[kReasonNames[i]] = counts_[i];
  }
  return object;
}

std::string RejectLog::text() const {
  std::string text;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", kReasonNames[i], with_commas(counts_[i]));
    if (!first_[i].empty()) text += fmt::format(" ({})", first_[i]);
  }
  return text;
}

void RejectLog::write(const std::filesystem::path& path) const {
  FileWriter file(path);
  for (const std::vector<std::string>& lines : samples_) {
    for (const std::string& line : lines) file.write(line + "\n");
  }
  file.close();
}

}  // namespace segue::data
