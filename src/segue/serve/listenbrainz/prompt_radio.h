// Songs for the terms of a prompt, each term in its share.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "segue/serve/listenbrainz/prompt.h"
#include "segue/serve/lists/next_songs.h"

namespace segue::serve {

// The songs of one term, best first, and how large a share of the radio it has.
struct Stream {
  std::vector<data::SongRow> songs;
  std::uint32_t weight = 1;
};

// The first `most` songs of the streams, none twice. The next song is always that of the stream that is furthest behind
// its share; once a stream ends, the others take its place.
std::vector<data::SongRow> blended(std::span<const Stream> streams, std::size_t most);

struct PromptRadio {
  std::vector<data::SongRow> songs;
  std::vector<std::string> sources;   // of each term: "artist Björk"
  std::vector<std::string> feedback;  // sentences for the user
};

// At most `length` songs for the listener, which are then among those given; none that they were given before, unless
// the terms have no others. `who` may only ask for the stats and recommendations of their own user, as
// Identity::must_be() has it. Throws not_found for an artist or tag that the model does not have.
PromptRadio prompt_radio(const ListParts& parts, const ModelPointer& served, const Identity& who,
                         std::span<const PromptTerm> terms, RadioMode mode, std::size_t length);

}  // namespace segue::serve
