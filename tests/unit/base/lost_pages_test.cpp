#include "segue/base/lost_pages.h"

#include <atomic>
#include <csignal>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include <sys/mman.h>
#include <unistd.h>

#include "segue/base/file.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SEGUE_SANITIZED true
#elif defined(__has_feature)
#define SEGUE_SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SEGUE_SANITIZED false
#endif

namespace segue {
namespace {

std::size_t page() {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::string pages(std::size_t count) {
  std::string bytes(count * page(), 'x');
  return bytes;
}

char at(const MappedFile& file, std::size_t i) {
  return *static_cast<const volatile char*>(file.text().data() + i);
}

class LostPagesTest : public ::testing::Test {
 protected:
  LostPagesTest() { survive_lost_pages(); }
  void write(std::string_view name, std::string_view bytes) const {  // not synced: these tests write many
    std::ofstream(scratch_ / name, std::ios::binary) << bytes;
  }
  void cut(std::string_view name, std::size_t bytes) const {
    ASSERT_EQ(::truncate((scratch_ / name).c_str(), static_cast<off_t>(bytes)), 0);
  }
  testing::Scratch scratch_;
};

TEST_F(LostPagesTest, read_as_zeros_and_are_reported) {
  write("f", pages(4));
  const MappedFile file(scratch_ / "f");
  const MappedFile copy = file;
  EXPECT_EQ(file.damage(), "");
  const std::uint64_t before = lost_pages();
  cut("f", page());
  EXPECT_EQ(at(file, 0), 'x');
  EXPECT_EQ(lost_pages(), before);
  EXPECT_EQ(at(file, 2 * page() + 7), 0);
  EXPECT_EQ(lost_pages(), before + 1);
  EXPECT_EQ(at(file, 4 * page() - 1), 0) << "the rest of the map went with it";
  EXPECT_EQ(lost_pages(), before + 1);
  EXPECT_EQ(at(file, page()), 0) << "pages before the first that was read";
  EXPECT_EQ(lost_pages(), before + 2);
  EXPECT_NE(file.damage().find("f: expected " + std::to_string(4 * page()) + " bytes, found " + std::to_string(page())),
            std::string::npos)
      << file.damage();
  EXPECT_EQ(copy.damage(), file.damage());
}

TEST_F(LostPagesTest, stay_lost_when_the_file_grows_again) {
  write("f", pages(2));
  const MappedFile file(scratch_ / "f");
  const auto time = std::filesystem::last_write_time(scratch_ / "f");
  cut("f", 0);
  EXPECT_EQ(at(file, 0), 0);
  cut("f", 2 * page());
  std::filesystem::last_write_time(scratch_ / "f", time);
  EXPECT_NE(file.damage().find("found it changed while in use"), std::string::npos) << file.damage();
}

TEST_F(LostPagesTest, are_told_apart_from_other_maps) {
  write("sound", pages(2));
  write("cut", pages(2));
  const MappedFile sound(scratch_ / "sound");
  const MappedFile file(scratch_ / "cut");
  cut("cut", 0);
  EXPECT_EQ(at(file, page()), 0);
  EXPECT_EQ(at(sound, page()), 'x');
  EXPECT_EQ(sound.damage(), "");
}

TEST_F(LostPagesTest, of_a_file_written_over_in_place) {
  write("f", "one");
  const MappedFile file(scratch_ / "f");
  std::filesystem::create_hard_link(scratch_ / "f", scratch_ / "link");  // a new version of a model shares its files
  std::filesystem::remove(scratch_ / "f");
  EXPECT_EQ(file.damage(), "");
  std::filesystem::last_write_time(scratch_ / "link",
                                   std::filesystem::file_time_type::clock::now() + std::chrono::seconds(5));
  EXPECT_NE(file.damage().find("found it changed while in use"), std::string::npos);
}

TEST_F(LostPagesTest, are_survived_while_other_threads_map_and_unmap) {
  write("other", pages(1));
  std::atomic<bool> over = false;
  std::jthread busy([&] {
    while (!over) EXPECT_EQ(at(MappedFile(scratch_ / "other"), 0), 'x');
  });
  for (int i = 0; i < 50; ++i) {
    write("f", pages(3));
    const MappedFile file(scratch_ / "f");
    cut("f", 0);
    std::jthread reader([&] { EXPECT_EQ(at(file, 2 * page()), 0); });
    EXPECT_EQ(at(file, 0), 0);
  }
  over = true;
}

TEST_F(LostPagesTest, of_more_files_than_a_block_of_slots_holds) {
  std::vector<MappedFile> files;
  for (int i = 0; i < 150; ++i) {
    const std::string name = "f" + std::to_string(i);
    write(name, pages(1));
    files.emplace_back(scratch_ / name);
  }
  cut("f149", 0);
  EXPECT_EQ(at(files.back(), 0), 0);
  EXPECT_NE(files.back().damage(), "");
  EXPECT_EQ(files.front().damage(), "");
}

constexpr bool kSanitized = SEGUE_SANITIZED;

using LostPagesDeathTest = LostPagesTest;

TEST_F(LostPagesDeathTest, of_a_map_that_nobody_watches_end_the_process) {
  if (kSanitized) GTEST_SKIP() << "sanitizers report the signal themselves";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto read_a_lost_page = [&] {
    write("f", pages(1));
    const FileHandle file = open_for_reading(scratch_ / "f");
    const void* const map = ::mmap(nullptr, page(), PROT_READ, MAP_SHARED, file.get(), 0);
    cut("f", 0);
    static_cast<void>(*static_cast<const volatile char*>(map));
  };
  EXPECT_EXIT(read_a_lost_page(), ::testing::KilledBySignal(SIGBUS), "");
  EXPECT_EXIT(::raise(SIGBUS), ::testing::KilledBySignal(SIGBUS), "");
}

}  // namespace
}  // namespace segue
