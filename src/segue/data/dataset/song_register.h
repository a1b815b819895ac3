// All songs that a log mentions: which mentions are the same song, and what it is called.
//
// A mention has an id, or an artist and a title. Mentions with one id are one song, as are those without an id whose
// artist and title fold to the same (data/text/text.h). When everything is read, resolve() lets them meet: a mention by
// name is the song of that name; where several kinds of ids (MusicBrainz, Spotify, ...) have songs of one name, they
// are the songs of the kind played most. Nothing depends on the order of the mentions.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/data/dataset/paged_vector.h"
#include "segue/data/dataset/text_store.h"
#include "segue/data/dataset/text_table.h"
#include "segue/data/log/listen.h"

namespace segue::data {

struct SongRules {
  bool meet = true;             // mentions with and without ids meet through artist and title
  bool merge_versions = false;  // remasters, deluxe editions and reissues are one song
};

// A song joined from several ids, for reports.
struct MergedSong {
  std::string title;
  std::string artist;
  std::vector<std::string> ids;  // the one that stays first
};

struct ResolvedSongs {
  std::vector<std::uint32_t> song_of;  // of each mentioned song: the number of the one it is
  std::uint64_t with_id = 0;           // songs told apart by an id
  std::uint64_t by_name = 0;           // songs told apart by artist and title
  std::uint64_t met = 0;               // mentioned songs that turned out to be another one
  std::uint64_t versions = 0;          // ids joined by merge_versions
  std::vector<MergedSong> merged;      // the most played of them, at most 1,000
};

// The id of a song without one: its artist and title, folded; "" if one of them folds to nothing.
std::string id_of_song(std::string_view artist, std::string_view title);

// Not thread safe.
class SongRegister {
 public:
  static constexpr std::uint32_t kNone = TextIndex::kNone;

  SongRegister() = default;
  SongRegister(const SongRegister&) = delete;
  SongRegister& operator=(const SongRegister&) = delete;

  // The number of the song, new or known; counts so many plays of it. kNone if it has no id and artist or title fold
  // to nothing.
  std::uint32_t add(const SongMention& song, std::span<const std::string_view> tags, std::uint64_t plays = 1);
  // Adds the song of each listen and appends its number to `numbers`. Several times as fast as one song after another,
  // because the reads from memory overlap.
  void add_all(std::span<const Listen> listens, std::vector<std::uint32_t>& numbers);
  // The same for a song of another dataset, with all its plays. Its id may be that of a name.
  std::uint32_t add_song(const Song& song, std::span<const std::string_view> tags);
  // The number of the song with this id, kNone if nobody mentioned it.
  std::uint32_t find(std::string_view id) const;
  // Texts from a file of songs come before those of logs, and its first row for a song before later ones.
  void describe(std::uint32_t song, const SongMention& texts, std::span<const std::string_view> tags);
  void describe(const SongDescription& song);  // if its id was mentioned

  std::uint32_t size() const { return static_cast<std::uint32_t>(known_.size()); }
  std::uint64_t mentions() const { return mentions_; }  // plays that were added, each of a song
  std::uint64_t bytes() const;                          // of memory

  // Settles the texts of all songs and finds those that are the same. Call once, after everything was added.
  ResolvedSongs resolve(const SongRules& rules);

  // Its id, or artist and title folded.
  std::string_view id(std::uint32_t song) const { return ids_.text(known_[song].id); }
  bool is_by_name(std::uint32_t song) const { return known_[song].by_name; }

  // After resolve().
  Song song(std::uint32_t number) const;  // with 0 plays
  std::vector<std::string_view> tags(std::uint32_t number) const;
  // `plays`: of each song in queues. Those that were played, the most played first, ties by id.
  std::vector<std::uint32_t> in_order(const std::vector<std::uint64_t>& plays) const;
  // Writes songs.arrow, in that order; returns how many have a title. Throws no_space, io_failed.
  std::uint64_t write(const std::filesystem::path& songs_arrow, std::span<const std::uint32_t> order,
                      const std::vector<std::uint64_t>& plays) const;

 private:
  using Ref = TextStore::Ref;
  using Place = TextStore::Place;

  struct Known {
    Place id = 0;  // in ids_ or folded_names_
    bool by_name = false;
    std::uint8_t by_file = 0;  // bits: title, artist, album, tags
    Ref title{};
    Ref artist{};
    Ref album{};
    std::uint64_t texts = 0;       // hash of the three; 0 if there are none
    std::uint64_t same_texts = 0;  // mentions with these
    std::uint64_t plays = 0;
  };
  // Artist, a zero byte and title, as some log spells them.
  struct SpeltName {
    std::uint64_t times = 0;  // mentions without an album
    std::uint32_t song = kNone;
    std::uint32_t artist_size = 0;
  };
  // Another spelling of a song's texts.
  struct Spelling {
    std::uint64_t texts = 0;
    std::uint64_t times = 0;
    Ref title{};
    Ref artist{};
    Ref album{};
  };
  struct Hashes {
    std::uint64_t key = 0;    // of the id, or of artist and title
    std::uint64_t texts = 0;  // of title, artist and album; 0 if there are none
  };

  static Hashes hashes_of(const SongMention& song);
  std::uint32_t add(const SongMention& song, std::span<const std::string_view> tags, const Hashes& hashes,
                    std::uint64_t plays);
  std::uint32_t by_id(std::string_view id, std::uint64_t hash);
  Place by_name(const SongMention& song, std::uint64_t hash);  // in spelt_names_
  std::uint32_t by_folded_name(std::string_view artist, std::string_view title);
  std::uint32_t new_song(TextTable<std::uint32_t>& table, std::string_view id, std::uint64_t hash, bool by_name);
  bool is_spelt(Place name, const SongMention& song) const;
  void count_spelling(std::uint32_t song, const SongMention& mention, std::uint64_t hash, std::uint64_t plays);
  void add_spelling(std::uint32_t song, const Spelling& spelling);
  Spelling spelling_of(Place name);
  void count_spelt_names();
  void settle_texts();
  std::string_view read_tags(std::span<const std::string_view> tags);  // separated by zero bytes; in scratch_
  void keep_tags(std::uint32_t song, std::string_view listed);
  bool has_songs_to_meet() const;
  void meet(ResolvedSongs& resolved) const;
  void meet(std::vector<std::uint32_t>& songs, std::uint32_t by_name, ResolvedSongs& resolved) const;
  void merge_versions(ResolvedSongs& resolved) const;
  void share_texts(const ResolvedSongs& resolved);
  // Requests the memory of these songs: their texts lie all over it.
  void prefetch(std::span<const std::uint32_t> songs) const;
  std::string_view title(std::uint32_t song) const { return texts_.view(known_[song].title); }
  std::string_view artist(std::uint32_t song) const { return texts_.view(known_[song].artist); }
  std::string folded_name(std::uint32_t song) const;

  TextStore texts_;
  TextTable<std::uint32_t> ids_{texts_};           // to songs
  TextTable<std::uint32_t> folded_names_{texts_};  // artist — title, folded, to songs
  TextTable<SpeltName> spelt_names_{texts_};
  PagedVector<Place> spelt_places_;
  PagedVector<Known> known_;
  std::vector<Ref> tags_;  // of each song, separated by zero bytes; shorter than songs while the last have none
  std::unordered_map<std::uint32_t, std::vector<Spelling>> spellings_;
  std::string scratch_;
  std::uint64_t mentions_ = 0;
};

}  // namespace segue::data
