#include "segue/model/map_file.h"

#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/base/manifest.h"
#include "segue/model/extend.h"
#include "segue/model/model.h"
#include "segue/model/title_terms_file.h"
#include "segue/model/verify.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::model {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kSongs = 24;

layout::SongMap small_map() {
  layout::SongMap map;
  for (std::uint32_t i = 0; i < kSongs; ++i) {
    map.layout.push_back({static_cast<float>(i), -0.5F * static_cast<float>(i)});
    map.region.push_back(i % 3 == 0 ? layout::kNoRegion : 1);
  }
  map.regions = {{{1, 2}, "أم كلثوم, فيروز", 16, 0, layout::kNoRegion, layout::NameSource::titles},
                 {{1, 2}, "", 16, 1, 0}};
  return map;
}

void add_map(const fs::path& folder, const layout::SongMap& map) {
  const std::array names = {kMapName, kClustersName};
  extend_model(folder, names, [&](const fs::path& made) {
    write_map(made, map);
    return json::object{{"map", {{"kl", 1.5}}}};
  });
}

TEST(MapFile, reads_back_what_was_written) {
  const testing::Scratch scratch;
  write_map(scratch.path(), small_map());
  const layout::SongMap read = read_map(scratch.path(), kSongs);
  EXPECT_EQ(read.layout, small_map().layout);
  EXPECT_EQ(read.region, small_map().region);
  ASSERT_EQ(read.regions.size(), 2U);
  EXPECT_EQ(read.regions[0].label, "أم كلثوم, فيروز");
  EXPECT_EQ(read.regions[0].source, layout::NameSource::titles);
  EXPECT_EQ(read.regions[1].parent, 0);
  EXPECT_EQ(read.regions[1].size, 16U);
}

TEST(TitleTermsFile, gives_back_what_was_written_and_refuses_other_rows) {
  const testing::Scratch scratch;
  data::TitleTerms titles;
  titles.texts = {"Late Night Jazz", "طرب"};
  titles.of_song = {{{0, 3}, {1, 2}}, {}, {{1, 7}}};
  write_title_terms(scratch / "titles.arrow", titles);
  const MappedFile file(scratch / "titles.arrow");
  const data::TitleTerms read = read_title_terms(file, 3);
  EXPECT_EQ(read.texts, titles.texts);
  ASSERT_EQ(read.of_song.size(), 3U);
  EXPECT_EQ(read.of_song[0][1].people, 2U);
  EXPECT_EQ(read.of_song[2][0].term, 1U);
  EXPECT_ERROR(read_title_terms(file, 4), ErrorCode::corrupt, "expected 4 rows, one a song, found 3");
}

TEST(MapFile, refuses_contradictory_files) {
  const testing::Scratch scratch;
  write_map(scratch.path(), small_map());
  EXPECT_ERROR(read_map(scratch.path(), kSongs + 1), ErrorCode::corrupt, "expected 25 rows, one a song, found 24");
  layout::SongMap map = small_map();
  map.region[3] = 2;
  write_map(scratch.path(), map);
  EXPECT_ERROR(read_map(scratch.path(), kSongs), ErrorCode::corrupt, "row 3: expected a cluster from -1 to 1, found 2");
  map = small_map();
  map.layout[5].x = std::numeric_limits<float>::quiet_NaN();
  write_map(scratch.path(), map);
  EXPECT_ERROR(read_map(scratch.path(), kSongs), ErrorCode::corrupt, "row 5: expected finite numbers");
  map = small_map();
  map.regions[1].parent = 1;
  write_map(scratch.path(), map);
  EXPECT_ERROR(read_map(scratch.path(), kSongs), ErrorCode::corrupt, "row 1: expected a parent of level 0");
}

TEST(ExtendModel, adds_a_map_and_keeps_everything_else) {
  const testing::Scratch scratch;
  const fs::path folder = scratch / "m";
  testing::write_small_model(folder, testing::small_model());
  const Model before(folder);
  EXPECT_EQ(before.map(), nullptr);
  add_map(folder, small_map());
  const Model after(folder);
  ASSERT_NE(after.map(), nullptr);
  EXPECT_EQ(after.map()->layout, small_map().layout);
  EXPECT_EQ(after.manifest().fields.at("made_at"), before.manifest().fields.at("made_at"));
  EXPECT_EQ(after.manifest().fields.at("options"), before.manifest().fields.at("options"));
  EXPECT_EQ(before.vectors().row(3)[0], after.vectors().row(3)[0]) << "an open model stays usable";
  NoProgress quiet;
  verify_model(folder, quiet);
  layout::SongMap moved = small_map();
  moved.layout[0] = {9, 9};
  add_map(folder, moved);
  EXPECT_EQ(Model(folder).map()->layout[0], (layout::Point{9, 9}));
}

TEST(ExtendModel, does_not_vouch_for_damaged_files) {
  const testing::Scratch scratch;
  const fs::path folder = scratch / "m";
  testing::write_small_model(folder, testing::small_model());
  std::string vectors = read_text(folder / kVectorsName);
  vectors.back() = static_cast<char>(vectors.back() ^ 1);
  write_text_atomically(folder / kVectorsName, vectors);
  EXPECT_ERROR(add_map(folder, small_map()), ErrorCode::corrupt, "vectors.npy: expected SHA-256");
  EXPECT_EQ(Model(folder).map(), nullptr) << "the old folder is kept";
}

TEST(ExtendModel, keeps_the_old_folder_if_writing_fails) {
  const testing::Scratch scratch;
  const fs::path folder = scratch / "m";
  testing::write_small_model(folder, testing::small_model());
  const std::array names = {kMapName};
  const auto fails = [](const fs::path&) -> json::object { fail(ErrorCode::no_space, "full"); };
  EXPECT_ERROR(extend_model(folder, names, fails), ErrorCode::no_space, "full");
  EXPECT_EQ(Model(folder).map(), nullptr);
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch.path()), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace segue::model
