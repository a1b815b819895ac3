#include "segue/evaluate/events/event_report.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/text_hash.h"
#include "segue/base/words.h"

namespace segue::evaluate {

namespace {

constexpr double kDecided = 0.05;
// More listeners than these share clusters, which stay independent of each other: it bounds memory, and costs degrees
// of freedom that nobody misses.
constexpr std::uint64_t kMostClusters = 65'536;
constexpr std::uint64_t kMostMoreLists = 1'000'000'000;  // above, nobody will wait
constexpr std::array<std::uint32_t, 14> kPositionGroups = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 21, 51, 101};

std::size_t at(Response response) {
  return static_cast<std::size_t>(response);
}

std::uint32_t group_of(std::uint32_t position) {
  return *(std::ranges::upper_bound(kPositionGroups, position) - 1);
}

std::string group_name(std::uint32_t first) {
  const auto next = std::ranges::upper_bound(kPositionGroups, first);
  if (next == kPositionGroups.end()) return fmt::format("{} and later", first);
  return *next == first + 1 ? fmt::format("{}", first) : fmt::format("{} to {}", first, *next - 1);
}

RateReply reply_of(const Rate& rate) {
  RateReply reply{.songs = rate.hits, .rate = rate.rate};
  if (rate.interval) {
    reply.low = rate.interval->low;
    reply.high = rate.interval->high;
  }
  return reply;
}

std::string percent(double share) {
  return fmt::format("{:.1f}", 100 * share);
}

// "gets 4.1 % more clicks than A"
std::string lift_in_words(const ModelComparisonReply& reply, Response response) {
  return fmt::format("{} gets {} % {} {}s than {} ({} to {})", reply.model, percent(std::abs(*reply.lift)),
                     *reply.lift < 0 ? "fewer" : "more", kResponseNames[at(response)], reply.against,
                     percent(*reply.lift_low), percent(*reply.lift_high));
}

// 10,431 as 11,000: more digits would promise too much.
std::uint64_t roughly(std::uint64_t count) {
  std::uint64_t unit = 1;
  while (count / unit >= 100) unit *= 10;
  return (count + unit - 1) / unit * unit;
}

// "; about 1,200 more lists are needed, if that is how it is"
std::string more_in_words(const std::optional<std::uint64_t>& more) {
  if (!more) return "; no number of lists that anybody waits for would show a difference this small";
  return fmt::format("; about {} more lists are needed if the difference is as it looks", with_commas(roughly(*more)));
}

// How many more lists than `lists` decide.
std::optional<std::uint64_t> more_lists(double t, std::uint64_t lists) {
  const double more = std::ceil((factor_to_decide(t) - 1) * static_cast<double>(lists));
  if (!(more < static_cast<double>(kMostMoreLists))) return std::nullopt;
  return static_cast<std::uint64_t>(std::max(1.0, more));
}

// Holm 1979: the smallest p times the number of tests, the next times one less, never below the one before.
void correct_by_holm(std::vector<ModelComparisonReply>& replies) {
  std::vector<ModelComparisonReply*> tested;
  for (ModelComparisonReply& reply : replies) {
    if (reply.p) tested.push_back(&reply);
  }
  std::ranges::stable_sort(tested, {}, [](const ModelComparisonReply* reply) { return *reply->p; });
  double least = 0;
  for (std::size_t i = 0; i < tested.size(); ++i) {
    least = std::max(least, std::min(1.0, *tested[i]->p * static_cast<double>(tested.size() - i)));
    tested[i]->p = least;
  }
}

}  // namespace

std::uint32_t EventCounts::cluster_of(const ListResponses& list) {
  if (list.user.empty()) return static_cast<std::uint32_t>(count_++ % kMostClusters);
  const auto [found, is_new] =
      listeners_.try_emplace(hash_text(list.user), static_cast<std::uint32_t>(count_ % kMostClusters));
  if (is_new) ++count_;
  return found->second;
}

void EventCounts::count(Group& group, std::uint32_t cluster, std::span<const SongResponses> songs) {
  ClusterCounts counts;
  for (const SongResponses& song : songs) {
    if (!song.shown) continue;
    ++counts.shown;
    for (std::size_t i = 0; i < counts.hits.size(); ++i) counts.hits[i] += song.is[i] ? 1 : 0;
  }
  if (counts.shown == 0) return;
  ++group.lists;
  ClusterCounts& all = group.clusters[cluster];
  all.shown += counts.shown;
  for (std::size_t i = 0; i < counts.hits.size(); ++i) all.hits[i] += counts.hits[i];
}

Clusters EventCounts::Group::of(Response response) const {
  Clusters found;
  for (const auto& [cluster, counts] : clusters) {
    found[cluster] = {.shown = counts.shown, .hits = counts.hits[at(response)]};
  }
  return found;
}

RatesReply EventCounts::rates_of(const std::string& name, const Group& group) {
  RatesReply reply{.name = name, .lists = group.lists, .listeners = group.clusters.size()};
  for (const auto& [cluster, counts] : group.clusters) reply.shown += counts.shown;
  reply.click = reply_of(rate_of(group.of(Response::click)));
  reply.play = reply_of(rate_of(group.of(Response::play)));
  reply.skip = reply_of(rate_of(group.of(Response::skip)));
  reply.save = reply_of(rate_of(group.of(Response::save)));
  return reply;
}

void EventCounts::count_duel(const ListResponses& list, std::uint32_t cluster) {
  std::int64_t lead = 0;  // of the second model
  for (const SongResponses& song : list.songs) {
    const std::string_view model = list.id.model_of(song.position);
    if (!song.is[at(options_.decide_by)] || model.empty()) continue;
    lead += model == list.id.second ? 1 : -1;
  }
  Duel& duel = duels_[{list.id.model, list.id.second}];
  ++duel.lists;
  if (lead == 0) return;
  Outcomes& outcomes = duel.outcomes[cluster];
  ++(lead > 0 ? outcomes.wins : outcomes.losses);
}

void EventCounts::add(const ListResponses& list) {
  ++lists_;
  const std::uint32_t cluster = cluster_of(list);
  not_shown_ += static_cast<std::uint64_t>(std::ranges::count(list.songs, false, &SongResponses::shown));
  count(routes_[std::string(choice_name(list.id.kind))], cluster, list.songs);
  for (std::span<const SongResponses> rest = list.songs; !rest.empty();) {
    const std::uint32_t group = group_of(rest.front().position);
    const auto end = std::ranges::find_if(rest, [group](const auto& song) { return group_of(song.position) != group; });
    const auto songs = rest.first(static_cast<std::size_t>(end - rest.begin()));
    count(positions_[group], cluster, songs);
    rest = rest.subspan(songs.size());
  }
  if (!list.id.second.empty()) {
    count_duel(list, cluster);
    return;
  }
  count(models_[list.id.model], cluster, list.songs);
  if (!list.user.empty()) count(of_listeners_[list.id.model], cluster, list.songs);
}

void EventCounts::compare_models(EventReport& report) const {
  std::vector<const std::pair<const std::string, Group>*> models;
  for (const auto& entry : of_listeners_) {
    if (entry.second.lists > 0) models.push_back(&entry);
  }
  std::ranges::stable_sort(models, std::greater(), [](const auto* entry) { return entry->second.lists; });
  const std::size_t response = at(options_.decide_by);
  const Clusters base_clusters = models.empty() ? Clusters() : models.front()->second.of(options_.decide_by);
  std::vector<double> scores;
  std::vector<double> least_seen;
  for (std::size_t i = 1; i < models.size(); ++i) {
    const auto& [against, base] = *models.front();
    const auto& [name, group] = *models[i];
    ModelComparisonReply& reply = report.comparisons.emplace_back();
    reply.model = name;
    reply.against = against;
    reply.lists = base.lists + group.lists;
    const std::optional<RateComparison> found = compare_rates(base_clusters, group.of(options_.decide_by));
    scores.push_back(found ? found->t : 0);
    least_seen.push_back(found ? found->least_seen : 0);
    if (!found) continue;
    reply.difference = found->difference;
    reply.difference_low = found->difference_interval.low;
    reply.difference_high = found->difference_interval.high;
    reply.lift = found->lift;
    reply.lift_low = found->lift_interval.low;
    reply.lift_high = found->lift_interval.high;
    reply.p = found->p;
  }
  correct_by_holm(report.comparisons);
  for (std::size_t i = 0; i < report.comparisons.size(); ++i) {
    ModelComparisonReply& reply = report.comparisons[i];
    if (!reply.p) {
      reply.verdict = fmt::format("not decided: {} and {} need listeners with {}s, at least two each", reply.model,
                                  reply.against, kResponseNames[response]);
      continue;
    }
    reply.decided = *reply.p < kDecided;
    const std::string words = lift_in_words(reply, options_.decide_by);
    if (reply.decided) {
      reply.verdict = words + "; decided";
      continue;
    }
    reply.more_lists = more_lists(scores[i], reply.lists);
    reply.verdict = fmt::format("not decided: {}{} (with {} lists, one of {} % or more would show)", words,
                                more_in_words(reply.more_lists), with_commas(reply.lists), percent(least_seen[i]));
  }
}

InterleavingReply EventCounts::result_of(const Duel& duel, const std::string& first, const std::string& second) const {
  InterleavingReply reply;
  reply.model = second;
  reply.against = first;
  reply.lists = duel.lists;
  Clusters clusters;
  double squares = 0;
  bool repeats = false;  // a listener has several lists
  for (const auto& [cluster, outcomes] : duel.outcomes) {
    reply.wins += outcomes.wins;
    reply.losses += outcomes.losses;
    clusters[cluster] = {.shown = outcomes.wins + outcomes.losses, .hits = outcomes.wins};
    const double lead = static_cast<double>(outcomes.wins) - static_cast<double>(outcomes.losses);
    squares += lead * lead;
    repeats |= outcomes.wins + outcomes.losses > 1;
  }
  const std::uint64_t won = reply.wins + reply.losses;
  reply.ties = reply.lists - won;
  const std::string_view response = kResponseNames[at(options_.decide_by)];
  if (clusters.size() < 2) {
    reply.verdict = fmt::format("not decided: {} and {} need at least two lists, of different listeners, with {}s",
                                second, first, response);
    return reply;
  }
  const Rate preference = rate_of(clusters);
  reply.preference = preference.rate;
  reply.preference_low = preference.interval->low;
  reply.preference_high = preference.interval->high;
  // Under H0 each listener's lead has the mean 0.
  const double lead = static_cast<double>(reply.wins) - static_cast<double>(reply.losses);
  const double t = squares > 0 ? lead / std::sqrt(squares) : 0;
  reply.p = repeats ? p_of_t(t, static_cast<double>(clusters.size() - 1)) : sign_test(reply.wins, reply.losses);
  reply.decided = *reply.p < kDecided;
  const std::string words =
      fmt::format("{} wins {} % of the lists with a winner against {} ({} to {}; {} of {} lists have one)", second,
                  percent(*reply.preference), first, percent(*reply.preference_low), percent(*reply.preference_high),
                  with_commas(won), with_commas(reply.lists));
  if (reply.decided) {
    reply.verdict = words + "; decided";
    return reply;
  }
  reply.more_lists = more_lists(t, reply.lists);
  reply.verdict = fmt::format("not decided: {}{}", words, more_in_words(reply.more_lists));
  return reply;
}

EventReport EventCounts::report() const {
  EventReport report;
  report.decided_by = kResponseNames[at(options_.decide_by)];
  report.lists = lists_;
  report.listeners = count_;
  report.not_shown = not_shown_;
  const auto add_rates = [&](std::vector<RatesReply>& to, const std::string& name, const Group& group) {
    if (group.lists > 0) to.push_back(rates_of(name, group));
  };
  for (const auto& [name, group] : models_) add_rates(report.models, name, group);
  for (const auto& [name, group] : routes_) add_rates(report.routes, name, group);
  for (const auto& [first, group] : positions_) add_rates(report.positions, group_name(first), group);
  compare_models(report);
  for (const auto& [models, duel] : duels_) {
    report.interleaved.push_back(result_of(duel, models.first, models.second));
  }
  if (not_shown_ > 0) {
    report.notes.push_back(
        fmt::format("{} songs have events but no impression; no rate counts them", with_commas(not_shown_)));
  }
  if (report.routes.empty()) {
    report.notes.emplace_back(
        "no impressions were reported, and a rate is a share of them: send an impression for "
        "each song that a listener sees");
  }
  if (models_.size() > 1 && report.comparisons.empty()) {
    report.notes.emplace_back(
        "the models are not compared: models are shared out by listener, and the events of at "
        "most one model say whose they are");
  }
  return report;
}

EventReport report_events(store::ListenStore& store, const EventReportOptions& options, std::int64_t now) {
  const std::int64_t since = first_time(options, now);
  EventCounts counts(options);
  const std::uint64_t events =
      for_each_list(store, since, options.played, [&](const ListResponses& list) { counts.add(list); });
  if (events == 0) {
    fail(ErrorCode::not_found, "no events{}: expected what clients report to POST /v1/events",
         since == 0
             ? ""
             : fmt::format(" of lists made in the last {}", rows_of<EventReportOptions>().front().text(&options)));
  }
  EventReport report = counts.report();
  report.since = since;
  report.events = events;
  return report;
}

std::int64_t first_time(const EventReportOptions& options, std::int64_t now) {
  return options.since.count() == 0 ? 0 : now - std::chrono::floor<std::chrono::seconds>(options.since).count();
}

}  // namespace segue::evaluate
