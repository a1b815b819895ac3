// Lists of songs for one listener: they continue what was just heard and repeat nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "segue/recommend/recommender.h"
#include "segue/serve/api/played_songs.h"
#include "segue/serve/lists/list_parts.h"

namespace segue::serve {

// The default number of songs, and whether artists are capped, as clients expect them.
inline constexpr std::uint32_t kSimilarByDefault = 10;
inline constexpr std::uint32_t kMixByDefault = 100;
inline constexpr std::uint32_t kSongsOfArtist = 3;

// Whom a list is for: a user, or the holder of a service's token, of whom nothing is known but what they were given.
struct ListListener {
  std::string user;   // "" for a service
  std::string given;  // under this name in GivenSongs
};
ListListener listener_of_token(const Identity& who);
ListListener listener_named(const std::string& user);

struct WantedSongs {
  std::vector<data::SongRow> seeds;     // heard last, the newest last
  std::vector<data::SongRow> disliked;  // those of the user are added
  std::size_t context = 0;              // how many of the user's newest listens come before the seeds
  std::uint32_t n = kMixByDefault;
  bool cap_artists = true;
  std::uint32_t interests = 1;                   // as Recommender::recommend() takes them
  double popularity = 0;                         // as RerankOptions
  std::function<bool(data::SongRow)> accepts{};  // only such songs; empty: all
};

// What is known of a listener: nothing for a service.
PlayedSongs played_by(const ListParts& parts, const ServedModel& served, const ListListener& listener);
// The songs that the listener was given, the newest first.
std::vector<data::SongRow> given_rows(const ListParts& parts, const ServedModel& served, const ListListener& listener);
// From now on these are among them, in the order they are played.
void remember_given(const ListParts& parts, const ServedModel& served, const ListListener& listener,
                    std::span<const data::SongRow> songs);
// How many of the newest listens are one session that is still going on.
std::size_t session_length(const PlayedSongs& played, std::int64_t now);

// At most wanted.n songs, which are then among those given, as the seeds are. None that the listener was given or heard
// lately, unless the catalogue has no others: then those of longest ago. Only what the library has and the catalogue
// offers. Empty if nothing is heard and nothing wanted.
// Throws as Recommender::recommend() does.
std::vector<recommend::Recommendation> next_songs(const ListParts& parts, const ModelPointer& served,
                                                  const ListListener& listener, const PlayedSongs& played,
                                                  const WantedSongs& wanted);

}  // namespace segue::serve
