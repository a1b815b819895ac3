#include "segue/serve/api/pages.h"

#include <set>

#include "segue/base/random.h"
#include "segue/base/sealed_text.h"

#include "tests/unit/serve/api/model_fixture.h"

namespace segue::serve {
namespace {

using testing::token_of;

class Pages : public testing::ModelFixture {
 protected:
  struct List {
    std::string target;  // with a "?"
    std::string schema;
    std::string size;         // the option for the length of a page
    json::object body{};      // empty: GET
    std::string item = "id";  // what names an item
  };

  Reply ask(const List& list, std::uint64_t size, const std::string& cursor) const {
    if (!list.body.empty()) {
      json::object body = list.body;
      body[list.size] = size;
      if (!cursor.empty()) body["cursor"] = cursor;
      return post(list.target, body);
    }
    std::string target = fmt::format("{}&{}={}", list.target, list.size, size);
    if (!cursor.empty()) target += "&cursor=" + cursor;
    return get(target);
  }
  std::string next_of(const List& list, std::uint64_t size = 2) const {
    return std::string(document(ask(list, size, ""), list.schema).at("next").as_string());
  }
  std::vector<std::string> items_of(const List& list, const json::value& page) const {
    std::vector<std::string> items;
    for (const json::value& item : page.at("items").as_array()) {
      items.push_back(json::serialize(item.as_object().at(list.item)));
    }
    return items;
  }
  // The whole list by pages of random lengths.
  std::vector<std::string> by_pages(const List& list, Random& random) const {
    std::vector<std::string> all;
    std::string cursor;
    do {
      const std::uint64_t size = 1 + random.below(9);
      const json::value page = document(ask(list, size, cursor), list.schema);
      const std::vector<std::string> items = items_of(list, page);
      EXPECT_LE(items.size(), size);
      all.insert(all.end(), items.begin(), items.end());
      const json::value* const next = page.as_object().if_contains("next");
      EXPECT_TRUE(next == nullptr || items.size() == size) << "only the last page is short";
      cursor = next == nullptr ? "" : std::string(next->as_string());
    } while (!cursor.empty() && all.size() < 1000);
    return all;
  }

  void listen(std::int64_t at, std::uint32_t song) {
    store::StoredListen listen;
    listen.user = "ann";
    listen.listened_at = at;
    listen.artist = "Björk";
    listen.title = fmt::format("Jóga {}", song);
    listen.msid = store::msid_of(listen);
    store_.add(std::span(&listen, 1));
  }

  static std::vector<List> lists() {
    const json::array songs{"song-2", "song 0"};
    return {
        {"/v1/songs?q=b", "Songs", "limit"},
        {"/v1/songs/song%206/similar?", "SimilarSongs", "k"},
        {"/v1/artists?q=b", "Artists", "limit", {}, "name"},
        {"/v1/artists/bjork?similar=0", "Artist", "k"},
        {"/v1/users/ann/history?", "History", "history", {}, "title"},
        {"/v1/users/ann/recommendations?mode=any", "Recommendations", "k"},
        {"/v1/users/bob/recommendations?", "Recommendations", "k"},
        {"/v1/recommendations", "Recommendations", "k", {{"songs", songs}, {"artist_cap", 3}}},
        {"/v1/recommendations", "Recommendations", "k", {{"songs", songs}, {"by", "vectors"}, {"mode", "any"}}},
        {"/v1/recommendations", "Recommendations", "k", {{"seeds", {"artist:Bill Evans"}}, {"artist_gap", 0}}},
    };
  }
};

TEST_F(Pages, joined_are_the_whole_list_whatever_their_lengths) {
  for (std::uint32_t i = 0; i < 20; ++i) listen(1'600'000'000 + i / 7, i);  // several in one second
  for (const List& list : lists()) {
    const std::vector<std::string> whole = items_of(list, document(ask(list, 1000, ""), list.schema));
    ASSERT_GE(whole.size(), 2U) << list.target;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      Random random(seed);
      EXPECT_EQ(by_pages(list, random), whole) << list.target << " " << json::serialize(list.body) << ", seed " << seed;
    }
  }
}

TEST_F(Pages, of_a_list_that_weighs_songs_against_each_other_have_no_song_twice_and_keep_its_rules) {
  const List list{
      "/v1/recommendations",
      "Recommendations",
      "k",
      {{"songs", {"song-2"}}, {"diversity", 0.5}, {"surprise", 0.5}, {"artist_cap", 2}, {"interests", "2"}}};
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    const std::vector<std::string> all = by_pages(list, random);
    EXPECT_EQ(std::set(all.begin(), all.end()).size(), all.size()) << "seed " << seed;
    EXPECT_EQ(all.size(), 9U) << "two songs of each of four artists, and one without an artist";
  }
}

TEST_F(Pages, of_an_interleaved_list_have_no_song_twice) {
  load("", Interleaving{"default", "bare"});
  const List list{"/v1/recommendations", "Recommendations", "k", {{"songs", {"song-2"}}, {"artist_gap", 0}}};
  const std::vector<std::string> whole = items_of(list, document(ask(list, 1000, ""), list.schema));
  Random random(1);
  EXPECT_EQ(by_pages(list, random), whole) << "both are the same model";
}

TEST_F(Pages, are_linked_where_the_address_can_say_it_all) {
  const auto link = [](const Reply& reply) {
    for (const Header& header : reply.headers) {
      if (header.name == "Link") return header.value;
    }
    return std::string();
  };
  const List list{"/v1/songs?q=b%26%C3%B6", "Songs", "limit"};
  EXPECT_EQ(link(get("/v1/songs?q=nothing+of+this")), "");
  const Reply reply = get("/v1/songs?limit=2&q=b+");
  const std::string next(document(reply, "Songs").at("next").as_string());
  EXPECT_EQ(link(reply), fmt::format("<?limit=2&q=b%20&cursor={}>; rel=\"next\"", next));
  EXPECT_EQ(get("/v1/songs" + link(reply).substr(1, link(reply).find('>') - 1)).status, 200);
}

TEST_F(Pages, refuse_cursors_of_other_requests_and_texts_that_are_none) {
  for (const List& list : lists()) {
    if (list.schema == "History") continue;  // ann has no listens here
    const std::string cursor = next_of(list, 1);
    std::string damaged = cursor;
    damaged[damaged.size() / 2] = damaged[damaged.size() / 2] == 'A' ? 'B' : 'A';
    for (const std::string& bad : {damaged, cursor.substr(1), cursor + "A", std::string("x"), std::string("%00")}) {
      EXPECT_EQ(ask(list, 2, bad).status, 400) << bad;
    }
    for (const List& other : lists()) {
      if (other.target == list.target && other.body == list.body) continue;
      EXPECT_EQ(ask(other, 2, cursor).status, 400) << list.target << " at " << other.target;
    }
  }
  EXPECT_EQ(message(get("/v1/songs?q=b&cursor=AAAA"), 400),
            "cursor: expected `next` of a reply of this route, found \"AAAA\"");
  const std::string cursor = next_of({"/v1/songs?q=b", "Songs", "limit"});
  EXPECT_EQ(message(get("/v1/songs?q=bj&cursor=" + cursor), 400),
            "cursor: expected one of the same request, where only limit may differ, found one of another request");
  EXPECT_EQ(get("/v1/songs?limit=9&cursor=" + cursor + "&q=b").status, 200) << "in another order";
}

TEST_F(Pages, survive_forged_places) {
  // What a client can make up: any numbers, with a valid checksum.
  Random random(7);
  for (const List& list : lists()) {
    if (list.schema == "History") continue;
    const std::string real = *opened_text(next_of(list, 1));
    for (int i = 0; i < 50; ++i) {
      std::string forged = real.substr(0, 9 + 8);  // version, request, model
      const std::uint32_t count = random.below(5);
      append_varint(forged, count);
      for (std::uint32_t j = 0; j < count; ++j) append_varint(forged, random() >> random.below(64));
      const Reply reply = ask(list, 3, sealed_text(forged));
      EXPECT_TRUE(reply.status == 200 || reply.status == 400) << reply.bytes();
    }
  }
}

TEST_F(Pages, go_on_with_the_model_that_began_them_until_it_is_forgotten) {
  const auto of_bare = [](std::string target) { return List{std::move(target), "SimilarSongs", "k"}; };
  const List near = of_bare("/v1/songs/song%206/similar?model=bare");
  const List list{"/v1/recommendations?model=bare", "Recommendations", "k", {{"songs", {"song-2"}}}};
  const List artist{"/v1/artists/bjork?model=bare", "Artist", "k"};
  std::vector<std::string> cursors;
  std::vector<std::vector<std::string>> pages;
  for (const List& one : {near, list}) {
    cursors.push_back(next_of(one));
    pages.push_back(items_of(one, document(ask(one, 4, cursors.back()), one.schema)));
  }
  const std::string of_artist = next_of(artist);
  train_again(12);
  EXPECT_EQ(items_of(near, document(ask(near, 4, cursors[0]), near.schema)), pages[0]);
  EXPECT_EQ(items_of(list, document(ask(list, 4, cursors[1]), list.schema)), pages[1]);
  const std::string sentence =
      "cursor: expected one of a list that the model still served began, found one of a model that was replaced since; "
      "ask again without it";
  EXPECT_EQ(message(ask(artist, 4, of_artist), 410), sentence);
  train_again(13);
  EXPECT_EQ(message(ask(near, 4, cursors[0]), 410), sentence);
  EXPECT_EQ(message(ask(list, 4, cursors[1]), 410), sentence);
  EXPECT_EQ(ask(near, 4, "").status, 200);
}

TEST_F(Pages, go_on_while_listens_arrive) {
  for (std::uint32_t i = 0; i < 6; ++i) listen(1'600'000'000 + i, i);
  const List list{"/v1/users/ann/history?", "History", "history", {}, "title"};
  const std::string cursor = next_of(list);
  listen(1'700'000'000, 99);
  EXPECT_EQ(items_of(list, document(ask(list, 2, cursor), list.schema)),
            (std::vector<std::string>{"\"Jóga 3\"", "\"Jóga 2\""}));
}

}  // namespace
}  // namespace segue::serve
