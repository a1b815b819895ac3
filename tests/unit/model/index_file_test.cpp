// The search graph of a model: made, found again, and never trusted blindly.
#include "segue/model/index_file.h"

#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/model/model.h"
#include "segue/model/update.h"
#include "segue/model/verify.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue {
namespace {

class IndexFile : public ::testing::Test {
 protected:
  IndexFile() { testing::write_small_model(folder_ / "model", testing::small_model(24)); }

  void rebuild(SearchMethod method) {
    ModelUpdate update(folder_ / "model");
    update.fields()["index"] = write_index(update.path(), {.options = {.index = method}, .threads = 1}, progress_, {});
    update.commit();
  }

  testing::Scratch folder_;
  NoProgress progress_;
};

TEST_F(IndexFile, IsMadeAndRemovedWithoutTouchingTheRest) {
  const std::string before = Model(folder_ / "model").manifest().digest;
  rebuild(SearchMethod::graph);
  {
    const Model model(folder_ / "model");
    ASSERT_NE(model.index().graph(), nullptr);
    EXPECT_EQ(model.index_note(), "");
    const json::object& index = model.manifest().fields.at("index").as_object();
    EXPECT_EQ(index.at("kind"), "graph");
    EXPECT_EQ(index.at("recall_at_10").to_number<double>(), 1.0);
    EXPECT_NO_THROW(verify_model(folder_ / "model", progress_));
  }
  rebuild(SearchMethod::automatic);  // too few songs
  const Model model(folder_ / "model");
  EXPECT_EQ(model.index().graph(), nullptr);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "model" / kIndexName));
  EXPECT_EQ(model.manifest().digest, before);
}

TEST_F(IndexFile, OfOtherVectorsIsNotUsed) {
  rebuild(SearchMethod::graph);
  ModelUpdate update(folder_ / "model");
  const std::filesystem::path vectors = update.path() / kVectorsName;
  std::string bytes = read_text(vectors);
  bytes[bytes.size() - 2] ^= 1;
  std::filesystem::remove(vectors);
  write_text_atomically(vectors, bytes);
  update.commit();
  const Model model(folder_ / "model");
  EXPECT_EQ(model.index().graph(), nullptr);
  EXPECT_NE(model.index_note().find("made of other vectors"), std::string::npos);
}

TEST_F(IndexFile, DamagedIsRefusedAndMadeAnew) {
  rebuild(SearchMethod::graph);
  {
    ModelUpdate update(folder_ / "model");
    std::string bytes = read_text(update.path() / kIndexName);
    bytes[4096] = 99;
    std::filesystem::remove(update.path() / kIndexName);
    write_text_atomically(update.path() / kIndexName, bytes);
    update.commit();
  }
  const Model model(folder_ / "model");
  EXPECT_ERROR((void)model.index(), ErrorCode::corrupt, "expected at most 32 links");
  rebuild(SearchMethod::graph);
  EXPECT_NE(Model(folder_ / "model").index().graph(), nullptr);
}

TEST_F(IndexFile, AnUpdateDoesNotVouchForADamagedFile) {
  ModelUpdate update(folder_ / "model");
  std::string bytes = read_text(folder_ / "model" / kVectorsName);
  bytes[bytes.size() - 2] ^= 1;
  {
    std::FILE* file = std::fopen((folder_ / "model" / kVectorsName).c_str(), "r+b");
    ASSERT_NE(file, nullptr);
    std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
  }
  EXPECT_ERROR(update.commit(), ErrorCode::corrupt, "vectors.npy: expected SHA-256");
}

}  // namespace
}  // namespace segue
