#include "segue/base/folder.h"

#include <algorithm>

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue {
namespace {

namespace fs = std::filesystem;

void write_version(const fs::path& target, std::string_view text) {
  FolderWriter folder(target, "manifest.json");
  write_text_atomically(folder.path() / "manifest.json", text);
  folder.commit();
}

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(FolderWriter, appears_only_when_committed) {
  const testing::Scratch scratch;
  {
    FolderWriter folder(scratch / "d", "manifest.json");
    write_text_atomically(folder.path() / "manifest.json", "new");
    EXPECT_FALSE(fs::exists(scratch / "d"));
    folder.commit();
  }
  EXPECT_EQ(read_text(scratch / "d/manifest.json"), "new");
  EXPECT_EQ(entries(scratch / "d"), 1U) << "a lock file was left";
  EXPECT_EQ(entries(scratch.path()), 1U) << "a temporary folder was left";
}

TEST(FolderWriter, keeps_the_old_folder_without_commit) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  {
    const FolderWriter folder(scratch / "d", "manifest.json");
    write_text_atomically(folder.path() / "manifest.json", "new");
  }
  EXPECT_EQ(read_text(scratch / "d/manifest.json"), "old");
  EXPECT_EQ(entries(scratch.path()), 1U);
}

TEST(FolderWriter, replaces_the_old_folder_as_a_whole) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  write_text_atomically(scratch / "d/extra", "of the old version");
  write_version(scratch / "d/", "new");
  EXPECT_EQ(read_text(scratch / "d/manifest.json"), "new");
  EXPECT_FALSE(fs::exists(scratch / "d/extra"));
}

TEST(FolderWriter, refuses_a_folder_that_is_not_ours) {
  const testing::Scratch scratch;
  write_text_atomically(scratch / "letter.txt", "dear");
  EXPECT_ERROR(FolderWriter(scratch.path(), "manifest.json"), ErrorCode::wrong_use, "refusing to replace");
  EXPECT_ERROR(FolderWriter(scratch / "letter.txt", "manifest.json"), ErrorCode::wrong_use, "found a file");
  EXPECT_ERROR(FolderWriter(scratch / "no/where", "manifest.json"), ErrorCode::not_found, "no such folder");
  EXPECT_EQ(read_text(scratch / "letter.txt"), "dear");
}

TEST(FolderWriter, removes_folders_of_dead_writers) {
  const testing::Scratch scratch;
  fs::create_directory(scratch / ".d.segue-dead00");
  write_text_atomically(scratch / ".d.segue-dead00/vectors.npy", "half");
  write_version(scratch / "d", "new");
  EXPECT_FALSE(fs::exists(scratch / ".d.segue-dead00"));
}

TEST(FolderWriter, leaves_folders_of_living_writers) {
  const testing::Scratch scratch;
  FolderWriter first(scratch / "d", "manifest.json");
  write_text_atomically(first.path() / "manifest.json", "first");
  write_version(scratch / "d", "second");
  first.commit();
  EXPECT_EQ(read_text(scratch / "d/manifest.json"), "first");
}

TEST(FolderWriter, follows_a_link_to_the_folder) {
  const testing::Scratch scratch;
  write_version(scratch / "v1", "old");
  fs::create_directory_symlink("v1", scratch / "current");
  write_version(scratch / "current", "new");
  EXPECT_TRUE(fs::is_symlink(scratch / "current"));
  EXPECT_EQ(read_text(scratch / "v1/manifest.json"), "new");
}

TEST(RemoveFolder, leaves_nothing) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  remove_folder(scratch / "d/");
  EXPECT_EQ(entries(scratch.path()), 0U);
  EXPECT_NO_THROW(remove_folder(scratch / "d"));
}

TEST(RemoveFolder, removes_what_a_killed_remover_left) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  fs::rename(scratch / "d", scratch / ".d.segue-abcdef");
  write_version(scratch / "e", "another");
  remove_folder(scratch / "d");
  EXPECT_EQ(entries(scratch.path()), 1U);
  EXPECT_TRUE(fs::exists(scratch / "e"));
}

TEST(RemoveFolder, leaves_folders_of_living_writers) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  FolderWriter writer(scratch / "d", "manifest.json");
  write_text_atomically(writer.path() / "manifest.json", "new");
  remove_folder(scratch / "d");
  EXPECT_FALSE(fs::exists(scratch / "d"));
  writer.commit();
  EXPECT_EQ(read_text(scratch / "d/manifest.json"), "new");
}

}  // namespace
}  // namespace segue
