#include "segue/recommend/replies.h"

#include <fmt/format.h>

namespace segue::recommend {

namespace {

ExplanationReply explanation_reply(const data::Catalogue& songs, const Reasons& reasons) {
  ExplanationReply reply;
  reply.text = sentence_of(reasons, [&](std::uint32_t row) { return songs.song(row).display(); });
  reply.seeds.reserve(reasons.seeds.size());
  for (const SeedShare& seed : reasons.seeds) {
    reply.seeds.push_back({song_reply(songs, seed.seed), seed.share, seed.similarity});
  }
  if (const std::optional<PlayedTogether>& together = reasons.together) {
    reply.together = {together->times, reasons.within, together->after, together->before,
                      song_reply(songs, together->seed)};
  }
  if (reasons.interest) reply.interest = song_reply(songs, *reasons.interest);
  return reply;
}

}  // namespace

SongReply song_reply(const data::Catalogue& songs, std::uint32_t row) {
  const data::Song song = songs.song_without_tags(row);
  return {song.id, row, song.title, song.artist, song.album, song.plays};
}

std::vector<SongReply> song_replies(const data::Catalogue& songs, std::span<const std::uint32_t> rows) {
  std::vector<SongReply> replies;
  replies.reserve(rows.size());
  for (const std::uint32_t row : rows) replies.push_back(song_reply(songs, row));
  return replies;
}

std::vector<SimilarSongReply> similar_song_replies(const model::Model& model, std::optional<std::uint32_t> song,
                                                   std::span<const math::ScoredRow> nearest) {
  std::vector<std::uint32_t> rows;
  rows.reserve(nearest.size());
  for (const math::ScoredRow& found : nearest) rows.push_back(found.row);
  if (!song || model.has_all_transitions(*song)) {
    model.songs().prefetch(rows);
  } else {
    model.prefetch_songs(rows);
  }
  std::vector<SimilarSongReply> replies;
  replies.reserve(nearest.size());
  for (const math::ScoredRow& found : nearest) {
    SimilarSongReply& reply = replies.emplace_back(song_reply(model.songs(), found.row), found.score);
    if (!song) continue;
    if (const PlayedTogether together = played_together(model, *song, found.row); together.times > 0) {
      reply.together = {together.times, together.after, together.before};
    }
  }
  return replies;
}

std::vector<RecommendedSongReply> recommended_song_replies(const data::Catalogue& songs,
                                                           std::span<const Recommendation> found) {
  std::vector<std::uint32_t> rows;
  rows.reserve(found.size());
  for (const Recommendation& one : found) rows.push_back(one.song);
  songs.prefetch(rows);
  std::vector<RecommendedSongReply> replies;
  replies.reserve(found.size());
  for (const Recommendation& one : found) {
    RecommendedSongReply& reply = replies.emplace_back(song_reply(songs, one.song), one.score, one.similarity);
    if (one.reasons) reply.explanation = explanation_reply(songs, *one.reasons);
  }
  return replies;
}

InterestReply interest_reply(const data::Catalogue& songs, const Interest& interest) {
  InterestReply reply{.medoid = song_reply(songs, interest.medoid), .weight = interest.weight};
  reply.songs.reserve(interest.songs.size());
  for (const std::uint32_t row : interest.songs) reply.songs.push_back(songs.id(row));
  return reply;
}

std::vector<RadioSongReply> radio_song_replies(const data::Catalogue& songs, std::span<const RadioSong> radio) {
  std::vector<RadioSongReply> replies;
  replies.reserve(radio.size());
  for (const RadioSong& song : radio) {
    replies.push_back({song_reply(songs, song.row), song.score, song.similarity, song.seed_similarity});
  }
  return replies;
}

std::vector<JourneySongReply> journey_song_replies(const data::Catalogue& songs, std::span<const JourneySong> journey) {
  std::vector<JourneySongReply> replies;
  replies.reserve(journey.size());
  for (const JourneySong& song : journey) {
    replies.push_back({song_reply(songs, song.row), song.similarity, song.progress});
  }
  return replies;
}

std::string radio_title(const data::Catalogue& songs, std::uint32_t first_seed) {
  return fmt::format("Radio: {}", songs.song(first_seed).display());
}

std::string journey_title(const data::Catalogue& songs, std::uint32_t from, std::uint32_t to) {
  return fmt::format("From {} to {}", songs.song(from).display(), songs.song(to).display());
}

}  // namespace segue::recommend
