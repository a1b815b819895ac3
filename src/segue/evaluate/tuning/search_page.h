// A search as a page.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/fields.h"
#include "segue/base/json.h"
#include "segue/evaluate/tuning/best_options.h"
#include "segue/evaluate/tuning/search.h"

namespace segue::evaluate {

struct AxisTickReply {
  double unit = 0;
  std::string text{};
};

struct DimensionReply {
  std::string name{};
  std::string searched{};
  bool log = false;
  std::vector<AxisTickReply> ticks{};
  double importance = 0;
};

struct TrialScoreReply {
  double ndcg = 0;
  double hit_rate = 0;
  std::string method{};
};

struct TrialReply {
  std::uint32_t number = 0;
  std::uint32_t rung = 0;
  std::uint32_t epochs = 0;
  std::vector<std::string> values{};
  std::vector<double> units{};
  TrialScoreReply sample{};
  std::optional<TrialScoreReply> all{};
  double seconds = 0;
};

struct SearchReply {
  std::string dataset{};
  SplitKind split = SplitKind::queues;
  std::uint64_t positions = 0;
  std::vector<std::uint32_t> rungs{};
  std::vector<DimensionReply> dimensions{};
  std::vector<TrialReply> trials{};
  std::uint32_t best = 0;
  std::uint32_t given = 0;
  std::uint64_t failures = 0;
  json::object about{};
};

// REQUIRES: best_of(trials); the trial of the given options has a score.
SearchReply search_reply(const SearchPlan& plan, std::span<const Trial> trials, const BestOptions& result,
                         const json::object& about);

// The template filled with the search (base/page.h). REQUIRES: as search_reply().
std::string search_page(std::string_view page_template, const SearchPlan& plan, std::span<const Trial> trials,
                        const BestOptions& result, const json::object& about);

}  // namespace segue::evaluate

namespace segue {

template <>
struct FieldsOf<evaluate::AxisTickReply> {
  static constexpr std::string_view name = "AxisTick";
  static constexpr std::string_view description = "A value to mark on an axis";
  static constexpr std::tuple fields = {
      field<&evaluate::AxisTickReply::unit>("unit", "Its place, from 0 to 1"),
      field<&evaluate::AxisTickReply::text>("text", "The value"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::AxisTickReply);

template <>
struct FieldsOf<evaluate::DimensionReply> {
  static constexpr std::string_view name = "SearchDimension";
  static constexpr std::string_view description = "An option that was searched";
  static constexpr std::tuple fields = {
      field<&evaluate::DimensionReply::name>("name", "The option"),
      field<&evaluate::DimensionReply::searched>("searched", "Its range or values"),
      field<&evaluate::DimensionReply::log>("log", "Whether the axis is logarithmic"),
      field<&evaluate::DimensionReply::ticks>("ticks", "What to mark on its axis"),
      field<&evaluate::DimensionReply::importance>(
          "importance", "The share of the variance of NDCG, among trials of the fewest epochs, between four groups"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::DimensionReply);

template <>
struct FieldsOf<evaluate::TrialScoreReply> {
  static constexpr std::string_view name = "TrialScore";
  static constexpr std::string_view description = "What a trial scored";
  static constexpr std::tuple fields = {
      field<&evaluate::TrialScoreReply::ndcg>("ndcg", "NDCG@10"),
      field<&evaluate::TrialScoreReply::hit_rate>("hit_rate", "HitRate@10"),
      field<&evaluate::TrialScoreReply::method>("method", "The method that ranks so"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::TrialScoreReply);

template <>
struct FieldsOf<evaluate::TrialReply> {
  static constexpr std::string_view name = "Trial";
  static constexpr std::string_view description = "A training run with a score";
  static constexpr std::tuple fields = {
      field<&evaluate::TrialReply::number>("number", "Of its set of options; 0: the given options"),
      field<&evaluate::TrialReply::rung>("rung", "Index of its number of epochs"),
      field<&evaluate::TrialReply::epochs>("epochs", "Its epochs"),
      field<&evaluate::TrialReply::values>("values", "Of each dimension"),
      field<&evaluate::TrialReply::units>("units", "Their places on the axes, from 0 to 1"),
      field<&evaluate::TrialReply::sample>("sample", "At the positions at which every trial is measured"),
      field<&evaluate::TrialReply::all>("all", "At all positions, for trials that were among the best when measured"),
      field<&evaluate::TrialReply::seconds>("seconds", "Training and measuring"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::TrialReply);

template <>
struct FieldsOf<evaluate::SearchReply> {
  static constexpr std::string_view name = "Search";
  static constexpr std::string_view description = "A search for training options";
  static constexpr std::tuple fields = {
      field<&evaluate::SearchReply::dataset>("dataset", "The dataset, as typed"),
      field<&evaluate::SearchReply::split>("split", "How queues were held out"),
      field<&evaluate::SearchReply::positions>("positions", "All positions of the validation part"),
      field<&evaluate::SearchReply::rungs>("rungs", "Epochs of each rung"),
      field<&evaluate::SearchReply::dimensions>("dimensions", "The options that were searched"),
      field<&evaluate::SearchReply::trials>("trials", "Trials with a score, in their order"),
      field<&evaluate::SearchReply::best>("best", "Index of the best trial"),
      field<&evaluate::SearchReply::given>("given", "Index of the trial of the given options"),
      field<&evaluate::SearchReply::failures>("failures", "Trials without a score"),
      field<&evaluate::SearchReply::about>("about", "Everything that the scores depend on"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::SearchReply);

}  // namespace segue
