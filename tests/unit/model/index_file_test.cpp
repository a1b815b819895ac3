// The search graph of a model: built, opened, and checked.
#include "segue/model/index_file.h"

#include <array>

#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/manifest.h"
#include "segue/model/extend.h"
#include "segue/model/model.h"
#include "segue/model/verify.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::model {
namespace {

class IndexFile : public ::testing::Test {
 protected:
  IndexFile() { testing::write_small_model(folder_ / "model", testing::small_model(24)); }

  void rebuild(index::SearchMethod method) {
    extend_model(folder_ / "model", std::array{kIndexName}, [&](const std::filesystem::path& made) {
      return json::object{{"index", write_index(made, {.options = {.index = method}, .threads = 1}, progress_, {})}};
    });
  }

  // Changes one byte of a file in the model and updates its digest in the manifest.
  void alter(std::string_view name, std::size_t at, char byte) {
    extend_model(folder_ / "model", std::array{name}, [&](const std::filesystem::path& made) {
      std::string bytes = read_text(folder_ / "model" / name);
      bytes[at] = byte;
      write_text_atomically(made / name, bytes);
      return json::object{};
    });
  }

  testing::Scratch folder_;
  NoProgress progress_;
};

TEST_F(IndexFile, is_built_and_removed_without_touching_other_files) {
  const std::string before = Model(folder_ / "model").manifest().digest;
  rebuild(index::SearchMethod::graph);
  {
    const Model model(folder_ / "model");
    ASSERT_NE(model.index().graph(), nullptr);
    EXPECT_EQ(model.index_note(), "");
    const json::object& index = model.manifest().fields.at("index").as_object();
    EXPECT_EQ(index.at("kind"), "graph");
    EXPECT_EQ(index.at("recall_at_10").to_number<double>(), 1.0);
    EXPECT_NO_THROW(verify_model(folder_ / "model", progress_));
  }
  rebuild(index::SearchMethod::automatic);  // too few songs
  const Model model(folder_ / "model");
  EXPECT_EQ(model.index().graph(), nullptr);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "model" / kIndexName));
  EXPECT_EQ(model.manifest().digest, before);
}

TEST_F(IndexFile, of_other_vectors_is_not_used) {
  rebuild(index::SearchMethod::graph);
  alter(kVectorsName, 256, 7);
  const Model model(folder_ / "model");
  EXPECT_EQ(model.index().graph(), nullptr);
  EXPECT_NE(model.index_note().find("built from other vectors"), std::string::npos);
}

TEST_F(IndexFile, is_refused_if_damaged_and_can_be_rebuilt) {
  rebuild(index::SearchMethod::graph);
  alter(kIndexName, 4096, 99);
  const Model model(folder_ / "model");
  EXPECT_ERROR((void)model.index(), ErrorCode::corrupt, "expected at most 32 links");
  rebuild(index::SearchMethod::graph);
  EXPECT_NE(Model(folder_ / "model").index().graph(), nullptr);
}

}  // namespace
}  // namespace segue::model
