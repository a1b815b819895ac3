// A model folder: what `segue train` writes and everything else opens.
//
//   manifest.json      options, loss by epoch, the dataset's digest
//   songs.arrow        the songs with vectors
//   vectors.npy        W1: float32, songs x dim, C order
//   context.npy        W2: the same shape
//   transitions.arrow  row i: neighbours list<uint32>, forward list<float>, backward list<float>, counts list<uint32>
//   map.arrow, clusters.arrow   where songs lie on the map (map_file.h); only after `segue map`
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "segue/base/manifest.h"
#include "segue/data/catalogue.h"
#include "segue/map/song_map.h"
#include "segue/math/matrix.h"
#include "segue/train/options.h"
#include "segue/train/trainer.h"
#include "segue/train/transitions.h"

namespace segue {

inline constexpr FormatVersion kModelFormat{"segue-model", 1};
inline constexpr std::string_view kVectorsName = "vectors.npy";
inline constexpr std::string_view kContextName = "context.npy";
inline constexpr std::string_view kTransitionsName = "transitions.arrow";

// An open model, mapped read-only. Thread safe.
class Model {
 public:
  // Checks the manifest, sizes, shapes and types of every file. Throws as open_manifest does, and corrupt.
  explicit Model(const std::filesystem::path& folder);
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  const Manifest& manifest() const;
  const Catalogue& songs() const;
  MatrixView<const float> vectors() const;              // W1, not normalised
  MatrixView<const float> context() const;              // W2
  std::span<const float> inverse_norms() const;         // 1/|row of W1|, 0 for a zero row
  TransitionsOf transitions(std::uint32_t song) const;  // REQUIRES: song < songs().size()
  // The map, nullptr where the model has none.
  const SongMap* map() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Writes a whole model folder, replacing an older one at its end. `songs` may have more rows than the vectors: those
// without vectors are left out. Throws wrong_use, not_found, no_space, io_failed.
void write_model(const std::filesystem::path& folder, const Catalogue& songs, std::string_view dataset_digest,
                 const TrainOptions& options, const TrainedVectors& trained, const Transitions& transitions);

}  // namespace segue
