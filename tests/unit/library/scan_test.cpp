#include "segue/library/scan.h"

#include <fstream>

#include <gtest/gtest.h>

#include "segue/library/tags.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/unit/library/wav_file.h"

namespace segue::library {
namespace {

namespace fs = std::filesystem;
using testing::write_wav;

class ScanTest : public ::testing::Test {
 protected:
  std::vector<LibraryItem> scanned(const LibraryFile* before = nullptr) {
    const std::vector<std::string> folders = {(folder_ / "music").string()};
    report_ = {};
    return scan(folders, before, 2, progress_, {}, report_);
  }
  fs::path music(std::string_view name) const { return folder_ / "music" / name; }

  testing::Scratch folder_;
  NoProgress progress_;
  ScanReport report_;
};

TEST_F(ScanTest, reads_tags_in_the_order_of_paths) {
  write_wav(music("b.wav"), {{"TITLE", "Jóga"},
                             {"ARTIST", "Björk"},
                             {"ALBUM", "Homogenic"},
                             {"MUSICBRAINZ_TRACKID", "6ec5c43d-1111-4c88-8b0b-000000000000"},
                             {"ISRC", "GBAAA9700001"}});
  write_wav(music("a/x.wav"), {{"TITLE", "إنت عمري"}, {"ARTIST", "أم كلثوم"}});
  const std::vector<LibraryItem> items = scanned();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].title, "إنت عمري");
  EXPECT_EQ(items[0].path, music("a/x.wav").native());
  EXPECT_EQ(items[1].artist, "Björk");
  EXPECT_EQ(items[1].album, "Homogenic");
  EXPECT_EQ(items[1].recording_mbid, "6ec5c43d-1111-4c88-8b0b-000000000000");
  EXPECT_EQ(items[1].isrc, "GBAAA9700001");
  EXPECT_EQ(items[1].length_ms, 100U);
  EXPECT_EQ(items[1].size, fs::file_size(music("b.wav")));
  EXPECT_EQ(report_.files, 2U);
  EXPECT_EQ(report_.named_by_path, 0U);
}

TEST_F(ScanTest, names_files_without_tags_by_their_paths) {
  write_wav(music("Björk/Homogenic/02 Jóga.wav"), {});
  write_wav(music("Björk/Homogenic/1-03 - Björk - Unravel.wav"), {});
  write_wav(music("07. Aphex Twin - Xtal.wav"), {});
  write_wav(music("99.wav"), {{"ARTIST", "Toto"}});
  std::map<std::string, LibraryItem> by_title;
  for (LibraryItem& item : scanned()) by_title[item.title] = item;
  EXPECT_EQ(report_.named_by_path, 4U);
  EXPECT_EQ(by_title.at("Jóga").artist, "Björk");
  EXPECT_EQ(by_title.at("Jóga").album, "Homogenic");
  EXPECT_EQ(by_title.at("Unravel").artist, "Björk");
  EXPECT_EQ(by_title.at("Xtal").artist, "Aphex Twin");
  EXPECT_EQ(by_title.at("99").artist, "Toto");
}

TEST_F(ScanTest, passes_over_what_is_hidden_or_no_music_and_follows_links_once) {
  write_wav(music("one.wav"), {{"TITLE", "One"}, {"ARTIST", "U2"}});
  write_wav(music(".hidden/two.wav"), {{"TITLE", "Two"}, {"ARTIST", "U2"}});
  std::ofstream(music("cover.jpg")) << "picture";
  std::ofstream(music("broken.mp3")) << "this is no music";
  fs::create_directory_symlink(music(""), music("loop"));
  fs::create_symlink(music("nowhere"), music("dangling.mp3"));
  write_wav(folder_ / "elsewhere/three.wav", {{"TITLE", "Three"}, {"ARTIST", "U2"}});
  fs::create_directory_symlink(folder_ / "elsewhere", music("more"));
  const std::vector<LibraryItem> items = scanned();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].title, "Three");
  EXPECT_EQ(items[1].title, "One");
  EXPECT_EQ(report_.unreadable, 1U);
  EXPECT_EQ(report_.unreadable_files, std::vector{music("broken.mp3").string()});
}

TEST_F(ScanTest, reads_again_only_what_changed) {
  write_wav(music("a.wav"), {{"TITLE", "A"}, {"ARTIST", "X"}});
  write_wav(music("b.wav"), {{"TITLE", "B"}, {"ARTIST", "X"}});
  std::vector<LibraryItem> items = scanned();
  items[0].title = "what the old library said";
  items[1].title = "what the old library said";
  write_library(folder_ / "library.arrow", items);
  const LibraryFile before(folder_ / "library.arrow");
  fs::last_write_time(music("b.wav"), fs::last_write_time(music("b.wav")) + std::chrono::seconds(3));
  items = scanned(&before);
  EXPECT_EQ(report_.unchanged, 1U);
  EXPECT_EQ(items[0].title, "what the old library said");
  EXPECT_EQ(items[1].title, "B");
}

TEST_F(ScanTest, refuses_what_has_no_music) {
  EXPECT_ERROR(scanned(), ErrorCode::not_found, "no such folder");
  fs::create_directories(music(""));
  EXPECT_ERROR(scanned(), ErrorCode::bad_input, "expected files of music (.mp3, .flac, .ogg, .opus, .m4a, ...), found");
  write_wav(music("a.wav"), {});
  const std::vector<std::string> file = {music("a.wav").string()};
  EXPECT_ERROR(scan(file, nullptr, 1, progress_, {}, report_), ErrorCode::wrong_use, "expected a folder, found a file");
  std::stop_source stop;
  stop.request_stop();
  const std::vector<std::string> folder = {music("").string()};
  EXPECT_ERROR(scan(folder, nullptr, 1, progress_, stop.get_token(), report_), ErrorCode::interrupted, "stopped");
}

}  // namespace
}  // namespace segue::library
