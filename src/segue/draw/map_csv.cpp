#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/draw/draw.h"

namespace segue::draw {

namespace {

// Spreadsheets run cells that start with one of these as formulas.
bool is_formula(std::string_view text) {
  const std::size_t first = text.find_first_not_of('\'');
  return first != std::string_view::npos && std::string_view("=+-@\t\r").find(text[first]) != std::string_view::npos;
}

// A cell that would be a formula gets an apostrophe in front, which spreadsheets take for "this is text". Cells that
// already start with apostrophes before such a character get one more, so that dropping one restores every text.
std::string csv_cell(std::string_view text) {
  const std::string_view apostrophe = is_formula(text) ? "'" : "";
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(apostrophe).append(text);
  std::string out = "\"";
  out += apostrophe;
  for (const char letter : text) {
    if (letter == '"') out += '"';
    out += letter;
  }
  return out + '"';
}

std::string names_around(const layout::SongMap& map, std::int32_t region) {
  std::string names;
  for (; region != layout::kNoRegion; region = map.regions[static_cast<std::size_t>(region)].parent) {
    const std::string& label = map.regions[static_cast<std::size_t>(region)].label;
    if (label.empty()) continue;
    if (!names.empty()) names.insert(0, " / ");
    names.insert(0, label);
  }
  return names;
}

}  // namespace

void write_map_csv(const std::filesystem::path& file, const layout::SongMap& map, const data::Catalogue& songs) {
  SEGUE_ASSERT(map.layout.size() == songs.size());
  AtomicFile target(file);
  FileWriter writer(target.path());
  writer.write("id,title,artist,x,y,region\n");
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    const data::Song song = songs.song(row);
    writer.write(fmt::format("{},{},{},{},{},{}\n", csv_cell(song.id), csv_cell(song.title), csv_cell(song.artist),
                             map.layout[row].x, map.layout[row].y, csv_cell(names_around(map, map.region[row]))));
  }
  writer.close();
  target.commit();
}

}  // namespace segue::draw
