// segue recommend MODEL SONG... | segue recommend MODEL --user ID --dataset DATASET
// segue recommend MODEL --users all --dataset DATASET -o LISTS | segue recommend MODEL --histories FILE -o LISTS
#include <set>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/field_documents.h"
#include "segue/base/words.h"
#include "segue/data/dataset/dataset.h"
#include "segue/model/model.h"
#include "segue/pipeline/make_lists.h"
#include "segue/recommend/catalogue_filter.h"
#include "segue/recommend/dislike.h"
#include "segue/recommend/history.h"
#include "segue/recommend/interests.h"
#include "segue/recommend/recommender.h"

#include "app/cli/audience.h"
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/playlist_output.h"
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
           "  segue recommend model artist:Radiohead:2 \"album:Kind of Blue\" --interests auto\n"
           "  segue recommend model --user u42 --dataset dataset --mode any\n"
           "  segue recommend model --users all --dataset dataset -k 50 -o recs.parquet";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder", model_);
    arguments.optional_positional("SONG",
                                  "Songs played, the newest last: ids, or words of artist and title; or artists, "
                                  "artist:NAME, album:NAME, tag:NAME, "
                                  "artist:NAME:WEIGHT",
                                  songs_);
    arguments.options(options_);
    arguments.options(user_);
    arguments.options(audience_);
    arguments.options(table_);
    arguments.options(list_);
    arguments.options(dislike_);
    arguments.options(interests_);
    arguments.options(filter_);
    arguments.options(playlist_);
    arguments.options(playable_);
  }

  void run(Terminal& terminal) override {
    if (asks_for_many(audience_)) return recommend_to_many(terminal);
    check_use();
    const PlaylistView view = view_of(playlist_);
    const std::uint32_t interests = recommend::interests_wanted(interests_);
    const model::Model model(model_);
    const std::optional<index::RowSet> passing = recommend::songs_passing(filter_, model.songs());
    PlayableSongs playable(playable_, model);
    const index::RowSet* const keeps = playable.among(passing);
    const std::vector<recommend::TypedSeed> given = resolve_seeds(model, songs_, terminal);
    const bool are_seeds = !recommend::are_history(given);
    const std::vector<recommend::WeightedSong> seeds =
        are_seeds ? recommend::weighted_songs_of(given) : std::vector<recommend::WeightedSong>();
    std::vector<data::SongRow> played;
    if (!are_seeds) played = user_.user.empty() ? recommend::songs_of(given) : songs_of_user(model, terminal);
    const std::vector<recommend::TypedSeed> disliked_seeds = resolve_seeds(model, dislike_.dislike, terminal);
    const std::vector<data::SongRow> disliked = recommend::songs_of(disliked_seeds);
    const std::vector<data::SongRow> excluded = recommend::all_songs_of(disliked_seeds);
    const recommend::Listener listener{
        .played = played, .disliked = disliked, .excluded = excluded, .keeps = keeps, .seeds = seeds};
    const std::vector<recommend::Recommendation> found =
        recommend::Recommender(model).recommend(listener, options_, list_, interests).items;
    if (!model.index_note().empty()) terminal.note(model.index_note());
    if (found.empty()) terminal.note(why_nothing(model, played, keeps));
    if (view != PlaylistView::table) {
      std::vector<std::uint32_t> list;
      for (const recommend::Recommendation& one : found) list.push_back(one.song);
      write_playlist(model.songs(), list, title_of(model, given), playlist_, playable, terminal);
    } else if (terminal.json()) {
      RecommendationsDocument document = documented(model, played, found);
      if (are_seeds) document.taken_as = recommend::taken_seed_replies(model.songs(), given);
      terminal.print(document_of(document));
    } else {
      terminal.print(table(model, found));
    }
  }

 private:
  void recommend_to_many(Terminal& terminal) const {
    check_use_for_many();
    model::Model model(model_);
    const std::optional<index::RowSet> passing = recommend::songs_passing(filter_, model.songs());
    PlayableSongs playable(playable_, model);
    const std::vector<recommend::TypedSeed> disliked_seeds = resolve_seeds(model, dislike_.dislike, terminal);
    const std::vector<data::SongRow> disliked = recommend::songs_of(disliked_seeds);
    const std::vector<data::SongRow> excluded = recommend::all_songs_of(disliked_seeds);
    const pipeline::RecommendToAll wanted{.options = options_,
                                          .list = list_,
                                          .interests = recommend::interests_wanted(interests_),
                                          .disliked = disliked,
                                          .excluded = excluded,
                                          .keeps = playable.among(passing)};
    Audience audience(audience_, user_.dataset, model.songs(), options_.threads, terminal);
    const auto output =
        open_lists(playlist_.output, {.key = pipeline::ListKey::user, .reasons = options_.explain}, table_,
                   model.songs(), pipeline::plan_of(model, wanted, table_), audience.source(), terminal);
    model.code_vectors(index::WalkChoice::as_without_codes);
    if (!model.index_note().empty()) terminal.note(model.index_note());
    const pipeline::ListCounts counts =
        pipeline::recommend_to_all(model, audience.source(), wanted, *output, terminal.progress(), terminal.stop());
    report_lists(playlist_.output, counts, "users", terminal);
  }

  void check_use_for_many() const {
    if (!songs_.empty() || !user_.user.empty()) {
      fail(ErrorCode::wrong_use, "expected {} alone, found it with {}",
           audience_.users.empty() ? "--histories" : "--users", songs_.empty() ? "--user" : "songs");
    }
    if (playlist_.format != PlaylistView::table || !playlist_.title.empty() || !playlist_.location.empty()) {
      fail(ErrorCode::wrong_use, "--format, --title and --location are for one playlist; expected none for many users");
    }
    if (playlist_.output.empty()) {
      fail(ErrorCode::wrong_use,
           "expected --output for the lists of many users: a .parquet, .arrow, .csv or .jsonl "
           "file, or a folder; found none");
    }
  }

  std::string title_of(const model::Model& model, std::span<const recommend::TypedSeed> given) const {
    if (!playlist_.title.empty()) return playlist_.title;
    if (!user_.user.empty()) return fmt::format("For {}", user_.user);
    return fmt::format("After {}", recommend::name_of(model.songs(), given.back()));
  }

  // An empty list is never given in silence.
  std::string why_nothing(const model::Model& model, std::span<const std::uint32_t> played,
                          const index::RowSet* keeps) const {
    const std::set<std::uint32_t> distinct(played.begin(), played.end());
    if (list_.mode == recommend::ListMode::discover && distinct.size() >= model.songs().size()) {
      return fmt::format(
          "nothing to discover: all {} songs of the model were played; --mode any or rediscover recommends "
          "them too, segue ingest --base puts songs of others beside them",
          with_commas(model.songs().size()));
    }
    if (list_.mode == recommend::ListMode::rediscover && played.size() <= recommend::kRestedPlays) {
      return fmt::format("nothing to rediscover: expected more than {} plays, found {}; --user takes a whole history",
                         recommend::kRestedPlays, with_commas(played.size()));
    }
    if (list_.mode == recommend::ListMode::rediscover && keeps == nullptr) {
      return fmt::format(
          "nothing to rediscover: every song heard is among the last {} plays; --mode any plays them too",
          recommend::kRestedPlays);
    }
    if (keeps != nullptr) return "nothing found: the filters or the library leave no song that may be recommended";
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

  RecommendationsDocument documented(const model::Model& model, std::span<const std::uint32_t> played,
                                     std::span<const recommend::Recommendation> found) const {
    RecommendationsDocument document;
    document.items = recommend::recommended_song_replies(model.songs(), found);
    document.model = model_;
    if (!user_.user.empty()) document.user = user_.user;
    document.played = ids_of(model.songs(), played);
    return document;
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
  AudienceOptions audience_;
  pipeline::ListTableOptions table_;
  recommend::RerankOptions list_;
  recommend::DislikeOptions dislike_;
  // One list for everything that was played, as in the figures of docs/quality.md.
  recommend::InterestOptions interests_{.interests = "1"};
  recommend::FilterOptions filter_;
  PlaylistOptions playlist_;
  PlayableOptions playable_;
};

}  // namespace

std::unique_ptr<Command> make_recommend_command() {
  return std::make_unique<RecommendCommand>();
}

}  // namespace segue::cli
