// segue recommend MODEL SONG... | segue recommend MODEL --user ID --dataset DATASET
#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/data/dataset.h"
#include "segue/model/model.h"
#include "segue/recommend/history.h"
#include "segue/recommend/recommender.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/songs.h"

namespace segue::cli {

namespace {

json::object explanation_json(const Model& model, const Explanation& explanation) {
  json::object seed = song_json(model.songs(), explanation.seed);
  seed.erase("plays");
  return {{"seed", std::move(seed)},
          {"similarity", explanation.similarity},
          {"plays_together", explanation.plays_together},
          {"played_after", explanation.played_after},
          {"played_before", explanation.played_before}};
}

// A full list may have lost the pair; a song with room left in its list has all its neighbours there.
bool knows_all_neighbours(const Model& model, std::uint32_t song) {
  return model.transitions(song).neighbours.size() < kTransitionsKept;
}

std::string explanation_text(const Model& model, std::uint32_t pick, const Explanation& explanation) {
  std::string text =
      fmt::format("nearest to {} ({:.3f})", song_text(model.songs(), explanation.seed), explanation.similarity);
  const std::uint32_t count = explanation.plays_together;
  if (count == 0) {
    const bool certain = knows_all_neighbours(model, pick) || knows_all_neighbours(model, explanation.seed);
    return text + (certain ? ", never played close together" : ", seldom if ever played close together");
  }
  text +=
      count == 1 ? ", played close together once" : fmt::format(", played close together {} times", with_commas(count));
  const std::string_view mostly = count == 1 ? "" : " mostly";
  if (explanation.played_after > 2 * explanation.played_before) text += fmt::format(",{} after it", mostly);
  if (explanation.played_before > 2 * explanation.played_after) text += fmt::format(",{} before it", mostly);
  return text;
}

class RecommendCommand final : public Command {
 public:
  std::string_view name() const override { return "recommend"; }
  std::string_view summary() const override { return "What to play for someone who played these songs"; }
  std::string_view example() const override {
    return "  segue recommend model \"Bill Evans Waltz for Debby\" \"Miles Davis So What\" --explain\n"
           "  segue recommend model --user u42 --dataset dataset --half-life 20";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder", model_);
    arguments.optional_positional("SONG", "Songs played, the newest last: ids, or words of artist and title", songs_);
    arguments.options(options_);
    arguments.options(user_);
  }

  void run(Terminal& terminal) override {
    check_use();
    const Model model(model_);
    const std::vector<std::uint32_t> played =
        user_.user.empty() ? typed_songs(model, terminal) : songs_of_user(model, terminal);
    const std::vector<Recommendation> found = Recommender(model).recommend(played, options_);
    if (terminal.json()) {
      terminal.print(document(model, played, found));
    } else {
      terminal.print(table(model, found));
    }
  }

 private:
  void check_use() const {
    if (!user_.user.empty() && !songs_.empty()) {
      fail(ErrorCode::wrong_use, "expected songs or --user, found both");
    }
    if (user_.user.empty() && songs_.empty()) {
      fail(ErrorCode::wrong_use, "expected the songs played, or --user with --dataset; found neither");
    }
    if (user_.user.empty() != user_.dataset.empty()) {
      fail(ErrorCode::wrong_use, "expected --user and --dataset together, found only {}",
           user_.user.empty() ? "--dataset" : "--user");
    }
  }

  std::vector<std::uint32_t> typed_songs(const Model& model, Terminal& terminal) const {
    std::vector<std::uint32_t> rows;
    for (const std::string& typed : songs_) rows.push_back(resolve_song(model.songs(), typed, terminal));
    return rows;
  }

  std::vector<std::uint32_t> songs_of_user(const Model& model, Terminal& terminal) const {
    History history = history_of(open_dataset(user_.dataset), model.songs(), user_.user);
    if (history.unknown_plays > 0) {
      terminal.note(fmt::format("user {}: {} of {} plays are of songs that the model does not have", user_.user,
                                with_commas(history.unknown_plays),
                                with_commas(history.unknown_plays + history.songs.size())));
    }
    if (history.songs.empty()) {
      fail(ErrorCode::bad_input, "user {}: expected plays of songs that the model has, found none", user_.user);
    }
    return std::move(history.songs);
  }

  json::object document(const Model& model, const std::vector<std::uint32_t>& played,
                        const std::vector<Recommendation>& found) const {
    json::object document;
    if (!user_.user.empty()) document["user"] = user_.user;
    json::array& ids = document["played"].emplace_array();
    for (const std::uint32_t row : played) ids.emplace_back(model.songs().id(row));
    json::array& items = document["items"].emplace_array();
    for (const Recommendation& one : found) {
      json::object item = song_json(model.songs(), one.song);
      item["similarity"] = one.score;
      if (one.explanation) item["explanation"] = explanation_json(model, *one.explanation);
      items.push_back(std::move(item));
    }
    return document;
  }

  std::string table(const Model& model, const std::vector<Recommendation>& found) const {
    std::vector<std::string> headers = {">rank", ">similarity", "song", ">plays"};
    if (options_.explain) headers.emplace_back("because");
    Table table(headers);
    for (std::size_t i = 0; i < found.size(); ++i) {
      std::vector<std::string> cells = {std::to_string(i + 1), fmt::format("{:.3f}", found[i].score),
                                        song_text(model.songs(), found[i].song),
                                        with_commas(model.songs().plays(found[i].song))};
      if (found[i].explanation) cells.push_back(explanation_text(model, found[i].song, *found[i].explanation));
      table.add(std::move(cells));
    }
    return table.text();
  }

  std::string model_;
  std::vector<std::string> songs_;
  RecommendOptions options_;
  UserOptions user_;
};

}  // namespace

std::unique_ptr<Command> make_recommend_command() {
  return std::make_unique<RecommendCommand>();
}

}  // namespace segue::cli
