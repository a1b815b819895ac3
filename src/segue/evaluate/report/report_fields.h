// An evaluation as a document: what `segue evaluate --report` writes and its page shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/fields.h"
#include "segue/base/json.h"
#include "segue/evaluate/options.h"

namespace segue::evaluate {

struct AtCutoffsReply {
  double at_10 = 0;
  double at_20 = 0;
  double at_100 = 0;
};

struct ListStatisticsReply {
  AtCutoffsReply coverage{};
  double gini = 0;
  double popularity_rank = 0;
  double self_information = 0;
  double artist_repeats = 0;
  double hubness = 0;
  double mean_length = 0;
  std::optional<double> diversity{};
};

struct SlicesReply {
  std::vector<double> hit_rate{};
  std::vector<double> ndcg{};
};

struct MethodReply {
  std::string name{};
  std::string summary{};
  bool baseline = true;
  double fit_seconds = 0;
  double rank_seconds = 0;
  std::optional<json::object> settings{};
  AtCutoffsReply hit_rate{};
  AtCutoffsReply ndcg{};
  AtCutoffsReply mrr{};
  AtCutoffsReply recall{};
  std::optional<std::vector<double>> hit_rate_interval{};
  std::optional<std::vector<double>> ndcg_interval{};
  double hit_rate_gain = 0;
  std::optional<std::vector<double>> hit_rate_gain_interval{};
  double ndcg_gain = 0;
  std::optional<std::vector<double>> ndcg_gain_interval{};
  ListStatisticsReply lists{};
  SlicesReply by_popularity{};
  SlicesReply by_history{};
};

struct ModeReply {
  std::uint64_t positions = 0;
  std::uint64_t unknown = 0;
  std::string reference{};
  std::vector<std::uint64_t> by_popularity{};
  std::vector<std::uint64_t> by_history{};
  std::vector<MethodReply> models{};
};

struct ModesReply {
  std::optional<ModeReply> discovery{};
  std::optional<ModeReply> repeat{};
  std::optional<ModeReply> next{};
  std::optional<ModeReply> any{};
};

struct EvaluationRunReply {
  std::uint64_t seed = 0;
  SplitKind split = SplitKind::queues;
  std::uint64_t training_queues = 0;
  std::uint64_t training_plays = 0;
  std::uint32_t songs = 0;
  std::uint64_t held_out_queues = 0;
  std::uint32_t units = 0;
  std::vector<std::string> skipped{};
  ModesReply modes{};
};

struct ExampleReply {
  std::vector<std::string> heard{};
  std::vector<std::string> list{};
  std::string target{};
  std::uint32_t rank = 0;
};

struct ExamplesReply {
  std::string method{};
  std::vector<ExampleReply> right{};
  std::vector<ExampleReply> wrong{};
};

struct EvaluationReply {
  std::string dataset{};
  json::object split_options{};
  json::object options{};
  json::object train_options{};
  json::object blend{};
  json::object blend_next{};
  std::optional<json::object> fit{};
  std::optional<std::string> untuned_because{};
  std::vector<EvaluationRunReply> runs{};
  std::optional<ExamplesReply> examples{};
};

}  // namespace segue::evaluate

namespace segue {

template <>
struct FieldsOf<evaluate::AtCutoffsReply> {
  static constexpr std::string_view name = "AtCutoffs";
  static constexpr std::string_view description = "A metric of the first 10, 20 and 100 songs of a list";
  static constexpr std::tuple fields = {
      field<&evaluate::AtCutoffsReply::at_10>("10", "Of the first 10"),
      field<&evaluate::AtCutoffsReply::at_20>("20", "Of the first 20"),
      field<&evaluate::AtCutoffsReply::at_100>("100", "Of the first 100"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::AtCutoffsReply);

template <>
struct FieldsOf<evaluate::ListStatisticsReply> {
  static constexpr std::string_view name = "ListStatistics";
  static constexpr std::string_view description = "Properties of the lists, over their first 10 songs unless noted";
  static constexpr std::tuple fields = {
      field<&evaluate::ListStatisticsReply::coverage>("coverage", "Share of the catalogue in at least one list"),
      field<&evaluate::ListStatisticsReply::gini>("gini", "Of how often songs are recommended: 0 all equally"),
      field<&evaluate::ListStatisticsReply::popularity_rank>("popularity_rank", "Mean; 1 is the most played song"),
      field<&evaluate::ListStatisticsReply::self_information>("self_information", "Mean surprise, bits"),
      field<&evaluate::ListStatisticsReply::artist_repeats>("artist_repeats", "Share of songs by an artist further up"),
      field<&evaluate::ListStatisticsReply::hubness>("hubness", "Skewness of how often songs are recommended"),
      field<&evaluate::ListStatisticsReply::mean_length>("mean_length", "Of lists of up to 100"),
      field<&evaluate::ListStatisticsReply::diversity>("diversity", "Mean of 1 - cosine; absent without vectors"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::ListStatisticsReply);

template <>
struct FieldsOf<evaluate::SlicesReply> {
  static constexpr std::string_view name = "Slices";
  static constexpr std::string_view description = "Accuracy at 10 in each group of positions";
  static constexpr std::tuple fields = {
      field<&evaluate::SlicesReply::hit_rate>("hit_rate", "Hit rate of each group"),
      field<&evaluate::SlicesReply::ndcg>("ndcg", "NDCG of each group"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::SlicesReply);

template <>
struct FieldsOf<evaluate::MethodReply> {
  static constexpr std::string_view name = "MethodScore";
  static constexpr std::string_view description = "The scores of a method in one mode";
  static constexpr std::tuple fields = {
      field<&evaluate::MethodReply::name>("name", "Its name"),
      field<&evaluate::MethodReply::summary>("summary", "What it does"),
      field<&evaluate::MethodReply::baseline>("baseline", "Whether others are compared with it"),
      field<&evaluate::MethodReply::fit_seconds>("fit_seconds", "Time to learn"),
      field<&evaluate::MethodReply::rank_seconds>("rank_seconds", "Time to make all lists"),
      field<&evaluate::MethodReply::settings>("settings", "The settings chosen for it, if it has some"),
      field<&evaluate::MethodReply::hit_rate>("hit_rate", "Share of positions whose next song is among the first"),
      field<&evaluate::MethodReply::ndcg>("ndcg", "Mean of 1 / log2(1 + rank)"),
      field<&evaluate::MethodReply::mrr>("mrr", "Mean of 1 / rank"),
      field<&evaluate::MethodReply::recall>("recall", "Share of the songs still to come that are among the first"),
      field<&evaluate::MethodReply::hit_rate_interval>("hit_rate_interval",
                                                       "95 % interval at 10, low and high; absent without resamples"),
      field<&evaluate::MethodReply::ndcg_interval>("ndcg_interval", "Likewise"),
      field<&evaluate::MethodReply::hit_rate_gain>("hit_rate_gain", "At 10, minus that of the reference"),
      field<&evaluate::MethodReply::hit_rate_gain_interval>("hit_rate_gain_interval", "Its paired 95 % interval"),
      field<&evaluate::MethodReply::ndcg_gain>("ndcg_gain", "At 10, minus that of the reference"),
      field<&evaluate::MethodReply::ndcg_gain_interval>("ndcg_gain_interval", "Its paired 95 % interval"),
      field<&evaluate::MethodReply::lists>("lists", "Properties of its lists"),
      field<&evaluate::MethodReply::by_popularity>("by_popularity", "By how popular the next song is"),
      field<&evaluate::MethodReply::by_history>("by_history", "By how many songs were heard"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::MethodReply);

template <>
struct FieldsOf<evaluate::ModeReply> {
  static constexpr std::string_view name = "ModeScores";
  static constexpr std::string_view description = "The scores of all methods in one mode";
  static constexpr std::tuple fields = {
      field<&evaluate::ModeReply::positions>("positions", "Positions measured"),
      field<&evaluate::ModeReply::unknown>("unknown", "Of these, with a next song that is not in the catalogue"),
      field<&evaluate::ModeReply::reference>("reference", "The baseline with the best NDCG"),
      field<&evaluate::ModeReply::by_popularity>("by_popularity",
                                                 "Positions by tenths of the plays, most played first"),
      field<&evaluate::ModeReply::by_history>("by_history", "Positions by songs heard: from 1, 2, 4, 8, 16, 32, 64"),
      field<&evaluate::ModeReply::models>("models", "The methods"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::ModeReply);

template <>
struct FieldsOf<evaluate::ModesReply> {
  static constexpr std::string_view name = "Modes";
  static constexpr std::string_view description = "What is asked of the methods; modes without positions are absent";
  static constexpr std::tuple fields = {
      field<&evaluate::ModesReply::discovery>("discovery", "The next song was not just heard"),
      field<&evaluate::ModesReply::repeat>("repeat", "The next song was just heard"),
      field<&evaluate::ModesReply::next>("next", "Whatever is played next"),
      field<&evaluate::ModesReply::any>("any", "The last song of each queue"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::ModesReply);

template <>
struct FieldsOf<evaluate::EvaluationRunReply> {
  static constexpr std::string_view name = "EvaluationRun";
  static constexpr std::string_view description = "The evaluation of one seed";
  static constexpr std::tuple fields = {
      field<&evaluate::EvaluationRunReply::seed>("seed", "Its seed"),
      field<&evaluate::EvaluationRunReply::split>("split", "How queues were held out"),
      field<&evaluate::EvaluationRunReply::training_queues>("training_queues", "Queues trained on"),
      field<&evaluate::EvaluationRunReply::training_plays>("training_plays", "Their plays"),
      field<&evaluate::EvaluationRunReply::songs>("songs", "Songs of the catalogue"),
      field<&evaluate::EvaluationRunReply::held_out_queues>("held_out_queues", "Queues measured on"),
      field<&evaluate::EvaluationRunReply::units>("units", "Units resampled for intervals"),
      field<&evaluate::EvaluationRunReply::skipped>("skipped", "Methods that do not apply to the dataset"),
      field<&evaluate::EvaluationRunReply::modes>("modes", "Scores by mode"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::EvaluationRunReply);

template <>
struct FieldsOf<evaluate::ExampleReply> {
  static constexpr std::string_view name = "EvaluationExample";
  static constexpr std::string_view description = "What a method predicted at one position";
  static constexpr std::tuple fields = {
      field<&evaluate::ExampleReply::heard>("heard", "The last few songs heard, the newest last"),
      field<&evaluate::ExampleReply::list>("list", "The first few songs predicted"),
      field<&evaluate::ExampleReply::target>("target", "The song played next"),
      field<&evaluate::ExampleReply::rank>("rank", "Its rank; 0: not among the first 100"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::ExampleReply);

template <>
struct FieldsOf<evaluate::ExamplesReply> {
  static constexpr std::string_view name = "EvaluationExamples";
  static constexpr std::string_view description = "Predictions to look at";
  static constexpr std::tuple fields = {
      field<&evaluate::ExamplesReply::method>("method", "The method with the best NDCG"),
      field<&evaluate::ExamplesReply::right>("right", "Where it was right"),
      field<&evaluate::ExamplesReply::wrong>("wrong", "Where it was wrong"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::ExamplesReply);

template <>
struct FieldsOf<evaluate::EvaluationReply> {
  static constexpr std::string_view name = "Evaluation";
  static constexpr std::string_view description = "What segue evaluate reports";
  static constexpr std::tuple fields = {
      field<&evaluate::EvaluationReply::dataset>("dataset", "The dataset, as typed"),
      field<&evaluate::EvaluationReply::split_options>("split_options", "Options of the split"),
      field<&evaluate::EvaluationReply::options>("options", "Options of the evaluation"),
      field<&evaluate::EvaluationReply::train_options>("train_options", "Options of training"),
      field<&evaluate::EvaluationReply::blend>("blend", "Weights of the blend for new songs"),
      field<&evaluate::EvaluationReply::blend_next>("blend_next", "Weights of the blend for any song"),
      field<&evaluate::EvaluationReply::fit>("fit", "How the weights were fitted, if they were"),
      field<&evaluate::EvaluationReply::untuned_because>("untuned_because",
                                                         "Why baselines have their default settings, if they do"),
      field<&evaluate::EvaluationReply::runs>("runs", "A run for each seed"),
      field<&evaluate::EvaluationReply::examples>("examples", "In pages only: predictions of the first run"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::EvaluationReply);

}  // namespace segue
