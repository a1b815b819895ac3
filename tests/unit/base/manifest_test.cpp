#include "segue/base/manifest.h"

#include "segue/base/digest.h"
#include "segue/base/file.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue {
namespace {

constexpr FormatVersion kFormat{"segue-test", 2};

class ManifestTest : public ::testing::Test {
 protected:
  ManifestTest() {
    write_text_atomically(scratch_ / "songs.arrow", "songs");
    digest_ = write_manifest(scratch_.path(), kFormat, {{"options", {{"rate", 0.025}}}});
  }
  // Replaces text in the manifest, with a new digest if `honest`.
  void edit(const std::string& from, const std::string& to, bool honest) {
    std::string text = read_text(scratch_ / "manifest.json");
    text.replace(text.find(from), from.size(), to);
    if (honest) {
      const std::size_t end = text.rfind(",\n  \"digest\"");
      text = text.substr(0, end) + ",\n  \"digest\": \"" + sha256_of(text.substr(0, end)) + "\"\n}\n";
    }
    write_text_atomically(scratch_ / "manifest.json", text);
  }

  testing::Scratch scratch_;
  std::string digest_;
};

TEST_F(ManifestTest, opens_as_written) {
  const Manifest manifest = open_manifest(scratch_.path(), kFormat);
  EXPECT_EQ(manifest.version, 2U);
  EXPECT_EQ(manifest.digest, digest_);
  EXPECT_EQ(number_at(object_at(manifest.fields, "options", "m"), "rate", "m"), 0.025);
  EXPECT_EQ(format_of(scratch_.path()), "segue-test");
  NoProgress progress;
  verify_files(scratch_.path(), manifest, progress);
}

TEST_F(ManifestTest, finds_every_flipped_byte_of_the_manifest) {
  const std::string text = read_text(scratch_ / "manifest.json");
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string broken = text;
    broken[i] = static_cast<char>(broken[i] ^ 1);
    write_text_atomically(scratch_ / "manifest.json", broken);
    if (i < text.rfind('"')) {
      EXPECT_THROW(open_manifest(scratch_.path(), kFormat), Error) << "byte " << i;
    } else {
      // White space and the closing brace: the manifest may open or fail, but must not crash.
      try {
        open_manifest(scratch_.path(), kFormat);
      } catch (const Error&) {
      }
    }
  }
}

TEST_F(ManifestTest, checks_sizes_and_digests_of_files) {
  write_text_atomically(scratch_ / "songs.arrow", "songz");
  const Manifest manifest = open_manifest(scratch_.path(), kFormat);
  NoProgress progress;
  EXPECT_ERROR(verify_files(scratch_.path(), manifest, progress), ErrorCode::corrupt, "songs.arrow: expected SHA-256");
  write_text_atomically(scratch_ / "songs.arrow", "song");
  EXPECT_ERROR(open_manifest(scratch_.path(), kFormat), ErrorCode::corrupt, "songs.arrow: expected 5 bytes, found 4");
  std::filesystem::remove(scratch_ / "songs.arrow");
  EXPECT_ERROR(open_manifest(scratch_.path(), kFormat), ErrorCode::corrupt, "found no such file");
}

TEST_F(ManifestTest, refuses_a_newer_version_and_opens_an_older_one) {
  edit("\"version\": 2", "\"version\": 3", true);
  EXPECT_ERROR(open_manifest(scratch_.path(), kFormat), ErrorCode::unsupported, "version 3 is newer than this program");
  edit("\"version\": 3", "\"version\": 1", true);
  EXPECT_EQ(open_manifest(scratch_.path(), kFormat).version, 1U);
}

TEST_F(ManifestTest, verify_finds_changed_files) {
  edit("0.025", "0.026", false);
  EXPECT_ERROR(open_manifest(scratch_.path(), kFormat), ErrorCode::corrupt, "the file was changed");
}

TEST_F(ManifestTest, only_a_folder_of_the_same_kind_is_replaceable) {
  EXPECT_EQ(replaces(kFormat)(scratch_.path()), (std::vector<std::string>{"manifest.json", "songs.arrow"}));
  EXPECT_ERROR(replaces({"segue-other", 1})(scratch_.path()), ErrorCode::wrong_use,
               "expected a new folder or a segue-other folder to replace, found a segue-test folder");
  for (const char* text : {"{\"name\": \"a web page\"}", "{", "[]"}) {
    write_text_atomically(scratch_ / "manifest.json", text);
    EXPECT_ERROR(replaces(kFormat)(scratch_.path()), ErrorCode::wrong_use, "found a manifest.json without a format");
  }
}

TEST_F(ManifestTest, finds_the_folder_that_a_path_lies_in) {
  EXPECT_EQ(enclosing_folder(scratch_ / "a/b/segue.sqlite"), std::filesystem::canonical(scratch_.path()));
  EXPECT_EQ(enclosing_folder(scratch_ / "segue.sqlite"), std::filesystem::canonical(scratch_.path()));
  EXPECT_EQ(enclosing_folder(scratch_.path()), "");
  write_text_atomically(scratch_ / "manifest.json", "{\"name\": \"a web page\"}");
  EXPECT_EQ(enclosing_folder(scratch_ / "segue.sqlite"), "");
}

TEST_F(ManifestTest, refuses_other_folders) {
  const testing::Scratch empty;
  EXPECT_ERROR(open_manifest(scratch_.path(), {"segue-model", 1}), ErrorCode::wrong_use,
               "expected a segue-model folder, found a segue-test folder");
  EXPECT_ERROR(open_manifest(empty.path(), kFormat), ErrorCode::wrong_use, "found no manifest.json");
  EXPECT_ERROR(open_manifest(empty / "gone", kFormat), ErrorCode::not_found, "no such folder");
  EXPECT_ERROR(open_manifest(scratch_ / "songs.arrow", kFormat), ErrorCode::wrong_use, "found a file");
}

}  // namespace
}  // namespace segue
