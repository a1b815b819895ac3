// segue recommend MODEL SONG... | segue recommend MODEL --user ID --dataset DATASET
#include <set>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/field_documents.h"
#include "segue/base/words.h"
#include "segue/data/dataset/dataset.h"
#include "segue/model/model.h"
#include "segue/recommend/catalogue_filter.h"
#include "segue/recommend/dislike.h"
#include "segue/recommend/history.h"
#include "segue/recommend/interests.h"
#include "segue/recommend/recommender.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/replies.h"
#include "app/cli/songs.h"

namespace segue::cli {

namespace {

class RecommendCommand final : public Command {
 public:
  std::string_view name() const override { return "recommend"; }
  std::string_view summary() const override { return "Songs to play for someone who played these songs"; }
  std::string_view example() const override {
    return "  segue recommend model \"Bill Evans Waltz for Debby\" \"Miles Davis So What\" --explain\n"
           "  segue recommend model \"Burial Archangel\" --dislike \"Skrillex Bangarang\" --popularity -0.5\n"
           "  segue recommend model --user u42 --dataset dataset --mode any";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder", model_);
    arguments.optional_positional("SONG", "Songs played, the newest last: ids, or words of artist and title", songs_);
    arguments.options(options_);
    arguments.options(user_);
    arguments.options(list_);
    arguments.options(dislike_);
    arguments.options(interests_);
    arguments.options(filter_);
  }

  void run(Terminal& terminal) override {
    check_use();
    const std::uint32_t interests = recommend::interests_wanted(interests_);
    const model::Model model(model_);
    const std::optional<index::RowSet> keeps = recommend::songs_passing(filter_, model.songs());
    const std::vector<std::uint32_t> played =
        user_.user.empty() ? resolve_songs(model.songs(), songs_, terminal) : songs_of_user(model, terminal);
    const std::vector<std::uint32_t> disliked = resolve_songs(model.songs(), dislike_.dislike, terminal);
    const recommend::Listener listener{played, disliked, {}, keeps ? &*keeps : nullptr};
    const std::vector<recommend::Recommendation> found =
        recommend::Recommender(model).recommend(listener, options_, list_, interests).items;
    if (!model.index_note().empty()) terminal.note(model.index_note());
    if (found.empty()) terminal.note(why_nothing(model, played, keeps));
    if (terminal.json()) {
      terminal.print(document(model, played, found));
    } else {
      terminal.print(table(model, found));
    }
  }

 private:
  // An empty list is never given in silence.
  std::string why_nothing(const model::Model& model, std::span<const std::uint32_t> played,
                          const std::optional<index::RowSet>& keeps) const {
    const std::set<std::uint32_t> distinct(played.begin(), played.end());
    if (list_.mode == recommend::ListMode::discover && distinct.size() >= model.songs().size()) {
      return fmt::format("nothing to discover: all {} songs of the model were played; --mode any recommends them too",
                         with_commas(model.songs().size()));
    }
    if (list_.mode == recommend::ListMode::rediscover && played.size() <= recommend::kRestedPlays) {
      return fmt::format("nothing to rediscover: expected more than {} plays, found {}; --user takes a whole history",
                         recommend::kRestedPlays, with_commas(played.size()));
    }
    if (keeps) return "nothing found: the filters leave no song that may be recommended";
    if (list_.mode == recommend::ListMode::discover) {
      return "nothing found: what was not played yet is a version of what was, or disliked; --mode any or "
             "--fold-versions false allow more";
    }
    return "nothing found: all songs were played just now, or are disliked";
  }

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

  std::vector<std::uint32_t> songs_of_user(const model::Model& model, Terminal& terminal) const {
    recommend::History history = recommend::history_of(data::open_dataset(user_.dataset), model.songs(), user_.user);
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

  json::object document(const model::Model& model, std::span<const std::uint32_t> played,
                        std::span<const recommend::Recommendation> found) const {
    RecommendationsDocument document;
    document.items = recommend::recommended_song_replies(model.songs(), found);
    document.model = model_;
    if (!user_.user.empty()) document.user = user_.user;
    document.played = ids_of(model.songs(), played);
    return document_of(document);
  }

  std::string table(const model::Model& model, const std::vector<recommend::Recommendation>& found) const {
    std::vector<std::string> headers = {">rank", ">score", ">similarity", "song", ">plays"};
    const auto name = [&](std::uint32_t row) { return song_text(model.songs(), row); };
    if (options_.explain) headers.emplace_back("because");
    Table table(headers);
    for (std::size_t i = 0; i < found.size(); ++i) {
      std::vector<std::string> cells = {
          std::to_string(i + 1), fmt::format("{:.3f}", found[i].score), fmt::format("{:.3f}", found[i].similarity),
          song_text(model.songs(), found[i].song), with_commas(model.songs().plays(found[i].song))};
      if (found[i].reasons) cells.push_back(recommend::sentence_of(*found[i].reasons, name));
      table.add(std::move(cells));
    }
    return table.text();
  }

  std::string model_;
  std::vector<std::string> songs_;
  recommend::RecommendOptions options_;
  recommend::UserOptions user_;
  recommend::RerankOptions list_;
  recommend::DislikeOptions dislike_;
  // One list for everything that was played, as in the figures of docs/quality.md.
  recommend::InterestOptions interests_{.interests = "1"};
  recommend::FilterOptions filter_;
};

}  // namespace

std::unique_ptr<Command> make_recommend_command() {
  return std::make_unique<RecommendCommand>();
}

}  // namespace segue::cli
