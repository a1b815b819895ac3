// The options of each job: which structs of options it takes, beside what the signature of its function names. Keywords
// and documentation both walk these.
#pragma once

#include "segue/data/dataset/ingest_options.h"
#include "segue/evaluate/evaluation_run.h"
#include "segue/evaluate/fitted_model.h"
#include "segue/evaluate/options.h"
#include "segue/evaluate/tuning/options.h"
#include "segue/layout/tsne.h"
#include "segue/pipeline/compare_models.h"
#include "segue/pipeline/gather_new_songs.h"
#include "segue/pipeline/lay_out_map.h"
#include "segue/pipeline/list_output.h"
#include "segue/recommend/catalogue_filter.h"
#include "segue/recommend/dislike.h"
#include "segue/recommend/interests.h"
#include "segue/recommend/journey.h"
#include "segue/recommend/options.h"
#include "segue/recommend/radio.h"
#include "segue/recommend/rerank_options.h"
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
struct TrainJob : evaluate::FittedModelJob {
  template <class Reader>
  void read(Reader& reader) {
    reader.read(build.start);
    reader.read(build.checkpoints);
    reader.read(build.train);
    reader.read(preset);
    reader.read(build.counting);
    reader.read(blend);
    reader.read(fit);
    reader.read(build.index);
    reader.read(build.ranks.options);
  }
};

// As `segue similar`, of songs.
struct SimilarJob {
  recommend::SimilarOptions options;
  recommend::FilterOptions filter;
  pipeline::ListTableOptions table;

  template <class Reader>
  void read(Reader& reader) {
    reader.read(options);
    reader.read(filter);
    reader.read(table, {"shard_lists"});
  }
};

// As `segue recommend`.
struct RecommendJob {
  recommend::RecommendOptions options;
  recommend::RerankOptions list;
  recommend::DislikeOptions dislike;
  recommend::InterestOptions interests{.interests = "1"};
  recommend::FilterOptions filter;
  pipeline::ListTableOptions table;

  template <class Reader>
  void read(Reader& reader) {
    reader.read(options);
    reader.read(list);
    reader.read(dislike);
    reader.read(interests);
    reader.read(filter);
    reader.read(table, {"shard_lists"});
  }
};

// As `segue radio`.
struct RadioJob {
  recommend::RadioOptions options;
  recommend::RerankOptions list = recommend::radio_list_options();

  template <class Reader>
  void read(Reader& reader) {
    reader.read(options);
    reader.read(list);
  }
};

// As `segue journey`.
struct JourneyJob {
  recommend::JourneyOptions options;

  template <class Reader>
  void read(Reader& reader) {
    reader.read(options);
  }
};

// As `segue map`, which also draws.
struct MapJob {
  pipeline::LayoutOptions layout;
  layout::TsneOptions tsne;

  template <class Reader>
  void read(Reader& reader) {
    reader.read(layout);
    reader.read(tsne);
  }
};

// As `segue place`.
struct PlaceJob {
  pipeline::PlaceOptions options;

  template <class Reader>
  void read(Reader& reader) {
    reader.read(options, {"output", "dataset"});
  }
};

// As `segue compare`.
struct CompareJob {
  pipeline::CompareOptions options;

  template <class Reader>
  void read(Reader& reader) {
    reader.read(options, {"dataset"});
  }
};

// As `segue evaluate`, without what concerns files.
struct EvaluateJob : evaluate::EvaluationJob {
  template <class Reader>
  void read(Reader& reader) {
    reader.read(split);
    reader.read(options, {"html", "report", "export_split", "split_format", "lists", "teacher"});
    reader.read(train);
    reader.read(preset);
    reader.read(blend);
    reader.read(fit);
  }
};

// As `segue tune`, without what concerns files.
struct TuneJob {
  evaluate::TuneOptions options;
  evaluate::SplitOptions split;
  evaluate::EvaluateOptions evaluate;
  train::TrainOptions train;
  train::PresetOptions preset;

  template <class Reader>
  void read(Reader& reader) {
    reader.read(options);
    reader.read(split, {"part", "max_positions"});
    reader.read(evaluate, {"baselines", "tune_baselines", "seeds", "resamples", "html", "report", "export_split",
                           "split_format", "lists", "teacher"});
    reader.read(train);
    reader.read(preset);
  }
};

// The job with the keywords that were given. Throws wrong_use.
template <class Job, class Keywords>
Job job_of(Keywords& keywords) {
  Job job;
  job.read(keywords);
  keywords.refuse_others();
  return job;
}

}  // namespace segue::python
