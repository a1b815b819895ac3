#include "segue/pipeline/dated_models.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::pipeline {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

constexpr std::chrono::system_clock::time_point kMorning{std::chrono::seconds(1'764'388'800)};

TEST(DatedModels, are_named_by_the_second) {
  const testing::Scratch scratch;
  const fs::path link = scratch / "model";
  EXPECT_EQ(dated_folder(link, kMorning), scratch / "model-20251129T040000Z");
  EXPECT_EQ(dated_folder(scratch / "model/", kMorning), scratch / "model-20251129T040000Z");
  fs::create_directory(scratch / "model-20251129T040000Z");
  EXPECT_EQ(dated_folder(link, kMorning), scratch / "model-20251129T040000Z-2");
}

TEST(DatedModels, a_link_leads_to_the_newest) {
  const testing::Scratch scratch;
  const fs::path link = scratch / "model";
  for (const char* name : {"model-20251128T040000Z", "model-20251129T040000Z"}) {
    fs::create_directory(scratch / name);
    point_to(link, scratch / name);
    EXPECT_EQ(fs::read_symlink(link), name);
  }
  EXPECT_NO_THROW(check_can_be_link(link));
  EXPECT_NO_THROW(check_can_be_link(scratch / "none"));
  EXPECT_ERROR(check_can_be_link(scratch / "model-20251129T040000Z"), ErrorCode::wrong_use, "expected a link");
}

TEST(DatedModels, the_newest_are_kept_and_the_one_in_service) {
  const testing::Scratch scratch;
  const fs::path link = scratch / "model";
  for (const char* day : {"25", "26", "27", "28", "29"}) {
    testing::write_small_model(scratch / ("model-202511" + std::string(day) + "T040000Z"), testing::small_model());
  }
  testing::write_small_model(scratch / "model-of-last-year", testing::small_model());
  fs::create_directory(scratch / "model-20251124T040000Z");
  std::ofstream(scratch / "model-20251124T040000Z/notes.txt") << "mine";
  point_to(link, scratch / "model-20251126T040000Z");
  remove_old_models(link, 3);
  EXPECT_THAT(names_in(scratch.path()),
              ElementsAre("model", "model-20251124T040000Z", "model-20251126T040000Z", "model-20251128T040000Z",
                          "model-20251129T040000Z", "model-of-last-year"));
}

}  // namespace
}  // namespace segue::pipeline
