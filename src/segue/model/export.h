// A model's vectors in the formats of other tools.
//
//   word2vec         text of word2vec.c: "rows dim", then one line a song: the id and its numbers, separated by spaces
//   word2vec-binary  the same with the numbers as little-endian float32
//   projector        a folder for the TensorFlow Embedding Projector: vectors.tsv, metadata.tsv
//   npy              a folder: vectors.npy (row i) and songs.jsonl (line i)
//   parquet          id, title, artist, album, tags, plays, vector: fixed_size_list<float>[dim]
#pragma once

#include <array>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "segue/base/options.h"
#include "segue/base/progress.h"
#include "segue/model/model.h"

namespace segue::model {

enum class ExportFormat { word2vec, word2vec_binary, projector, npy, parquet };
inline constexpr std::array<std::string_view, 5> kExportFormatNames = {"word2vec", "word2vec-binary", "projector",
                                                                       "npy", "parquet"};
constexpr std::span<const std::string_view> names(ExportFormat) {
  return kExportFormatNames;
}

enum class VectorKind { song, context };
inline constexpr std::array<std::string_view, 2> kVectorKindNames = {"song", "context"};
constexpr std::span<const std::string_view> names(VectorKind) {
  return kVectorKindNames;
}

struct ExportOptions {
  ExportFormat format = ExportFormat::word2vec;
  VectorKind vectors = VectorKind::song;
  bool normalise = false;
  bool placed = true;
  std::string replace_spaces{};
  std::string output{};
};

}  // namespace segue::model

namespace segue {

template <>
struct OptionsOf<model::ExportOptions> {
  static constexpr std::string_view section = "export";
  static constexpr std::array rows = {
      option<&model::ExportOptions::format>("format", "What to write"),
      option<&model::ExportOptions::vectors>("vectors", "Song vectors (W1) or context vectors (W2)"),
      option<&model::ExportOptions::normalise>("normalise", "Scale every vector to length 1"),
      option<&model::ExportOptions::placed>("placed",
                                            "Also songs too rare to be trained, which are placed among others"),
      option<&model::ExportOptions::replace_spaces>(
          "replace_spaces", "Replace each space in an id by this text; the word2vec formats cannot hold spaces"),
      option<&model::ExportOptions::output>("output", "The file to write, or the folder for projector and npy"),
  };
};
SEGUE_CHECK_OPTIONS(model::ExportOptions);

}  // namespace segue

namespace segue::model {

// Writes options.output: a file or, for projector and npy, a folder. It appears complete or not at all and replaces an
// older export of the same kind. Needs a few megabytes of memory, whatever the model's size. Throws wrong_use (an id
// that the format cannot hold, ids made equal by replace_spaces, an output that is not an export), not_found, no_space,
// io_failed, interrupted.
void export_model(const Model& model, const ExportOptions& options, Progress& progress, std::stop_token stop);

}  // namespace segue::model
