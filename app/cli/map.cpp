// segue map MODEL
#include <chrono>
#include <filesystem>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/words.h"
#include "segue/draw/draw.h"
#include "segue/draw/draw_html.h"
#include "segue/pipeline/lay_out_map.h"
#include "segue/pipeline/place.h"
#include "segue/recommend/recommender.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/songs.h"
#include "app/web/assets.h"

namespace segue {

struct HighlightOptions {
  std::vector<std::string> highlight{};
};

template <>
struct OptionsOf<HighlightOptions> {
  static constexpr std::string_view section = "map";
  static constexpr std::array rows = {
      option<&HighlightOptions::highlight>("highlight",
                                           "Highlight this song, and for all songs given "
                                           "their mean and its nearest neighbours"),
  };
};
SEGUE_CHECK_OPTIONS(HighlightOptions);

namespace cli {
namespace {

constexpr std::uint32_t kNeighboursShown = 10;
constexpr std::size_t kRegionsListed = 12;

class MapCommand final : public Command {
 public:
  std::string_view name() const override { return "map"; }
  std::string_view summary() const override { return "Lay out all songs on a map and draw it"; }
  std::string_view example() const override {
    return "  segue map model --png map.png --html map.html\n"
           "  segue map model --highlight \"Nina Simone Sinnerman\" --highlight \"Bill Withers\" --webp steps.webp";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder", model_);
    arguments.options(draw_);
    arguments.options(highlight_);
    arguments.options(layout_);
    arguments.options(tsne_);
  }

  void run(Terminal& terminal) override {
    check_use();
    const model::Model model(model_);
    const std::optional<draw::Highlight> highlight = songs_to_highlight(model, terminal);
    const pipeline::MapResult result =
        pipeline::lay_out_map(model_, model, layout_, tsne_, terminal.progress(), terminal.stop());
    draw(model, result.map, highlight, terminal);
    if (terminal.json()) {
      terminal.print(document(result));
    } else {
      terminal.report(text(result));
    }
  }

 private:
  // Refuses wrong options before minutes are spent on a layout.
  void check_use() const {
    if (highlight_.highlight.empty() && !(draw_.frames.empty() && draw_.webp.empty())) {
      fail(ErrorCode::wrong_use, "{} needs --highlight SONG", draw_.frames.empty() ? "--webp" : "--frames");
    }
    for (const std::string* file : {&draw_.png, &draw_.svg, &draw_.html, &draw_.csv, &draw_.webp}) {
      if (!file->empty()) const AtomicFile writable(*file);
    }
  }

  std::optional<draw::Highlight> songs_to_highlight(const model::Model& model, Terminal& terminal) const {
    if (highlight_.highlight.empty()) return std::nullopt;
    draw::Highlight highlight;
    highlight.songs = recommend::songs_of(resolve_seeds(model, highlight_.highlight, terminal));
    recommend::RecommendOptions options;
    options.by = recommend::RecommendBy::vectors;  // the picture shows what is nearest to their mean
    options.k = kNeighboursShown;
    options.threads = tsne_.threads;
    for (const recommend::Recommendation& found :
         recommend::Recommender(model).recommend({.played = highlight.songs}, options).items) {
      highlight.neighbours.push_back(found.song);
    }
    return highlight;
  }

  void draw(const model::Model& model, const layout::SongMap& map, std::optional<draw::Highlight> highlight,
            Terminal& terminal) {
    if (!draw_.csv.empty()) draw::write_map_csv(draw_.csv, map, model.songs());
    if (!draw_.html.empty()) {
      if (model.songs().size() > draw::kMostPageSongs) {
        terminal.note(fmt::format("--html: a page holds {} songs; it shows the most played of {}",
                                  with_commas(draw::kMostPageSongs), with_commas(model.songs().size())));
      }
      draw::write_map_html(draw_.html, page_template("map"), map, model.songs());
    }
    if (draw_.png.empty() && draw_.svg.empty() && draw_.frames.empty() && draw_.webp.empty()) return;
    const draw::MapDrawing drawing(map, model.songs(), draw_);
    std::uint32_t missing = 0;
    for (const draw::PlacedLabel& label : drawing.labels()) missing += label.missing;
    if (missing > 0) {
      terminal.note(
          fmt::format("names of regions: no installed font has {} of their letters; Debian's fonts-noto-core and "
                      "fonts-noto-cjk have nearly all",
                      with_commas(missing)));
    }
    if (highlight) {
      highlight->mean = pipeline::place_songs(model, map, highlight->songs, 0, tsne_.threads);
      if (!draw_.png.empty()) drawing.write_png(draw_.png, *highlight);
      if (!draw_.svg.empty()) drawing.write_svg(draw_.svg, *highlight);
      if (!draw_.frames.empty()) drawing.write_frames(draw_.frames, *highlight);
      if (!draw_.webp.empty()) drawing.write_webp(draw_.webp, *highlight);
      return;
    }
    if (!draw_.png.empty()) drawing.write_png(draw_.png);
    if (!draw_.svg.empty()) drawing.write_svg(draw_.svg);
  }

  json::object document(const pipeline::MapResult& result) const {
    json::object document;
    document["model"] = model_;
    document["songs"] = result.map.layout.size();
    document["reused"] = result.reused;
    document["map"] = result.record;
    json::array& regions = document["regions"].emplace_array();
    for (const layout::Region& region : result.map.regions) {
      regions.push_back({{"label", region.label},
                         {"size", region.size},
                         {"level", region.level},
                         {"parent", region.parent},
                         {"x", region.centre.x},
                         {"y", region.centre.y},
                         {"source", choice_name(region.source)}});
    }
    json::object& files = document["files"].emplace_object();
    for (const auto& [kind, file] : written()) files[kind] = file;
    return document;
  }

  std::vector<std::pair<std::string_view, std::string>> written() const {
    std::vector<std::pair<std::string_view, std::string>> files;
    for (const auto& [kind, file] : {std::pair{"png", &draw_.png},
                                     {"svg", &draw_.svg},
                                     {"html", &draw_.html},
                                     {"csv", &draw_.csv},
                                     {"frames", &draw_.frames},
                                     {"webp", &draw_.webp}}) {
      if (!file->empty()) files.emplace_back(kind, *file);
    }
    return files;
  }

  std::string text(const pipeline::MapResult& result) const {
    const layout::SongMap& map = result.map;
    std::vector<std::size_t> counts;
    Table regions({">songs", "region", "named by"});
    std::vector<const layout::Region*> large;
    for (const layout::Region& region : map.regions) {
      counts.resize(std::max<std::size_t>(counts.size(), region.level + 1));
      ++counts[region.level];
      if (region.level == 0) large.push_back(&region);
    }
    std::ranges::stable_sort(large, [](const layout::Region* a, const layout::Region* b) { return a->size > b->size; });
    for (std::size_t i = 0; i < std::min(large.size(), kRegionsListed); ++i) {
      const std::string& label = large[i]->label;
      const bool named = !label.empty() && large[i]->source != layout::NameSource::none;
      regions.add({with_commas(large[i]->size), label.empty() ? "(no name)" : for_terminal(label),
                   named ? std::string(choice_name(large[i]->source)) : ""});
    }
    std::string out = large.empty() ? "" : regions.text() + "\n";
    if (large.size() > kRegionsListed) {
      out.insert(out.size() - 1, fmt::format("and {} more\n", large.size() - kRegionsListed));
    }
    out += fmt::format("{} songs, {} regions", with_commas(map.layout.size()), with_commas(map.regions.size()));
    if (counts.size() > 1) out += fmt::format(" ({} by level)", fmt::join(counts, ", "));
    out += '\n';
    if (result.reused) {
      out += fmt::format("the model already had this map (KL {:.3f}); --redo lays it out again\n", result.kl);
    } else {
      out += fmt::format("laid out in {} (KL {:.3f})\n",
                         duration_for_people(std::chrono::duration<double>(result.seconds)), result.kl);
      if (result.mean_displacement) {
        out += fmt::format("songs of {} moved by {:.3f} of its radius on average\n", layout_.like,
                           *result.mean_displacement);
      }
      out += fmt::format("map written to {}\n", model_);
    }
    for (const auto& [kind, file] : written()) out += fmt::format("{} written to {}\n", kind, file);
    return out;
  }

  std::string model_;
  draw::DrawOptions draw_;
  HighlightOptions highlight_;
  pipeline::LayoutOptions layout_;
  layout::TsneOptions tsne_;
};

}  // namespace

std::unique_ptr<Command> make_map_command() {
  return std::make_unique<MapCommand>();
}

}  // namespace cli
}  // namespace segue
