// Where something lies on a map that is not one of its songs: a mean of songs, or a song that came later.
//
// It is placed among the songs nearest to it by cosine (layout/placement.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>

#include "segue/base/progress.h"
#include "segue/layout/song_map.h"
#include "segue/math/matrix.h"
#include "segue/model/model.h"

namespace segue::pipeline {

// Places a vector of length 1 among the nearest songs of model.index(). `map` is a map of the model's songs.
layout::Point place_vector(const model::Model& model, const layout::SongMap& map, std::span<const float> vector,
                           std::size_t threads = 1);

// Places each row, a vector of length 1 or zeros, which lie in the middle, among the nearest songs of model.index()
// that are not `excluded`.
layout::Layout place_vectors(const model::Model& model, const layout::SongMap& map, math::MatrixView<const float> units,
                             std::span<const std::uint32_t> excluded, std::size_t threads);

// Places the mean of songs, see recommend::user_vector(), which says what is thrown and required.
layout::Point place_songs(const model::Model& model, const layout::SongMap& map, std::span<const std::uint32_t> songs,
                          double half_life = 0, std::size_t threads = 1);

// Places the rows after the first placed.size() among those, whose points `placed` has. Each row has length 1.
// Throws interrupted.
layout::Layout place_rows(const layout::Layout& placed, math::MatrixView<const float> units, std::size_t threads,
                          Progress& progress, const std::stop_token& stop);

}  // namespace segue::pipeline
