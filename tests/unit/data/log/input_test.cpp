// Logs in files, folders, archives; encodings.
#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/data/log/input/encoding.h"
#include "segue/data/log/input/inputs.h"

#include "tests/support/memory_stream.h"
#include "tests/support/scratch.h"

namespace segue::data {
namespace {

std::string read_all(ByteStream& stream) {
  std::string text(1 << 16, '\0');
  text.resize(read_full(stream, text.data(), text.size()));
  return text;
}

using Found = std::vector<std::pair<std::string, std::string>>;

class InputsTest : public ::testing::Test {
 protected:
  // Names below the scratch folder, and contents.
  Found found(const std::vector<std::string>& names) {
    Inputs inputs(names);
    Found found;
    const std::string root = (folder_ / "").string();
    inputs.for_each([&](Input& input) {
      std::string name = input.name;
      if (name.starts_with(root)) name.erase(0, root.size());
      found.emplace_back(name, read_all(input.stream));
      partition_ = input.partition;
      named_ = input.named;
    });
    return found;
  }

  // An archive of these files, in the format and filter of libarchive.
  std::string packed(const std::string& name, int (*format)(archive*), int (*filter)(archive*), const Found& files) {
    const std::string path = (folder_ / name).string();
    archive* out = archive_write_new();
    EXPECT_EQ(format(out), ARCHIVE_OK);
    EXPECT_EQ(filter(out), ARCHIVE_OK);
    EXPECT_EQ(archive_write_open_filename(out, path.c_str()), ARCHIVE_OK);
    for (const auto& [member, text] : files) {
      archive_entry* entry = archive_entry_new();
      archive_entry_set_pathname(entry, member.c_str());
      archive_entry_set_filetype(entry, AE_IFREG);
      archive_entry_set_perm(entry, 0644);
      archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
      EXPECT_EQ(archive_write_header(out, entry), ARCHIVE_OK);
      archive_write_data(out, text.data(), text.size());
      archive_entry_free(entry);
    }
    archive_write_close(out);
    archive_write_free(out);
    return path;
  }

  testing::Scratch folder_;
  std::vector<std::pair<std::string, std::string>> partition_;
  bool named_ = false;
};

TEST_F(InputsTest, a_folder_is_all_its_files_in_folders_too) {
  std::filesystem::create_directories(folder_ / "logs/date=2024-01-15");
  folder_.write("logs/b.csv", "B");
  folder_.write("logs/date=2024-01-15/a.csv", "A");
  folder_.write("logs/.hidden", "x");
  folder_.write("logs/_SUCCESS", "");
  folder_.write("logs/_metadata", "x");
  EXPECT_EQ(found({(folder_ / "logs").string()}), (Found{{"logs/b.csv", "B"}, {"logs/date=2024-01-15/a.csv", "A"}}));
  EXPECT_EQ(partition_, (Found{{"date", "2024-01-15"}}));
  EXPECT_FALSE(named_);
}

TEST_F(InputsTest, every_archive_and_compression) {
  const Found files = {{"in/a.csv", "A"}, {"b.csv", "B"}, {"__MACOSX/in/._a.csv", "x"}, {".DS_Store", "x"}};
  const Found wanted = {{"/in/a.csv", "A"}, {"/b.csv", "B"}};
  using Add = int (*)(archive*);
  using Archive = std::tuple<std::string, Add, Add>;
  const Add none = archive_write_add_filter_none;
  for (const auto& [name, format, filter] :
       {Archive{"l.zip", archive_write_set_format_zip, none}, Archive{"l.7z", archive_write_set_format_7zip, none},
        Archive{"l.tar", archive_write_set_format_ustar, none},
        Archive{"l.tar.gz", archive_write_set_format_ustar, archive_write_add_filter_gzip},
        Archive{"l.tar.zst", archive_write_set_format_ustar, archive_write_add_filter_zstd},
        Archive{"l.tar.xz", archive_write_set_format_ustar, archive_write_add_filter_xz},
        Archive{"l.tar.bz2", archive_write_set_format_ustar, archive_write_add_filter_bzip2}}) {
    Found all = wanted;
    for (auto& file : all) file.first = name + file.first;
    EXPECT_EQ(found({packed(name, format, filter, files)}), all) << name;
    EXPECT_FALSE(named_);
  }
  for (const auto& [name, filter] : {std::pair<std::string, Add>{"l.gz", archive_write_add_filter_gzip},
                                     {"l.zst", archive_write_add_filter_zstd},
                                     {"l.xz", archive_write_add_filter_xz},
                                     {"l.bz2", archive_write_add_filter_bzip2}}) {
    EXPECT_EQ(found({packed(name, archive_write_set_format_raw, filter, {{"data", "hello"}})}),
              (Found{{name, "hello"}}));
    EXPECT_TRUE(named_);
  }
}

TEST_F(InputsTest, archives_in_archives) {
  const std::string inner =
      read_text(packed("inner.zip", archive_write_set_format_zip, archive_write_add_filter_none, {{"a.csv", "A"}}));
  EXPECT_EQ(found({packed("outer.tar.gz", archive_write_set_format_ustar, archive_write_add_filter_gzip,
                          {{"i.zip", inner}})}),
            (Found{{"outer.tar.gz/i.zip/a.csv", "A"}}));
  std::string nested = inner;
  for (int i = 0; i < 6; ++i) {
    nested = read_text(packed("n" + std::to_string(i) + ".zip", archive_write_set_format_zip,
                              archive_write_add_filter_none, {{"x.zip", nested}}));
  }
  EXPECT_THROW(found({(folder_ / "n5.zip").string()}), Error);
}

TEST_F(InputsTest, what_is_not_there_is_an_error) {
  EXPECT_THROW(found({(folder_ / "none").string()}), Error);
  EXPECT_THROW(found({"nowhere://bucket/file"}), Error);
  std::filesystem::create_directory(folder_ / "empty");
  EXPECT_THROW(found({(folder_ / "empty").string()}), Error);
  folder_.write("empty.csv", "");
  EXPECT_THROW(found({(folder_ / "empty.csv").string()}), Error);
}

TEST_F(InputsTest, uris_of_files) {
  folder_.write("a.csv", "A");
  EXPECT_EQ(found({"file://" + (folder_ / "a.csv").string()}).front().second, "A");
}

TEST(Encoding, is_known_by_the_first_bytes) {
  EXPECT_EQ(encoding_of("user,time"), Encoding::utf8);
  EXPECT_EQ(encoding_of("Beyonc\xc3\xa9 \xff"), Encoding::utf8);  // damaged, but UTF-8
  EXPECT_EQ(encoding_of("Beyonc\xe9,Halo\n"), Encoding::windows_1252);
  EXPECT_EQ(encoding_of(std::string_view("\xff\xfeu\0s\0", 6)), Encoding::utf16_little);
  EXPECT_EQ(encoding_of(std::string_view("\0u\0s\0e\0r\0,", 10)), Encoding::utf16_big);
}

TEST(Encoding, becomes_utf8_without_a_mark) {
  const auto utf8 = [](const std::string& bytes, Encoding encoding, std::size_t piece) {
    const auto stream = as_utf8(std::make_unique<testing::MemoryStream>(bytes, piece), encoding);
    return read_all(*stream);
  };
  for (const std::size_t piece : {std::size_t{1}, std::string::npos}) {
    EXPECT_EQ(utf8("\xef\xbb\xbfhello", Encoding::utf8, piece), "hello");
    EXPECT_EQ(utf8("Beyonc\xe9", Encoding::windows_1252, piece), "Beyoncé");
    EXPECT_EQ(utf8(std::string("\xff\xfe\xe9\0\x3c\xd8\xb5\xdf", 8), Encoding::utf16_little, piece), "é🎵");
  }
}

}  // namespace
}  // namespace segue::data
