#include "segue/data/dataset/title_terms.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <unicode/uchar.h>

#include "segue/data/text/text.h"

namespace segue::data {

namespace {

constexpr std::size_t kMostWords = 3;     // in a term
constexpr std::size_t kMostLetters = 28;  // a name has to be short; also of scripts without spaces
constexpr std::size_t kMostUsers = 100'000;
constexpr std::uint64_t kTermBits = 20;  // at most 2^20 terms: the rarest of more are left out
constexpr std::size_t kMostPairs = std::size_t{1} << 25;

// Words that begin or end no name, though they may stand inside one ("Best of the 90s").
constexpr std::array kGlue = std::to_array<std::string_view>(
    {"a",    "an",   "and",  "as", "at",  "by",  "de", "del",  "der",  "die", "el",  "en", "et",
     "feat", "for",  "from", "ft", "i",   "im",  "in", "is",   "it",   "its", "la",  "le", "les",
     "los",  "me",   "my",   "n",  "of",  "on",  "or", "our",  "part", "pt",  "que", "so", "that",
     "the",  "this", "to",   "u",  "und", "vol", "we", "with", "y",    "you", "your"});

// Words that say something beside others only: "Good Vibes", not "Good".
constexpr std::array kHollow = std::to_array<std::string_view>(
    {"all",  "always", "are",    "back",   "be",       "best",      "but",   "can",      "canciones", "day",
     "days", "do",     "down",   "ever",   "every",    "fav",       "faves", "favorite", "favorites", "favs",
     "feed", "get",    "go",     "good",   "great",    "guy",       "have",  "he",       "her",       "hit",
     "hits", "if",     "jam",    "jams",   "jamz",     "just",      "kid",   "kids",     "life",      "like",
     "lil",  "list",   "lists",  "lo",     "mi",       "misc",      "mix",   "mixes",    "mixtape",   "more",
     "most", "music",  "musica", "musik",  "musique",  "new",       "no",    "not",      "now",       "old",
     "one",  "other",  "out",    "over",   "playlist", "playlists", "pre",   "random",   "right",     "roll",
     "she",  "some",   "song",   "songs",  "stuff",    "temp",      "test",  "than",     "they",      "things",
     "time", "top",    "track",  "tracks", "tune",     "tunes",     "two",   "untitled", "up",        "was",
     "what", "when",   "who",    "will",   "work",     "ya"});

struct Letter {
  UChar32 code = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::vector<Letter> letters_of(std::string_view text) {
  std::vector<Letter> letters;
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    Letter letter{0, static_cast<std::size_t>(at), 0};
    letter.code = next_code_point(text, at);
    letter.end = static_cast<std::size_t>(at);
    letters.push_back(letter);
  }
  return letters;
}

bool in_word(UChar32 code) {
  return code >= 0 && (u_isalnum(code) || (U_GET_GC_MASK(code) & U_GC_M_MASK) != 0);
}
// Signs that stand inside a word: R&B, 90's, a-ha.
bool joins(UChar32 code) {
  return code == '\'' || code == 0x2019 || code == '&' || code == '-' || code == '.';
}

struct Word {
  std::string folded;
  std::string spelt;
  bool ends_phrase = false;  // by something other than a space
};

std::vector<Word> words_of_title(std::string_view title) {
  const std::vector<Letter> letters = letters_of(title);
  std::vector<Word> words;
  for (std::size_t i = 0; i < letters.size();) {
    if (!in_word(letters[i].code)) {
      if (!u_isUWhiteSpace(letters[i].code) && !words.empty()) words.back().ends_phrase = true;
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < letters.size() &&
           (in_word(letters[end].code) ||
            (joins(letters[end].code) && end + 1 < letters.size() && in_word(letters[end + 1].code)))) {
      ++end;
    }
    Word word;
    word.spelt = std::string(title.substr(letters[i].begin, letters[end - 1].end - letters[i].begin));
    word.folded = search_fold(word.spelt);
    if (!word.folded.empty()) words.push_back(std::move(word));
    i = end;
  }
  return words;
}

bool is_glue(std::string_view folded) {
  return std::ranges::binary_search(kGlue, folded);
}

// A letter, a number or a year names nothing by itself; a letter of a script without spaces may.
bool says_nothing(std::string_view folded) {
  const bool number =
      std::ranges::all_of(folded, [](char letter) { return (letter >= '0' && letter <= '9') || letter == ' '; });
  return folded.size() == 1 || number || std::ranges::binary_search(kHollow, folded);
}

// With a capital at the beginning of every word, and the other letters small.
std::string with_capitals(std::string_view text) {
  std::string out;
  bool begins = true;
  for (const Letter& letter : letters_of(text)) {
    append_code_point(out, begins ? u_totitle(letter.code) : u_tolower(letter.code));
    begins = letter.code == ' ';
  }
  return out;
}

struct Case {
  bool upper = false;
  bool lower = false;
};
Case case_of(std::string_view text) {
  Case found;
  for (const Letter& letter : letters_of(text)) {
    found.upper = found.upper || u_isupper(letter.code);
    found.lower = found.lower || u_islower(letter.code);
  }
  return found;
}

// A term with how it is spelt. "edm" and "LATE NIGHT" say little about capitals: they count a quarter, with usual ones.
class Spelling {
 public:
  void add(const std::string& spelt) {
    constexpr std::size_t kAcronym = 4;  // bytes: EDM, R&B
    const Case found = case_of(spelt);
    const bool says = found.upper && (found.lower || spelt.size() <= kAcronym);
    votes_[says ? spelt : with_capitals(spelt)] += says ? 4 : 1;
  }
  std::string chosen() const {
    const auto best = std::ranges::max_element(votes_, [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second < b.second : a.first > b.first;
    });
    return best == votes_.end() ? "" : best->first;
  }

 private:
  std::unordered_map<std::string, std::uint32_t> votes_;
};

struct Term {
  std::uint32_t people = 0;
  std::size_t last_user = SIZE_MAX;
  Spelling spelling;
};

// The queues with a name, those of one user together.
std::vector<std::vector<std::size_t>> named_by_user(const Queues& queues) {
  std::vector<std::vector<std::size_t>> users;
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    if (queues.name(queue).empty()) continue;
    const auto [place, added] = places.try_emplace(queues.user(queue), users.size());
    if (added) users.emplace_back();
    users[place->second].push_back(queue);
  }
  if (users.size() <= kMostUsers) return users;
  std::vector<std::vector<std::size_t>> chosen;
  for (std::size_t i = 0; i < kMostUsers; ++i) chosen.push_back(std::move(users[i * users.size() / kMostUsers]));
  return chosen;
}

// The shorter runs of words in a term: "one tree hill" has "one", "one tree", "tree", "tree hill" and "hill".
std::vector<std::string_view> parts_of(std::string_view folded) {
  std::vector<std::size_t> edges = {0};
  for (std::size_t at = folded.find(' '); at != std::string_view::npos; at = folded.find(' ', at + 1)) {
    edges.push_back(at + 1);
  }
  edges.push_back(folded.size() + 1);
  std::vector<std::string_view> parts;
  for (std::size_t first = 0; first + 1 < edges.size(); ++first) {
    for (std::size_t last = first + 1; last < edges.size(); ++last) {
      const std::string_view part = folded.substr(edges[first], edges[last] - edges[first] - 1);
      if (part.size() < folded.size()) parts.push_back(part);
    }
  }
  return parts;
}

using Numbers = std::unordered_map<std::string, std::uint32_t>;

// The terms that enough people use, the most used first.
struct Kept {
  Numbers number;
  std::vector<std::string> texts;
  std::vector<std::uint32_t> people;
};

Kept kept_terms(const Queues& queues, const std::vector<std::vector<std::size_t>>& users) {
  std::unordered_map<std::string, Term> terms;
  for (std::size_t user = 0; user < users.size(); ++user) {
    for (const std::size_t queue : users[user]) {
      for (const TitlePhrase& phrase : phrases_of(queues.name(queue))) {
        Term& term = terms[phrase.folded];
        if (term.last_user == user) continue;
        term.last_user = user;
        ++term.people;
        term.spelling.add(phrase.spelt);
      }
    }
  }
  // A word that is said within one longer term most of the time ("Direction" in "One Direction") is a piece of it.
  std::unordered_set<std::string_view> pieces;
  for (const auto& [folded, term] : terms) {
    if (term.people < TitleTerms::kLeastPeople) continue;
    for (const std::string_view part : parts_of(folded)) {
      const auto found = terms.find(std::string(part));
      if (found != terms.end() && 2 * term.people >= found->second.people) pieces.insert(found->first);
    }
  }
  std::vector<std::pair<std::uint32_t, std::string_view>> order;
  for (const auto& [folded, term] : terms) {
    if (term.people >= TitleTerms::kLeastPeople && !pieces.contains(folded)) order.emplace_back(term.people, folded);
  }
  std::ranges::sort(
      order, [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  if (order.size() > (std::size_t{1} << kTermBits)) order.resize(std::size_t{1} << kTermBits);
  Kept kept;
  for (const auto& [people, folded] : order) {
    kept.number.emplace(folded, static_cast<std::uint32_t>(kept.texts.size()));
    kept.texts.push_back(terms.at(std::string(folded)).spelling.chosen());
    kept.people.push_back(people);
  }
  return kept;
}

// A song and a term for each person who has the song under it, in order.
std::vector<std::uint64_t> pairs_of(const Queues& queues, const std::vector<std::vector<std::size_t>>& users,
                                    const Kept& kept, std::uint32_t songs) {
  std::vector<std::uint64_t> pairs;
  std::vector<std::uint64_t> own;
  for (const std::vector<std::size_t>& user : users) {
    own.clear();
    for (const std::size_t queue : user) {
      std::vector<std::uint64_t> numbers;
      for (const TitlePhrase& phrase : phrases_of(queues.name(queue))) {
        if (const auto found = kept.number.find(phrase.folded); found != kept.number.end()) {
          numbers.push_back(found->second);
        }
      }
      for (const SongRow song : queues.songs(queue)) {
        if (song >= songs) continue;
        for (const std::uint64_t number : numbers) own.push_back(std::uint64_t{song} << kTermBits | number);
      }
    }
    std::ranges::sort(own);
    own.erase(std::unique(own.begin(), own.end()), own.end());
    if (pairs.size() + own.size() > kMostPairs) break;
    pairs.insert(pairs.end(), own.begin(), own.end());
  }
  std::ranges::sort(pairs);
  return pairs;
}

}  // namespace

std::vector<TitlePhrase> phrases_of(std::string_view title) {
  std::vector<TitlePhrase> phrases;
  if (fault_of(title) != TextFault::none) return phrases;
  const std::vector<Word> words = words_of_title(title);
  for (std::size_t first = 0; first < words.size(); ++first) {
    if (is_glue(words[first].folded)) continue;
    TitlePhrase phrase;
    for (std::size_t last = first; last < std::min(first + kMostWords, words.size()); ++last) {
      phrase.folded += (last > first ? " " : "") + words[last].folded;
      phrase.spelt += (last > first ? " " : "") + words[last].spelt;
      const bool ends = words[last].ends_phrase;
      const bool is_name = !is_glue(words[last].folded) && !says_nothing(phrase.folded) &&
                           letters_of(phrase.spelt).size() <= kMostLetters;
      const bool is_new = std::ranges::find(phrases, phrase.folded, &TitlePhrase::folded) == phrases.end();
      if (is_name && is_new) phrases.push_back(phrase);
      if (ends) break;
    }
  }
  return phrases;
}

TitleTerms count_title_terms(const Queues& queues, std::uint32_t songs) {
  const std::vector<std::vector<std::size_t>> users = named_by_user(queues);
  TitleTerms result;
  if (users.empty()) return result;
  Kept kept = kept_terms(queues, users);
  const std::vector<std::uint64_t> pairs = pairs_of(queues, users, kept, songs);
  result.of_song.resize(songs);
  const auto all = static_cast<double>(users.size());
  for (std::size_t begin = 0; begin < pairs.size();) {
    std::size_t end = begin;
    while (end < pairs.size() && pairs[end] == pairs[begin]) ++end;
    const auto people = static_cast<std::uint32_t>(end - begin);
    const auto term = static_cast<std::uint32_t>(pairs[begin] & ((std::uint64_t{1} << kTermBits) - 1));
    if (people >= TitleTerms::kLeastOfSong) result.of_song[pairs[begin] >> kTermBits].push_back({term, people});
    begin = end;
  }
  const auto tells = [&](const TitleTerms::Use& use) { return use.people * std::log(1 + all / kept.people[use.term]); };
  for (std::vector<TitleTerms::Use>& uses : result.of_song) {
    std::ranges::stable_sort(uses,
                             [&](const TitleTerms::Use& a, const TitleTerms::Use& b) { return tells(a) > tells(b); });
    if (uses.size() > TitleTerms::kMostOfSong) uses.resize(TitleTerms::kMostOfSong);
  }
  result.texts = std::move(kept.texts);
  return result;
}

}  // namespace segue::data
