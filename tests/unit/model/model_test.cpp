#include "segue/model/model.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/base/options_json.h"
#include "segue/data/dataset/dataset.h"
#include "segue/model/extend.h"
#include "segue/model/npy.h"
#include "segue/model/write_model.h"
#include "segue/transitions/transitions_file.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::model {
namespace {

namespace fs = std::filesystem;
using testing::Scratch;
using testing::small_model;
using testing::SmallModel;

// Updates the manifest after files were changed on purpose.
void rewrite_manifest(const fs::path& folder, const FormatVersion& format = kModelFormat) {
  json::object fields = open_manifest(folder, kModelFormat).fields;
  for (const char* own : {"format", "version", "made_by", "made_at", "files"}) fields.erase(own);
  write_manifest(folder, format, fields);
}

class ModelTest : public ::testing::Test {
 protected:
  ModelTest() { testing::write_small_model(path_, written_); }
  // Replaces a file and updates the manifest, for a model whose files contradict each other.
  template <class Write>
  void replace(std::string_view file, const Write& write) {
    json::object fields = open_manifest(path_, kModelFormat).fields;
    for (const char* own : {"format", "version", "made_by", "made_at", "files"}) fields.erase(own);
    write(path_ / file);
    write_manifest(path_, kModelFormat, fields);
  }

  SmallModel written_ = small_model();
  Scratch folder_;
  fs::path path_ = folder_ / "model";
};

TEST_F(ModelTest, opens_what_was_written) {
  const Model model(path_);
  ASSERT_EQ(model.songs().size(), 24U);
  ASSERT_EQ(model.vectors().rows, 24U);
  ASSERT_EQ(model.context().columns, 10U);
  for (std::uint32_t row = 0; row < 24; ++row) {
    EXPECT_EQ(model.songs().id(row), written_.songs[row].id);
    EXPECT_TRUE(std::ranges::equal(model.vectors()[row], written_.trained.vectors.view()[row]));
    EXPECT_TRUE(std::ranges::equal(model.context()[row], written_.trained.context.view()[row]));
    EXPECT_TRUE(std::ranges::equal(model.transitions(row).counts, written_.transitions.of(row).counts));
    double square = 0;
    for (const float number : model.vectors()[row]) square += static_cast<double>(number) * number;
    EXPECT_NEAR(model.inverse_norms()[row], 1 / std::sqrt(square), 1e-6);
  }
}

TEST_F(ModelTest, manifest_has_options_counts_and_history) {
  const json::object fields = Model(path_).manifest().fields;
  EXPECT_EQ(fields.at("options").at("dim"), json::value(10));
  EXPECT_EQ(fields.at("options").at("architecture"), json::value("skipgram"));
  EXPECT_EQ(fields.at("counts").at("songs"), json::value(24));
  EXPECT_EQ(fields.at("counts").at("plays"), json::value(3000));
  EXPECT_EQ(fields.at("dataset"), json::value("0123456789abcdef"));
  ASSERT_EQ(fields.at("history").as_array().size(), 5U);
  EXPECT_EQ(fields.at("history").at(1).at("epoch"), json::value(2));
  EXPECT_EQ(fields.at("history").at(1).at("mean_loss").to_number<double>(), 1.0);
  EXPECT_EQ(fields.at("history").at(1).at("sample_loss").to_number<double>(), 1.25);
  EXPECT_EQ(fields.at("loss_sample").at("pairs").to_number<std::uint64_t>(), 10'000U);
  for (const char* key : {"pairs", "plays", "seconds"})
    EXPECT_TRUE(fields.at("history").at(0).as_object().contains(key));
}

TEST_F(ModelTest, keeps_only_the_songs_with_vectors) {
  SmallModel fewer = small_model(24, 10);
  const SmallModel ten = small_model(10, 10);
  testing::write_songs(folder_ / "songs.arrow", fewer.songs);
  NoProgress progress;
  const data::Catalogue songs(folder_ / "songs.arrow");
  write_model(folder_ / "ten", {songs, "d", ten.options, ten.trained, ten.transitions}, progress, {});
  EXPECT_EQ(Model(folder_ / "ten").songs().size(), 10U);
}

TEST_F(ModelTest, writes_the_index_without_vectors_and_transitions_in_memory) {
  SmallModel small = small_model();
  testing::write_songs(folder_ / "songs.arrow", small.songs);
  const data::Catalogue songs(folder_ / "songs.arrow");
  transitions::Transitions transitions = small.transitions;
  const auto release = [&] {
    small.trained.vectors = {};
    small.trained.context = {};
    transitions = {};
  };
  const IndexBuild index{.options = {.index = index::SearchMethod::graph}, .threads = 1};
  NoProgress progress;
  write_model(folder_ / "released",
              {songs, "d", small.options, small.trained, transitions, {}, index, nullptr, release}, progress, {});
  EXPECT_EQ(small.trained.vectors.rows(), 0U);
  const Model model(folder_ / "released");
  EXPECT_TRUE(model.index().graph() != nullptr);
  for (std::uint32_t row = 0; row < 24; ++row) {
    EXPECT_TRUE(std::ranges::equal(model.vectors()[row], written_.trained.vectors.view()[row]));
    EXPECT_EQ(model.transitions(row), written_.transitions.of(row));
  }
}

TEST_F(ModelTest, has_songs_placed_after_the_trained_ones) {
  const SmallModel all = small_model(24, 10);
  SmallModel ten = small_model(10, 10);
  testing::write_songs(folder_ / "songs.arrow", all.songs);
  NoProgress progress;
  const data::Catalogue songs(folder_ / "songs.arrow");
  write_model(folder_ / "ten", {songs, "d", ten.options, ten.trained, all.transitions}, progress, {});
  const Model model(folder_ / "ten");
  EXPECT_EQ(model.songs().size(), 24U);
  EXPECT_EQ(model.trained_songs(), 10U);
  EXPECT_EQ(model.manifest().fields.at("counts").at("trained"), json::value(10));
  EXPECT_EQ(model.vectors().rows, 24U);
  EXPECT_EQ(model.context().rows, 24U);
  for (std::uint32_t row = 0; row < 10; ++row) {
    EXPECT_TRUE(std::ranges::equal(model.vectors()[row], ten.trained.vectors.view()[row]));
  }
}

TEST_F(ModelTest, refuses_more_trained_songs_than_songs) {
  extend_model(path_, {}, [](const fs::path&) { return json::object{{"counts", {{"songs", 24}, {"trained", 25}}}}; });
  EXPECT_ERROR((void)Model(path_), ErrorCode::corrupt, "expected at most 24 trained songs, found 25");
}

TEST_F(ModelTest, has_no_inverse_norm_for_a_zero_row) {
  SmallModel zero = small_model();
  std::ranges::fill(zero.trained.vectors.view()[7], 0.0F);
  testing::write_small_model(path_, zero);
  const Model model(path_);
  EXPECT_EQ(model.inverse_norms()[7], 0);
  EXPECT_GT(model.inverse_norms()[8], 0);
}

TEST_F(ModelTest, refuses_vectors_without_a_direction) {
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity(), 1e30F}) {
    SmallModel broken = small_model();
    broken.trained.vectors.view().row(7)[3] = bad;
    testing::write_small_model(path_, broken);
    EXPECT_ERROR((void)Model(path_), ErrorCode::corrupt, "vectors.npy: row 7: expected finite numbers");
  }
}

TEST_F(ModelTest, refuses_shapes_that_disagree) {
  replace("vectors.npy", [](const fs::path& file) { write_npy(file, math::Matrix(23, 10).view()); });
  EXPECT_ERROR((void)Model(path_), ErrorCode::corrupt, "vectors.npy: expected the shape (24, 10), found (23, 10)");
  testing::write_small_model(path_, written_);
  replace("context.npy", [](const fs::path& file) { write_npy(file, math::Matrix(24, 11).view()); });
  EXPECT_ERROR((void)Model(path_), ErrorCode::corrupt, "context.npy: expected the shape (24, 10), found (24, 11)");
  testing::write_small_model(path_, written_);
  replace("transitions.arrow",
          [](const fs::path& file) { transitions::write_transitions(file, small_model(20).transitions); });
  EXPECT_ERROR((void)Model(path_), ErrorCode::corrupt, "transitions.arrow: expected 24 rows, one a song, found 20");
  replace("transitions.arrow", [](const fs::path& file) {
    testing::TransitionColumns beyond = small_model().transitions;
    beyond.neighbours.front() = 24;
    transitions::write_transitions(file, beyond);
  });
  EXPECT_ERROR((void)Model(path_).transitions(0), ErrorCode::corrupt, "transitions.arrow: row 0");
}

TEST_F(ModelTest, refuses_a_short_file_before_reading_it) {
  fs::resize_file(path_ / "vectors.npy", fs::file_size(path_ / "vectors.npy") - 4);
  EXPECT_ERROR((void)Model(path_), ErrorCode::corrupt, "vectors.npy: expected 1088 bytes, found 1084");
}

TEST_F(ModelTest, refuses_a_missing_file) {
  fs::remove(path_ / "context.npy");
  EXPECT_ERROR((void)Model(path_), ErrorCode::corrupt, "found no such file");
}

TEST_F(ModelTest, refuses_a_manifest_that_lists_too_few_files) {
  json::object fields;
  fs::remove(path_ / "transitions.arrow");
  write_manifest(path_, kModelFormat, fields);
  EXPECT_ERROR((void)Model(path_), ErrorCode::corrupt, "expected transitions.arrow among its files");
}

TEST_F(ModelTest, refuses_a_newer_version_with_an_explanation) {
  rewrite_manifest(path_, {kModelFormat.name, kModelFormat.version + 1});
  EXPECT_ERROR((void)Model(path_), ErrorCode::unsupported, "segue-model version 2 is newer than this program reads");
}

TEST_F(ModelTest, refuses_other_folders) {
  EXPECT_ERROR((void)Model(folder_ / "none"), ErrorCode::not_found, "no such folder");
  EXPECT_ERROR((void)Model(folder_.path()), ErrorCode::wrong_use, "manifest.json");
  testing::write_small_dataset(folder_ / "dataset", written_.songs, {{0, 1}}, {"u"});
  EXPECT_ERROR((void)Model(folder_ / "dataset"), ErrorCode::wrong_use,
               "expected a segue-model folder, found a segue-dataset folder");
}

class BlendOfModelTest : public ModelTest {
 protected:
  // Rewrites the manifest with the fields changed by change().
  template <class Change>
  void change(const Change& change) {
    json::object fields = open_manifest(path_, kModelFormat).fields;
    for (const char* own : {"format", "version", "made_by", "made_at", "files"}) fields.erase(own);
    change(fields);
    write_manifest(path_, kModelFormat, fields);
  }
  void set(const char* name, json::value value) {
    change([&](json::object& fields) { fields["blend"].as_object()[name] = std::move(value); });
  }
};

TEST_F(BlendOfModelTest, is_the_one_that_was_written) {
  BlendWeights weights;
  double value = 0.3;
  for (const OptionRow& row : OptionsOf<BlendWeights>::rows) row.set(&weights, row, fmt::format("{}", value += 0.1));
  testing::write_songs(folder_ / "songs.arrow", written_.songs);
  NoProgress progress;
  written_.transitions.window = 7;
  const data::Catalogue songs(folder_ / "songs.arrow");
  write_model(path_, {songs, "d", written_.options, written_.trained, written_.transitions, {weights, weights}},
              progress, {});
  const Model model(path_);
  EXPECT_EQ(model.manifest().fields.at("blend"), json::value(options_to_json(weights)));
  EXPECT_EQ(options_to_json(model.blend().discover), options_to_json(weights));
  EXPECT_EQ(model.transition_window(), 7U);
}

TEST_F(BlendOfModelTest, has_defaults_for_missing_weights) {
  set("blend_floor", 0.5);
  change([](json::object& fields) { fields["blend"].as_object().erase("blend_version"); });
  EXPECT_EQ(Model(path_).blend().discover.blend_version, BlendWeights{}.blend_version);
  EXPECT_EQ(Model(path_).blend().discover.blend_floor, 0.5);
  change([](json::object& fields) { fields.erase("blend"); });
  EXPECT_EQ(options_to_json(Model(path_).blend().discover), options_to_json(BlendWeights{}));
}

TEST_F(BlendOfModelTest, may_have_whole_numbers_and_unknown_weights) {
  set("blend_last_song", -3);
  set("blend_of_another_day", "x");
  EXPECT_EQ(Model(path_).blend().discover.blend_last_song, -3);
}

TEST_F(BlendOfModelTest, is_corrupt_if_out_of_range) {
  for (const double bad : {-0.1, 4.01, 1e300}) {
    set("blend_backward", bad);
    EXPECT_ERROR((void)Model(path_), ErrorCode::corrupt, "blend-backward");
  }
  set("blend_backward", 4);
  EXPECT_NO_THROW((void)Model(path_));
}

TEST_F(BlendOfModelTest, is_corrupt_if_of_another_type) {
  for (const json::value& bad :
       {json::value("0.5"), json::value(true), json::value(nullptr), json::value(json::array{0.5})}) {
    set("blend_floor", bad);
    EXPECT_ERROR((void)Model(path_), ErrorCode::corrupt, "manifest.json: expected blend_floor to be a number");
  }
  change([](json::object& fields) { fields["blend"] = json::array(); });
  EXPECT_ERROR((void)Model(path_), ErrorCode::corrupt, "blend");
}

TEST_F(BlendOfModelTest, uses_the_training_window_for_transitions_of_older_models) {
  EXPECT_EQ(Model(path_).transition_window(), transitions::kTransitionWindow);
  change([](json::object& fields) {
    fields.erase("transition_window");
    fields["options"].as_object()["window"] = 3;
  });
  EXPECT_EQ(Model(path_).transition_window(), 3U);
  change([](json::object& fields) { fields["options"].as_object().erase("window"); });
  EXPECT_ERROR((void)Model(path_), ErrorCode::corrupt, "window");
}

TEST_F(ModelTest, replaces_an_older_model_completely) {
  testing::write_small_model(path_, small_model(8, 4));
  EXPECT_EQ(Model(path_).songs().size(), 8U);
  // No temporary or old folder is left.
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace segue::model
