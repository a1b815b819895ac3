#include "segue/model/export.h"

#include <cmath>
#include <cstring>
#include <sstream>

#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/base/json.h"
#include "segue/model/npy.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::model {
namespace {

namespace fs = std::filesystem;

class ExportTest : public ::testing::Test {
 protected:
  const Model& model() {
    if (!model_) {
      testing::write_small_model(folder_ / "model", small_);
      model_ = std::make_unique<Model>(folder_ / "model");
    }
    return *model_;
  }
  std::string output(std::string_view name) const { return (folder_ / name).string(); }
  void write(const ExportOptions& options) {
    NoProgress progress;
    export_model(model(), options, progress, {});
  }

  testing::SmallModel small_ = testing::small_model(8, 5);
  testing::Scratch folder_;
  std::unique_ptr<Model> model_;
};

TEST_F(ExportTest, text_reads_back_as_the_same_floats) {
  write({.format = ExportFormat::word2vec, .replace_spaces = "_", .output = output("v.txt")});
  std::istringstream text(read_text(folder_ / "v.txt"));
  std::size_t rows = 0;
  std::size_t dim = 0;
  text >> rows >> dim;
  EXPECT_EQ(rows, 8U);
  EXPECT_EQ(dim, 5U);
  for (std::size_t row = 0; row < rows; ++row) {
    std::string id;
    text >> id;
    EXPECT_EQ(id, row % 3 == 0 ? fmt::format("song_{}", row) : fmt::format("song-{}", row));
    for (const float wanted : small_.trained.vectors.view()[row]) {
      float number = 0;
      text >> number;
      EXPECT_EQ(number, wanted);
    }
  }
}

TEST_F(ExportTest, binary_holds_the_bytes_of_the_floats) {
  write({.format = ExportFormat::word2vec_binary,
         .vectors = VectorKind::context,
         .replace_spaces = "+",
         .output = output("v.bin")});
  std::string wanted = "8 5\n";
  for (std::size_t row = 0; row < 8; ++row) {
    wanted += (row % 3 == 0 ? fmt::format("song+{} ", row) : fmt::format("song-{} ", row));
    const auto bytes = std::as_bytes(small_.trained.context.view()[row]);
    wanted.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    wanted += '\n';
  }
  EXPECT_EQ(read_text(folder_ / "v.bin"), wanted);
}

TEST_F(ExportTest, can_leave_out_songs_that_are_not_trained) {
  small_.trained = std::move(testing::small_model(3, 5).trained);
  for (const bool placed : {true, false}) {
    write({.format = ExportFormat::word2vec, .placed = placed, .replace_spaces = "_", .output = output("v.txt")});
    const std::string text = read_text(folder_ / "v.txt");
    EXPECT_TRUE(text.starts_with(placed ? "8 5\n" : "3 5\n"));
    EXPECT_EQ(std::ranges::count(text, '\n'), placed ? 9 : 4);
  }
}

TEST_F(ExportTest, refuses_ids_with_spaces_and_names_the_first) {
  small_.songs[0].id = "first";
  EXPECT_ERROR(write({.format = ExportFormat::word2vec, .output = output("v.txt")}), ErrorCode::wrong_use,
               "found \"song 3\"; --replace-spaces _");
  EXPECT_FALSE(fs::exists(folder_ / "v.txt"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

TEST_F(ExportTest, refuses_line_breaks_in_ids_too) {
  for (auto& song : small_.songs) std::ranges::replace(song.id, ' ', '.');
  small_.songs[5].id = "two\nlines";
  EXPECT_ERROR(write({.output = output("v.txt")}), ErrorCode::wrong_use, "two\nlines");
  write({.replace_spaces = "_", .output = output("v.txt")});
  EXPECT_NE(read_text(folder_ / "v.txt").find("\ntwo_lines "), std::string::npos);
}

TEST_F(ExportTest, refuses_a_replacement_that_makes_two_ids_equal) {
  small_.songs[1].id = "song_3";  // what "song 3" becomes
  EXPECT_ERROR(write({.replace_spaces = "_", .output = output("v.txt")}), ErrorCode::wrong_use,
               "both become \"song_3\"");
  write({.replace_spaces = "+", .output = output("v.txt")});
}

TEST_F(ExportTest, refuses_two_changed_ids_that_become_equal) {
  small_.songs[1].id = "a b";
  small_.songs[2].id = "a\tb";
  EXPECT_ERROR(write({.replace_spaces = "_", .output = output("v.txt")}), ErrorCode::wrong_use,
               "\"a b\" and \"a\tb\" both become \"a_b\"");
}

TEST_F(ExportTest, refuses_a_replacement_with_spaces) {
  EXPECT_ERROR(write({.replace_spaces = " ", .output = output("v.txt")}), ErrorCode::wrong_use,
               "--replace-spaces: expected a text without spaces");
}

TEST_F(ExportTest, normalised_vectors_have_length_one) {
  std::ranges::fill(small_.trained.vectors.view()[2], 0.0F);
  write({.format = ExportFormat::npy, .normalise = true, .output = output("out")});
  const NpyMatrix matrix(folder_ / "out" / "vectors.npy");
  for (std::size_t row = 0; row < 8; ++row) {
    double square = 0;
    for (const float number : matrix.view()[row]) square += static_cast<double>(number) * number;
    EXPECT_NEAR(square, row == 2 ? 0 : 1, 1e-6);
  }
}

TEST_F(ExportTest, npy_has_a_line_for_each_song) {
  write({.format = ExportFormat::npy, .output = output("out")});
  std::istringstream lines(read_text(folder_ / "out" / "songs.jsonl"));
  std::string line;
  for (std::size_t row = 0; row < 8; ++row) {
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(parse_json(line, "songs.jsonl").at("id"), json::value(small_.songs[row].id));
    EXPECT_EQ(parse_json(line, "songs.jsonl").at("artist"), json::value(small_.songs[row].artist));
  }
  EXPECT_FALSE(std::getline(lines, line));
}

TEST_F(ExportTest, projector_cells_stay_on_their_line) {
  small_.songs[4].title = "tab\tand\nbreak";
  write({.format = ExportFormat::projector, .output = output("out")});
  std::istringstream lines(read_text(folder_ / "out" / "metadata.tsv"));
  std::string line;
  std::size_t count = 0;
  for (; std::getline(lines, line); ++count) EXPECT_EQ(std::ranges::count(line, '\t'), 4) << line;
  EXPECT_EQ(count, 9U);  // with its header
  const std::string vectors = read_text(folder_ / "out" / "vectors.tsv");
  EXPECT_EQ(std::ranges::count(vectors, '\n'), 8);
  EXPECT_EQ(std::ranges::count(vectors, '\t'), 8 * 4);
}

TEST_F(ExportTest, never_replaces_a_model_or_anything_else) {
  EXPECT_ERROR(write({.format = ExportFormat::npy, .output = output("model")}), ErrorCode::wrong_use,
               "found a dataset or model");
  EXPECT_ERROR(write({.format = ExportFormat::parquet, .output = output("model")}), ErrorCode::wrong_use,
               "expected a file to write, found a folder");
  write({.format = ExportFormat::parquet, .output = output("v.parquet")});
  EXPECT_ERROR(write({.format = ExportFormat::npy, .output = output("v.parquet")}), ErrorCode::wrong_use,
               "expected a folder to write, found a file");
  EXPECT_ERROR(write({.format = ExportFormat::parquet, .output = output("none/v.parquet")}), ErrorCode::not_found,
               "no such folder");
  // But it replaces an older export.
  write({.format = ExportFormat::npy, .output = output("out")});
  write({.format = ExportFormat::npy, .output = output("out")});
  write({.format = ExportFormat::parquet, .output = output("v.parquet")});
}

TEST_F(ExportTest, leaves_no_file_when_stopped) {
  std::stop_source stop;
  stop.request_stop();
  NoProgress progress;
  const ExportOptions options{.replace_spaces = "_", .output = output("v.txt")};
  EXPECT_ERROR(export_model(model(), options, progress, stop.get_token()), ErrorCode::interrupted, "stopped");
  EXPECT_FALSE(fs::exists(folder_ / "v.txt"));
}

}  // namespace
}  // namespace segue::model
