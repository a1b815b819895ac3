#include "segue/library/music_servers.h"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "segue/serve/http/http_server.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue::library {
namespace {

// Answers as a music server does, and keeps what was asked.
class MusicServer final : public serve::RequestHandler {
 public:
  using Answer = std::function<serve::Reply(const serve::Request& request)>;

  void answer_with(Answer answer) { answer_ = std::move(answer); }
  serve::Prepared prepare(const serve::Request&) const override { return {}; }
  serve::Reply answer(const serve::Request& request, const serve::Prepared&) override {
    const std::lock_guard lock(mutex_);
    asked_.push_back(request);
    return answer_(request);
  }
  std::vector<serve::Request> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  Answer answer_;
  std::mutex mutex_;
  std::vector<serve::Request> asked_;
};

std::string parameter(const serve::Request& request, std::string_view name) {
  const std::string marked = "&" + request.query;
  const std::string wanted = fmt::format("&{}=", name);
  const std::size_t at = marked.find(wanted);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + wanted.size();
  return marked.substr(begin, std::min(marked.find('&', begin), marked.size()) - begin);
}

class MusicServersTest : public ::testing::Test {
 protected:
  MusicServersTest() {
    server_.emplace(music_, serve::HttpServerOptions{.port = 0, .io_threads = 1, .blocking_threads = 1});
    thread_ = std::jthread([this](const std::stop_token& stop) { server_->run(stop); });
    client_.emplace(fmt::format("http://127.0.0.1:{}/base/", server_->port()), HttpClientOptions{});
  }
  std::vector<LibraryItem> subsonic(const ServerPaths& paths = {}) {
    return read_subsonic(*client_, "ann", "sesame & öl", paths, progress_, {}, report_);
  }
  std::vector<LibraryItem> jellyfin(const ServerPaths& paths = {}) {
    return read_jellyfin(*client_, "key", paths, progress_, {}, report_);
  }
  static serve::Reply subsonic_reply(std::string_view member) {
    return {.body = fmt::format(R"({{"subsonic-response":{{"status":"ok","version":"1.16.1"{}{}}}}})",
                                member.empty() ? "" : ",", member)};
  }

  testing::Scratch folder_;
  NoProgress progress_;
  ServerReport report_;
  MusicServer music_;
  std::optional<serve::HttpServer> server_;
  std::jthread thread_;
  std::optional<HttpClient> client_;
};

TEST_F(MusicServersTest, subsonic_gives_all_songs_by_an_empty_search) {
  folder_.write("song.mp3", "x");
  music_.answer_with([&](const serve::Request& request) {
    if (parameter(request, "songOffset") != "0") return subsonic_reply(R"("searchResult3":{})");
    return subsonic_reply(fmt::format(
        R"("searchResult3":{{"song":[{{"id":"s1","title":"Jóga","artist":"Björk","album":"Homogenic","artistId":"ar1",
          "musicBrainzId":"mbid","isrc":["GB1","GB2"],"duration":305,"size":99,"path":"song.mp3","type":"music"}},
          {{"id":2,"title":"T","artist":"A","path":"no/such.mp3"}},
          {{"id":"p1","title":"A podcast","type":"podcast"}}]}})"));
  });
  const std::vector<LibraryItem> items = subsonic({.music_folder = folder_.path(), .server_folder = {}});
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0], (LibraryItem{.id = "s1",
                                   .path = (folder_ / "song.mp3").native(),
                                   .title = "Jóga",
                                   .artist = "Björk",
                                   .album = "Homogenic",
                                   .artist_id = "ar1",
                                   .recording_mbid = "mbid",
                                   .isrc = "GB1",
                                   .length_ms = 305'000,
                                   .size = 99}));
  EXPECT_EQ(items[1].id, "2");
  EXPECT_EQ(items[1].path, "");
  EXPECT_EQ(report_.without_file, 1U);
  const serve::Request first = music_.asked().front();
  EXPECT_EQ(first.path, "/base/rest/search3.view");
  EXPECT_EQ(parameter(first, "u"), "ann");
  EXPECT_EQ(parameter(first, "f"), "json");
  EXPECT_EQ(parameter(first, "t").size(), 32U);
  EXPECT_FALSE(parameter(first, "s").empty());
  EXPECT_EQ(first.query.find("sesame"), std::string::npos);
  EXPECT_EQ(parameter(music_.asked().back(), "songOffset"), "3");
}

// md5("sesame" + "c19b2d"), the example of the protocol's documentation.
TEST_F(MusicServersTest, subsonic_sends_no_password) {
  std::set<std::string> salts;
  music_.answer_with([&](const serve::Request&) { return subsonic_reply(R"("searchResult3":{"song":[]})"); });
  for (int i = 0; i < 2; ++i) EXPECT_ERROR(subsonic(), ErrorCode::bad_input, "the server has no songs");
  for (const serve::Request& request : music_.asked()) salts.insert(parameter(request, "s"));
  EXPECT_EQ(salts.size(), 2U);  // one a run
}

TEST_F(MusicServersTest, older_servers_are_read_album_by_album) {
  music_.answer_with([&](const serve::Request& request) {
    if (request.path.ends_with("search3.view")) return subsonic_reply("");
    if (request.path.ends_with("getAlbumList2.view")) {
      return subsonic_reply(parameter(request, "offset") == "0"
                                ? R"("albumList2":{"album":[{"id":"al1"},{"id":"al2"}]})"
                                : R"("albumList2":{})");
    }
    const std::string album = parameter(request, "id");
    return subsonic_reply(
        fmt::format(R"("album":{{"id":"{0}","song":[{{"id":"{0}-1","title":"T","artist":"A"}}]}})", album));
  });
  const std::vector<LibraryItem> items = subsonic();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].id, "al1-1");
  EXPECT_EQ(items[1].id, "al2-1");
}

TEST_F(MusicServersTest, jellyfin_gives_its_items_by_pages) {
  folder_.write("song.mp3", "x");
  music_.answer_with([&](const serve::Request& request) {
    if (parameter(request, "StartIndex") != "0") return serve::Reply{.body = R"({"Items":[],"TotalRecordCount":2})"};
    return serve::Reply{.body = R"({"Items":[{"Id":"j1","Name":"Jóga","Artists":["Björk","Guest"],"Album":"Homogenic",
                   "ArtistItems":[{"Name":"Björk","Id":"ja1"}],"ProviderIds":{"MusicBrainzTrack":"t","MusicBrainzRecording":"r"},
                   "RunTimeTicks":3050000000,"Path":"/media/song.mp3"},
                   {"Id":"j2","Name":"T","Artists":[],"AlbumArtist":"A","ProviderIds":{"MusicBrainzTrack":"t"}}]})"};
  });
  const std::vector<LibraryItem> items = jellyfin({.music_folder = folder_.path(), .server_folder = "/media"});
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].artist, "Björk, Guest");
  EXPECT_EQ(items[0].artist_id, "ja1");
  EXPECT_EQ(items[0].recording_mbid, "r");
  EXPECT_EQ(items[0].length_ms, 305'000U);
  EXPECT_EQ(items[0].path, (folder_ / "song.mp3").native());
  EXPECT_EQ(items[1].artist, "A");
  EXPECT_EQ(items[1].recording_mbid, "t");
  EXPECT_EQ(report_.without_file, 0U);
  const serve::Request first = music_.asked().front();
  EXPECT_EQ(first.path, "/base/Items");
  EXPECT_EQ(first.header("x-emby-token"), "key");
  EXPECT_NE(first.header("authorization").find("Token=\"key\""), std::string::npos);
}

TEST_F(MusicServersTest, refusals_say_what_the_server_said_and_no_secret) {
  music_.answer_with([](const serve::Request&) {
    return serve::Reply{
        .body =
            R"({"subsonic-response":{"status":"failed","error":{"code":40,"message":"Wrong username or password"}}})"};
  });
  EXPECT_ERROR(subsonic(), ErrorCode::unauthorised, "\"Wrong username or password\" (40)");
  const std::map<int, ErrorCode> codes = {{401, ErrorCode::unauthorised},
                                          {404, ErrorCode::not_found},
                                          {503, ErrorCode::unavailable},
                                          {302, ErrorCode::bad_input},
                                          {400, ErrorCode::bad_input}};
  for (const auto& [status, code] : codes) {
    const int refused = status;
    music_.answer_with([refused](const serve::Request&) { return serve::Reply{.status = refused, .body = "{}"}; });
    try {
      subsonic();
      ADD_FAILURE() << status;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << status << error.what();
      EXPECT_EQ(std::string(error.what()).find('?'), std::string::npos) << error.what();
    }
  }
  for (const std::string_view body : {"<html>", "[]", "{}", R"({"Items":{}})"}) {
    music_.answer_with([body](const serve::Request&) { return serve::Reply{.body = std::string(body)}; });
    EXPECT_ERROR(subsonic(), ErrorCode::bad_input, "expected a reply of the Subsonic API");
    EXPECT_ERROR(jellyfin(), ErrorCode::bad_input, "expected a reply of Jellyfin");
  }
}

TEST(HttpClient, refuses_addresses_that_are_none) {
  for (const char* address : {"", "music.example.org", "ftp://x", "https://ann:secret@x", "http://x?u=ann"}) {
    EXPECT_ERROR(HttpClient(address, {}), ErrorCode::wrong_use, "expected the address of a server");
  }
  EXPECT_ERROR(HttpClient("http://127.0.0.1:1", {}).get("/", {}, {}), ErrorCode::unavailable, "http://127.0.0.1:1/");
}

}  // namespace
}  // namespace segue::library
