#include "segue/evaluate/tuning/best_options.h"

#include <algorithm>

#include <fmt/format.h>

#include "segue/base/options_json.h"
#include "segue/base/version.h"
#include "segue/base/words.h"

namespace segue::evaluate {

namespace {

std::string line_of(const OptionRow& row, const void* options) {
  const json::value value = segue::to_json(row.value(options));
  const std::string text = value.is_string() ? json::serialize(value) : option_text(value);
  return fmt::format("{} = {}\n", row.name, text);
}

template <class Options>
std::string lines_of(const Options& options, std::initializer_list<std::string_view> names) {
  std::string lines;
  for (const std::string_view name : names) {
    lines += line_of(*std::ranges::find(rows_of<Options>(), name, &OptionRow::name), &options);
  }
  return lines;
}

std::string train_lines(const train::TrainOptions& options) {
  std::string lines;
  for (const OptionRow& row : rows_of<train::TrainOptions>()) {
    if (row.name != "threads" && row.name != "seed") lines += line_of(row, &options);
  }
  return lines;
}

std::string blend_lines(const std::optional<BlendFit>& blend) {
  std::string lines;
  if (!blend) return lines;
  for (const OptionRow& row : rows_of<model::BlendWeights>()) lines += line_of(row, &blend->weights);
  return lines;
}

std::string blend_text(const BlendFit& blend) {
  return fmt::format("# blend    NDCG@10 {:.4f}, with its default weights {:.4f}, at {} positions\n", blend.ndcg,
                     blend.ndcg_before, with_commas(blend.positions));
}

std::string score_text(const Trial& trial) {
  return fmt::format("NDCG@10 {:.4f}, HitRate@10 {:.4f} ({})", trial.all->ndcg, trial.all->hit_rate,
                     method_name_of(trial.all->query));
}

// In a comment, nothing may end the line.
std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(
      line, [](char letter) { return static_cast<unsigned char>(letter) < ' ' || letter == 0x7f; }, '?');
  return line;
}

}  // namespace

std::string to_toml(const BestOptions& result) {
  SplitOptions split = result.split_options;
  split.split = result.split;
  std::string text = fmt::format(
      "# The best training options of {} trials by segue tune {}.\n"
      "# dataset  {}\n"
      "#          of digest {}\n"
      "# best     {}\n"
      "# given    {}\n"
      "# at {} positions of the validation part; the test part was not used.\n"
      "{}\n"
      "[train]\n{}{}\n"
      "[evaluate]\n{}{}{}{}{}",
      with_commas(result.trials), kVersion, one_line(result.dataset), result.digest, score_text(result.best),
      score_text(result.given), with_commas(result.positions), result.blend ? blend_text(*result.blend) : "",
      train_lines(result.best.options), blend_lines(result.blend), lines_of(split, {"split", "held_out", "gap"}),
      lines_of(result.evaluate, {"heard", "vector_metric"}), train_lines(result.best.options),
      blend_lines(result.blend), lines_of(result.best.options, {"seed"}));
  return text;
}

}  // namespace segue::evaluate
