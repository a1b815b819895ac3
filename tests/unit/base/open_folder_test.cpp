#include "segue/base/open_folder.h"

#include <atomic>
#include <thread>

#include "segue/base/folder.h"
#include "segue/base/manifest.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue {
namespace {

namespace fs = std::filesystem;

constexpr FormatVersion kPairFormat{"segue-pair", 1};

// Two files that belong together.
void write_pair(const fs::path& target, std::string_view text) {
  FolderWriter folder(target, replaces(kPairFormat));
  write_text_atomically(folder.path() / "a", text);
  write_text_atomically(folder.path() / "b", text);
  write_manifest(folder.path(), kPairFormat, {});
  folder.commit();
}

TEST(OpenFolder, gives_files_of_one_version_whatever_has_the_name_now) {
  const testing::Scratch scratch;
  write_pair(scratch / "d", "old");
  const OpenFolder folder(scratch / "d");
  const Manifest manifest = open_manifest(folder, kPairFormat);
  EXPECT_EQ(folder.map("a").text(), "old");
  const MappedFile b = folder.map("b");
  write_pair(scratch / "d", "new!");
  EXPECT_EQ(b.text(), "old");
  EXPECT_EQ(folder.map("b").text(), "old");
  NoProgress progress;
  EXPECT_NO_THROW(verify_files(folder, manifest, progress)) << "reads the maps, not the names";
  EXPECT_EQ(OpenFolder(scratch / "d").map("b").text(), "new!");
}

TEST(OpenFolder, does_not_find_files_of_the_version_that_replaced_it) {
  const testing::Scratch scratch;
  write_pair(scratch / "d", "old");
  const OpenFolder folder(scratch / "d");
  write_pair(scratch / "d", "new!");
  EXPECT_ERROR(folder.map("a"), ErrorCode::not_found, "d/a: no such file");  // removed with its folder
  EXPECT_ERROR(open_manifest(folder, kPairFormat), ErrorCode::wrong_use, "found no manifest.json");
}

TEST(OpenFolder, is_opened_whole_while_it_is_replaced) {
  const testing::Scratch scratch;
  write_pair(scratch / "d", "0");
  std::atomic<bool> over = false;
  std::jthread writer([&] {
    for (int version = 1; !over; ++version) write_pair(scratch / "d", std::to_string(version));
  });
  for (int i = 0; i < 300; ++i) {
    EXPECT_NO_THROW(open_whole(scratch / "d", [](const OpenFolder& folder) {
      (void)open_manifest(folder, kPairFormat);
      EXPECT_EQ(folder.map("a").text(), folder.map("b").text());
    }));
  }
  over = true;
}

TEST(OpenFolder, maps_a_file_once) {
  const testing::Scratch scratch;
  write_pair(scratch / "d", "old");
  const OpenFolder folder(scratch / "d");
  EXPECT_EQ(folder.map("a").text().data(), folder.map("a").text().data());
  fs::remove(scratch / "d/a");
  EXPECT_EQ(folder.map("a").text(), "old");
}

TEST(OpenFolder, reports_the_file_that_was_changed) {
  const testing::Scratch scratch;
  write_pair(scratch / "d", "old");
  const OpenFolder folder(scratch / "d");
  (void)folder.map("a");
  (void)folder.map("b");
  EXPECT_EQ(folder.damage(), "");
  FileWriter(scratch / "d/b").close();
  EXPECT_NE(folder.damage().find("d/b: expected 3 bytes, found 0"), std::string::npos) << folder.damage();
}

TEST(OpenFolder, refuses_what_is_no_folder) {
  const testing::Scratch scratch;
  write_text_atomically(scratch / "f", "");
  EXPECT_ERROR(OpenFolder(scratch / "f"), ErrorCode::wrong_use, "f: expected a folder, found a file");
  EXPECT_ERROR(OpenFolder(scratch / "none"), ErrorCode::not_found, "none: no such folder");
}

// What a kill leaves on a file system that cannot exchange names: the old version aside, the new one not yet in place.
TEST(OpenFolder, puts_back_the_version_that_a_killed_writer_moved_aside) {
  const testing::Scratch scratch;
  write_pair(scratch / "d", "old");
  fs::rename(scratch / "d", scratch / ".d.segue-dead00-old");
  write_pair(scratch / ".d.segue-dead00", "new!");
  fs::create_directory_symlink("d", scratch / "current");
  EXPECT_EQ(OpenFolder(scratch / "current").map("a").text(), "old");
  EXPECT_TRUE(fs::exists(scratch / "d/manifest.json"));
}

}  // namespace
}  // namespace segue
