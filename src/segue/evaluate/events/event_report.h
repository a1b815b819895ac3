// What listeners did with lists, by model, by route and by position; and which of two models they prefer, by comparing
// the listeners of one with those of the other (A/B) and by interleaved lists.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "segue/base/fields.h"
#include "segue/base/options.h"
#include "segue/evaluate/events/list_responses.h"
#include "segue/evaluate/events/rates.h"
#include "segue/store/store.h"

namespace segue::evaluate {

struct EventReportOptions {
  std::chrono::milliseconds since = std::chrono::hours(24 * 30);
  std::chrono::milliseconds played = std::chrono::seconds(30);
  Response decide_by = Response::click;
};

struct RateReply {
  std::uint64_t songs = 0;
  double rate = 0;
  std::optional<double> low{};
  std::optional<double> high{};
};

struct RatesReply {
  std::string name{};
  std::uint64_t lists = 0;
  std::uint64_t listeners = 0;
  std::uint64_t shown = 0;
  RateReply click{};
  RateReply play{};
  RateReply skip{};
  RateReply save{};
};

struct ModelComparisonReply {
  std::string model{};
  std::string against{};
  std::uint64_t lists = 0;
  std::optional<double> difference{};
  std::optional<double> difference_low{};
  std::optional<double> difference_high{};
  std::optional<double> lift{};
  std::optional<double> lift_low{};
  std::optional<double> lift_high{};
  std::optional<double> p{};
  bool decided = false;
  std::optional<std::uint64_t> more_lists{};
  std::string verdict{};
};

struct InterleavingReply {
  std::string model{};
  std::string against{};
  std::uint64_t lists = 0;
  std::uint64_t wins = 0;
  std::uint64_t losses = 0;
  std::uint64_t ties = 0;
  std::optional<double> preference{};
  std::optional<double> preference_low{};
  std::optional<double> preference_high{};
  std::optional<double> p{};
  bool decided = false;
  std::optional<std::uint64_t> more_lists{};
  std::string verdict{};
};

struct JudgedModelReply {
  std::string name{};
  std::uint64_t lists = 0;
  std::uint64_t listeners = 0;
  double ndcg = 0;
  std::optional<double> low{};
  std::optional<double> high{};
  std::optional<double> difference{};
  std::optional<double> difference_low{};
  std::optional<double> difference_high{};
};

struct EventReport {
  std::string decided_by{};
  std::int64_t since = 0;
  std::uint64_t events = 0;
  std::uint64_t lists = 0;
  std::uint64_t listeners = 0;
  std::uint64_t not_shown = 0;
  std::vector<RatesReply> models{};
  std::vector<RatesReply> routes{};
  std::vector<RatesReply> positions{};
  std::vector<ModelComparisonReply> comparisons{};
  std::vector<InterleavingReply> interleaved{};
  std::optional<std::vector<JudgedModelReply>> judged{};
  std::vector<std::string> notes{};
};

}  // namespace segue::evaluate

namespace segue {

template <>
struct OptionsOf<evaluate::EventReportOptions> {
  static constexpr std::string_view section = "report";
  static constexpr std::array rows = {
      option<&evaluate::EventReportOptions::since>("since", "Only lists made in this time; 0s: all"),
      option<&evaluate::EventReportOptions::played>(
          "played", "A song counts as played if it was played for this long, or for a time that is not known"),
      option<&evaluate::EventReportOptions::decide_by>("decide_by", "What models are compared by: one of the rates"),
  };
};
SEGUE_CHECK_OPTIONS(evaluate::EventReportOptions);

template <>
struct FieldsOf<evaluate::RateReply> {
  static constexpr std::string_view name = "Rate";
  static constexpr std::string_view description = "A share of the songs shown";
  static constexpr std::tuple fields = {
      field<&evaluate::RateReply::songs>("songs", "How many of the songs shown"),
      field<&evaluate::RateReply::rate>("rate", "Their share"),
      field<&evaluate::RateReply::low>("low", "Lower end of its 95 % interval; absent for a single listener"),
      field<&evaluate::RateReply::high>("high", "Upper end"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::RateReply);

template <>
struct FieldsOf<evaluate::RatesReply> {
  static constexpr std::string_view name = "Rates";
  static constexpr std::string_view description = "What listeners did with songs that they saw";
  static constexpr std::tuple fields = {
      field<&evaluate::RatesReply::name>("name", "The model, route or position"),
      field<&evaluate::RatesReply::lists>("lists", "Lists with a song that was seen"),
      field<&evaluate::RatesReply::listeners>(
          "listeners", "Listeners, of whom at most 65,536 are told apart; a list of an unknown one counts as one"),
      field<&evaluate::RatesReply::shown>("shown", "Songs seen (impressions)"),
      field<&evaluate::RatesReply::click>("click", "Clicked"),
      field<&evaluate::RatesReply::play>("play", "Played long enough"),
      field<&evaluate::RatesReply::skip>("skip", "Skipped"),
      field<&evaluate::RatesReply::save>("save", "Saved"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::RatesReply);

template <>
struct FieldsOf<evaluate::ModelComparisonReply> {
  static constexpr std::string_view name = "ModelComparison";
  static constexpr std::string_view description = "Two models compared by their listeners (A/B)";
  static constexpr std::tuple fields = {
      field<&evaluate::ModelComparisonReply::model>("model", "The model"),
      field<&evaluate::ModelComparisonReply::against>("against", "The one it is compared with"),
      field<&evaluate::ModelComparisonReply::lists>("lists", "Lists of both, of known listeners"),
      field<&evaluate::ModelComparisonReply::difference>("difference", "Its rate minus the other's"),
      field<&evaluate::ModelComparisonReply::difference_low>("difference_low", "Lower end of the 95 % interval"),
      field<&evaluate::ModelComparisonReply::difference_high>("difference_high", "Upper end"),
      field<&evaluate::ModelComparisonReply::lift>("lift", "Its rate over the other's, minus 1"),
      field<&evaluate::ModelComparisonReply::lift_low>("lift_low", "Lower end of the 95 % interval"),
      field<&evaluate::ModelComparisonReply::lift_high>("lift_high", "Upper end"),
      field<&evaluate::ModelComparisonReply::p>("p",
                                                "Two-sided, that both rates are the same; with several comparisons "
                                                "corrected by Holm's method"),
      field<&evaluate::ModelComparisonReply::decided>("decided", "Whether p is below 0.05"),
      field<&evaluate::ModelComparisonReply::more_lists>("more_lists",
                                                         "How many more decide, if the difference is as it looks"),
      field<&evaluate::ModelComparisonReply::verdict>("verdict", "The result as a sentence"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::ModelComparisonReply);

template <>
struct FieldsOf<evaluate::InterleavingReply> {
  static constexpr std::string_view name = "Interleaving";
  static constexpr std::string_view description = "Two models compared in lists that both made";
  static constexpr std::tuple fields = {
      field<&evaluate::InterleavingReply::model>("model", "The second model of --interleave"),
      field<&evaluate::InterleavingReply::against>("against", "The first"),
      field<&evaluate::InterleavingReply::lists>("lists", "Lists"),
      field<&evaluate::InterleavingReply::wins>("wins", "Lists in which more of its songs were chosen"),
      field<&evaluate::InterleavingReply::losses>("losses", "Lists in which more of the other's were"),
      field<&evaluate::InterleavingReply::ties>("ties", "Others"),
      field<&evaluate::InterleavingReply::preference>("preference", "wins / (wins + losses)"),
      field<&evaluate::InterleavingReply::preference_low>("preference_low", "Lower end of the 95 % interval"),
      field<&evaluate::InterleavingReply::preference_high>("preference_high", "Upper end"),
      field<&evaluate::InterleavingReply::p>("p", "Two-sided, that wins and losses are equally likely"),
      field<&evaluate::InterleavingReply::decided>("decided", "Whether p is below 0.05"),
      field<&evaluate::InterleavingReply::more_lists>("more_lists",
                                                      "How many more decide, if the preference is as it looks"),
      field<&evaluate::InterleavingReply::verdict>("verdict", "The result as a sentence"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::InterleavingReply);

template <>
struct FieldsOf<evaluate::JudgedModelReply> {
  static constexpr std::string_view name = "JudgedModel";
  static constexpr std::string_view description = "How well a model orders the songs that listeners saw";
  static constexpr std::tuple fields = {
      field<&evaluate::JudgedModelReply::name>("name", "The model's folder, or \"as shown\""),
      field<&evaluate::JudgedModelReply::lists>("lists", "Lists that could be judged"),
      field<&evaluate::JudgedModelReply::listeners>("listeners", "Of so many listeners"),
      field<&evaluate::JudgedModelReply::ndcg>("ndcg", "Mean NDCG of its order of the songs seen"),
      field<&evaluate::JudgedModelReply::low>("low", "Lower end of the 95 % interval; absent for a single listener"),
      field<&evaluate::JudgedModelReply::high>("high", "Upper end"),
      field<&evaluate::JudgedModelReply::difference>("difference", "Its NDCG minus that of the first model, paired"),
      field<&evaluate::JudgedModelReply::difference_low>("difference_low", "Lower end of the 95 % interval"),
      field<&evaluate::JudgedModelReply::difference_high>("difference_high", "Upper end"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::JudgedModelReply);

template <>
struct FieldsOf<evaluate::EventReport> {
  static constexpr std::string_view name = "EventReport";
  static constexpr std::string_view description = "What segue report prints";
  static constexpr std::tuple fields = {
      field<&evaluate::EventReport::decided_by>("decided_by", "The rate that models are compared by"),
      field<&evaluate::EventReport::since>("since", "Lists made at or after this time (seconds since 1970)"),
      field<&evaluate::EventReport::events>("events", "Events read"),
      field<&evaluate::EventReport::lists>("lists", "Lists that they are about"),
      field<&evaluate::EventReport::listeners>("listeners", "Listeners; a list of an unknown one counts as one"),
      field<&evaluate::EventReport::not_shown>("not_shown",
                                               "Songs with events but no impression, which no rate counts"),
      field<&evaluate::EventReport::models>("models", "Rates by model, of lists by one model"),
      field<&evaluate::EventReport::routes>("routes", "Rates by route"),
      field<&evaluate::EventReport::positions>("positions", "Rates by position in the list"),
      field<&evaluate::EventReport::comparisons>("comparisons", "Models compared by their listeners"),
      field<&evaluate::EventReport::interleaved>("interleaved", "Models compared in interleaved lists"),
      field<&evaluate::EventReport::judged>("judged", "With --judge: models judged by the order of the songs seen"),
      field<&evaluate::EventReport::notes>("notes", "What to know about these numbers"),
  };
};
SEGUE_CHECK_FIELDS(evaluate::EventReport);

}  // namespace segue

namespace segue::evaluate {

// Adds lists up. Takes 16 bytes or so a listener, and more for the first 65,536. Not thread safe.
class EventCounts {
 public:
  explicit EventCounts(const EventReportOptions& options) : options_(options) {}

  void add(const ListResponses& list);
  // Of the lists added so far.
  EventReport report() const;

 private:
  struct ClusterCounts {
    std::uint64_t shown = 0;
    std::array<std::uint64_t, kResponseNames.size()> hits{};  // by Response
  };
  struct Group {
    std::uint64_t lists = 0;
    boost::unordered_flat_map<std::uint32_t, ClusterCounts> clusters;
    Clusters of(Response response) const;
  };
  struct Outcomes {
    std::uint64_t wins = 0;
    std::uint64_t losses = 0;
  };
  struct Duel {
    std::uint64_t lists = 0;
    std::map<std::uint32_t, Outcomes> outcomes;  // by cluster; of those with any
  };

  std::uint32_t cluster_of(const ListResponses& list);
  static void count(Group& group, std::uint32_t cluster, std::span<const SongResponses> songs);
  void count_duel(const ListResponses& list, std::uint32_t cluster);
  static RatesReply rates_of(const std::string& name, const Group& group);
  void compare_models(EventReport& report) const;
  InterleavingReply result_of(const Duel& duel, const std::string& first, const std::string& second) const;

  const EventReportOptions options_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> listeners_;  // a hash of the name -> the cluster
  std::uint64_t count_ = 0;                                            // of listeners
  std::uint64_t lists_ = 0;
  std::uint64_t not_shown_ = 0;
  std::map<std::string, Group> models_;
  std::map<std::string, Group> of_listeners_;  // models, of lists whose listener is known
  std::map<std::string, Group> routes_;
  std::map<std::uint32_t, Group> positions_;  // by the first position of a group of them
  std::map<std::pair<std::string, std::string>, Duel> duels_;
};

// When the oldest list was made that these options ask for: seconds since 1970.
std::int64_t first_time(const EventReportOptions& options, std::int64_t now);

// Reads the events of the store. `now`: seconds since 1970. Throws as the store does, not_found if there are no events
// or none in that time.
EventReport report_events(store::ListenStore& store, const EventReportOptions& options, std::int64_t now);

}  // namespace segue::evaluate
