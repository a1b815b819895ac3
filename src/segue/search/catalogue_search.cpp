#include "segue/search/catalogue_search.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <tuple>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/data/text/text.h"
#include "segue/search/name_match.h"

namespace segue::search {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kCandidates = 400;  // of the matching songs, only the most played are ranked
constexpr std::size_t kMostWords = 16;
constexpr std::string_view kLayout = "4";  // version of the file: a change makes old ones stale

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
    for (std::uint32_t row = 0; row < songs.size(); ++row) {
      const std::string names = folded_names(songs.song(row));
      insert.reset().bind(std::int64_t{row}).bind(names);
      insert.run();
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

std::vector<std::string> words_of(std::string_view folded) {
  std::vector<std::string> words;
  while (!folded.empty() && words.size() < kMostWords) {
    const std::string_view word = folded.substr(0, folded.find(' '));
    folded.remove_prefix(std::min(word.size() + 1, folded.size()));
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

// Every word quoted for FTS5, so that none is an operator; each may be a prefix.
std::string fts_query(const std::vector<std::string>& words) {
  std::string match;
  for (const std::string& word : words) {
    match += match.empty() ? "\"" : " \"";
    for (const char letter : word) match.append(letter == '"' ? 2 : 1, letter);
    match += "\"*";
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

std::vector<std::uint32_t> CatalogueSearch::search(std::string_view typed, std::size_t limit) const {
  std::vector<std::uint32_t> found;
  if (limit == 0) return found;
  if (const auto row = songs_.find(typed)) found.push_back(*row);
  const TypedName text(typed);
  const std::vector<std::string> words = words_of(text.folded);
  if (words.empty()) return found;

  if (const std::string found_damage = damage(); !found_damage.empty())
    fail(ErrorCode::unavailable, "{}", found_damage);
  std::vector<Rank> ranked;
  std::unique_ptr<Reader> reader = take_reader();
  const std::string match = fts_query(words);
  reader->rows.reset().bind(match).bind(static_cast<std::int64_t>(std::max(kCandidates, limit)));
  while (reader->rows.step()) {
    const std::int64_t row = reader->rows.number(0);
    if (row >= 0 && row < std::int64_t{songs_.size()}) {
      ranked.push_back(rank_of(songs_, static_cast<std::uint32_t>(row), text));
    }
  }
  reader->rows.reset();
  {
    const std::scoped_lock lock(mutex_);
    readers_.push_back(std::move(reader));
  }
  std::ranges::sort(ranked);
  for (const Rank& one : ranked) {
    if (found.size() == limit) break;
    const std::uint32_t row = std::get<2>(one);
    if (found.empty() || found.front() != row) found.push_back(row);
  }
  return found;
}

}  // namespace segue::search
