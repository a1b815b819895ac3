// titles.arrow in a model folder: what people call the queues that a song is in (data/dataset/title_terms.h).
//
//   terms  list<utf8>     row i is song i; the terms that tell the most first
//   people list<uint32>   of each term: how many have the song under it, at least 2
#pragma once

#include <filesystem>
#include <string_view>

#include "segue/base/file.h"
#include "segue/data/dataset/title_terms.h"

namespace segue::model {

inline constexpr std::string_view kTitlesName = "titles.arrow";

// Throws no_space, io_failed.
void write_title_terms(const std::filesystem::path& file, const data::TitleTerms& titles);

// Throws corrupt unless it has `songs` rows as stated above.
data::TitleTerms read_title_terms(const MappedFile& file, std::uint32_t songs);

}  // namespace segue::model
