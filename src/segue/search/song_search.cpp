#include "segue/search/song_search.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <functional>
#include <string>
#include <tuple>
#include <unordered_map>

#include "segue/data/text/text.h"
#include "segue/search/name_match.h"
#include "segue/search/spellings.h"

namespace segue::search {

namespace {

std::vector<std::string_view> views_of_words(std::string_view folded) {
  std::vector<std::string_view> words;
  while (!folded.empty()) {
    const std::size_t end = std::min(folded.find(' '), folded.size());
    words.push_back(folded.substr(0, end));
    folded.remove_prefix(std::min(end + 1, folded.size()));
  }
  return words;
}

struct Candidate {
  NameMatch match = NameMatch::words;
  std::size_t other_words = 0;  // words of the song that no typed word begins
  std::size_t begun_words = 0;  // typed words that are only a prefix of a word of the song
  std::uint64_t plays = 0;
  std::uint32_t row = 0;

  auto rank() const { return std::tuple(match, other_words, begun_words); }
  bool before(const Candidate& other) const {
    if (rank() != other.rank()) return rank() < other.rank();
    return plays != other.plays ? plays > other.plays : row < other.row;
  }
};

struct Folded {
  std::string artist;
  std::string title;
};

class Query {
 public:
  explicit Query(std::string_view folded) : text_(folded), words_(views_of_words(text_)) {}

  // False if a typed word begins no word of the song.
  bool matches(const Folded& song, Candidate& candidate) const {
    // Most songs fail here, before they are split into words.
    for (const std::string_view typed : words_) {
      if (song.artist.find(typed) == std::string::npos && song.title.find(typed) == std::string::npos) return false;
    }
    std::vector<std::string_view> words = views_of_words(song.artist);
    const std::vector<std::string_view> title_words = views_of_words(song.title);
    words.insert(words.end(), title_words.begin(), title_words.end());
    std::vector<bool> used(words.size());
    candidate.begun_words = 0;
    for (const std::string_view typed : words_) {
      bool found = false;
      bool whole = false;
      for (std::size_t i = 0; i < words.size(); ++i) {
        if (!words[i].starts_with(typed)) continue;
        found = used[i] = true;
        whole = whole || words[i].size() == typed.size();
      }
      if (!found) return false;
      candidate.begun_words += whole ? 0 : 1;
    }
    candidate.other_words = static_cast<std::size_t>(std::ranges::count(used, false));
    return true;
  }

 private:
  std::string text_;
  std::vector<std::string_view> words_;
};

// The three-byte pieces of a text, by a hash of 16 bits. Similarity is Jaccard's index of pieces, with repeats counted
// for the song: rough, but it takes one pass and no memory a song.
class Trigrams {
 public:
  explicit Trigrams(std::string_view text) {
    for_each(text, [&](std::size_t piece) { pieces_.set(piece); });
    count_ = pieces_.count();
  }

  double similarity(std::string_view text) const {
    std::size_t all = 0;
    std::size_t shared = 0;
    for_each(text, [&](std::size_t piece) {
      ++all;
      shared += pieces_.test(piece) ? 1 : 0;
    });
    shared = std::min(shared, count_);
    return static_cast<double>(shared) / static_cast<double>(all + count_ - shared);
  }

 private:
  template <class Visit>
  static void for_each(std::string_view text, Visit visit) {
    // With a space before and after, so that the beginnings and ends of words count.
    unsigned last = ' ';
    unsigned before = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      const unsigned letter = i < text.size() ? static_cast<unsigned char>(text[i]) : ' ';
      if (i > 0) visit((before * 961 + last * 31 * 7 + letter) & 0xFFFFU);
      before = last;
      last = letter;
    }
  }

  std::bitset<65536> pieces_;
  std::size_t count_ = 0;
};

void fold(const data::Song& song, Folded& folded) {
  data::compared_name(song.artist, folded.artist);
  data::compared_name(song.title, folded.title);
}

FoundSongs by_words(const data::Catalogue& songs, const TypedName& typed, std::size_t limit) {
  const Query query(typed.folded);
  std::vector<Candidate> candidates;
  Folded folded;
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    Candidate candidate;
    candidate.row = row;
    const data::Song song = songs.song(row);
    candidate.plays = song.plays;
    fold(song, folded);
    if (!query.matches(folded, candidate)) continue;
    candidate.match = match_of(typed, song, folded.artist, folded.title);
    // The artist's words do not count against a title typed in full.
    if (candidate.match <= NameMatch::folded_song) candidate.other_words = 0;
    candidates.push_back(candidate);
  }
  FoundSongs found;
  if (candidates.empty()) return found;
  std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) { return a.before(b); });
  found.match = candidates.front().match <= NameMatch::folded_song ? SongMatch::name : SongMatch::words;
  for (const Candidate& candidate : candidates) {
    if (candidate.rank() == candidates.front().rank()) ++found.equally_good;
    if (found.songs.size() < limit) found.songs.push_back(candidate.row);
  }
  return found;
}

std::vector<data::SongRow> by_spelling(const data::Catalogue& songs, std::string_view text, std::size_t limit) {
  struct Near {
    double similarity;
    std::uint32_t row;
  };
  constexpr double kLeast = 0.15;  // below this, shared pieces are coincidence
  const Trigrams query(text);
  std::vector<Near> near;
  Folded folded;
  std::string whole;
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    fold(songs.song(row), folded);
    whole.assign(folded.artist);
    whole += ' ';
    whole += folded.title;
    const double similarity = std::max(query.similarity(folded.title), query.similarity(whole));
    if (similarity >= kLeast) near.push_back({similarity, row});
  }
  // Rows are sorted by plays, so a stable sort keeps the most played first.
  std::ranges::stable_sort(near, std::greater{}, &Near::similarity);
  std::vector<data::SongRow> rows;
  for (const Near& song : near) {
    if (rows.size() < limit) rows.push_back(song.row);
  }
  return rows;
}

// The words of every song's names, by number.
class NamesOfSongs {
 public:
  explicit NamesOfSongs(const data::Catalogue& songs) {
    Folded folded;
    for (std::uint32_t row = 0; row < songs.size(); ++row) {
      fold(songs.song(row), folded);
      add(folded.artist);
      artist_ends_.push_back(words_.size());
      add(folded.title);
      ends_.push_back(words_.size());
    }
  }

  const Spellings& spellings() const { return spellings_; }
  // How much a word tells: the rarer, the more.
  double weight(std::uint32_t word) const {
    return std::log(1 + static_cast<double>(ends_.size()) / static_cast<double>(songs_with_[word]));
  }
  std::span<const std::uint32_t> artist(std::uint32_t row) const {
    const std::size_t begin = row == 0 ? 0 : ends_[row - 1];
    return std::span(words_).subspan(begin, artist_ends_[row] - begin);
  }
  std::span<const std::uint32_t> all(std::uint32_t row) const {
    const std::size_t begin = row == 0 ? 0 : ends_[row - 1];
    return std::span(words_).subspan(begin, ends_[row] - begin);
  }

 private:
  void add(std::string_view folded) {
    for (const std::string_view word : views_of_words(folded)) {
      const auto [at, is_new] = numbers_.try_emplace(std::string(word), static_cast<std::uint32_t>(numbers_.size()));
      if (is_new) {
        spellings_.add(word);
        songs_with_.push_back(0);
      }
      ++songs_with_[at->second];
      words_.push_back(at->second);
    }
  }

  std::unordered_map<std::string, std::uint32_t> numbers_;
  Spellings spellings_;
  std::vector<std::uint32_t> songs_with_;
  std::vector<std::uint32_t> words_;  // of all songs, one after the other
  std::vector<std::size_t> artist_ends_;
  std::vector<std::size_t> ends_;
};

// Songs with the most of the typed words, or words spelt nearly like them; rare words count more, and a whole artist's
// name half as much again. None if no song has any.
std::vector<data::SongRow> by_similar_words(const data::Catalogue& songs, std::string_view text, std::size_t limit) {
  constexpr std::size_t kMostNear = 64;
  constexpr double kWholeArtist = 1.5;
  const NamesOfSongs names(songs);
  const std::vector<std::string_view> typed = views_of_words(text);
  std::vector<std::unordered_map<std::uint32_t, double>> value;  // of each typed word: what similar words are worth
  std::vector<bool> is_similar(names.spellings().size());
  for (const std::string_view word : typed) {
    auto& values = value.emplace_back();
    for (const NearWord& near : names.spellings().near(word, false, 2, kMostNear)) {
      const double alike = 1 - 1.5 * near.distance / static_cast<double>(std::max(word.size(), near.word.size()));
      if (alike <= 0) continue;
      values.emplace(near.number, alike * names.weight(near.number));
      is_similar[near.number] = true;
    }
  }
  struct Near {
    double score = 0;
    data::SongRow row = 0;
  };
  std::vector<Near> near;
  for (data::SongRow row = 0; row < songs.size(); ++row) {
    const std::span<const std::uint32_t> words = names.all(row);
    if (std::ranges::none_of(words, [&](auto word) { return is_similar[word]; })) continue;
    Near song{0, row};
    for (const auto& values : value) {
      double best = 0;
      for (const std::uint32_t word : words) {
        if (const auto found = values.find(word); is_similar[word] && found != values.end())
          best = std::max(best, found->second);
      }
      song.score += best;
    }
    const std::span<const std::uint32_t> artist = names.artist(row);
    const bool whole = !artist.empty() && std::ranges::all_of(artist, [&](auto word) { return is_similar[word]; });
    if (whole) song.score *= kWholeArtist;
    near.push_back(song);
  }
  // Of an artist's songs, the most played first: what was typed says nothing of their titles.
  std::ranges::stable_sort(near, std::greater{}, &Near::score);
  std::vector<data::SongRow> rows;
  for (const Near& song : near) {
    if (rows.size() < limit) rows.push_back(song.row);
  }
  return rows;
}

}  // namespace

FoundSongs match_songs(const data::Catalogue& songs, std::string_view query, std::size_t limit) {
  if (const auto row = songs.find(query)) return {SongMatch::id, {*row}, 1};
  if (data::fault_of(query) != data::TextFault::none) return {};
  const TypedName typed(query);
  if (typed.folded.empty()) return {};
  return by_words(songs, typed, limit);
}

std::vector<data::SongRow> nearest_songs(const data::Catalogue& songs, std::string_view query, std::size_t limit) {
  if (data::fault_of(query) != data::TextFault::none) return {};
  const std::string folded = data::compared_name(query);
  if (folded.empty()) return {};
  std::vector<data::SongRow> rows = by_similar_words(songs, folded, limit);
  return rows.empty() ? by_spelling(songs, folded, limit) : rows;
}

FoundSongs find_songs(const data::Catalogue& songs, std::string_view query, std::size_t limit) {
  FoundSongs found = match_songs(songs, query, limit);
  if (found.match == SongMatch::none) found.songs = nearest_songs(songs, query, limit);
  return found;
}

}  // namespace segue::search
