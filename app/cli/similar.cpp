// segue similar MODEL SONG | --plus SONG --minus SONG | --artist NAME
#include "segue/recommend/similar.h"

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/field_documents.h"
#include "segue/base/words.h"
#include "segue/model/model.h"
#include "segue/recommend/catalogue_filter.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/replies.h"
#include "app/cli/similar_groups.h"
#include "app/cli/songs.h"

namespace segue {
namespace cli {

struct ArithmeticOptions {
  std::vector<std::string> plus;
  std::vector<std::string> minus;
};

}  // namespace cli

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
           "  segue similar model --artist \"Miles Davis\" --songs 3";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder", model_);
    arguments.optional_positional("SONG", "A song's id, or words of its artist and title", songs_);
    arguments.options(options_);
    arguments.options(arithmetic_);
    arguments.options(groups_);
    arguments.options(filter_);
  }

  void run(Terminal& terminal) override {
    check_use();
    const model::Model model(model_);
    const std::optional<index::RowSet> keeps = recommend::songs_passing(filter_, model.songs());
    if (asks_for_group(groups_)) {
      print_similar_groups(model, model_, groups_, options_.k, keeps ? &*keeps : nullptr, terminal);
      return;
    }
    std::vector<std::uint32_t> plus = resolve_songs(model.songs(), songs_, terminal);
    for (const std::uint32_t row : resolve_songs(model.songs(), arithmetic_.plus, terminal)) plus.push_back(row);
    const std::vector<std::uint32_t> minus = resolve_songs(model.songs(), arithmetic_.minus, terminal);
    const std::vector<math::ScoredRow> found =
        recommend::similar_songs(model, plus, minus, options_, keeps ? &*keeps : nullptr);
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
      return;
    }
    if (groups_.songs > 0 || groups_.min_songs > 1) {
      fail(ErrorCode::wrong_use, "--songs and --min-songs: expected --artist, --album or --tag with them, found none");
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

  json::object document(const model::Model& model, std::span<const std::uint32_t> plus,
                        std::span<const std::uint32_t> minus, std::span<const math::ScoredRow> found) const {
    SimilarDocument document;
    const bool one = plus.size() == 1 && minus.empty();
    document.items = recommend::similar_song_replies(model, one ? std::optional(plus.front()) : std::nullopt, found);
    document.model = model_;
    if (one) {
      document.song = recommend::song_reply(model.songs(), plus.front());
    } else {
      document.plus = recommend::song_replies(model.songs(), plus);
      document.minus = recommend::song_replies(model.songs(), minus);
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
};

}  // namespace

std::unique_ptr<Command> make_similar_command() {
  return std::make_unique<SimilarCommand>();
}

}  // namespace cli
}  // namespace segue
