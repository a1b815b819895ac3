#include "segue/recommend/replies.h"

#include <fmt/format.h>

namespace segue::recommend {

namespace {

ExplanationReply explanation_reply(const data::Catalogue& songs, const Reasons& reasons) {
  ExplanationReply reply;
  reply.text = sentence_of(reasons, [&](data::SongRow row) { return songs.song(row).display(); });
  const auto title = [&](data::SongRow row) {
    const data::Song& song = songs.song(row);
    return std::string(song.title.empty() ? song.id : song.title);
  };
  for (const KindShare& kind : reasons.kinds) {
    reply.reasons.push_back({kind.kind, kind.share, short_text_of(kind, reasons, title)});
  }
  reply.seeds.reserve(reasons.seeds.size());
  for (const SeedShare& seed : reasons.seeds) {
    reply.seeds.push_back({song_reply(songs, seed.song), seed.share, seed.similarity});
  }
  if (const std::optional<PlayedWith>& together = reasons.together) {
    reply.together = {together->times, reasons.within, together->after, together->before,
                      song_reply(songs, together->song)};
  }
  if (reasons.interest) reply.interest = song_reply(songs, *reasons.interest);
  return reply;
}

SeedKind kind_of(const search::FoundSeed& seed) {
  if (!seed.kind) return SeedKind::song;
  switch (*seed.kind) {
    case search::GroupKind::artist:
      return SeedKind::artist;
    case search::GroupKind::album:
      return SeedKind::album;
    case search::GroupKind::tag:
      break;
  }
  return SeedKind::tag;
}

SongReply reply_of(const data::Song& song, data::SongRow row) {
  return {song.id, row, song.title, song.artist, song.album, song.plays};
}

}  // namespace

SongReply song_reply(const data::Catalogue& songs, data::SongRow row) {
  return reply_of(songs.song(row), row);
}

std::vector<SongReply> song_replies(const data::Catalogue& songs, std::span<const data::SongRow> rows) {
  std::vector<SongReply> replies;
  replies.reserve(rows.size());
  songs.for_each(rows, [&](std::size_t i, const data::Song& song) { replies.push_back(reply_of(song, rows[i])); });
  return replies;
}

std::vector<SimilarSongReply> similar_song_replies(const model::Model& model, std::optional<data::SongRow> song,
                                                   std::span<const math::ScoredRow> nearest) {
  std::vector<data::SongRow> rows;
  rows.reserve(nearest.size());
  for (const math::ScoredRow& found : nearest) rows.push_back(found.row);
  std::vector<transitions::PlayedTogether> together;
  if (song) together = model.played_together(*song, rows);
  std::vector<SimilarSongReply> replies;
  replies.reserve(nearest.size());
  model.songs().for_each(rows, [&](std::size_t i, const data::Song& found) {
    SimilarSongReply& reply = replies.emplace_back(reply_of(found, rows[i]), nearest[i].score);
    if (song && together[i].times > 0) reply.together = {together[i].times, together[i].after, together[i].before};
  });
  return replies;
}

std::vector<RecommendedSongReply> recommended_song_replies(const data::Catalogue& songs,
                                                           std::span<const Recommendation> found) {
  std::vector<data::SongRow> rows;
  rows.reserve(found.size());
  for (const Recommendation& one : found) rows.push_back(one.song);
  std::vector<RecommendedSongReply> replies;
  replies.reserve(found.size());
  songs.for_each(rows, [&](std::size_t i, const data::Song& song) {
    const Recommendation& one = found[i];
    RecommendedSongReply& reply = replies.emplace_back(reply_of(song, one.song), one.score, one.similarity);
    if (one.reasons) reply.explanation = explanation_reply(songs, *one.reasons);
    if (one.is_new) reply.is_new = true;
    if (one.is_new && reply.explanation) reply.explanation->text.insert(0, "New since training. ");
  });
  return replies;
}

InterestReply interest_reply(const data::Catalogue& songs, const Interest& interest) {
  InterestReply reply{.medoid = song_reply(songs, interest.medoid), .weight = interest.weight};
  reply.songs.reserve(interest.songs.size());
  for (const data::SongRow row : interest.songs) reply.songs.push_back(songs.id(row));
  return reply;
}

std::vector<RadioSongReply> radio_song_replies(const data::Catalogue& songs, std::span<const RadioSong> radio) {
  std::vector<RadioSongReply> replies;
  replies.reserve(radio.size());
  for (const RadioSong& song : radio) {
    replies.push_back({song_reply(songs, song.song), song.score, song.similarity, song.seed_similarity});
  }
  return replies;
}

std::vector<JourneySongReply> journey_song_replies(const data::Catalogue& songs, std::span<const JourneySong> journey) {
  std::vector<JourneySongReply> replies;
  replies.reserve(journey.size());
  for (const JourneySong& song : journey) {
    replies.push_back({song_reply(songs, song.song), song.similarity, song.progress});
  }
  return replies;
}

std::vector<TakenSeedReply> taken_seed_replies(const data::Catalogue& songs, std::span<const TypedSeed> seeds) {
  std::vector<TakenSeedReply> replies;
  for (const TypedSeed& one : seeds) {
    TakenSeedReply& reply = replies.emplace_back();
    reply.typed = one.typed;
    reply.kind = kind_of(one.found);
    reply.name = name_of(songs, one);
    reply.weight = one.found.weight.value_or(1);
    for (const WeightedSong& song : one.seed.songs) reply.songs.push_back(songs.id(song.song));
  }
  return replies;
}

std::string radio_title(const data::Catalogue& songs, data::SongRow first_seed) {
  return fmt::format("Radio: {}", songs.song(first_seed).display());
}

std::string radio_title(const data::Catalogue& songs, const TypedSeed& first_seed) {
  return fmt::format("Radio: {}", name_of(songs, first_seed));
}

std::string journey_title(const data::Catalogue& songs, data::SongRow from, data::SongRow to) {
  return fmt::format("From {} to {}", songs.song(from).display(), songs.song(to).display());
}

}  // namespace segue::recommend
