// Damages every byte of a small model, one at a time: opening it throws segue::Error or gives a model whose every row
// can be read, and verifying it always reports the damage.
#include <cmath>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/base/random.h"
#include "segue/model/model.h"
#include "segue/model/verify.h"

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::model {
namespace {

namespace fs = std::filesystem;

// In place and without a sync: thousands of syncs would take minutes.
void overwrite(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

void read_everything(const Model& model) {
  double sum = 0;
  for (std::uint32_t row = 0; row < model.songs().size(); ++row) {
    const data::Song song = model.songs().song(row);
    sum += static_cast<double>(song.display().size() + model.songs().tags(row).size());
    for (const float number : model.vectors()[row]) sum += static_cast<double>(number);
    for (const std::uint32_t neighbour : model.transitions(row).neighbours) {
      sum += static_cast<double>(model.songs().plays(neighbour));
    }
  }
  (void)model.songs().find("song-1");
  EXPECT_FALSE(std::isnan(sum));
}

class CorruptionTest : public ::testing::TestWithParam<std::string> {};

TEST_P(CorruptionTest, of_any_byte_is_an_error_or_harmless_and_verify_reports_it) {
  const testing::Scratch folder;
  const fs::path model = folder / "model";
  testing::write_small_model(model, testing::small_model(5, 2));
  const fs::path file = model / GetParam();
  const std::string whole = read_text(file);
  NoProgress progress;
  ASSERT_NO_THROW(verify_model(model, progress));
  std::size_t refused = 0;
  Random random(1);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    const auto flip = static_cast<char>(1U << random.below(8));
    damaged[at] = static_cast<char>(damaged[at] ^ flip);
    overwrite(file, damaged);
    try {
      read_everything(Model(model));
    } catch (const Error&) {
      ++refused;
    }
    EXPECT_THROW(verify_model(model, progress), Error) << GetParam() << ": byte " << at;
  }
  EXPECT_GT(refused, 0U);
  overwrite(file, whole);
  EXPECT_NO_THROW(verify_model(model, progress));
}

INSTANTIATE_TEST_SUITE_P(Of, CorruptionTest,
                         ::testing::Values("manifest.json", "songs.arrow", "vectors.npy", "context.npy",
                                           "transitions.arrow"),
                         [](const auto& tested) { return tested.param.substr(0, tested.param.find('.')); });

}  // namespace
}  // namespace segue::model
