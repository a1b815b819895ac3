#include "segue/serve/listenbrainz/prompt_radio.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>

#include <fmt/ranges.h>

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/recommend/interests.h"
#include "segue/recommend/seeds.h"
#include "segue/serve/listenbrainz/submitted_listens.h"
#include "segue/serve/listenbrainz/top_played.h"
#include "segue/serve/offered_songs.h"

namespace segue::serve {

namespace {

constexpr std::size_t kTermListens = 200;
constexpr std::size_t kSongsOfStats = 200;
// One song by the artist, then two by others.
constexpr std::uint32_t kOwnShare = 1;
constexpr std::uint32_t kSimilarShare = 2;

// Rows that leave a list, for quick questions.
using RowBag = std::unordered_set<data::SongRow>;

// Finds the songs of terms.
class TermSongs {
 public:
  TermSongs(const ListParts& parts, const ModelPointer& served, const Identity& who, std::size_t length)
      : parts_(parts),
        served_(served),
        who_(who),
        listener_(listener_of_token(who)),
        length_(length),
        offered_(parts.service.catalogue, served),
        budget_(parts.service.budget()) {
    if (!listener_.user.empty()) hated_ = hated_songs(parts.service.store, *served, listener_.user);
    const std::vector<data::SongRow> given = given_rows(parts, *served, listener_);
    barred_.insert(given.begin(), given.end());
    barred_.insert(hated_.begin(), hated_.end());
  }

  const ListListener& listener() const { return listener_; }
  // From now on songs that were given before may be in the streams.
  void allow_repeats() { barred_ = RowBag(hated_.begin(), hated_.end()); }

  std::vector<data::SongRow> of(const PromptTerm& term, RadioMode mode, PromptRadio& radio) {
    switch (term.kind) {
      case TermKind::artist:
        return of_artist(term, mode, radio);
      case TermKind::tag:
        return of_tags(term, mode, radio);
      case TermKind::stats:
        return of_stats(term, mode, radio);
      case TermKind::recs:
        return of_recommended(term, mode, radio);
    }
    return {};
  }

 private:
  std::vector<data::SongRow> of_artist(const PromptTerm& term, RadioMode mode, PromptRadio& radio) {
    const std::string& name = term.values.front();
    const std::shared_ptr<const recommend::SongGroups> artists = parts_.artists.of(served_);
    const std::optional<std::uint32_t> found = find_group(*artists, name);
    if (!found) {
      fail(ErrorCode::not_found, "prompt: the model has no artist {}{}{}", data::printable(name, kShownBytes),
           artists->suggestion(name),
           canonical_uuid(name).empty() ? "" : "; artists are known by name, not by MusicBrainz id");
    }
    const recommend::SongGroup& artist = artists->group(*found);
    radio.sources.push_back("artist " + artist.name);
    radio.feedback.push_back(
        fmt::format("Using seed artist {}{}", artist.name, term.with_similar ? " and similar artists" : " only"));
    return of_group(artist.songs, term, mode);
  }

  std::vector<data::SongRow> of_tags(const PromptTerm& term, RadioMode mode, PromptRadio& radio) {
    const std::shared_ptr<const recommend::SongGroups> tags = parts_.artists.of(served_, recommend::GroupKind::tag);
    std::vector<data::SongRow> songs;
    for (const std::string& name : term.values) {
      const std::optional<std::uint32_t> found = find_group(*tags, name);
      if (!found) {
        fail(ErrorCode::not_found, "prompt: the model has no songs with the tag {}{}",
             data::printable(name, kShownBytes), tags->suggestion(name));
      }
      const std::vector<data::SongRow>& tagged = tags->group(*found).songs;
      std::vector<data::SongRow> joined;
      if (&name == &term.values.front()) {
        joined = tagged;
      } else if (term.any_tag) {
        std::ranges::set_union(songs, tagged, std::back_inserter(joined));
      } else {
        std::ranges::set_intersection(songs, tagged, std::back_inserter(joined));
      }
      songs = std::move(joined);
    }
    const std::string names = fmt::format("{}", fmt::join(term.values, term.any_tag ? " or " : " and "));
    radio.sources.push_back("tag " + names);
    if (songs.empty()) {
      radio.feedback.push_back(fmt::format("No song has the tags {}", names));
      return {};
    }
    radio.feedback.push_back(
        fmt::format("Using songs tagged {}{}", names, term.with_similar ? " and similar songs" : " only"));
    return of_group(songs, term, mode);
  }

  // Some of these songs, and what is played next to them. `songs`: the most played first.
  std::vector<data::SongRow> of_group(const std::vector<data::SongRow>& songs, const PromptTerm& term, RadioMode mode) {
    std::vector<data::SongRow> own = playable(in_order_of(mode, songs));
    if (!term.with_similar) return own;
    std::vector<data::SongRow> similar;
    const auto has_vector = [&](data::SongRow song) { return served_->model.inverse_norms()[song] > 0; };
    if (std::ranges::any_of(songs, has_vector)) {
      const std::array seed = {recommend::group_seed(served_->model, songs)};
      const std::vector<recommend::WeightedSong> seeds = recommend::merged_songs(seed);
      const index::RowSet every = all_but(songs);
      similar = recommended({.played = {}, .keeps = &every, .seeds = seeds}, recommend::ListMode::any, mode);
    }
    const std::array both = {Stream{own, kOwnShare}, Stream{std::move(similar), kSimilarShare}};
    return blended(both, length_);
  }

  index::RowSet all_but(const std::vector<data::SongRow>& songs) const {
    const std::uint32_t size = served_->model.songs().size();
    index::RowSet rows(size);
    for (data::SongRow row = 0; row < size; ++row) rows.insert(row);
    for (const data::SongRow song : songs) rows.erase(song);
    return rows;
  }

  std::vector<data::SongRow> playable(const std::vector<data::SongRow>& songs) const {
    std::vector<data::SongRow> left;
    std::ranges::copy_if(songs, std::back_inserter(left),
                         [&](data::SongRow song) { return offered_.has(song) && !barred_.contains(song); });
    return left;
  }

  // The user that a term names, or the token's.
  std::string user_of(const PromptTerm& term) const {
    const std::string& user = term.values.empty() ? listener_.user : term.values.front();
    if (user.empty()) fail(ErrorCode::wrong_use, "prompt: expected a user after the colon, or a token of one");
    who_.must_be(user);
    return user;
  }

  std::vector<data::SongRow> of_stats(const PromptTerm& term, RadioMode mode, PromptRadio& radio) {
    const std::string user = user_of(term);
    const std::string range = term.range.empty() ? "all_time" : term.range;
    radio.sources.push_back(fmt::format("stats of {} ({})", user, range));
    radio.feedback.push_back(fmt::format("Using the songs that {} played most ({})", user, range));
    std::vector<data::SongRow> songs;
    RowBag known;
    for (const PlayCount& count :
         top_played(parts_.service.store, *served_, user, stats_range(range, parts_.unix_now()), CountedBy::song)) {
      store::StoredListen listen;
      listen.artist = count.artist;
      listen.title = count.title;
      listen.recording_mbid = count.recording_mbid;
      const std::optional<data::SongRow> row = served_->matcher.find(listen);
      if (row && known.insert(*row).second) songs.push_back(*row);
      if (songs.size() == kSongsOfStats) break;
    }
    return playable(in_order_of(mode, songs));
  }

  std::vector<data::SongRow> of_recommended(const PromptTerm& term, RadioMode mode, PromptRadio& radio) {
    constexpr std::array<std::string_view, 3> kWhich = {"", ", played before", ", never played"};
    const std::string user = user_of(term);
    const std::string_view which = kWhich[static_cast<std::size_t>(term.recommended)];
    radio.sources.push_back(fmt::format("recommendations for {}{}", user, which));
    radio.feedback.push_back(fmt::format("Using songs recommended to {}{}", user, which));
    const PlayedSongs played = played_by(parts_.service.store, *served_, user);
    if (played.past.empty()) return {};
    const plays::Past past = recommend::past_of(served_->model.songs(), played.past);
    index::RowSet known(served_->model.songs().size());
    for (const data::SongRow song : played.ever) known.insert(song);
    recommend::Listener listener{.played = played.newest(kTermListens), .past = &past};
    if (term.recommended == RecommendedSongs::listened) listener.keeps = &known;
    if (term.recommended == RecommendedSongs::unlistened) listener.excluded = played.ever;
    const auto list_mode =
        term.recommended == RecommendedSongs::unlistened ? recommend::ListMode::discover : recommend::ListMode::any;
    return recommended(listener, list_mode, mode);
  }

  std::vector<data::SongRow> recommended(recommend::Listener listener, recommend::ListMode list_mode, RadioMode mode) {
    std::vector<data::SongRow> excluded(listener.excluded.begin(), listener.excluded.end());
    excluded.insert(excluded.end(), barred_.begin(), barred_.end());
    listener.excluded = excluded;
    listener.disliked = hated_;
    listener.budget = &budget_;
    std::optional<index::RowSet> kept;
    if (listener.keeps != nullptr) kept = offered_.in(*listener.keeps);
    listener.keeps = kept ? &*kept : offered_.keeps();
    const recommend::RecommendOptions options{.k = static_cast<std::uint32_t>(length_), .threads = 1};
    const recommend::RerankOptions list{
        .mode = list_mode, .popularity = popularity_of(mode), .artist_cap = kSongsOfArtist, .artist_gap = 1};
    std::vector<data::SongRow> songs;
    for (const recommend::Recommendation& one : served_->recommender.recommend(listener, options, list, 1).items) {
      songs.push_back(one.song);
    }
    return songs;
  }

  const ListParts& parts_;
  const ModelPointer& served_;
  const Identity& who_;
  const ListListener listener_;
  const std::size_t length_;
  const OfferedSongs offered_;
  WorkBudget budget_;
  std::vector<data::SongRow> hated_;
  RowBag barred_;
};

std::vector<data::SongRow> songs_of_terms(TermSongs& finder, std::span<const PromptTerm> terms, RadioMode mode,
                                          std::size_t length, PromptRadio& radio) {
  std::vector<Stream> streams;
  for (const PromptTerm& term : terms) {
    streams.push_back({finder.of(term, term.mode.value_or(mode), radio), term.weight});
  }
  return blended(streams, length);
}

}  // namespace

std::vector<data::SongRow> blended(std::span<const Stream> streams, std::size_t most) {
  std::vector<data::SongRow> songs;
  RowBag known;
  std::vector<std::size_t> next(streams.size(), 0);
  std::vector<std::uint64_t> taken(streams.size(), 0);
  while (songs.size() < most) {
    std::optional<std::size_t> behind;
    for (std::size_t i = 0; i < streams.size(); ++i) {
      while (next[i] < streams[i].songs.size() && known.contains(streams[i].songs[next[i]])) ++next[i];
      if (next[i] == streams[i].songs.size()) continue;
      // taken / weight, without rounding
      if (!behind || taken[i] * streams[*behind].weight < taken[*behind] * streams[i].weight) behind = i;
    }
    if (!behind) break;
    const data::SongRow song = streams[*behind].songs[next[*behind]++];
    ++taken[*behind];
    known.insert(song);
    songs.push_back(song);
  }
  return songs;
}

PromptRadio prompt_radio(const ListParts& parts, const ModelPointer& served, const Identity& who,
                         std::span<const PromptTerm> terms, RadioMode mode, std::size_t length) {
  TermSongs finder(parts, served, who, length);
  PromptRadio radio;
  radio.songs = songs_of_terms(finder, terms, mode, length, radio);
  if (radio.songs.empty()) {
    finder.allow_repeats();
    PromptRadio again;
    radio.songs = songs_of_terms(finder, terms, mode, length, again);
  }
  if (radio.songs.empty()) radio.feedback.push_back("No songs were found for this prompt");
  remember_given(parts, *served, finder.listener(), radio.songs);
  return radio;
}

}  // namespace segue::serve
