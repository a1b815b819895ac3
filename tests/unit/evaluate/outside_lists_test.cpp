// Splits as files, and the lists that come back.
#include "segue/evaluate/outside_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/json.h"
#include "segue/base/manifest.h"
#include "segue/evaluate/positions.h"
#include "segue/evaluate/split_export.h"

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
  export_split(dataset_, split_, kHeardWindow, scratch_ / "split", progress_, {});
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

TEST_F(Exported, replaces_only_an_exported_split) {
  export_split(dataset_, split_, kHeardWindow, scratch_ / "split", progress_, {});
  export_split(dataset_, split_, kHeardWindow, scratch_ / "split", progress_, {});
  EXPECT_ERROR(export_split(dataset_, split_, kHeardWindow, scratch_ / "d", progress_, {}), ErrorCode::wrong_use,
               "segue-dataset");
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
