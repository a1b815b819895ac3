#include "segue/serve/api/openapi.h"

#include <set>

#include "segue/serve/service.h"

#include "tests/unit/serve/api/model_fixture.h"

namespace segue::serve {
namespace {

class OpenApi : public ::testing::Test {
 protected:
  ModelSet models_{{}, {}, false};
  testing::MemoryStore store_;
  StaticFiles files_;
  Service service_{{.models = models_, .store = store_, .files = files_, .log = {}}};
  json::object document_ = openapi_document(service_.router().routes());
};

TEST_F(OpenApi, describes_every_operation) {
  std::set<std::string> tags;
  for (const json::value& tag : document_.at("tags").as_array()) tags.emplace(tag.at("name").as_string());
  std::set<std::string> ids;
  for (const auto& path : document_.at("paths").as_object()) {
    for (const auto& method : path.value().as_object()) {
      const json::object& operation = method.value().as_object();
      const std::string id(operation.at("operationId").as_string());
      EXPECT_TRUE(ids.insert(id).second) << id;
      EXPECT_TRUE(tags.contains(std::string(operation.at("tags").at(0).as_string()))) << id;
      EXPECT_FALSE(operation.at("summary").as_string().empty()) << id;
      for (const auto& response : operation.at("responses").as_object()) {
        EXPECT_FALSE(response.value().at("description").as_string().empty()) << id;
        if (response.key().starts_with("2")) continue;
        // A header that is too large is refused before its path is known.
        std::string_view wanted = "#/components/schemas/ApiError";
        if (path.key().starts_with("/1/") || path.key().starts_with("/similar-recordings/"))
          wanted = "#/components/schemas/ListenBrainzError";
        if (path.key().starts_with("/api/")) wanted = "#/components/schemas/AudioMuseError";
        if (response.key() == "431") wanted = "#/components/schemas/ApiError";
        EXPECT_EQ(response.value().at_pointer("/content/application~1json/schema/$ref"), json::value(wanted)) << id;
      }
    }
  }
  EXPECT_TRUE(ids.contains("getUserListenCount"));
}

TEST_F(OpenApi, describes_every_reply_by_its_shape) {
  for (const Route& route : service_.router().routes()) {
    if (route.handle.shape() == nullptr) continue;
    for (const auto& operation : document_.at("paths").at(route.path).as_object()) {
      if (operation.value().at("operationId") != json::value(route.id)) continue;
      const json::value& content = operation.value().at("responses").at("200").at("content");
      const json::value& schema = content.at(route.reply_type).at("schema");
      EXPECT_EQ((route.handle.is_list() ? schema.at("items") : schema).at("$ref"),
                json::value("#/components/schemas/" + std::string(route.handle.shape()->name)))
          << route.id;
    }
  }
}

TEST_F(OpenApi, has_every_schema_that_it_refers_to) {
  const std::string text = json::serialize(document_);
  const json::object& schemas = document_.at("components").at("schemas").as_object();
  constexpr std::string_view kPrefix = "#/components/schemas/";
  for (std::size_t at = text.find(kPrefix); at != std::string::npos; at = text.find(kPrefix, at + 1)) {
    const std::size_t begin = at + kPrefix.size();
    EXPECT_TRUE(schemas.contains(text.substr(begin, text.find('"', begin) - begin)));
  }
}

TEST_F(OpenApi, has_examples_that_match_their_schemas) {
  const testing::JsonSchemas schemas(document_.at("components").at("schemas").as_object());
  std::size_t examples = 0;
  for (const Route& route : service_.router().routes()) {
    if (route.example.shape == nullptr) continue;
    ++examples;
    EXPECT_EQ(schemas.faults(json::parse(route.example.reply), route.handle.shape()->name), std::vector<std::string>())
        << route.id;
  }
  EXPECT_GE(examples, 7U);
}

TEST_F(OpenApi, has_no_words_of_the_command_line) {
  const std::string text = json::serialize(document_);
  for (const char* const word : {"--", "segue map", "segue token", "segue train"}) {
    const std::size_t at = text.find(word);
    EXPECT_EQ(at, std::string::npos) << text.substr(at < 80 ? 0 : at - 80, 160);
  }
}

}  // namespace
}  // namespace segue::serve
