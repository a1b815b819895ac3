#include "segue/data/dataset/catalogue.h"

#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/base/file.h"

#include "tests/support/scratch.h"

namespace segue::data {
namespace {

void write_two_songs(const std::filesystem::path& path) {
  CatalogueWriter writer(path);
  writer.add({"id-1", "Halo", "Beyoncé", "I Am...", 7}, std::vector<std::string_view>{"pop", "r&b"});
  writer.add({"id-2", "", "", "", 3}, {});
  writer.close();
}

TEST(Catalogue, gives_back_what_was_written) {
  const testing::Scratch folder;
  write_two_songs(folder / "songs.arrow");
  const Catalogue songs(folder / "songs.arrow");
  ASSERT_EQ(songs.size(), 2U);
  EXPECT_EQ(songs.song(0).title, "Halo");
  EXPECT_EQ(songs.song(0).artist, "Beyoncé");
  EXPECT_EQ(songs.song(0).album, "I Am...");
  EXPECT_EQ(songs.tags(0), (std::vector<std::string_view>{"pop", "r&b"}));
  EXPECT_EQ(songs.song(0).plays, 7U);
  EXPECT_EQ(songs.song(0).display(), "Beyoncé – Halo");
  EXPECT_EQ(songs.song(1).display(), "id-2");
  EXPECT_TRUE(songs.tags(1).empty());
  EXPECT_EQ(songs.plays(1), 3U);
}

TEST(Catalogue, finds_ids) {
  const testing::Scratch folder;
  CatalogueWriter writer(folder / "songs.arrow");
  for (int i = 0; i < 5000; ++i) writer.add({fmt::format("song {}", i), "", "", "", 1}, {});
  writer.close();
  const Catalogue songs(folder / "songs.arrow");
  for (std::uint32_t i = 0; i < 5000; ++i) EXPECT_EQ(songs.find(fmt::format("song {}", i)), i);
  EXPECT_EQ(songs.find("song 5000"), std::nullopt);
  EXPECT_EQ(songs.find(""), std::nullopt);
}

TEST(Catalogue, finds_many_ids_as_one_after_the_other) {
  const testing::Scratch folder;
  constexpr std::uint32_t kSongs = 3000;
  CatalogueWriter writer(folder / "songs.arrow");
  for (std::uint32_t i = 0; i < kSongs; ++i) writer.add({fmt::format("song {}", i), "", "", "", 1}, {});
  writer.close();
  const Catalogue songs(folder / "songs.arrow");
  std::vector<std::string> ids = {"", "song", "song 3000"};
  for (std::uint32_t i = 0; i < kSongs; i += 7) ids.push_back(fmt::format("song {}", i));
  ids.push_back(ids[5]);
  const auto found = songs.find_all(ids);
  ASSERT_EQ(found.size(), ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(found[i], songs.find(ids[i])) << ids[i];
  EXPECT_EQ(found[5], 14U);
  EXPECT_TRUE(songs.find_all({}).empty());
  EXPECT_EQ(Catalogue().find_all(ids), std::vector<std::optional<std::uint32_t>>(ids.size()));
}

TEST(Catalogue, reads_many_songs_as_one_after_the_other) {
  const testing::Scratch folder;
  constexpr std::uint32_t kSongs = 1000;
  CatalogueWriter writer(folder / "songs.arrow");
  for (std::uint32_t i = 0; i < kSongs; ++i) {
    const std::string id = std::to_string(i);
    const std::string artist = fmt::format("artist {}", i % 7);
    writer.add({id, i % 3 == 0 ? "" : id, artist, "", kSongs - i}, {});
  }
  writer.close();
  const Catalogue songs(folder / "songs.arrow");
  std::vector<SongRow> rows;
  for (std::uint32_t i = 0; i < 500; ++i) rows.push_back(i * 613 % kSongs);
  rows.push_back(rows[3]);
  std::size_t next = 0;
  songs.for_each(rows, [&](std::size_t i, const Song& song) {
    EXPECT_EQ(i, next++);
    EXPECT_EQ(song.id, songs.id(rows[i]));
    EXPECT_EQ(song.display(), songs.song(rows[i]).display());
    EXPECT_EQ(song.plays, songs.plays(rows[i]));
  });
  EXPECT_EQ(next, rows.size());
  const std::vector<SongKeys> keys = songs.keys(rows);
  ASSERT_EQ(keys.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(keys[i].artist, songs.keys(rows[i]).artist);
    EXPECT_EQ(keys[i].recording, songs.keys(rows[i]).recording);
  }
  EXPECT_TRUE(songs.keys(std::span<const SongRow>()).empty());
}

TEST(Catalogue, may_be_empty) {
  const testing::Scratch folder;
  CatalogueWriter(folder / "songs.arrow").close();
  const Catalogue songs(folder / "songs.arrow");
  EXPECT_EQ(songs.size(), 0U);
  EXPECT_EQ(songs.find("x"), std::nullopt);
  EXPECT_EQ(Catalogue().size(), 0U);
}

TEST(Catalogue, rows_cross_batches) {
  const testing::Scratch folder;
  constexpr std::uint32_t kSongs = 1'000'003;  // more than one batch holds
  CatalogueWriter writer(folder / "songs.arrow");
  for (std::uint32_t i = 0; i < kSongs; ++i) writer.add({std::to_string(i), "", "", "", i}, {});
  writer.close();
  const Catalogue songs(folder / "songs.arrow");
  ASSERT_EQ(songs.size(), kSongs);
  for (const std::uint32_t row : {0U, 999'999U, 1'000'000U, kSongs - 1}) {
    EXPECT_EQ(songs.id(row), std::to_string(row));
    EXPECT_EQ(songs.plays(row), row);
    EXPECT_EQ(songs.find(std::to_string(row)), row);
  }
}

TEST(Catalogue, names_a_missing_file_and_another_table) {
  const testing::Scratch folder;
  try {
    Catalogue songs(folder / "songs.arrow");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
  }
  for (const std::string bytes : {"", "ARROW1", "not a table at all, but a text of some length"}) {
    folder.write("songs.arrow", bytes);
    try {
      Catalogue songs(folder / "songs.arrow");
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt) << error.what();
    }
  }
}

// Reads every text, so that a sanitizer sees any that leaves the file.
std::size_t read_all(const Catalogue& songs) {
  std::size_t sum = 0;
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    const Song song = songs.song(row);
    for (const std::string_view text : {song.id, song.title, song.artist, song.album}) {
      for (const char letter : text) sum += static_cast<unsigned char>(letter);
    }
    for (const std::string_view tag : songs.tags(row)) {
      for (const char letter : tag) sum += static_cast<unsigned char>(letter);
    }
  }
  return sum;
}

TEST(Catalogue, a_flipped_byte_is_an_error_or_harmless) {
  const testing::Scratch folder;
  write_two_songs(folder / "songs.arrow");
  const std::string good = read_text(folder / "songs.arrow");
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
      std::string bad = good;
      bad[at] = static_cast<char>(static_cast<unsigned char>(bad[at]) ^ flip);
      folder.write("songs.arrow", bad);
      try {
        const Catalogue songs(folder / "songs.arrow");
        read_all(songs);
        (void)songs.find("id-2");
      } catch (const Error& error) {
        EXPECT_TRUE(error.code() == ErrorCode::corrupt) << at << ": " << error.what();
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, good.size() / 4);
}

TEST(Catalogue, a_short_file_is_corrupt) {
  const testing::Scratch folder;
  write_two_songs(folder / "songs.arrow");
  const std::string good = read_text(folder / "songs.arrow");
  for (std::size_t size = 0; size < good.size(); ++size) {
    folder.write("songs.arrow", good.substr(0, size));
    EXPECT_THROW(Catalogue(folder / "songs.arrow"), Error) << size;
  }
}

}  // namespace
}  // namespace segue::data
