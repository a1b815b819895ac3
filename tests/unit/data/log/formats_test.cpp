// Rows out of bytes: text with separators, JSON, playlists of players.
#include "segue/data/log/formats/formats.h"

#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/data/log/formats/delimited_rows.h"
#include "segue/data/log/formats/json_rows.h"
#include "segue/data/log/formats/playlist_rows.h"
#include "segue/data/log/formats/separators.h"

#include "tests/support/memory_stream.h"

namespace segue::data {
namespace {

using Row = std::vector<std::string>;
using Rows = std::vector<Row>;

std::string shown(const Cell& cell) {
  switch (cell.type()) {
    case Cell::Type::text:
      return std::string(cell.text());
    case Cell::Type::whole:
      return std::to_string(cell.whole());
    case Cell::Type::real:
      return std::to_string(cell.real());
    case Cell::Type::time:
      return "t" + std::to_string(cell.time());
    case Cell::Type::nothing:
      break;
  }
  return "-";
}

// All rows, the first columns first; the items of a list joined by "+".
Rows rows_of(RowReader& reader, std::vector<std::uint64_t>* lines = nullptr, std::vector<Reject>* rejects = nullptr) {
  FieldColumns columns;
  const std::size_t count = std::min(kFieldCount, reader.columns().size());
  for (std::size_t i = 0; i < count; ++i) columns[i] = i;
  reader.choose(columns);
  Rows rows;
  while (const auto batch = reader.next()) {
    for (std::size_t row = 0; row < batch->rows; ++row) {
      rows.emplace_back();
      for (std::size_t i = 0; i < count; ++i) {
        const RowColumn& column = batch->columns[i];
        if (!column.is_list()) {
          rows.back().push_back(shown(column.cells[row]));
          continue;
        }
        std::string all;
        for (std::uint32_t at = column.list_begin[row]; at < column.list_begin[row + 1]; ++at) {
          all += (at > column.list_begin[row] ? "+" : "") + shown(column.cells[at]);
        }
        rows.back().push_back(all);
      }
      if (lines != nullptr) lines->push_back(batch->lines[row]);
    }
    if (rejects != nullptr) rejects->insert(rejects->end(), batch->rejects.begin(), batch->rejects.end());
  }
  return rows;
}

std::unique_ptr<ByteStream> stream(const std::string& text, std::size_t piece = std::string::npos) {
  return std::make_unique<testing::MemoryStream>(text, piece);
}

TEST(SeparatorScanner, finds_what_a_loop_finds) {
  std::string text;
  for (std::uint32_t i = 0; i < 1000; ++i)
    text += static_cast<char>(i * i % 7 == 0 ? ',' : i % 31 == 0 ? '\n' : 'a' + i % 26);
  for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 1000U}) {
    SeparatorScanner scanner(text.data(), size, ',');
    std::size_t at = 0;
    for (;;) {
      std::size_t wanted = at;
      while (wanted < size && text[wanted] != ',' && text[wanted] != '\n') ++wanted;
      ASSERT_EQ(scanner.next(at), wanted) << size;
      if (wanted >= size) break;
      at = wanted + 1;
    }
  }
}

TEST(DelimitedRows, csv_with_quotes_as_rfc_4180_has_them) {
  const std::string text = "a,b\n1,\"x, \"\"y\"\"\n\"\r\n\"2\",\"\"\n3,5\" single\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::string::npos}) {
    DelimitedRows rows(stream(text, piece), "l.csv", {});
    std::vector<std::uint64_t> lines;
    EXPECT_EQ(rows_of(rows, &lines), (Rows{{"1", "x, \"y\"\n"}, {"2", ""}, {"3", "5\" single"}}));
    EXPECT_EQ(lines, (std::vector<std::uint64_t>{2, 4, 5}));
  }
}

TEST(DelimitedRows, the_separator_is_the_one_that_divides_lines_alike) {
  EXPECT_EQ(rows_of(*std::make_unique<DelimitedRows>(stream("a\tb\n1, 2, 3\t\"\n"), "l", Row{})),
            (Rows{{"1, 2, 3", "\""}}));
  EXPECT_EQ(rows_of(*std::make_unique<DelimitedRows>(stream("a;b\n\"1;2\";3,4\n"), "l", Row{})),
            (Rows{{"1;2", "3,4"}}));
  EXPECT_EQ(rows_of(*std::make_unique<DelimitedRows>(stream("a|b\n1|2\n"), "l", Row{})), (Rows{{"1", "2"}}));
  EXPECT_EQ(rows_of(*std::make_unique<DelimitedRows>(stream("sep=;\na;b\n1;2\n"), "l", Row{})), (Rows{{"1", "2"}}));
}

TEST(DelimitedRows, comments_come_before_the_names_or_hold_them) {
  DelimitedRows before(stream("# my log\n#\n\na,b\n1,2\n"), "l", {});
  EXPECT_EQ(before.columns(), (Row{"a", "b"}));
  DelimitedRows named(stream("#HEADER\n#ARTIST\t#TITLE\nA\tS\n"), "l", {});
  EXPECT_EQ(named.columns(), (Row{"ARTIST", "TITLE"}));
  std::vector<std::uint64_t> lines;
  EXPECT_EQ(rows_of(named, &lines), (Rows{{"A", "S"}}));
  EXPECT_EQ(lines, (std::vector<std::uint64_t>{3}));
}

TEST(DelimitedRows, rows_with_other_columns_are_rejected_with_their_lines) {
  DelimitedRows rows(stream("a,b\n1\n\n1,2,3\n4,5"), "l", {});
  std::vector<Reject> rejects;
  EXPECT_EQ(rows_of(rows, nullptr, &rejects), (Rows{{"4", "5"}}));
  ASSERT_EQ(rejects.size(), 3U);
  EXPECT_EQ(rejects[0].line, 2U);
  EXPECT_EQ(rejects[1].reason, Reason::empty_row);
  EXPECT_EQ(rejects[2].line, 4U);
  EXPECT_EQ(rejects[2].text, "1,2,3");
}

TEST(DelimitedRows, a_table_of_a_million_columns_is_refused) {
  std::string text = "a";
  for (int i = 0; i < 1'000'000; ++i) text += ",a";
  EXPECT_THROW(DelimitedRows(stream(text + "\n"), "l", {}), Error);
}

TEST(JsonRows, lines_and_documents) {
  const Rows wanted = {{"1", "x"}, {"2", "y"}};
  for (const std::string text :
       {"{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n", "[{\"a\":1,\"b\":\"x\"},{\"a\":2,\"b\":\"y\"}]",
        "{\n \"about\": {\"n\": 2},\n \"rows\": [\n {\"a\":1,\"b\":\"x\"},\n {\"a\":2,\"b\":\"y\"}\n ]}",
        "{\"rows\":[{\"a\":1,\"b\":\"x\"},{\"a\":2,\"b\":\"y\"}], \"more\": [{\"c\": 1}]}",
        "[{\"rows\":[{\"a\":1,\"b\":\"x\"}]},{\"rows\":[{\"a\":2,\"b\":\"y\"}]}]",
        "{\"list\": [1, 2, \"]\"], \"rows\":[{\"a\":1,\"b\":\"x\"},{\"a\":2,\"b\":\"y\"}]}"}) {
    for (const std::size_t piece : {std::size_t{1}, std::string::npos}) {
      JsonRows rows(stream(text, piece), "l.json");
      EXPECT_EQ(rows.columns(), (Row{"a", "b"})) << text;
      EXPECT_EQ(rows_of(rows), wanted) << text;
    }
  }
}

TEST(JsonRows, keys_inside_arrays_make_lists) {
  JsonRows rows(
      stream(
          R"({"playlists":[{"pid":0,"tracks":[{"uri":"a","artists":["X","Y"]},{"uri":"b"}]},{"pid":1,"tracks":[]}]})"),
      "l.json");
  EXPECT_EQ(rows.columns(), (Row{"pid", "tracks", "tracks.uri", "tracks.artists"}));
  EXPECT_EQ(rows_of(rows), (Rows{{"0", "a+b", "a+b", "X, Y+-"}, {"1", "", "", ""}}));
}

TEST(JsonRows, texts_around_the_rows_are_told) {
  JsonRows rows(stream(R"({"username":"ann","scrobbles":[{"t":1}]})"), "l.json");
  ASSERT_EQ(rows.surroundings().size(), 1U);
  EXPECT_EQ(rows.surroundings()[0].second, "ann");
}

TEST(JsonRows, a_document_cut_short_is_an_error) {
  for (const std::string text :
       {"[{\"a\":1},{\"a\":2}", "[{\"a\":1},{\"a\"", "{\"rows\":[{\"a\":1}]", "[{\"a\":1},x]"}) {
    EXPECT_THROW(
        {
          JsonRows rows(stream(text), "l.json");
          rows_of(rows);
        },
        Error)
        << text;
  }
}

TEST(PlaylistRows, m3u8_and_xspf) {
  testing::MemoryStream m3u8(
      "#EXTM3U\n#PLAYLIST:Road\n#EXTINF:-1,A - S - live\nsegue:song:a%20b\n#EXTINF:1,B - "
      "T\n/music/t.mp3\nspotify:track:1\n");
  EXPECT_EQ(rows_of(*open_m3u8_rows(m3u8, "x.m3u8")),
            (Rows{{"Road", "a b++spotify:track:1", "S - live+T+", "A+B+", "++"}}));
  testing::MemoryStream xspf(
      "<?xml version=\"1.0\"?><playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\"><title>Road &amp; sea</title>"
      "<trackList><track><title>S</title><creator>A</creator><album>L</album><identifier>segue:song:x</identifier>"
      "</track><track><location>file:///m/t.mp3</location><title>T</title><creator>B</creator></track></trackList>"
      "</playlist>");
  EXPECT_EQ(rows_of(*open_xspf_rows(xspf, "x.xspf")), (Rows{{"Road & sea", "x+", "S+T", "A+B", "L+"}}));
}

TEST(FormatOf, what_is_no_log_is_named) {
  EXPECT_EQ(format_of("{\"a\":1}", "l"), FileFormat::json);
  EXPECT_EQ(format_of("a,b", "l"), FileFormat::text);
  const auto error_of = [](std::string_view bytes) {
    try {
      format_of(bytes, "l");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(error_of(std::string_view("SQLite format 3\0", 16)).find("SQLite"), std::string::npos);
  EXPECT_NE(error_of("<!DOCTYPE html><html>").find("web page"), std::string::npos);
  EXPECT_NE(error_of(std::string(64, '\0') + "x").find("binary"), std::string::npos);
  EXPECT_NE(error_of(" \n").find("found none"), std::string::npos);
}

}  // namespace
}  // namespace segue::data
