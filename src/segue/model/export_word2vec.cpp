// The two formats of word2vec.c (Mikolov et al. 2013), as word2vec.c, gensim and others read them: a space ends the id
// and a line break ends the song, so neither can be part of an id.

#include <algorithm>
#include <bit>
#include <iterator>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/model/export_rows.h"

namespace segue::model {

namespace {

static_assert(std::endian::native == std::endian::little, "the numbers are written as they lie in memory");

// Every byte that some reader takes for the end of a word or of a C string.
bool ends_word(char letter) {
  return static_cast<unsigned char>(letter) <= 0x20;
}

bool is_word(std::string_view id) {
  return !id.empty() && std::ranges::none_of(id, ends_word);
}

std::string replaced(std::string_view id, std::string_view replacement) {
  std::string word;
  for (const char letter : id) {
    if (ends_word(letter)) {
      word += replacement;
    } else {
      word += letter;
    }
  }
  return word;
}

// Refuses ids the format cannot hold before anything is written. With a replacement, ids must stay distinct: a changed
// id must differ from every other changed id and from every original one.
void check_ids(const data::Catalogue& songs, std::string_view replacement) {
  std::unordered_map<std::string, std::uint32_t> changed;
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    const std::string_view id = songs.id(row);
    if (is_word(id)) continue;
    if (id.empty()) fail(ErrorCode::wrong_use, "row {}: expected an id for the word2vec formats, found none", row);
    if (replacement.empty()) {
      fail(ErrorCode::wrong_use,
           "the word2vec formats cannot hold ids with spaces or line breaks, found \"{}\"; --replace-spaces _ puts _ "
           "for each of them",
           id);
    }
    const std::string word = replaced(id, replacement);
    const auto [other, is_new] = changed.emplace(word, row);
    const auto same = is_new ? songs.find(word) : other->second;
    if (same) {
      fail(ErrorCode::wrong_use,
           "--replace-spaces \"{}\": expected ids to stay apart, found that \"{}\" and \"{}\" "
           "both become \"{}\"",
           replacement, songs.id(*same), id, word);
    }
  }
}

}  // namespace

void export_word2vec(ExportRows& rows, const std::filesystem::path& path) {
  const std::string_view replacement = rows.options().replace_spaces;
  if (!replacement.empty() && !is_word(replacement)) {
    fail(ErrorCode::wrong_use, "--replace-spaces: expected a text without spaces, found \"{}\"", replacement);
  }
  const data::Catalogue& songs = rows.model().songs();
  check_ids(songs, replacement);
  const bool is_binary = rows.options().format == ExportFormat::word2vec_binary;
  FileWriter file(path);
  file.write(fmt::format("{} {}\n", rows.size(), rows.dim()));
  fmt::memory_buffer line;
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    const std::string_view id = songs.id(row);
    file.write(is_word(id) ? std::string(id) : replaced(id, replacement));
    const std::span<const float> vector = rows.vector(row);
    if (is_binary) {
      file.write(" ");
      file.write(std::as_bytes(vector));
      file.write("\n");
      continue;
    }
    line.clear();
    // {} is the shortest text that reads back as the same float.
    for (const float number : vector) fmt::format_to(std::back_inserter(line), " {}", number);
    line.push_back('\n');
    file.write(std::string_view(line.data(), line.size()));
  }
  file.close();
}

}  // namespace segue::model
