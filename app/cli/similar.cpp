// segue similar MODEL SONG | --plus SONG --minus SONG | --artist NAME | --songs all -o LISTS
#include "segue/recommend/similar.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/field_documents.h"
#include "segue/base/words.h"
#include "segue/model/model.h"
#include "segue/pipeline/make_lists.h"
#include "segue/recommend/catalogue_filter.h"

#include "app/cli/audience.h"
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/playable.h"
#include "app/cli/replies.h"
#include "app/cli/similar_groups.h"
#include "app/cli/songs.h"

namespace segue {
namespace cli {

struct ArithmeticOptions {
  std::vector<std::string> plus;
  std::vector<std::string> minus;
};

struct SimilarOutput {
  std::string output;
};

}  // namespace cli

template <>
struct OptionsOf<cli::SimilarOutput> {
  static constexpr std::string_view section = "similar";
  static constexpr std::array rows = {
      option<&cli::SimilarOutput::output>(
          "output", "With --songs: a .parquet, .arrow, .csv or .jsonl file, or a folder of Parquet files"),
  };
};
SEGUE_CHECK_OPTIONS(cli::SimilarOutput);

template <>
struct OptionsOf<cli::ArithmeticOptions> {
  static constexpr std::string_view section = "similar";
  static constexpr std::array rows = {
      option<&cli::ArithmeticOptions::plus>("plus", "A song to add to SONG: the songs like both"),
      option<&cli::ArithmeticOptions::minus>("minus", "A song to subtract: songs like the others, unlike this one"),
  };
};
SEGUE_CHECK_OPTIONS(cli::ArithmeticOptions);

namespace cli {

namespace {

class SimilarCommand final : public Command {
 public:
  std::string_view name() const override { return "similar"; }
  std::string_view summary() const override { return "The songs most like a song, or artists most like an artist"; }
  std::string_view example() const override {
    return "  segue similar model \"Kendrick Lamar HUMBLE\" -k 20\n"
           "  segue similar model spotify:track:7KXjTSCq5nL1LoYtL7XAwS --json\n"
           "  segue similar model --plus \"Johnny Cash Hurt\" --plus \"Nirvana Lithium\" --minus \"Johnny Cash "
           "Jackson\"\n"
           "  segue similar model \"Bill Evans Waltz for Debby\" --not-artist \"Bill Evans\" --max-plays 50\n"
           "  segue similar model --artist \"Miles Davis\" --songs 3\n"
           "  segue similar model --songs all -k 50 -o similar.parquet";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder", model_);
    arguments.optional_positional(
        "SONG", "A song's id, or words of its artist and title; or an artist, artist:NAME, album:NAME or tag:NAME",
        songs_);
    arguments.options(options_);
    arguments.options(arithmetic_);
    arguments.options(groups_);
    arguments.options(filter_);
    arguments.options(playable_);
    arguments.options(output_);
    arguments.options(table_);
  }

  void run(Terminal& terminal) override {
    check_use();
    if (asks_for_all_songs(groups_)) return similar_to_many(terminal);
    const model::Model model(model_);
    const std::optional<index::RowSet> passing = recommend::songs_passing(filter_, model.songs());
    PlayableSongs playable(playable_, model);
    const index::RowSet* const keeps = playable.among(passing);
    if (asks_for_group(groups_)) {
      print_similar_groups(model, model_, groups_, options_.k, keeps, terminal);
      return;
    }
    std::vector<recommend::TypedSeed> plus = resolve_seeds(model, songs_, terminal);
    std::ranges::move(resolve_seeds(model, arithmetic_.plus, terminal), std::back_inserter(plus));
    const std::vector<recommend::TypedSeed> minus = resolve_seeds(model, arithmetic_.minus, terminal);
    const std::vector<math::ScoredRow> found = recommend::similar_songs(
        model, recommend::weighted_songs_of(plus), recommend::weighted_songs_of(minus), options_, keeps);
    if (!model.index_note().empty()) terminal.note(model.index_note());
    if (terminal.json()) {
      terminal.print(document(model, plus, minus, found));
    } else {
      terminal.print(table(model, found));
    }
  }

 private:
  void check_use() const {
    const bool any_song = !songs_.empty() || !arithmetic_.plus.empty() || !arithmetic_.minus.empty();
    if (asks_for_group(groups_)) {
      if (any_song) fail(ErrorCode::wrong_use, "expected a song, or --artist, --album or --tag; found both");
      if (!output_.output.empty()) fail(ErrorCode::wrong_use, "--output: expected --songs all or a file with it");
      return;
    }
    if (groups_.min_songs > 1) {
      fail(ErrorCode::wrong_use, "--min-songs: expected --artist, --album or --tag with it, found none");
    }
    if (groups_.songs.empty() != output_.output.empty()) {
      fail(ErrorCode::wrong_use,
           "expected --songs with --output, for lists of many songs, or with --artist, --album or --tag; found only {}",
           groups_.songs.empty() ? "--output" : "--songs");
    }
    if (asks_for_all_songs(groups_)) {
      if (any_song) fail(ErrorCode::wrong_use, "expected --songs alone, found it with a song");
      return;
    }
    if (songs_.empty() && arithmetic_.plus.empty()) {
      fail(ErrorCode::wrong_use, "expected a song, --plus with a song, or --artist, --album or --tag; found {}",
           any_song ? "only --minus" : "none");
    }
    if (songs_.size() > 1) {
      fail(ErrorCode::wrong_use, "expected one song, found {}; the songs like several: --plus SONG --plus SONG",
           songs_.size());
    }
  }

  void similar_to_many(Terminal& terminal) const {
    model::Model model(model_);
    const std::optional<index::RowSet> passing = recommend::songs_passing(filter_, model.songs());
    PlayableSongs playable(playable_, model);
    const index::RowSet* const keeps = playable.among(passing);
    pipeline::SongsAsHistories seeds =
        groups_.songs == "all" ? pipeline::SongsAsHistories(model.songs(), model.trained_songs())
                               : pipeline::SongsAsHistories(model.songs(), pipeline::read_ids(groups_.songs, "song"));
    if (seeds.unknown_songs() > 0) {
      terminal.note(fmt::format("{}: songs not in the model: {}, such as {}", groups_.songs,
                                with_commas(seeds.unknown_songs()), seeds.first_unknown()));
    }
    const auto output = open_lists(output_.output, {.key = pipeline::ListKey::seed}, table_, model.songs(),
                                   pipeline::plan_of(model, options_, keeps, table_), seeds, terminal);
    model.code_vectors(index::WalkChoice::as_without_codes);
    if (!model.index_note().empty()) terminal.note(model.index_note());
    const pipeline::ListCounts counts =
        pipeline::similar_to_all(model, seeds, options_, keeps, *output, terminal.progress(), terminal.stop());
    report_lists(output_.output, counts, "songs", terminal);
  }

  json::object document(const model::Model& model, std::span<const recommend::TypedSeed> plus,
                        std::span<const recommend::TypedSeed> minus, std::span<const math::ScoredRow> found) const {
    SimilarDocument document;
    const data::Catalogue& songs = model.songs();
    const std::vector<data::SongRow> added = recommend::songs_of(plus);
    const bool are_songs = recommend::are_history(plus) && recommend::are_history(minus);
    const bool one = are_songs && added.size() == 1 && minus.empty();
    document.items = recommend::similar_song_replies(model, one ? std::optional(added.front()) : std::nullopt, found);
    document.model = model_;
    if (one) {
      document.song = recommend::song_reply(songs, added.front());
    } else {
      document.plus = recommend::song_replies(songs, added);
      document.minus = recommend::song_replies(songs, recommend::songs_of(minus));
    }
    if (!are_songs) {
      document.taken_as = recommend::taken_seed_replies(songs, plus);
      std::ranges::move(recommend::taken_seed_replies(songs, minus), std::back_inserter(*document.taken_as));
    }
    return document_of(document);
  }

  static std::string table(const model::Model& model, const std::vector<math::ScoredRow>& found) {
    Table table({">rank", ">similarity", "song", ">plays"});
    for (std::size_t i = 0; i < found.size(); ++i) {
      table.add({std::to_string(i + 1), fmt::format("{:.3f}", found[i].score), song_text(model.songs(), found[i].row),
                 with_commas(model.songs().plays(found[i].row))});
    }
    return table.text();
  }

  std::string model_;
  std::vector<std::string> songs_;
  recommend::SimilarOptions options_;
  ArithmeticOptions arithmetic_;
  GroupOptions groups_;
  recommend::FilterOptions filter_;
  PlayableOptions playable_;
  SimilarOutput output_;
  pipeline::ListTableOptions table_;
};

}  // namespace

std::unique_ptr<Command> make_similar_command() {
  return std::make_unique<SimilarCommand>();
}

}  // namespace cli
}  // namespace segue
