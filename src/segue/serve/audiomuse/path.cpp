// GET /api/find_path
#include <algorithm>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/recommend/journey.h"
#include "segue/serve/audiomuse/parts.h"
#include "segue/serve/offered_songs.h"

namespace segue::serve {

struct FindPathOptions {
  std::string start_song_id{};
  std::string end_song_id{};
  std::uint32_t max_steps = 25;
  bool path_fix_size = false;
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::FindPathOptions> {
  static constexpr std::string_view section = "find_path";
  static constexpr std::array rows = {
      option<&serve::FindPathOptions::start_song_id>("start_song_id", "The music server's id of the first song"),
      option<&serve::FindPathOptions::end_song_id>("end_song_id", "The music server's id of the last song"),
      option<&serve::FindPathOptions::max_steps>("max_steps", "The most songs, both ends included",
                                                 between(2, serve::kMostInReply)),
      option<&serve::FindPathOptions::path_fix_size>("path_fix_size", "Exactly so many songs"),
  };
};
SEGUE_CHECK_OPTIONS(serve::FindPathOptions);

}  // namespace segue

namespace segue::serve {

namespace {

using Journey = std::vector<recommend::JourneySong>;

// The journey of exactly so many steps, or of as many as keep every step short for "auto"; nothing if there is none.
std::optional<Journey> journey_of(const ServedModel& served, const OfferedSongs& between, data::SongRow from,
                                  data::SongRow to, std::string steps) {
  recommend::JourneyOptions options;
  options.steps = std::move(steps);
  options.threads = 1;
  try {
    return recommend::find_journey(served.model, from, to, options, between.keeps());
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return std::nullopt;
    throw;
  }
}

// At most `songs` songs. A small catalogue may not have a path of just that length: then a shorter one.
Journey journey_within(const ServedModel& served, const OfferedSongs& between, data::SongRow from, data::SongRow to,
                       std::uint32_t songs) {
  if (std::optional<Journey> journey = journey_of(served, between, from, to, "auto");
      journey && journey->size() <= songs) {
    return *std::move(journey);
  }
  for (std::uint32_t steps = std::min(songs - 1, recommend::kMostAutoSteps); steps >= 1; --steps) {
    if (std::optional<Journey> journey = journey_of(served, between, from, to, fmt::to_string(steps)))
      return *std::move(journey);
  }
  fail(ErrorCode::not_found, "no path of at most {} songs leads from the one song to the other", songs);
}

Journey journey_of_size(const ServedModel& served, const OfferedSongs& between, data::SongRow from, data::SongRow to,
                        std::uint32_t songs) {
  if (songs > recommend::kMostSteps + 1) {
    fail(ErrorCode::wrong_use, "max_steps: with path_fix_size, expected at most {}, found {}",
         recommend::kMostSteps + 1, songs);
  }
  if (std::optional<Journey> journey = journey_of(served, between, from, to, fmt::to_string(songs - 1))) {
    return *std::move(journey);
  }
  fail(ErrorCode::not_found, "no path of {} songs leads from the one song to the other", songs);
}

TypedReply<AudioMusePathReply> find_path(const ListParts& parts, const Exchange& exchange) {
  FindPathOptions options;
  read_query(exchange, options);
  const ModelPointer served = model_for(parts.service, exchange);
  const std::unique_ptr<ItemIds> items = item_ids(*served);
  const data::SongRow from = item_row(*served, *items, "start_song_id", options.start_song_id);
  const data::SongRow to = item_row(*served, *items, "end_song_id", options.end_song_id);
  if (from == to) fail(ErrorCode::wrong_use, "end_song_id: expected another song than start_song_id");
  const OfferedSongs between(parts.service.catalogue, served, {}, served->playable());
  const OfferedSongs offered(parts.service.catalogue, served);
  const Journey journey = options.path_fix_size ? journey_of_size(*served, between, from, to, options.max_steps)
                                                : journey_within(*served, between, from, to, options.max_steps);
  AudioMusePathReply reply;
  for (const recommend::JourneySong& song : journey) {
    if (!offered.has(song.song)) continue;  // an end
    const float distance = 1 - song.similarity;
    reply.path.push_back({track_reply(served->model.songs(), *items, song.song), distance});
    reply.total_distance += distance;
  }
  return json_reply(reply);
}

}  // namespace

std::vector<Route> path_routes(const ListParts& parts) {
  std::vector<Parameter> query = parameters_of<FindPathOptions>();
  for (Parameter& parameter : query) parameter.required = parameter.name.ends_with("_song_id");
  query.push_back(model_parameter());
  std::vector<Route> routes;
  routes.push_back({.path = "/api/find_path",
                    .id = "findPath",
                    .tag = "AudioMuse-AI",
                    .summary = "A path of songs that leads from one song to another",
                    .may_block = true,
                    .query = std::move(query),
                    .handle = [parts](const Exchange& exchange) { return find_path(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
