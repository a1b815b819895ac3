#include "segue/data/dataset/ingest.h"

#include <functional>

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/util/compression.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/data/dataset/dataset.h"

#include "tests/support/scratch.h"

namespace segue::data {
namespace {

std::string compressed(const std::string& text, arrow::Compression::type type) {
  const auto codec = arrow::util::Codec::Create(type).ValueOrDie();
  std::string out(static_cast<std::size_t>(codec->MaxCompressedLen(static_cast<std::int64_t>(text.size()), nullptr)),
                  0);
  const auto size =
      codec->Compress(static_cast<std::int64_t>(text.size()), reinterpret_cast<const std::uint8_t*>(text.data()),
                      static_cast<std::int64_t>(out.size()), reinterpret_cast<std::uint8_t*>(out.data()));
  out.resize(static_cast<std::size_t>(size.ValueOrDie()));
  return out;
}

class IngestTest : public ::testing::Test {
 protected:
  IngestReport run(const std::vector<std::string>& inputs, const std::function<void(IngestOptions&)>& change = {}) {
    IngestOptions options;
    options.output = (folder_ / "dataset").string();
    options.earliest = "0001-01-01";  // tests count their seconds from 1970
    if (change) change(options);
    NoProgress progress;
    return ingest(inputs, options, progress, std::stop_token());
  }
  IngestReport run_text(const std::string& name, const std::string& text,
                        const std::function<void(IngestOptions&)>& change = {}) {
    return run({folder_.write(name, text).string()}, change);
  }
  ErrorCode error_of(const std::function<void()>& body) {
    try {
      body();
    } catch (const Error& error) {
      message_ = error.what();
      EXPECT_FALSE(std::filesystem::exists(folder_ / "dataset"));
      return error.code();
    }
    ADD_FAILURE() << "no error";
    return ErrorCode::wrong_use;
  }
  // "user: id id id" for each queue.
  std::vector<std::string> queues() {
    const Dataset dataset = open_dataset(folder_ / "dataset");
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < dataset.queues.size(); ++i) {
      std::string line(dataset.queues.user(i));
      line += ":";
      for (const std::uint32_t song : dataset.queues.songs(i)) line += " " + std::string(dataset.songs.id(song));
      lines.push_back(line);
    }
    return lines;
  }

  testing::Scratch folder_;
  std::string message_;
};

using Lines = std::vector<std::string>;

TEST_F(IngestTest, every_format_and_compression_gives_the_same_dataset) {
  const std::string csv =
      "user,time,song_id,title,artist,ms_played,tags\n"
      "u1,1572657300,a,\"One, or more\",Å,200000,rock;pop\n"
      "u1,1572657400,b,Two,B,-1,\n"
      "u2,1572657300,b,Two,B,,\n"
      "u2,1572657301,a,\"One, or more\",Å,40000,rock;pop\n"
      "u2,1572657302,c,Three,C,100,\n";
  std::string tsv;
  bool quoted = false;
  for (const char letter : csv) {
    if (letter == '"') quoted = !quoted;
    if (letter != '"') tsv += letter == ',' && !quoted ? '\t' : letter;
  }
  const std::string json =
      R"({"user":"u1","time":1572657300,"song_id":"a","title":"One, or more","artist":"\u00c5","ms_played":200000,"tags":["rock","pop"]}
{"user":"u1","time":1572657400.0,"song_id":"b","title":"Two","artist":"B","ms_played":-1}

{"user":"u2","time":"2019-11-02T01:15:00Z","song_id":"b","title":"Two","artist":"B","tags":null}
{"user":"u2","time":"1572657301","song_id":"a","title":"One, or more","artist":"Å","ms_played":40000,"tags":["rock","pop"]}
{"user":"u2","time":1572657302000,"song_id":"c","title":"Three","artist":"C","ms_played":100,"tags":[]}
)";
  struct Input {
    std::string name;
    std::string bytes;
  };
  std::vector<Input> inputs;
  for (const auto& [name, text] : {std::pair{"l.csv", csv}, {"l.tsv", tsv}, {"l.jsonl", json}}) {
    inputs.push_back({name, text});
    inputs.push_back({std::string(name) + ".gz", compressed(text, arrow::Compression::GZIP)});
    inputs.push_back({std::string(name) + ".zst", compressed(text, arrow::Compression::ZSTD)});
    const std::string kind = name;
    // By the first bytes alone.
    inputs.push_back({"plain-" + kind.substr(2), text});
    inputs.push_back({"gzip-" + kind.substr(2), compressed(text, arrow::Compression::GZIP)});
    inputs.push_back({"zstd-" + kind.substr(2), compressed(text, arrow::Compression::ZSTD)});
  }
  std::string songs;
  std::string queue_bytes;
  for (const Input& input : inputs) {
    SCOPED_TRACE(input.name);
    const IngestReport report = run_text(input.name, input.bytes);
    EXPECT_EQ(report.rows, 5U);
    EXPECT_EQ(report.counts.sessions, 2U);
    EXPECT_EQ(report.counts.plays, 4U);
    EXPECT_EQ(report.dropped[Reason::too_short_play], 1U);
    EXPECT_EQ(queues(), (Lines{"u1: a b", "u2: b a"}));
    if (songs.empty()) {
      songs = read_text(folder_ / "dataset" / "songs.arrow");
      queue_bytes = read_text(folder_ / "dataset" / "queues.arrow");
      const Dataset dataset = open_dataset(folder_ / "dataset");
      EXPECT_EQ(dataset.songs.tags(0), (std::vector<std::string_view>{"rock", "pop"}));
      EXPECT_EQ(dataset.songs.song(0).title, "One, or more");
      EXPECT_EQ(dataset.queues.start(0), 1'572'657'300'000'000);
    }
    EXPECT_EQ(read_text(folder_ / "dataset" / "songs.arrow"), songs);
    EXPECT_EQ(read_text(folder_ / "dataset" / "queues.arrow"), queue_bytes);
  }
}

template <class Builder, class Value>
std::shared_ptr<arrow::Array> array_of(Builder&& builder, const std::vector<Value>& values) {
  for (const Value& value : values) EXPECT_TRUE(builder.Append(value).ok());
  return builder.Finish().ValueOrDie();
}

void write_parquet(
    const std::filesystem::path& path, const std::shared_ptr<arrow::Table>& table, std::int64_t rows_of_group = 2,
    const std::shared_ptr<parquet::WriterProperties>& properties = parquet::default_writer_properties()) {
  const auto file = arrow::io::FileOutputStream::Open(path.string()).ValueOrDie();
  ASSERT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file, rows_of_group, properties).ok());
  ASSERT_TRUE(file->Close().ok());
}

TEST_F(IngestTest, parquet_listens_with_numbers_times_and_dictionaries) {
  const auto users = array_of(arrow::Int64Builder(), std::vector<std::int64_t>{7, 7, 8, 8});
  const auto times =
      array_of(arrow::TimestampBuilder(arrow::timestamp(arrow::TimeUnit::MILLI), arrow::default_memory_pool()),
               std::vector<std::int64_t>{1000, 2000, 1000, 2000});  // 1970: not to be read as seconds
  const auto songs = array_of(arrow::StringDictionaryBuilder(), std::vector<std::string>{"a", "b", "b", "a"});
  const auto played = array_of(arrow::DoubleBuilder(), std::vector<double>{30000.0, -1.0, 1e6, 31000.5});
  const auto other = array_of(arrow::BooleanBuilder(), std::vector<bool>{true, true, true, true});
  write_parquet(folder_ / "l.parquet",
                arrow::Table::Make(
                    arrow::schema({arrow::field("flag", arrow::boolean()), arrow::field("ms_played", played->type()),
                                   arrow::field("user_id", users->type()), arrow::field("song_id", songs->type()),
                                   arrow::field("time", times->type())}),
                    {other, played, users, songs, times}));
  const IngestReport report = run({(folder_ / "l.parquet").string()});
  EXPECT_EQ(report.rows, 4U);
  EXPECT_EQ(queues(), (Lines{"7: a b", "8: b a"}));
  EXPECT_EQ(open_dataset(folder_ / "dataset").queues.start(0), 1'000'000);
}

// With dictionaries of all values, of the first ones, and without.
TEST_F(IngestTest, parquet_texts_are_the_same_in_every_encoding) {
  constexpr int kRows = 4'000;
  arrow::StringBuilder users;
  arrow::StringBuilder titles;
  arrow::StringBuilder artists;
  arrow::TimestampBuilder times(arrow::timestamp(arrow::TimeUnit::SECOND), arrow::default_memory_pool());
  for (int row = 0; row < kRows; ++row) {
    ASSERT_TRUE((row % 97 == 0 ? users.AppendNull() : users.Append(fmt::format("user {}", row / 20))).ok());
    ASSERT_TRUE(titles.Append(fmt::format("a title of some length, number {}", row * 31 % 1'500)).ok());
    ASSERT_TRUE(artists.Append(fmt::format("artist {}", row % 5)).ok());
    ASSERT_TRUE(times.Append(1'500'000'000 + row * 60).ok());
  }
  const auto table =
      arrow::Table::Make(arrow::schema({arrow::field("user", arrow::utf8()), arrow::field("title", arrow::utf8()),
                                        arrow::field("artist", arrow::utf8()), arrow::field("time", times.type())}),
                         {users.Finish().ValueOrDie(), titles.Finish().ValueOrDie(), artists.Finish().ValueOrDie(),
                          times.Finish().ValueOrDie()});
  using Builder = parquet::WriterProperties::Builder;
  const std::vector<std::shared_ptr<parquet::WriterProperties>> encodings = {
      Builder().build(), Builder().dictionary_pagesize_limit(4096)->write_batch_size(64)->build(),
      Builder().disable_dictionary()->build()};
  std::string songs;
  std::string queue_bytes;
  for (const auto& encoding : encodings) {
    write_parquet(folder_ / "l.parquet", table, 1'000, encoding);
    const IngestReport report = run({(folder_ / "l.parquet").string()});
    EXPECT_EQ(report.rows, std::uint64_t{kRows});
    EXPECT_EQ(report.dropped[Reason::missing_user], (kRows + 96) / 97);
    if (songs.empty()) {
      songs = read_text(folder_ / "dataset" / "songs.arrow");
      queue_bytes = read_text(folder_ / "dataset" / "queues.arrow");
    }
    EXPECT_EQ(read_text(folder_ / "dataset" / "songs.arrow"), songs);
    EXPECT_EQ(read_text(folder_ / "dataset" / "queues.arrow"), queue_bytes);
  }
}

TEST_F(IngestTest, parquet_playlists_with_lists) {
  auto ids = std::make_shared<arrow::StringBuilder>();
  arrow::ListBuilder lists(arrow::default_memory_pool(), ids);
  for (const std::vector<std::string>& list : {Lines{"a", "b", "b"}, Lines{}, Lines{"c", "a"}}) {
    ASSERT_TRUE(lists.Append().ok());
    for (const std::string& id : list) ASSERT_TRUE(ids->Append(id).ok());
  }
  const auto songs = lists.Finish().ValueOrDie();
  const auto names = array_of(arrow::StringBuilder(), Lines{"p1", "p2", "p3"});
  write_parquet(
      folder_ / "p.parquet",
      arrow::Table::Make(arrow::schema({arrow::field("songs", songs->type()), arrow::field("playlist", names->type())}),
                         {songs, names}));
  const IngestReport report = run({(folder_ / "p.parquet").string()});
  EXPECT_EQ(queues(), (Lines{"p1: a b", "p3: c a"}));
  EXPECT_EQ(report.dropped[Reason::missing_song], 1U);
  EXPECT_EQ(report.dropped[Reason::repeat], 1U);
}

TEST_F(IngestTest, playlists_with_songs_from_other_files) {
  const std::string songs = folder_
                                .write("songs.csv",
                                       "id,name,artists,genres\nb,Two,B,\"['x', 'y z']\"\nz,No,Z,\n"
                                       "a,One,A,\na,Other,O,\n")
                                .string();
  const IngestReport report =
      run_text("lists.tsv", "p1\t2019-05-25\tMy \"list\tb a\np2\t2019-05-26\tx\tb  c \n", [&](IngestOptions& options) {
        options.columns = "playlist,time,name,songs";
        options.songs = {songs};
      });
  EXPECT_EQ(report.counts.playlists, 2U);
  EXPECT_EQ(report.song_rows, 4U);
  EXPECT_EQ(report.counts.titled_songs, 2U);
  EXPECT_EQ(queues(), (Lines{"p1: b a", "p2: b c"}));
  const Dataset dataset = open_dataset(folder_ / "dataset");
  ASSERT_EQ(dataset.songs.size(), 3U);
  EXPECT_EQ(dataset.songs.song(0).display(), "B – Two");
  EXPECT_EQ(dataset.songs.tags(0), (std::vector<std::string_view>{"x", "y z"}));
  EXPECT_EQ(dataset.songs.song(1).title, "One");
  EXPECT_EQ(dataset.songs.song(2).display(), "c");
  EXPECT_EQ(dataset.queues.start(0), 1'558'742'400'000'000);
}

TEST_F(IngestTest, artist_and_title_are_the_id_where_there_is_none) {
  const IngestReport report = run_text("l.tsv",
                                       "user\tts\tartist\ttitle\n"
                                       "u\t1\tBEYONCÉ \tHalo\n"
                                       "u\t2\tX\tY\n"
                                       "u\t3\tBeyonce\xcc\x81\t  halo\n"
                                       "u\t4\t\tHalo\n"
                                       "u\t5\t\xc2\xa0\tHalo\n");
  EXPECT_EQ(queues(), (Lines{"u: beyoncé — halo x — y beyoncé — halo"}));
  EXPECT_EQ(report.dropped[Reason::missing_song], 2U);
  EXPECT_EQ(open_dataset(folder_ / "dataset").songs.song(0).artist, "BEYONCÉ");
}

TEST_F(IngestTest, dirty_rows_are_counted_with_their_lines) {
  std::string text = "user,time,song,ms_played\nu,1,a,\nu,2,b,-1\n";
  text += "u,3\n";                                       // 4
  text += "u,4," + std::string(1'000'000, 'x') + ",\n";  // 5
  text += "u,5," + std::string(10'000, 'y') + ",\n";     // 6
  text += "u,nope,a,\n,6,a,\nu,7,,\nu,8,c,9,9\n";        // 7 to 10
  text += std::string("u,10,n\0l,\nu,11,\xff,\n", 18);   // 11, 12
  text += "u,12,a,long\nu,13,c,40000\n";                 // 13, 14
  const IngestReport report = run_text("l.csv", text);
  EXPECT_EQ(report.rows, 13U);
  EXPECT_EQ(queues(), (Lines{"u: a b c"}));
  EXPECT_EQ(json::serialize(report.dropped.to_json()),
            R"({"wrong_number_of_fields":2,"field_too_long":2,"invalid_utf8":1,"nul_byte":1,"missing_user":1,)"
            R"("missing_song":1,"bad_time":1,"bad_played_ms":1})");
  std::string lines;
  std::istringstream samples(read_text(folder_ / "dataset" / "rejects.jsonl"));
  for (std::string line; std::getline(samples, line);) {
    const json::value sample = json::parse(line);
    EXPECT_LE(sample.at("text").as_string().size(), 500U);
    lines += std::to_string(sample.at("line").as_int64()) + " ";
  }
  EXPECT_EQ(lines, "4 10 5 6 12 11 8 9 7 13 ");
}

TEST_F(IngestTest, rows_with_nothing_in_them_miss_no_user) {
  const IngestReport report = run_text("l.csv", "user,time,song\n\nu,1,a\n,,\nu,2,b\n,3,c\n\n");
  EXPECT_EQ(queues(), (Lines{"u: a b"}));
  EXPECT_EQ(json::serialize(report.dropped.to_json()), R"({"empty_row":3,"missing_user":1})");
}

TEST_F(IngestTest, dirty_json_lines) {
  const IngestReport report = run_text("l.jsonl",
                                       "{\"user\":\"u\",\"time\":1,\"song_id\":\"a\"}\n{\"user\":\n[1]\n\n"
                                       "{\"user\":\"u\",\"time\":2,\"song_id\":\"\xff\"}\n"
                                       "{\"user\":\"u\",\"time\":2,\"song_id\":\"x\\u0000\"}\n"
                                       "{\"user\":\"u\",\"time\":3,\"song_id\":{\"id\":\"x\"}}\n"
                                       "{\"user\":\"u\",\"time\":4,\"song_id\":12}");
  EXPECT_EQ(queues(), (Lines{"u: a x 12"}));
  EXPECT_EQ(json::serialize(report.dropped.to_json()), R"({"malformed_json":2,"invalid_utf8":1,"nul_byte":1})");
}

TEST_F(IngestTest, nested_json_as_listenbrainz_writes_it) {
  run_text("l.jsonl",
           R"({"listened_at":1,"user_name":"u","track_metadata":{"artist_name":"A","track_name":"T","release_name":"R"}}
{"listened_at":2,"user_name":"u","track_metadata":{"artist_name":"B","track_name":"T"}})");
  EXPECT_EQ(queues(), (Lines{"u: a — t b — t"}));
  EXPECT_EQ(open_dataset(folder_ / "dataset").songs.song(0).album, "R");
}

TEST_F(IngestTest, what_cannot_be_read_is_an_error_and_leaves_nothing) {
  EXPECT_EQ(error_of([&] { run({(folder_ / "none.csv").string()}); }), ErrorCode::not_found);
  EXPECT_EQ(error_of([&] { run_text("l.csv", ""); }), ErrorCode::bad_input);
  EXPECT_EQ(error_of([&] { run_text("l.csv", "foo,bar\n1,2\n"); }), ErrorCode::bad_input);
  EXPECT_EQ(error_of([&] { run_text("l.csv", "user,ts,song\n"); }), ErrorCode::bad_input);
  EXPECT_EQ(error_of([&] { run_text("l.csv", "user,ts,song\nu,x,a\n"); }), ErrorCode::bad_input);
  EXPECT_NE(message_.find("found none in 1 rows: bad_time 1"), std::string::npos) << message_;
  EXPECT_EQ(error_of([&] { run_text("l.csv", "user,ts,song\nu,1,\"a\nu,2,b\nu,3,c\n"); }), ErrorCode::bad_input);
  EXPECT_NE(message_.find("the quote opened in line 2 is never closed"), std::string::npos) << message_;
  EXPECT_EQ(error_of([&] { run_text("l.jsonl", "nothing\n"); }), ErrorCode::bad_input);
  EXPECT_EQ(error_of([&] { run_text("l.parquet", "PAR1 but no more than that PAR1"); }), ErrorCode::bad_input);
  EXPECT_EQ(error_of([&] { run_text("l.csv.gz", "\x1f\x8b no gzip at all"); }), ErrorCode::bad_input);
  EXPECT_EQ(error_of([&] { run_text("l.csv.zst", "\x28\xb5\x2f\xfd no zstd at all"); }), ErrorCode::bad_input);
  EXPECT_EQ(error_of([&] { run_text("l.db", std::string("SQLite format 3\0 ...", 20)); }), ErrorCode::bad_input);
  EXPECT_NE(message_.find("found a SQLite database"), std::string::npos) << message_;
  std::filesystem::create_directory(folder_ / "empty");
  EXPECT_EQ(error_of([&] { run({(folder_ / "empty").string()}); }), ErrorCode::bad_input);
}

TEST_F(IngestTest, a_truncated_file_is_an_error_that_names_it) {
  std::string text = "user,ts,song\n";
  for (int i = 0; i < 5000; ++i) text += fmt::format("u{},{},{}\n", i % 7, i, i * 7919 % 1000);
  std::string json;
  for (int i = 0; i < 5000; ++i) json += fmt::format("{{\"user\":{},\"ts\":{},\"song\":{}}}\n", i % 7, i, i * 31 % 97);
  for (const auto type : {arrow::Compression::GZIP, arrow::Compression::ZSTD}) {
    const std::string ending = type == arrow::Compression::GZIP ? ".gz" : ".zst";
    for (const auto& [name, whole] : {std::pair{"l.csv" + ending, text}, {"l.jsonl" + ending, json}}) {
      const std::string bytes = compressed(whole, type);
      for (const std::size_t left : {bytes.size() / 2, bytes.size() - 1}) {
        EXPECT_EQ(error_of([&] { run_text(name, bytes.substr(0, left)); }), ErrorCode::bad_input);
        EXPECT_NE(message_.find(name), std::string::npos) << message_;
      }
      run_text(name, bytes);
      std::filesystem::remove_all(folder_ / "dataset");
    }
  }
}

TEST_F(IngestTest, threads_do_not_change_the_bytes) {
  std::string text = "user,ts,song\n";
  for (int i = 0; i < 20'000; ++i) text += fmt::format("u{},{},s{}\n", i * 17 % 701, i * 7919 % 10'000, i * i % 997);
  std::vector<std::string> found;
  for (const std::uint32_t threads : {1U, 2U, 5U}) {
    run_text("l.csv", text, [&](IngestOptions& options) { options.threads = threads; });
    found.push_back(read_text(folder_ / "dataset" / "songs.arrow") + read_text(folder_ / "dataset" / "queues.arrow"));
  }
  EXPECT_EQ(found[0], found[1]);
  EXPECT_EQ(found[0], found[2]);
}

TEST_F(IngestTest, a_folder_is_all_its_files_by_name) {
  std::filesystem::create_directory(folder_ / "logs");
  folder_.write("logs/2.tsv", "user\tts\tsong\nu\t2\tb\n");
  folder_.write("logs/1.csv", "user,ts,song\nu,1,a\n");
  folder_.write("logs/.hidden", "x");
  const IngestReport report = run({(folder_ / "logs").string()});
  EXPECT_EQ(report.inputs.size(), 2U);
  EXPECT_EQ(queues(), (Lines{"u: a b"}));
}

TEST_F(IngestTest, one_person_needs_no_user_column) {
  run_text("l.csv", "endTime,artistName,trackName,msPlayed\n2020-01-01 10:00,A,T,60000\n2020-01-01 10:01,B,T,60000\n",
           [](IngestOptions& options) { options.user = "me"; });
  EXPECT_EQ(queues(), (Lines{"me: a — t b — t"}));
}

TEST_F(IngestTest, stops_when_asked) {
  std::stop_source source;
  source.request_stop();
  IngestOptions options;
  options.output = (folder_ / "dataset").string();
  NoProgress progress;
  const std::vector<std::string> inputs = {folder_.write("l.csv", "user,ts,song\nu,1,a\nu,2,b\n").string()};
  EXPECT_EQ(error_of([&] { ingest(inputs, options, progress, source.get_token()); }), ErrorCode::interrupted);
}

// Songs of the base: one with the id of the log, one that the log knows by name only, one that only the base has.
class IngestBaseTest : public IngestTest {
 protected:
  IngestBaseTest() {
    run_text("others.csv",
             "user,time,song,title,artist\np1,1000,spotify:track:1,Jóga,Björk\np1,2000,x2,Hello,Adele\n"
             "p1,3000,x3,So What,Miles Davis\np2,1000,x3,So What,Miles Davis\np2,2000,x2,Hello,Adele\n"
             "p2,3000,x3,So What,Miles Davis\n",
             [this](IngestOptions& options) { options.output = (folder_ / "others").string(); });
  }
  IngestReport with_base() {
    return run_text("mine.csv",
                    "user,time,song,title,artist\nann,1000000000,spotify:track:1,Jóga,Björk\n"
                    "ann,1000000300,,HELLO,adele\nann,1000000600,,Own Song,Own Band\n",
                    [this](IngestOptions& options) { options.base = {(folder_ / "others").string()}; });
  }
};

TEST_F(IngestBaseTest, follows_the_own_queues_and_its_songs_meet_theirs) {
  const IngestReport report = with_base();
  EXPECT_EQ(queues(), (std::vector<std::string>{"ann: spotify:track:1 x2 own band — own song",
                                                "others:p1: spotify:track:1 x2 x3", "others:p2: x3 x2 x3"}));
  EXPECT_EQ(report.counts.users, 1U);
  EXPECT_EQ(report.counts.plays, 3U);
  EXPECT_EQ(report.counts.base_queues, 2U);
  EXPECT_EQ(report.counts.base_plays, 6U);
  EXPECT_EQ(report.counts.plays_in_base, 2U);
  const Dataset dataset = open_dataset(folder_ / "dataset");
  EXPECT_EQ(dataset.queues.own(), 1U);
  EXPECT_TRUE(has_sessions(dataset));
  EXPECT_EQ(dataset.songs.plays(*dataset.songs.find("x2")), 3U);
}

TEST_F(IngestBaseTest, is_the_same_in_any_order_of_bases_with_names_of_their_own) {
  std::filesystem::create_directories(folder_ / "deep");
  std::filesystem::copy(folder_ / "others", folder_ / "deep/others", std::filesystem::copy_options::recursive);
  run_text("mine.csv", "user,time,song\nann,1000000000,a\nann,1000000300,b\n", [this](IngestOptions& options) {
    options.base = {(folder_ / "others").string(), (folder_ / "deep/others/").string()};
  });
  const std::vector<std::string> all = queues();
  ASSERT_EQ(all.size(), 5U);
  EXPECT_TRUE(all[1].starts_with("others:p1:"));
  EXPECT_TRUE(all[3].starts_with("others-2:p1:"));
}

TEST_F(IngestBaseTest, cannot_replace_listens_of_ones_own) {
  EXPECT_EQ(error_of([this] {
              run_text("mine.csv", "user,time,song\nann,1000000000,a\n",
                       [this](IngestOptions& options) { options.base = {(folder_ / "others").string()}; });
            }),
            ErrorCode::bad_input);
  EXPECT_EQ(error_of([this] {
              run_text("mine.csv", "user,time,song\nann,1000000000,a\nann,1000000300,b\n",
                       [this](IngestOptions& options) { options.base = {(folder_ / "gone").string()}; });
            }),
            ErrorCode::not_found);
}

}  // namespace
}  // namespace segue::data
