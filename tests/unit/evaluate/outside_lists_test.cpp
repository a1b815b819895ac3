// Splits as files, and the lists that come back.
#include "segue/evaluate/outside_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/json.h"
#include "segue/base/manifest.h"
#include "segue/data/log/formats/formats.h"
#include "segue/evaluate/positions.h"
#include "segue/evaluate/split_export.h"
#include "segue/pipeline/id_cell.h"

#include "tests/support/expect_error.h"
#include "tests/support/small_dataset.h"

namespace segue::evaluate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Scratch;

constexpr std::uint32_t kHeardWindow = 3;

// Song 4 is not in the catalogue of songs played twice.
class Exported : public ::testing::Test {
 protected:
  Exported()
      : dataset_(testing::small_dataset(scratch_, {{0, 1, 2, 3}, {0, 1, 2, 3}, {3, 4, 2, 3, 0}}, {"a", "b", "a"})),
        split_(make_split(dataset_, {.split = SplitKind::time, .held_out = 0.3, .gap = std::chrono::milliseconds(0)}, 2,
                          1)) {}

  std::vector<json::object> lines_of(const std::string& name) {
    std::vector<json::object> lines;
    std::string text = read_text(scratch_ / "split" / name);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      lines.push_back(json::parse(text.substr(at, end - at)).get_object());
      at = end + 1;
    }
    return lines;
  }

  std::unique_ptr<Method> read(const std::string& text) {
    write_text_atomically(scratch_ / "lists.jsonl", text);
    return read_outside_lists({"mine", scratch_ / "lists.jsonl"}, split_, kHeardWindow, 7);
  }
  std::string header() const { return "{\"split\": \"" + split_digest(split_, kHeardWindow) + "\"}\n"; }

  const Scratch scratch_;
  const data::Dataset dataset_;
  const Split split_;
  NoProgress progress_;
};

TEST_F(Exported, split_has_queues_and_positions_and_no_targets) {
  export_split(dataset_, split_, kHeardWindow, SplitFormat::jsonl, scratch_ / "split", progress_, {});
  const Manifest manifest = open_manifest(scratch_ / "split", kSplitFormat);
  EXPECT_EQ(manifest.fields.at("split").as_string(), split_digest(split_, kHeardWindow));
  EXPECT_EQ(json::serialize(lines_of("training.jsonl").at(1)),
            R"({"queue":1,"user":1,"start":3600000000,"songs":[0,1,2,3]})");
  EXPECT_EQ(json::serialize(lines_of("songs.jsonl").at(3)),
            R"({"song":3,"id":"s3","artist":"a1","title":"","plays":2})");
  const std::vector<json::object> positions = lines_of("positions.jsonl");
  ASSERT_EQ(positions.size(), 7U);  // 4, 2 and 0 are discovered, 3 was just heard
  EXPECT_EQ(json::serialize(positions[0]),
            R"({"position":0,"task":"discovery","queue":0,"user":0,"start":7200000000,"heard":[3],"masked":[3]})");
  EXPECT_EQ(json::serialize(positions[6]),
            R"({"position":6,"task":"next","queue":0,"user":0,"start":7200000000,"heard":[3,2,3],"masked":[]})");
}

TEST_F(Exported, targets_are_in_a_file_of_their_own) {
  export_split(dataset_, split_, kHeardWindow, SplitFormat::jsonl, scratch_ / "split", progress_, {});
  const std::vector<json::object> targets = lines_of("targets.jsonl");
  const std::vector<Position> positions = list_positions(dataset_, split_, kHeardWindow);
  ASSERT_EQ(targets.size(), positions.size());
  std::size_t unknown = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    EXPECT_EQ(targets[i].at("position").to_number<std::size_t>(), i);
    const json::value* const song = targets[i].if_contains("song");
    EXPECT_EQ(song == nullptr ? kUnknownSong : song->to_number<std::uint32_t>(), positions[i].target);
    unknown += song == nullptr ? 1 : 0;
  }
  EXPECT_EQ(unknown, 2U);  // song 4, in both tasks
}

// Every value of a column of a Parquet file that JSON Lines has too.
std::vector<std::vector<std::string>> cells_of(const std::string& file, std::vector<std::string> names) {
  std::vector<std::vector<std::string>> rows;
  data::Inputs inputs(std::span(&file, 1));
  inputs.for_each([&](data::Input& input) {
    const data::OpenedRows opened = data::open_rows(input, {});
    data::FieldColumns columns;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto found = std::ranges::find(opened.rows->columns(), names[i]);
      EXPECT_NE(found, opened.rows->columns().end()) << file << ": " << names[i];
      columns[i] = static_cast<std::size_t>(found - opened.rows->columns().begin());
    }
    opened.rows->choose(columns);
    const auto text = [](const data::Cell& cell) {
      return cell.type() == data::Cell::Type::time ? std::to_string(cell.time()) : pipeline::id_of(cell);
    };
    while (const auto batch = opened.rows->next()) {
      for (std::size_t row = 0; row < batch->rows; ++row) {
        std::vector<std::string>& cells = rows.emplace_back();
        for (std::size_t i = 0; i < names.size(); ++i) {
          const data::RowColumn& column = batch->columns[i];
          if (!column.present) {
            cells.emplace_back();
          } else if (!column.is_list()) {
            cells.push_back(text(column.cells[row]));
          } else {
            std::string items;
            for (std::size_t item = column.list_begin[row]; item < column.list_begin[row + 1]; ++item) {
              items += text(column.cells[item]) + ' ';
            }
            cells.push_back(items);
          }
        }
      }
    }
  });
  return rows;
}

TEST_F(Exported, parquet_has_what_json_lines_have) {
  export_split(dataset_, split_, kHeardWindow, SplitFormat::jsonl, scratch_ / "json", progress_, {});
  export_split(dataset_, split_, kHeardWindow, SplitFormat::parquet, scratch_ / "parquet", progress_, {});
  const auto expect_same = [&](const std::string& file, const std::vector<std::string>& names) {
    const auto rows = cells_of((scratch_ / ("json/" + file + ".jsonl")).string(), names);
    EXPECT_FALSE(rows.empty());
    EXPECT_EQ(cells_of((scratch_ / ("parquet/" + file + ".parquet")).string(), names), rows) << file;
  };
  expect_same("songs", {"song", "id", "artist", "title", "plays"});
  expect_same("training", {"queue", "user", "start", "songs"});
  expect_same("positions", {"position", "task", "queue", "user", "start", "heard", "masked"});
  expect_same("targets", {"position", "song"});
  EXPECT_EQ(open_manifest(scratch_ / "parquet", kSplitFormat).fields.at("positions").to_number<int>(), 7);
}

TEST_F(Exported, replaces_only_an_exported_split) {
  export_split(dataset_, split_, kHeardWindow, SplitFormat::jsonl, scratch_ / "split", progress_, {});
  export_split(dataset_, split_, kHeardWindow, SplitFormat::jsonl, scratch_ / "split", progress_, {});
  EXPECT_ERROR(export_split(dataset_, split_, kHeardWindow, SplitFormat::jsonl, scratch_ / "d", progress_, {}),
               ErrorCode::wrong_use, "segue-dataset");
}

TEST_F(Exported, digest_tells_splits_apart) {
  EXPECT_NE(split_digest(split_, 2), split_digest(split_, 3));
  Split other;
  other.kind = split_.kind;
  other.rows = split_.rows;
  other.training_plays = split_.training_plays;
  other.held_out = split_.held_out;
  EXPECT_EQ(split_digest(split_, 2), split_digest(other, 2));
  --other.held_out[0].end;
  EXPECT_NE(split_digest(split_, 2), split_digest(other, 2));
}

TEST_F(Exported, lists_are_returned_without_masked_songs) {
  const std::unique_ptr<Method> method =
      read(header() + "{\"position\": 6, \"songs\": [3, 0, 1]}\n{\"position\": 0, \"songs\": [3, 2]}\n");
  EXPECT_EQ(method->name(), "mine");
  EXPECT_TRUE(method->is_baseline());
  const Knowledge knowledge(dataset_, split_);
  QueryBatch batch(dataset_, split_, knowledge, kHeardWindow);
  const std::vector<Position> positions = list_positions(dataset_, split_, kHeardWindow);
  ASSERT_EQ(positions.size(), 7U);
  std::vector<std::vector<math::ScoredRow>> lists(7);
  method->ranker()->rank(batch.make(positions, 0, 7), 2, lists);
  const auto songs = [&](std::size_t position) {
    std::vector<std::uint32_t> rows;
    for (const math::ScoredRow& song : lists[position]) rows.push_back(song.row);
    return rows;
  };
  EXPECT_THAT(songs(0), ElementsAre(2));
  EXPECT_THAT(songs(1), IsEmpty());
  EXPECT_THAT(songs(6), ElementsAre(3, 0));
}

TEST_F(Exported, lists_of_a_table_are_ordered_by_rank_score_or_rows) {
  const std::string split = split_digest(split_, kHeardWindow);
  const auto first_of = [&](const std::string& text) {
    write_text_atomically(scratch_ / "lists.csv", text);
    const auto method = read_outside_lists({"mine", scratch_ / "lists.csv"}, split_, kHeardWindow, 7);
    const Knowledge knowledge(dataset_, split_);
    QueryBatch batch(dataset_, split_, knowledge, kHeardWindow);
    const std::vector<Position> positions = list_positions(dataset_, split_, kHeardWindow);
    std::vector<std::vector<math::ScoredRow>> lists(7);
    method->ranker()->rank(batch.make(positions, 0, 7), 3, lists);
    std::vector<std::uint32_t> rows;
    for (const math::ScoredRow& song : lists[6]) rows.push_back(song.row);
    EXPECT_EQ(lists[0].size(), 1U);
    return rows;
  };
  const std::string rest = "," + split + "\n";
  EXPECT_THAT(first_of("position,song,rank,score,split\n6,3,2,9" + rest + "0,2,1,1" + rest + "6,0,1,1" + rest),
              ElementsAre(0, 3));
  EXPECT_THAT(
      first_of("position,song,score,split\n6,3,0.5" + rest + "6,1,0.5" + rest + "0,2,1" + rest + "6,0,0.7" + rest),
      ElementsAre(0, 1, 3));
  EXPECT_THAT(first_of("position,song,split\n6,3" + rest + "0,2" + rest + "6,0" + rest), ElementsAre(3, 0));
}

TEST_F(Exported, tables_of_another_split_or_form_are_refused) {
  const std::string end = "," + split_digest(split_, kHeardWindow) + "\n";
  const auto read_table = [&](const std::string& text) {
    write_text_atomically(scratch_ / "lists.csv", text);
    read_outside_lists({"mine", scratch_ / "lists.csv"}, split_, kHeardWindow, 7);
  };
  const std::string head = "position,song,score,split\n";
  EXPECT_ERROR(read_table("position,song,score\n0,1,1\n"), ErrorCode::bad_input,
               "expected the columns position, song and split, found position, song, score");
  EXPECT_ERROR(read_table(head + "0,1,1,0123456789abcdef\n"), ErrorCode::bad_input, ":2: expected lists for the split");
  EXPECT_ERROR(read_table(head + "7,1,1" + end), ErrorCode::bad_input, ":2: expected a position below 7, found \"7\"");
  EXPECT_ERROR(read_table(head + "0,4,1" + end), ErrorCode::bad_input, "expected a song below 4, found \"4\"");
  EXPECT_ERROR(read_table(head + "0,1.5,1" + end), ErrorCode::bad_input, "found \"1.5\"");
  EXPECT_ERROR(read_table(head + "0,1,nan" + end), ErrorCode::bad_input, "expected a score that is a finite number");
  EXPECT_ERROR(read_table(head + "0,1,1" + end + "0,1,2" + end), ErrorCode::bad_input,
               "position 0: expected different");
}

TEST_F(Exported, lists_of_another_split_or_form_are_refused) {
  const std::string head = header();
  EXPECT_ERROR(read("{\"split\": \"0123456789abcdef\"}\n"), ErrorCode::bad_input, "found some for 0123456789ab");
  EXPECT_ERROR(read(""), ErrorCode::bad_input, ":1: expected a JSON object, found an empty line");
  EXPECT_ERROR(read("{\"position\": 0}\n"), ErrorCode::bad_input, ":1: expected {\"split\": \"...\"}");
  EXPECT_ERROR(read(head + "[1]\n"), ErrorCode::bad_input, ":2: expected a JSON object, found [1]");
  EXPECT_ERROR(read(head + "{\"songs\": []}\n"), ErrorCode::bad_input, ":2: expected \"position\"");
  EXPECT_ERROR(read(head + "{\"position\": 7, \"songs\": []}\n"), ErrorCode::bad_input, "number below 7, found 7");
  EXPECT_ERROR(read(head + "{\"position\": -1, \"songs\": []}\n"), ErrorCode::bad_input, "found -1");
  EXPECT_ERROR(read(head + "{\"position\": 1.5, \"songs\": []}\n"), ErrorCode::bad_input, "found 1.5E0");
  EXPECT_ERROR(read(head + "{\"position\": 0}\n"), ErrorCode::bad_input, ":2: expected \"songs\"");
  EXPECT_ERROR(read(head + "{\"position\": 0, \"songs\": [4]}\n"), ErrorCode::bad_input, "a song below 4, found 4");
  EXPECT_ERROR(read(head + "{\"position\": 0, \"songs\": [\"0\"]}\n"), ErrorCode::bad_input, "found \"0\"");
  EXPECT_ERROR(read(head + "{\"position\": 0, \"songs\": [1, 1]}\n"), ErrorCode::bad_input, "found 1 twice");
  EXPECT_ERROR(read(head + "{\"position\": 0, \"songs\": []}\n{\"position\": 0, \"songs\": []}\n"),
               ErrorCode::bad_input, ":3: a second list for position 0");
  EXPECT_ERROR(read_outside_lists({"x", "no-such-file"}, split_, 2, 7), ErrorCode::not_found, "no-such-file");
}

TEST(NamedLists, are_names_and_files) {
  const std::vector<std::string_view> taken = {"vstan"};
  const auto parse = [&](std::vector<std::string> named) { return parse_named_lists(named, taken); };
  const std::vector<NamedLists> lists = parse({"gru4rec=a/b=c.jsonl", "e-2=x"});
  ASSERT_EQ(lists.size(), 2U);
  EXPECT_EQ(lists[0].name, "gru4rec");
  EXPECT_EQ(lists[0].file, "a/b=c.jsonl");
  for (const std::string_view wrong : {"gru4rec", "=x", "gru4rec=", "GRU=x", "a b=x"}) {
    EXPECT_ERROR(parse({std::string(wrong)}), ErrorCode::wrong_use, "expected NAME=FILE");
  }
  EXPECT_ERROR(parse({"vstan=x"}), ErrorCode::wrong_use, "found vstan again");
  EXPECT_ERROR(parse({"a=x", "a=y"}), ErrorCode::wrong_use, "found a again");
}

}  // namespace
}  // namespace segue::evaluate
