// Files of a served model that are changed in place: the process survives, says so, and recovers.
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "segue/base/file.h"
#include "segue/base/lost_pages.h"
#include "segue/model/extend.h"
#include "segue/model/index_file.h"
#include "segue/serve/service.h"
#include "segue/store/tokens.h"

#include "tests/support/memory_store.h"
#include "tests/support/resident.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::serve {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kServedSongs = 3000;  // files of many pages

class DamagedModelTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    made_.emplace();
    testing::write_small_model(*made_ / "model", testing::small_model(kServedSongs));
    NoProgress progress;
    model::extend_model(*made_ / "model", std::array{model::kIndexName}, [&](const fs::path& version) {
      const model::IndexBuild build{.options = {.index = index::SearchMethod::graph}, .threads = 1};
      return json::object{{"index", model::write_index(version, build, progress, {})}};
    });
  }
  static void TearDownTestSuite() { made_.reset(); }

  DamagedModelTest() {
    store::StoredToken reader;
    reader.read = true;
    const store::NewToken made = store::make_token(reader);
    store_.add_token(made.token);
    secret_ = made.secret;
  }

  void start() {
    service_.reset();
    models_.reset();
    restore();
    fs::create_directory(scratch_ / "cache");
    models_.emplace(model_sources("default", folder(), {}, {}), scratch_ / "cache", true);
    service_.emplace(ServiceSetup{.models = *models_,
                                  .store = store_,
                                  .files = files_,
                                  .log = [this](std::string_view event, const json::object& fields) {
                                    log_ += fmt::format("{} {}\n", event, json::serialize(fields));
                                  }});
  }
  // New files, as a careful deployment would bring them.
  void restore() const {
    fs::remove_all(folder());
    fs::copy(*made_ / "model", folder(), fs::copy_options::recursive);
  }
  fs::path folder() const { return scratch_ / "model"; }
  std::uint64_t model_bytes() const {
    std::uint64_t sum = 0;
    for (const auto& file : fs::directory_iterator(folder())) sum += file.file_size();
    return sum;
  }

  Reply ask(Method method, const std::string& path, const std::string& query = "", const std::string& body = "") {
    Request request;
    request.method = method;
    request.path = path;
    request.query = query;
    request.body = body;
    request.headers.push_back({"authorization", "Token " + secret_});
    return service_->answer(request, service_->prepare(request));
  }
  std::vector<Reply> ask_everything() {
    std::vector<Reply> replies;
    for (const char* id : {"song%200", "song-1501", "song-2990"}) {
      const std::string path = fmt::format("/v1/songs/{}", id);
      replies.push_back(ask(Method::get, path));
      replies.push_back(ask(Method::get, path + "/similar", "k=20"));
    }
    replies.push_back(ask(Method::get, "/v1/songs", "q=g%201"));
    const std::string seeds = R"({"songs": ["song 0", "song-1501", "song-2990"])";
    replies.push_back(ask(Method::post, "/v1/recommendations", "", seeds + R"(, "k": 20, "explain": true})"));
    replies.push_back(ask(Method::post, "/v1/radio", "", seeds + R"(, "length": 30})"));
    replies.push_back(ask(Method::post, "/v1/journey", "", R"({"from": "song 0", "to": "song-2990"})"));
    return replies;
  }

  testing::Scratch scratch_;
  testing::MemoryStore store_;
  std::optional<ModelSet> models_;
  std::optional<Service> service_;
  std::string log_;

 private:
  static inline std::optional<testing::Scratch> made_;
  std::string secret_;
  const StaticFiles files_;
};

// Only pages that requests read count as the memory of a service.
TEST_F(DamagedModelTest, loaded_and_replaced_models_keep_no_pages) {
  start();
  const std::uint64_t at_start = testing::resident_bytes(folder().string());
  EXPECT_LT(at_start, model_bytes() / 2);
  ask_everything();
  EXPECT_GT(testing::resident_bytes(folder().string()), at_start);
  models_->reload("");
  EXPECT_LE(testing::resident_bytes(folder().string()), at_start);
  models_->rollback("");
  for (const Reply& reply : ask_everything()) EXPECT_EQ(reply.status, 200) << reply.body;
}

TEST_F(DamagedModelTest, answers_503_names_the_file_in_the_log_and_recovers_by_a_reload) {
  start();
  for (const Reply& reply : ask_everything()) ASSERT_EQ(reply.status, 200) << reply.bytes();
  ASSERT_EQ(ask(Method::get, "/health/ready").status, 200);
  ASSERT_EQ(::truncate((folder() / "songs.arrow").c_str(), 0), 0);
  const Reply reply = ask(Method::get, "/v1/songs/song%200");
  EXPECT_EQ(reply.status, 503);
  EXPECT_NE(reply.bytes().find("the model is damaged"), std::string::npos) << reply.bytes();
  EXPECT_EQ(reply.bytes().find("songs.arrow"), std::string::npos) << "paths are not for clients: " << reply.bytes();
  EXPECT_NE(log_.find("songs.arrow: expected"), std::string::npos) << log_;
  EXPECT_EQ(ask(Method::get, "/health/ready").status, 503);
  EXPECT_EQ(ask(Method::get, "/health/live").status, 200);
  service_->reload_all();  // of the damaged folder: refused
  EXPECT_EQ(ask(Method::get, "/v1/songs/song%200").status, 503);
  restore();
  service_->reload_changed();  // the same model, whole again
  EXPECT_EQ(ask(Method::get, "/health/ready").status, 200);
  for (const Reply& again : ask_everything()) EXPECT_EQ(again.status, 200) << again.bytes();
}

TEST_F(DamagedModelTest, tries_a_damaged_folder_again_only_when_it_has_changed) {
  start();
  ASSERT_EQ(::truncate((folder() / "vectors.npy").c_str(), 4096), 0);
  EXPECT_TRUE(models_->changed().replaced.empty()) << "its sizes are wrong";
  restore();
  EXPECT_EQ(models_->changed().replaced, std::vector<std::string>{"default"});
  std::string wrong = read_text(folder() / "vectors.npy");
  wrong.back() = static_cast<char>(wrong.back() ^ 1);
  write_text_atomically(folder() / "vectors.npy", wrong);
  EXPECT_EQ(models_->changed().replaced, std::vector<std::string>{"default"});
  service_->reload_changed();
  EXPECT_TRUE(models_->changed().replaced.empty());
}

TEST_F(DamagedModelTest, is_noticed_when_files_are_written_over) {
  start();
  const std::string bytes = read_text(folder() / "vectors.npy");
  FileWriter over(folder() / "vectors.npy");  // cp, rsync --inplace
  over.write(bytes);
  over.close();
  EXPECT_EQ(ask(Method::get, "/v1/songs/song%200/similar").status, 503);
}

// Wherever a file is cut, requests get a whole reply, from pages that are still there, or 503.
TEST_F(DamagedModelTest, survives_a_cut_of_each_file_at_any_page) {
  std::size_t damaged = 0;
  for (const char* name : {"songs.arrow", "vectors.npy", "context.npy", "transitions.arrow", "index.hnsw"}) {
    const auto page = static_cast<std::uintmax_t>(::sysconf(_SC_PAGESIZE));
    start();
    const std::uintmax_t size = fs::file_size(folder() / name);
    const std::vector<Reply> whole = ask_everything();
    for (const std::uintmax_t part : {8U, 5U, 3U, 1U, 0U}) {
      start();
      ask(Method::get, "/v1/songs/song%200");  // from now on files are looked at in a second only
      ASSERT_EQ(::truncate((folder() / name).c_str(), static_cast<off_t>(size * part / 9 / page * page)), 0);
      const std::uint64_t before = lost_pages();
      const std::vector<Reply> replies = ask_everything();
      for (std::size_t i = 0; i < replies.size(); ++i) {
        const bool is_whole = replies[i].status == 200 && replies[i].bytes() == whole[i].bytes();
        EXPECT_TRUE(is_whole || replies[i].status == 503) << name << " " << part << ": " << replies[i].bytes();
      }
      damaged += lost_pages() != before ? 1U : 0U;
    }
  }
  EXPECT_GT(damaged, 8U) << "too few cuts were met by requests";
}

TEST_F(DamagedModelTest, searches_again_after_its_index_was_cut) {
  start();
  for (const auto& entry : fs::directory_iterator(scratch_ / "cache")) fs::resize_file(entry.path(), 8192);
  const Reply reply = ask(Method::get, "/v1/songs", "q=g");
  EXPECT_EQ(reply.status, 503) << reply.bytes();
  EXPECT_EQ(ask(Method::get, "/v1/songs/song%200").status, 200);
  service_->reload_changed();
  EXPECT_EQ(ask(Method::get, "/v1/songs", "q=g").status, 200);
}

}  // namespace
}  // namespace segue::serve
