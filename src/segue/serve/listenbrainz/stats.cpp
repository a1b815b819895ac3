// GET /1/stats/user/{user}/recordings, artists
#include <algorithm>

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/serve/listenbrainz/list_routes.h"
#include "segue/serve/listenbrainz/parts.h"
#include "segue/serve/listenbrainz/top_played.h"

namespace segue::serve {

namespace {

std::string range_parameter(const Exchange& exchange) {
  const std::string* const sent = exchange.find("range");
  if (sent == nullptr) return "all_time";
  if (std::ranges::find(kStatsRangeNames, *sent) != kStatsRangeNames.end()) return *sent;
  fail(ErrorCode::wrong_use, "Invalid range: {}", data::printable(*sent, kShownBytes));
}

ListenBrainzRecordingCount reply_of(const PlayCount& count, const ListenBrainzRecordingCount&) {
  ListenBrainzRecordingCount reply{count.artist, count.title, {}, count.listens};
  if (!count.recording_mbid.empty()) reply.recording_mbid = count.recording_mbid;
  return reply;
}
ListenBrainzArtistCount reply_of(const PlayCount& count, const ListenBrainzArtistCount&) {
  return {count.artist, count.listens};
}

// The page of a user's counts that was asked for. Without any the reply is 204, as ListenBrainz has it.
template <class StatsReply, class Entry, class Stats>
TypedReply<StatsReply> stats(const ListParts& parts, const Exchange& exchange, CountedBy by,
                             std::vector<Entry> Stats::*entries, std::size_t Stats::*total) {
  const std::string& user = own_user(exchange);
  const std::string range = range_parameter(exchange);
  const std::size_t count = count_parameter(exchange, "count", kListensByDefault, kMostListensOfReply);
  const std::size_t offset = count_parameter(exchange, "offset", 0, kNoLimit);
  const ModelPointer served = model_for(parts.service, exchange, user);
  const std::int64_t now = parts.unix_now();
  const TimeRange times = stats_range(range, now);
  const std::vector<PlayCount> all = top_played(parts.service.store, *served, user, times, by);
  if (all.empty()) return {{.status = 204}};
  StatsReply reply;
  Stats& payload = reply.payload;
  for (std::size_t i = offset; i < all.size() && (payload.*entries).size() < count; ++i) {
    (payload.*entries).push_back(reply_of(all[i], Entry()));
  }
  payload.*total = all.size();
  payload.count = (payload.*entries).size();
  payload.offset = offset;
  payload.range = range;
  payload.from_ts = times.from;
  payload.to_ts = times.to;
  payload.last_updated = now;
  payload.user_id = user;
  return json_reply(reply);
}

std::vector<Parameter> stats_parameters() {
  json::object range{{"type", "string"},
                     {"enum", json::array(kStatsRangeNames.begin(), kStatsRangeNames.end())},
                     {"default", "all_time"}};
  return {
      {"range", "When: week, month, quarter, half_yearly and year are the last whole ones", std::move(range), false},
      count_description("count", "Entries to return; more than 1000 is taken as 1000", kListensByDefault),
      count_description("offset", "Entries to skip", 0)};
}

}  // namespace

std::vector<Route> stats_routes(const ListParts& parts) {
  std::vector<Route> routes;
  routes.push_back({.path = "/1/stats/user/{user}/recordings",
                    .id = "getUserTopRecordings",
                    .tag = "ListenBrainz",
                    .summary = "The recordings that a user played most",
                    .query = stats_parameters(),
                    .may_be_empty = true,
                    .handle = [parts](const Exchange& exchange) {
                      return stats<ListenBrainzRecordingStatsReply>(parts, exchange, CountedBy::song,
                                                                    &ListenBrainzRecordingStats::recordings,
                                                                    &ListenBrainzRecordingStats::total_recording_count);
                    }});
  routes.push_back({.path = "/1/stats/user/{user}/artists",
                    .id = "getUserTopArtists",
                    .tag = "ListenBrainz",
                    .summary = "The artists that a user played most",
                    .query = stats_parameters(),
                    .may_be_empty = true,
                    .handle = [parts](const Exchange& exchange) {
                      return stats<ListenBrainzArtistStatsReply>(parts, exchange, CountedBy::artist,
                                                                 &ListenBrainzArtistStats::artists,
                                                                 &ListenBrainzArtistStats::total_artist_count);
                    }});
  return routes;
}

}  // namespace segue::serve
