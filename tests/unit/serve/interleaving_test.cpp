#include "segue/serve/interleaving.h"

#include <set>

#include "tests/support/expect_error.h"
#include "tests/unit/serve/api/model_fixture.h"

namespace segue::serve {
namespace {

using testing::token_of;

class ListIds : public testing::ModelFixture {
 protected:
  static recommend::ListId id_of(const Reply& reply) {
    for (const Header& header : reply.headers) {
      if (header.name != "X-Segue-List") continue;
      const std::optional<recommend::ListId> id = recommend::parse_list_id(header.value);
      EXPECT_TRUE(id) << header.value;
      return id.value_or(recommend::ListId());
    }
    ADD_FAILURE() << "no list in " << reply.body;
    return {};
  }
  void interleave_both() { load("", Interleaving{"default", "bare"}); }
};

TEST_F(ListIds, are_in_the_header_of_every_list) {
  const recommend::ListId similar = id_of(get("/v1/songs/song-1/similar"));
  EXPECT_EQ(similar.kind, recommend::ListKind::similar);
  EXPECT_EQ(similar.model, "default");
  EXPECT_EQ(id_of(get("/v1/users/ann/recommendations?model=bare")).model, "bare");
  EXPECT_EQ(id_of(get("/v1/users/ann/recommendations")).kind, recommend::ListKind::user);
  EXPECT_EQ(id_of(post("/v1/recommendations", {{"songs", {"song-2"}}})).kind, recommend::ListKind::recommendations);
  EXPECT_EQ(id_of(post("/v1/radio", {{"songs", {"song-2"}}})).kind, recommend::ListKind::radio);
  EXPECT_EQ(id_of(post("/v1/journey", {{"from", "song-2"}, {"to", "song-1"}})).kind, recommend::ListKind::journey);
  const Reply m3u = post("/v1/radio", {{"songs", {"song-2"}}}, {{"accept", "audio/x-mpegurl"}});
  EXPECT_NE(m3u.content_type, "application/json");
  EXPECT_EQ(id_of(m3u).kind, recommend::ListKind::radio);
}

TEST_F(ListIds, differ_while_the_reply_stays_the_same_bytes) {
  const Reply first = get("/v1/songs/song-1/similar");
  const Reply second = get("/v1/songs/song-1/similar");
  EXPECT_EQ(first.body, second.body);
  EXPECT_NE(id_of(first).random, id_of(second).random);
}

TEST_F(ListIds, of_interleaved_lists_name_the_model_of_each_song) {
  const json::object body{{"songs", {"song-2"}}, {"k", 6}};
  const std::vector<std::string> of_default = ids_of(document(post("/v1/recommendations", body), "Recommendations"));
  interleave_both();
  const Reply reply = post("/v1/recommendations", body);
  const json::value found = document(reply, "Recommendations");
  EXPECT_EQ(found.at("model"), json::value("default,bare"));
  const recommend::ListId id = id_of(reply);
  EXPECT_EQ(id.model, "default");
  EXPECT_EQ(id.second, "bare");
  // Both folders hold the same model: whoever picks, the list is the same.
  EXPECT_EQ(ids_of(found), of_default);
  ASSERT_EQ(id.is_of_second.size(), 6U);
  EXPECT_EQ(std::ranges::count(id.is_of_second, true), 3);
}

TEST_F(ListIds, of_requests_that_name_a_model_are_not_interleaved) {
  interleave_both();
  const recommend::ListId id = id_of(get("/v1/users/ann/recommendations?model=bare"));
  EXPECT_EQ(id.model, "bare");
  EXPECT_EQ(id.second, "");
  EXPECT_EQ(id_of(get("/v1/users/ann/recommendations")).second, "bare");
}

TEST_F(ListIds, an_error_of_both_models_is_the_reply) {
  interleave_both();
  EXPECT_EQ(post("/v1/recommendations", {{"songs", {"none"}}}).status, 422);
}

TEST(Interleave, reproduces_the_list_from_its_id) {
  const auto made = [](recommend::ListId& list) {
    recommend::RecommendationsReply first;
    recommend::RecommendationsReply second;
    for (const std::string_view id : {"a", "b", "c", "d"}) first.items.emplace_back().id = id;
    for (const std::string_view id : {"x", "b", "y", "z"}) second.items.emplace_back().id = id;
    interleave(first, std::move(second), 4, list);
    std::string ids;
    for (const auto& song : first.items) ids += song.id;
    return ids;
  };
  std::set<std::string> lists;
  for (unsigned char i = 0; i < 100; ++i) {
    recommend::ListId one;
    one.random[3] = i;
    recommend::ListId same = one;
    const std::string ids = made(one);
    EXPECT_EQ(ids, made(same));
    EXPECT_EQ(one, same);
    for (std::size_t p = 0; p < 4; ++p) {
      if (ids[p] == 'b') continue;
      EXPECT_EQ(one.is_of_second[p], ids[p] >= 'x') << ids;
    }
    lists.insert(ids);
  }
  EXPECT_GT(lists.size(), 3U);
}

TEST(Interleave, refuses_what_is_not_two_models) {
  const std::vector<ModelSource> sources = {{"default", "m", 1}, {"next", "n", 0}};
  EXPECT_FALSE(interleaving_of("", sources));
  EXPECT_EQ(interleaving_of("default,next", sources)->second, "next");
  EXPECT_ERROR(interleaving_of("default", sources), ErrorCode::wrong_use, "expected the names of two models as A,B");
  EXPECT_ERROR(interleaving_of("default,nxt", sources), ErrorCode::wrong_use, "did you mean next?");
  EXPECT_ERROR(interleaving_of("next,next", sources), ErrorCode::wrong_use, "found next twice");
}

}  // namespace
}  // namespace segue::serve
