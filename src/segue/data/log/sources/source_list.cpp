#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/data/log/formats/delimited_rows.h"
#include "segue/data/log/formats/json_rows.h"
#include "segue/data/log/sources/sources.h"
#include "segue/data/text/text.h"

namespace segue::data {

namespace {

constexpr std::size_t kMostColumnsShown = 1000;
constexpr std::array<std::string_view, 6> kFormatNames = {"text", "JSON", "Parquet", "Arrow", "M3U8", "XSPF"};

// The order in which they are tried: the less telling their columns, the later.
const std::vector<const Source*>& sources_in_order() {
  static const std::vector<const Source*> sources = {
      &spotify_account(),
      &spotify_extended(),
      &spotify_playlists(),
      &listenbrainz(),
      &listenbrainz_spark(),
      &lastfm_csv(),
      &lastfm_json(),
      &lastfm_stats(),
      &maloja(),
      &koito(),
      &pano_scrobbler(),
      &scrobbler_log(),
      &apple_music(),
      &apple_music_daily(),
      &tidal(),
      &deezer(),
      &youtube_music(),
      &million_playlists(),
      &jspf(),
      &player_playlist(),
      &lastfm_bare(),
  };
  return sources;
}

// The source that recognises the file; nullptr if none does.
const Source* recognised(const FileLook& look) {
  const auto found =
      std::ranges::find_if(sources_in_order(), [&](const Source* source) { return source->recognises(look); });
  return found == sources_in_order().end() ? nullptr : *found;
}

// A text of as many columns as the files of the source, which have no line of names.
bool names_columns_of(const Source& source, const FileLook& look) {
  const std::size_t most = source.header.size();
  const std::size_t columns = look.columns.size();
  return look.format == FileFormat::text && columns <= most && columns + source.optional_columns >= most && most > 0;
}

// A forced source may read files that it does not recognise, but none of another product and none in another shape.
void check_forced(const Source& source, const FileLook& look, std::string_view file) {
  if (source.recognises(look)) return;
  if (const Source* other = recognised(look)) {
    fail(ErrorCode::bad_input, "{}: expected {}; found {} (--source {})", file, described(source), other->product,
         other->name);
  }
  const bool of_shape = source.header.empty() ? source.contents.empty() : names_columns_of(source, look);
  if (of_shape) return;
  fail(ErrorCode::bad_input, "{}: expected {}; found {} with the columns {}", file, described(source),
       kFormatNames[static_cast<std::size_t>(look.format)],
       printable(fmt::format("{}", fmt::join(look.columns, ", ")), kMostColumnsShown));
}

}  // namespace

bool FileLook::has_all(std::initializer_list<std::string_view> names) const {
  return std::ranges::all_of(names,
                             [&](std::string_view name) { return std::ranges::find(columns, name) != columns.end(); });
}

const Source& source_named(std::string_view name) {
  std::vector<std::string_view> known;
  std::string list;
  for (const Source* source : sources_in_order()) {
    if (source->name == name) return *source;
    known.push_back(source->name);
    list += fmt::format("{}{}", list.empty() ? "" : ", ", source->name);
  }
  fail(ErrorCode::wrong_use, "--source: expected auto, usual-names or one of {}; found \"{}\"{}", list, name,
       did_you_mean(name, known));
}

std::string described(const Source& source) {
  std::string contents(source.contents);
  if (!source.header.empty()) {
    contents = fmt::format("text with {} columns: {}", source.header.size(), fmt::join(source.header, ", "));
  }
  if (contents.empty()) {
    std::vector<std::string_view> names;
    for (const auto& [field, columns] : source.columns) {
      const bool wanted = field == Field::time || field == Field::title || field == Field::artist;
      if (wanted && !columns.empty()) names.push_back(columns.front());
    }
    contents = fmt::format("with the columns {}", fmt::join(names, ", "));
  }
  return fmt::format("{} (--source {}), {}", source.product, source.name, contents);
}

const Source* settle_source(OpenedRows& opened, const SourceRequest& request) {
  auto* const text = dynamic_cast<DelimitedRows*>(opened.rows.get());
  auto* const json = dynamic_cast<JsonRows*>(opened.rows.get());
  const FileLook look{opened.format, opened.rows->columns(),
                      text == nullptr ? std::vector<std::string>() : text->comments()};
  const Source* source = request.forced == nullptr ? recognised(look) : request.forced;
  if (source == nullptr) return nullptr;
  if (request.forced != nullptr && !request.has_header) check_forced(*source, look, request.file);
  if (text != nullptr && names_columns_of(*source, look) && !request.has_header) {
    const auto end = source->header.begin() + static_cast<std::ptrdiff_t>(look.columns.size());
    text->name_columns({source->header.begin(), end});
  }
  if (json != nullptr && source->adapt != nullptr) json->adapt(source->adapt);
  return source;
}

}  // namespace segue::data
