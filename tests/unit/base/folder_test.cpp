#include "segue/base/folder.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "segue/base/manifest.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue {
namespace {

namespace fs = std::filesystem;

constexpr FormatVersion kTextFormat{"segue-text", 1};

FolderWriter writer_of(const fs::path& target) {
  return FolderWriter(target, replaces(kTextFormat));
}

void write_text(const FolderWriter& folder, std::string_view text) {
  write_text_atomically(folder.path() / "text", text);
  write_manifest(folder.path(), kTextFormat, {});
}

void write_version(const fs::path& target, std::string_view text) {
  FolderWriter folder(target, replaces(kTextFormat));
  write_text(folder, text);
  folder.commit();
}

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777U;
}

// The umask of the process while it lives.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  ~Umask() { ::umask(before_); }

 private:
  mode_t before_;
};

TEST(FolderWriter, appears_only_when_committed) {
  const testing::Scratch scratch;
  {
    FolderWriter folder = writer_of(scratch / "d");
    write_text(folder, "new");
    EXPECT_FALSE(fs::exists(scratch / "d"));
    folder.commit();
  }
  EXPECT_EQ(read_text(scratch / "d/text"), "new");
  EXPECT_EQ(entries(scratch / "d"), 2U) << "a lock file was left";
  EXPECT_EQ(entries(scratch.path()), 1U) << "a temporary folder was left";
}

TEST(FolderWriter, keeps_the_old_folder_without_commit) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  {
    const FolderWriter folder = writer_of(scratch / "d");
    write_text(folder, "new");
  }
  EXPECT_EQ(read_text(scratch / "d/text"), "old");
  EXPECT_EQ(entries(scratch.path()), 1U);
}

TEST(FolderWriter, replaces_the_old_folder_as_a_whole) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  write_version(scratch / "d/", "new");
  EXPECT_EQ(read_text(scratch / "d/text"), "new");
  EXPECT_EQ(entries(scratch.path()), 1U);
  EXPECT_EQ(entries(scratch / "d"), 2U);
}

TEST(FolderWriter, refuses_a_folder_that_is_not_ours) {
  const testing::Scratch scratch;
  write_text_atomically(scratch / "letter.txt", "dear");
  EXPECT_ERROR(writer_of(scratch.path()), ErrorCode::wrong_use, "refusing to replace");
  EXPECT_ERROR(writer_of(scratch / "letter.txt"), ErrorCode::wrong_use, "found a file");
  EXPECT_ERROR(writer_of(scratch / "no/where"), ErrorCode::not_found, "no such folder");
  EXPECT_EQ(read_text(scratch / "letter.txt"), "dear");
}

TEST(FolderWriter, refuses_to_delete_what_is_not_part_of_the_folder) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  const auto refused = [&](std::string_view name) {
    const std::string message =
        fmt::format("d: expected only files that belong to the folder, found {}; move it out", name);
    EXPECT_ERROR(writer_of(scratch / "d"), ErrorCode::wrong_use, message);
    EXPECT_ERROR(remove_folder(scratch / "d", replaces(kTextFormat)), ErrorCode::wrong_use, message);
    EXPECT_TRUE(fs::exists(scratch / "d" / name));
    EXPECT_EQ(read_text(scratch / "d/text"), "old");
    fs::remove_all(scratch / "d" / name);
  };
  write_text_atomically(scratch / "d/segue.sqlite", "listens");
  refused("segue.sqlite");
  write_text_atomically(scratch / "d/.hidden", "notes");
  refused(".hidden");
  fs::create_directory(scratch / "d/backup");
  refused("backup");
  write_version(scratch / "d/model", "a folder of ours in another");
  refused("model");
  fs::create_symlink("/nowhere", scratch / "d/link");
  EXPECT_ERROR(writer_of(scratch / "d"), ErrorCode::wrong_use, "found link");
  fs::remove(scratch / "d/link");
  EXPECT_EQ(entries(scratch.path()), 1U);
  write_version(scratch / "d", "new");
}

TEST(FolderWriter, refuses_a_folder_in_the_place_of_one_of_its_files) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  fs::remove(scratch / "d/text");
  fs::create_directory(scratch / "d/text");
  write_text_atomically(scratch / "d/text/letter", "dear");
  EXPECT_ERROR(writer_of(scratch / "d"), ErrorCode::wrong_use, "found text");
  EXPECT_EQ(read_text(scratch / "d/text/letter"), "dear");
}

TEST(FolderWriter, refuses_what_was_put_into_the_folder_while_it_wrote) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  {
    FolderWriter folder = writer_of(scratch / "d");
    write_text(folder, "new");
    write_text_atomically(scratch / "d/segue.sqlite", "listens");
    EXPECT_ERROR(folder.commit(), ErrorCode::wrong_use, "found segue.sqlite");
  }
  EXPECT_EQ(read_text(scratch / "d/text"), "old");
  EXPECT_EQ(read_text(scratch / "d/segue.sqlite"), "listens");
  EXPECT_EQ(entries(scratch.path()), 1U);
  EXPECT_EQ(entries(scratch / "d"), 3U);
}

TEST(FolderWriter, replaces_a_damaged_folder) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  fs::remove(scratch / "d/text");
  write_version(scratch / "d", "new");
  EXPECT_EQ(read_text(scratch / "d/text"), "new");
}

TEST(FolderWriter, replaces_a_folder_without_a_manifest_if_it_has_exactly_its_files) {
  const testing::Scratch scratch;
  const auto write = [&] {
    FolderWriter folder(scratch / "e", exactly_files({"a", "b"}));
    write_text_atomically(folder.path() / "a", "");
    write_text_atomically(folder.path() / "b", "");
    folder.commit();
  };
  write();
  write();
  write_text_atomically(scratch / "e/c", "");
  EXPECT_ERROR(write(), ErrorCode::wrong_use, "found c");
  fs::remove(scratch / "e/c");
  fs::remove(scratch / "e/a");
  EXPECT_ERROR(write(), ErrorCode::wrong_use, "a folder that has files but no a");
}

TEST(FolderWriter, removes_folders_of_dead_writers) {
  const testing::Scratch scratch;
  fs::create_directory(scratch / ".d.segue-dead00");
  write_text_atomically(scratch / ".d.segue-dead00/vectors.npy", "half");
  write_version(scratch / ".d.segue-dead01", "an old version on its way out");
  write_version(scratch / "d", "new");
  EXPECT_EQ(entries(scratch.path()), 1U);
}

// A kill between the exchange of names and the removal of the old version, into which a file was put.
TEST(FolderWriter, leaves_a_file_of_someone_else_in_the_folder_of_a_dead_writer) {
  const testing::Scratch scratch;
  write_version(scratch / ".d.segue-dead00", "old");
  write_text_atomically(scratch / ".d.segue-dead00/segue.sqlite", "listens");
  write_version(scratch / "d", "new");
  EXPECT_EQ(read_text(scratch / ".d.segue-dead00/segue.sqlite"), "listens");
}

// A kill on a file system that cannot exchange names: deleting what it left would delete every version.
TEST(FolderWriter, puts_back_the_old_version_of_a_dead_writer_first) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  fs::rename(scratch / "d", scratch / ".d.segue-dead00-old");
  fs::create_directory(scratch / ".d.segue-dead00");
  { const FolderWriter interrupted = writer_of(scratch / "d"); }
  EXPECT_EQ(read_text(scratch / "d/text"), "old");
  EXPECT_EQ(entries(scratch.path()), 1U);
}

TEST(FolderWriter, removes_the_old_version_of_a_dead_writer_that_was_done) {
  const testing::Scratch scratch;
  write_version(scratch / ".d.segue-dead00-old", "old");
  write_version(scratch / "d", "new");
  EXPECT_FALSE(restore_folder(scratch / "d"));
  { const FolderWriter next = writer_of(scratch / "d"); }
  EXPECT_EQ(read_text(scratch / "d/text"), "new");
  EXPECT_EQ(entries(scratch.path()), 1U);
}

TEST(FolderWriter, leaves_folders_of_living_writers) {
  const testing::Scratch scratch;
  FolderWriter first = writer_of(scratch / "d");
  write_text(first, "first");
  write_version(scratch / "d", "second");
  first.commit();
  EXPECT_EQ(read_text(scratch / "d/text"), "first");
}

TEST(RestoreFolder, leaves_the_old_version_of_a_living_writer) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  fs::rename(scratch / "d", scratch / ".d.segue-alive0-old");
  fs::create_directory(scratch / ".d.segue-alive0");
  const FileHandle lock(::open((scratch / ".d.segue-alive0/.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  EXPECT_FALSE(restore_folder(scratch / "d"));
  EXPECT_TRUE(fs::exists(scratch / ".d.segue-alive0-old/text"));
}

TEST(FolderWriter, follows_a_link_to_the_folder) {
  const testing::Scratch scratch;
  write_version(scratch / "v1", "old");
  fs::create_directory_symlink("v1", scratch / "current");
  write_version(scratch / "current", "new");
  EXPECT_TRUE(fs::is_symlink(scratch / "current"));
  EXPECT_EQ(read_text(scratch / "v1/text"), "new");
}

TEST(FolderWriter, honours_the_umask) {
  const testing::Scratch scratch;
  for (const mode_t mask : {mode_t{0077}, mode_t{0027}, mode_t{0002}}) {
    const Umask set(mask);
    const fs::path folder = scratch / fmt::format("d{:o}", mask);
    write_version(folder, "text");
    write_text_atomically(scratch / "file", "text");
    EXPECT_EQ(mode_of(folder), 0777U & ~mask);
    EXPECT_EQ(mode_of(folder / "text"), 0666U & ~mask);
    EXPECT_EQ(mode_of(folder / "manifest.json"), 0666U & ~mask);
    EXPECT_EQ(mode_of(scratch / "file"), 0666U & ~mask);
  }
}

TEST(RemoveFolder, leaves_nothing) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  remove_folder(scratch / "d/", replaces(kTextFormat));
  EXPECT_EQ(entries(scratch.path()), 0U);
  EXPECT_NO_THROW(remove_folder(scratch / "d", replaces(kTextFormat)));
}

TEST(RemoveFolder, removes_what_a_killed_remover_left) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  fs::rename(scratch / "d", scratch / ".d.segue-abcdef");
  write_version(scratch / "e", "another");
  remove_folder(scratch / "d", replaces(kTextFormat));
  EXPECT_EQ(entries(scratch.path()), 1U);
  EXPECT_TRUE(fs::exists(scratch / "e"));
}

TEST(RemoveFolder, leaves_folders_of_living_writers) {
  const testing::Scratch scratch;
  write_version(scratch / "d", "old");
  FolderWriter writer = writer_of(scratch / "d");
  write_text(writer, "new");
  remove_folder(scratch / "d", replaces(kTextFormat));
  EXPECT_FALSE(fs::exists(scratch / "d"));
  writer.commit();
  EXPECT_EQ(read_text(scratch / "d/text"), "new");
}

}  // namespace
}  // namespace segue
