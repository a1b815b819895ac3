#include "segue/base/file.h"

#include <fstream>

#include <sys/stat.h>

#include "tests/support/expect_error.h"
#include "tests/support/resident.h"
#include "tests/support/scratch.h"

namespace segue {
namespace {

TEST(MappedFile, holds_the_bytes_of_the_file) {
  const testing::Scratch scratch;
  write_text_atomically(scratch / "f", "one\ntwo");
  MappedFile file(scratch / "f");
  EXPECT_EQ(file.text(), "one\ntwo");
  const char* before = file.text().data();
  const MappedFile moved = std::move(file);
  EXPECT_EQ(moved.text().data(), before);
}

TEST(MappedFile, maps_an_empty_file_and_refuses_a_missing_one) {
  const testing::Scratch scratch;
  write_text_atomically(scratch / "empty", "");
  EXPECT_TRUE(MappedFile(scratch / "empty").bytes().empty());
  EXPECT_ERROR(MappedFile(scratch / "gone"), ErrorCode::not_found, "gone: no such file");
  EXPECT_ERROR(MappedFile(scratch.path()), ErrorCode::bad_input, "expected a file, found a folder");
}

TEST(MappedFile, drops_pages_until_they_are_read_again) {
  const testing::Scratch scratch;
  const std::string text(1 << 20, 'x');
  write_text_atomically(scratch / "dropped", text);
  const MappedFile file(scratch / "dropped");
  EXPECT_EQ(file.text(), text);
  EXPECT_EQ(testing::resident_bytes("/dropped"), text.size());
  file.drop_pages();
  EXPECT_EQ(testing::resident_bytes("/dropped"), 0U);
  EXPECT_EQ(file.text(), text);
  EXPECT_EQ(file.damage(), "");
  MappedFile().drop_pages();
}

TEST(FileWriter, writes_pieces_of_every_size) {
  const testing::Scratch scratch;
  const std::string large(3 << 20, 'x');
  FileWriter writer(scratch / "f");
  writer.write("small ");
  writer.write(large);
  writer.write(" end");
  writer.close();
  EXPECT_EQ(read_text(scratch / "f"), "small " + large + " end");
}

TEST(FileWriter, reports_a_full_device) {
  FileWriter writer("/dev/full");
  writer.write("x");
  EXPECT_ERROR(writer.close(), ErrorCode::no_space, "/dev/full: No space left");
}

TEST(ReadText, refuses_more_than_the_limit) {
  const testing::Scratch scratch;
  write_text_atomically(scratch / "f", std::string(100, 'x'));
  EXPECT_EQ(read_text(scratch / "f", 100).size(), 100U);
  EXPECT_ERROR(read_text(scratch / "f", 99), ErrorCode::bad_input, "expected at most 99 bytes");
}

TEST(WriteTextAtomically, does_not_replace_a_pipe) {
  const testing::Scratch scratch;
  ASSERT_EQ(::mkfifo((scratch / "pipe").c_str(), 0600), 0);
  EXPECT_ERROR(write_text_atomically(scratch / "pipe", "x"), ErrorCode::wrong_use, "found a device or a pipe");
}

TEST(WriteTextAtomically, replaces_the_file_and_leaves_nothing_else) {
  const testing::Scratch scratch;
  write_text_atomically(scratch / "f", "old");
  write_text_atomically(scratch / "f", "new");
  EXPECT_EQ(read_text(scratch / "f"), "new");
  const auto files = std::filesystem::directory_iterator(scratch.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(AtomicFile, removes_files_of_dead_writers_only) {
  const testing::Scratch scratch;
  FileWriter(scratch / ".f.segue-dead00").close();
  AtomicFile living(scratch / "f");
  write_text_atomically(scratch / "f", "second");
  EXPECT_FALSE(std::filesystem::exists(scratch / ".f.segue-dead00"));
  FileWriter writer(living.path());
  writer.write("first");
  writer.close();
  living.commit();
  EXPECT_EQ(read_text(scratch / "f"), "first");
}

}  // namespace
}  // namespace segue
