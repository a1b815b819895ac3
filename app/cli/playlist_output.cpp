#include "app/cli/playlist_output.h"

#include <filesystem>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/words.h"

namespace segue::cli {

PlaylistView view_of(const PlaylistOptions& options) {
  if (options.format != PlaylistView::table || options.output.empty()) return options.format;
  const std::string ending = std::filesystem::path(options.output).extension();
  for (const PlaylistView view : {PlaylistView::m3u8, PlaylistView::jspf, PlaylistView::xspf, PlaylistView::json}) {
    if (ending == fmt::format(".{}", kPlaylistViewNames[static_cast<std::size_t>(view)])) return view;
  }
  fail(ErrorCode::wrong_use,
       "--output: expected a file that ends in .m3u8, .jspf, .xspf or .json, or --format; found {}", options.output);
}

void write_playlist(const data::Catalogue& songs, std::span<const std::uint32_t> list, const std::string& title,
                    const PlaylistOptions& options, const PlayableSongs& playable, Terminal& terminal) {
  const PlaylistView view = view_of(options);
  const recommend::PlaylistFormat format = view == PlaylistView::m3u8   ? recommend::PlaylistFormat::m3u8
                                           : view == PlaylistView::jspf ? recommend::PlaylistFormat::jspf
                                           : view == PlaylistView::xspf ? recommend::PlaylistFormat::xspf
                                                                        : recommend::PlaylistFormat::json;
  const recommend::Playlist playlist{title, {list.begin(), list.end()}};
  const std::string text = recommend::playlist_text(songs, playlist, format, options.location, playable.find_file());
  if (options.location.empty() && view != PlaylistView::json) playable.note_missing_files(list, terminal);
  if (options.output.empty()) {
    terminal.print(text);
    return;
  }
  write_text_atomically(options.output, text);
  terminal.note(fmt::format("{}: {} songs", options.output, with_commas(list.size())));
}

}  // namespace segue::cli
