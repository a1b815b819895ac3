// The options of each job: which structs of options it takes, beside what the signature of its function names. Keywords
// and documentation both walk these.
#pragma once

#include "segue/data/dataset/ingest_options.h"
#include "segue/evaluate/auto_fit.h"
#include "segue/pipeline/build_model.h"
#include "segue/train/preset.h"

namespace segue::python {

struct IngestJob {
  data::IngestOptions options;

  template <class Reader>
  void read(Reader& reader) {
    reader.read(options, {"output"});
  }
};

// As `segue train`.
struct TrainJob {
  pipeline::BuildOptions options;
  train::PresetOptions preset;
  model::BlendWeights blend;
  evaluate::AutoFitOptions fit;

  template <class Reader>
  void read(Reader& reader) {
    reader.read(options.checkpoints);
    reader.read(options.train);
    reader.read(preset);
    reader.read(options.counting);
    reader.read(blend);
    reader.read(fit);
    reader.read(options.index);
  }
};

}  // namespace segue::python
