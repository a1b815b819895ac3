#include "segue/search/catalogue_search.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/data/text/text.h"
#include "segue/search/name_match.h"

namespace segue::search {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kRanked = 400;  // of the matching songs, the most played; the others follow by plays
constexpr std::size_t kMostWords = 16;
constexpr std::size_t kMostSpellings = 32;  // of each typed word
constexpr std::string_view kLayout = "5";   // version of the file: a change makes old ones stale

std::string folded_names(const data::Song& song) {
  return data::compared_name(song.artist) + ' ' + data::compared_name(song.title);
}

// The end of the file: what it was made of and the digest of all before.
//   segue-search LAYOUT MODEL_DIGEST SHA256\n
std::string trailer_of(std::string_view digest, std::span<const std::byte> image) {
  return fmt::format("segue-search {} {} {}\n", kLayout, digest, sha256_of(image));
}

// The database in the file, if the file is whole and of this digest.
std::optional<std::span<const std::byte>> checked_image(const MappedFile& file, std::string_view digest) {
  const std::size_t trailer = trailer_of(digest, {}).size();
  if (file.bytes().size() <= trailer) return std::nullopt;
  const auto image = file.bytes().first(file.bytes().size() - trailer);
  if (!file.text().ends_with(trailer_of(digest, image))) return std::nullopt;
  return image;
}

void append(const fs::path& file, std::string_view text) {
  std::ofstream stream(file, std::ios::binary | std::ios::app);
  stream << text;
  stream.close();
  if (!stream) fail_errno(file.string(), errno);
}

std::vector<std::string> words_of(std::string_view folded, std::size_t most = kMostWords) {
  std::vector<std::string> words;
  while (!folded.empty() && words.size() < most) {
    const std::string_view word = folded.substr(0, folded.find(' '));
    folded.remove_prefix(std::min(word.size() + 1, folded.size()));
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

void build(const data::Catalogue& songs, const fs::path& file, const std::string& digest) {
  AtomicFile whole(file);
  {
    store::SqliteConnection connection(whole.path(), store::SqliteConnection::Mode::create);
    connection.run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
    store::SqliteTransaction transaction(connection);
    // Only the index is stored: the texts are in the catalogue.
    // compared_name() has already split words at spaces; a vowel sign (M) inside a word must not split it again, and
    // "!!!" is a word.
    connection.run(
        "CREATE VIRTUAL TABLE names USING fts5 (words, content = '', detail = none, prefix = '1 2 3', tokenize = "
        "'unicode61 remove_diacritics 0 categories ''L* M* N* P* S* C*''');");
    store::SqliteStatement insert(connection, "INSERT INTO names (rowid, words) VALUES (?, ?)");
    std::unordered_map<std::string, std::int64_t> spelt;  // words, and how many names have them
    for (std::uint32_t row = 0; row < songs.size(); ++row) {
      const std::string names = folded_names(songs.song(row));
      insert.reset().bind(std::int64_t{row}).bind(names);
      insert.run();
      for (std::string& word : words_of(names, SIZE_MAX)) ++spelt[std::move(word)];
    }
    // The most frequent first: of equally near words that one is meant.
    std::vector<std::pair<std::int64_t, std::string_view>> order;
    for (const auto& [word, count] : spelt) order.emplace_back(-count, word);
    std::ranges::sort(order);
    connection.run("CREATE TABLE spellings (word TEXT NOT NULL);");
    store::SqliteStatement add(connection, "INSERT INTO spellings (word) VALUES (?)");
    for (const auto& [count, word] : order) {
      add.reset().bind(word);
      add.run();
    }
    transaction.commit();
  }
  append(whole.path(), trailer_of(digest, MappedFile(whole.path()).bytes()));
  whole.commit();
}

std::span<const std::byte> image_of(const MappedFile& file, std::string_view digest) {
  if (const auto image = checked_image(file, digest)) return *image;
  fail(ErrorCode::io_failed, "{}: expected the search index just written, found other bytes", file.path().string());
}

// The index of this digest, built unless there is a whole one.
MappedFile open_or_build(const data::Catalogue& songs, const fs::path& file, const std::string& digest) {
  std::error_code ignored;
  if (fs::is_regular_file(file, ignored)) {
    MappedFile found(file);
    if (checked_image(found, digest)) return found;
  }
  build(songs, file, digest);
  return MappedFile(file);
}

std::span<const data::SongRow> first_of(std::span<const data::SongRow> rows, std::size_t most) {
  return rows.first(std::min(rows.size(), most));
}

// Quoted for FTS5, so that no word is an operator.
std::string fts_quoted(std::string_view word) {
  std::string text = "\"";
  for (const char letter : word) text.append(letter == '"' ? 2 : 1, letter);
  return text + '"';
}

// Every word may be a prefix.
std::string fts_query(const std::vector<std::string>& words) {
  std::string match;
  for (const std::string& word : words) match += (match.empty() ? "" : " ") + fts_quoted(word) + '*';
  return match;
}

// The same with what may be meant by each word.
std::string fts_query(const std::vector<std::string>& words, const std::vector<std::vector<NearWord>>& meant) {
  std::string match;
  for (std::size_t i = 0; i < words.size(); ++i) {
    match += (match.empty() ? "(" : " AND (") + fts_quoted(words[i]) + '*';
    for (const NearWord& near : meant[i]) match += " OR " + fts_quoted(near.word);
    match += ')';
  }
  return match;
}

// Smaller is better.
using Rank = std::tuple<NameMatch, std::size_t, std::uint32_t>;

Rank rank_of(const data::Catalogue& songs, std::uint32_t row, const TypedName& typed) {
  const data::Song song = songs.song(row);
  const std::string title = data::compared_name(song.title);
  const std::string artist = data::compared_name(song.artist);
  const std::size_t words = static_cast<std::size_t>(std::ranges::count(title, ' ') + std::ranges::count(artist, ' '));
  return {match_of(typed, song, artist, title), words, row};
}

// What was typed as the song spells it, and how many letters that changes.
struct Meant {
  std::string typed;
  std::uint32_t distance = 0;
};

Meant meant_by(const std::vector<std::string>& words, const std::vector<std::vector<NearWord>>& meant,
               const std::vector<std::string>& names) {
  Meant result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view best = words[i];
    const bool as_typed = std::ranges::any_of(names, [&](const std::string& name) { return name.starts_with(best); });
    if (!as_typed) {
      const auto near = std::ranges::find_if(
          meant[i], [&](const NearWord& one) { return std::ranges::find(names, one.word) != names.end(); });
      if (near != meant[i].end()) {  // they are in order, so it is the nearest
        best = near->word;
        result.distance += near->distance;
      }
    }
    result.typed += (result.typed.empty() ? "" : " ") + std::string(best);
  }
  return result;
}

}  // namespace

struct CatalogueSearch::Reader {
  Reader(std::span<const std::byte> image, const fs::path& file)
      : connection(image, file.string()),
        rows(connection, "SELECT rowid FROM names WHERE names MATCH ? ORDER BY rowid LIMIT ?") {}
  store::SqliteConnection connection;
  store::SqliteStatement rows;
};

CatalogueSearch::CatalogueSearch(const data::Catalogue& songs, const fs::path& file, const std::string& digest)
    : songs_(songs), file_(open_or_build(songs, file, digest)), image_(image_of(file_, digest)) {
  readers_.push_back(std::make_unique<Reader>(image_, file_.path()));
}

CatalogueSearch::~CatalogueSearch() = default;

std::unique_ptr<CatalogueSearch::Reader> CatalogueSearch::take_reader() const {
  {
    const std::scoped_lock lock(mutex_);
    if (!readers_.empty()) {
      std::unique_ptr<Reader> reader = std::move(readers_.back());
      readers_.pop_back();
      return reader;
    }
  }
  return std::make_unique<Reader>(image_, file_.path());
}

std::vector<data::SongRow> CatalogueSearch::matching(const std::string& query, std::size_t limit) const {
  std::vector<data::SongRow> found;
  std::unique_ptr<Reader> reader = take_reader();
  reader->rows.reset().bind(query).bind(static_cast<std::int64_t>(std::max(kRanked, limit)));
  while (reader->rows.step()) {
    const std::int64_t row = reader->rows.number(0);
    if (row >= 0 && row < std::int64_t{songs_.size()}) found.push_back(static_cast<data::SongRow>(row));
  }
  reader->rows.reset();
  const std::scoped_lock lock(mutex_);
  readers_.push_back(std::move(reader));
  return found;
}

const Spellings& CatalogueSearch::spellings() const {
  std::call_once(spellings_read_, [this] {
    store::SqliteConnection connection(image_, file_.path().string());
    store::SqliteStatement words(connection, "SELECT word FROM spellings ORDER BY rowid");
    while (words.step()) spellings_.add(words.text(0));
  });
  return spellings_;
}

std::vector<data::SongRow> CatalogueSearch::with_typos(const std::vector<std::string>& words, std::size_t limit) const {
  for (std::uint32_t furthest = 1; furthest <= 2; ++furthest) {
    std::vector<std::vector<NearWord>> meant;
    for (const std::string& word : words) {
      const bool is_last = &word == &words.back();
      meant.push_back(spellings().near(word, is_last, furthest, kMostSpellings));
    }
    std::vector<std::pair<std::uint32_t, Rank>> ranked;
    const std::vector<data::SongRow> rows = matching(fts_query(words, meant), limit);
    for (const data::SongRow row : first_of(rows, kRanked)) {
      const Meant typed = meant_by(words, meant, words_of(folded_names(songs_.song(row)), SIZE_MAX));
      ranked.emplace_back(typed.distance, rank_of(songs_, row, TypedName(typed.typed)));
    }
    if (ranked.empty()) continue;
    std::ranges::sort(ranked);
    std::vector<data::SongRow> found;
    for (const auto& [distance, rank] : ranked) found.push_back(std::get<2>(rank));
    found.insert(found.end(), rows.begin() + static_cast<std::ptrdiff_t>(found.size()), rows.end());
    found.resize(std::min(found.size(), limit));
    return found;
  }
  return {};
}

std::vector<data::SongRow> CatalogueSearch::search(std::string_view typed, std::size_t limit) const {
  std::vector<data::SongRow> found;
  if (limit == 0) return found;
  if (const auto row = songs_.find(typed)) found.push_back(*row);
  const TypedName text(typed);
  const std::vector<std::string> words = words_of(text.folded);
  if (words.empty()) return found;

  if (const std::string found_damage = damage(); !found_damage.empty())
    fail(ErrorCode::unavailable, "{}", found_damage);
  std::vector<data::SongRow> rows = matching(fts_query(words), limit);
  if (rows.empty() && found.empty()) return with_typos(words, limit);
  std::vector<Rank> ranked;
  for (const data::SongRow row : first_of(rows, kRanked)) ranked.push_back(rank_of(songs_, row, text));
  std::ranges::sort(ranked);
  std::ranges::transform(ranked, rows.begin(), [](const Rank& one) { return std::get<2>(one); });
  for (const data::SongRow row : rows) {
    if (found.size() == limit) break;
    if (found.empty() || found.front() != row) found.push_back(row);
  }
  return found;
}

}  // namespace segue::search
