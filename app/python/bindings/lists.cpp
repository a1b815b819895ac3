// Lists for one: similar songs, recommendations, radios, journeys, as the single commands make them.
#include <optional>
#include <string>
#include <vector>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "segue/base/fields.h"
#include "segue/recommend/catalogue_filter.h"
#include "segue/recommend/history.h"
#include "segue/recommend/journey.h"
#include "segue/recommend/radio.h"
#include "segue/recommend/recommender.h"
#include "segue/recommend/replies.h"
#include "segue/recommend/similar.h"
#include "segue/recommend/typed_seeds.h"

#include "app/python/bindings/bindings.h"
#include "app/python/bindings/dataset.h"
#include "app/python/bindings/jobs.h"
#include "app/python/bindings/json_value.h"
#include "app/python/bindings/keywords.h"
#include "app/python/bindings/model.h"

namespace segue::python {

namespace {

using Texts = std::vector<std::string>;
using Seeds = std::vector<recommend::TypedSeed>;

// A list as it leaves C++: the JSON of its songs and of what the words were taken as.
struct MadeDocument {
  std::string items;
  std::string taken_as = "[]";
  std::string title;
  std::uint64_t unknown_plays = 0;
};

template <class Replies>
std::string json_of(const Replies& replies) {
  std::string text;
  write_json(text, replies);
  return text;
}

nb::dict document_of(const MadeDocument& made) {
  nb::dict dict;
  dict["items"] = to_python(json::parse(made.items));
  dict["taken_as"] = to_python(json::parse(made.taken_as));
  dict["title"] = nb::str(made.title.c_str(), made.title.size());
  dict["unknown_plays"] = made.unknown_plays;
  return dict;
}

Seeds seeds_of(const model::Model& model, const Texts& typed) {
  Seeds seeds;
  for (const std::string& one : typed) seeds.push_back(recommend::find_seed(model, one));
  return seeds;
}

std::string taken_as(const model::Model& model, const Seeds& seeds) {
  return json_of(recommend::taken_seed_replies(model.songs(), seeds));
}

// Makes the document without the GIL.
template <class Make>
nb::dict made(Make make) {
  MadeDocument document;
  {
    const nb::gil_scoped_release release;
    document = make();
  }
  return document_of(document);
}

nb::dict similar(const OpenModel& open, const Texts& plus, const Texts& minus, const nb::dict& given) {
  Keywords keywords(given);
  const auto job = job_of<SimilarJob>(keywords);
  return made([&] {
    const model::Model& model = *open.model();
    const Seeds added = seeds_of(model, plus);
    const Seeds taken = seeds_of(model, minus);
    const std::optional<index::RowSet> passing = recommend::songs_passing(job.filter, model.songs());
    const auto found =
        recommend::similar_songs(model, recommend::weighted_songs_of(added), recommend::weighted_songs_of(taken),
                                 job.options, passing ? &*passing : nullptr);
    const bool one = added.size() == 1 && taken.empty() && recommend::are_history(added);
    const auto song = one ? std::optional(added.front().seed.songs.front().song) : std::nullopt;
    return MadeDocument{.items = json_of(recommend::similar_song_replies(model, song, found)),
                        .taken_as = taken_as(model, added),
                        .title = "Like " + recommend::name_of(model.songs(), added.front())};
  });
}

nb::dict recommend_one(const OpenModel& open, const Texts& songs, const std::optional<std::string>& user,
                       const OpenDataset* dataset, const nb::dict& given) {
  Keywords keywords(given);
  const auto job = job_of<RecommendJob>(keywords);
  const std::uint32_t interests = recommend::interests_wanted(job.interests);
  return made([&] {
    const model::Model& model = *open.model();
    const Seeds start = seeds_of(model, songs);
    const bool are_seeds = !recommend::are_history(start);
    recommend::History history;
    if (user) {
      history = recommend::history_of(dataset->dataset, model.songs(), *user);
      if (history.songs.empty()) {
        fail(ErrorCode::bad_input, "user {}: expected plays of songs that the model has, found none", *user);
      }
    } else if (!are_seeds) {
      history.songs = recommend::songs_of(start);
    }
    const std::vector<recommend::WeightedSong> seeds =
        are_seeds ? recommend::weighted_songs_of(start) : std::vector<recommend::WeightedSong>();
    const Seeds disliked_seeds = seeds_of(model, job.dislike.dislike);
    const std::vector<data::SongRow> disliked = recommend::songs_of(disliked_seeds);
    const std::vector<data::SongRow> excluded = recommend::all_songs_of(disliked_seeds);
    const std::optional<index::RowSet> passing = recommend::songs_passing(job.filter, model.songs());
    const recommend::Listener listener{.played = history.songs,
                                       .disliked = disliked,
                                       .excluded = excluded,
                                       .keeps = passing ? &*passing : nullptr,
                                       .seeds = seeds};
    const auto found = recommend::Recommender(model).recommend(listener, job.options, job.list, interests);
    return MadeDocument{.items = json_of(recommend::recommended_song_replies(model.songs(), found.items)),
                        .taken_as = taken_as(model, start),
                        .title = user ? fmt::format("For {}", *user)
                                      : fmt::format("After {}", recommend::name_of(model.songs(), start.back())),
                        .unknown_plays = history.unknown_plays};
  });
}

nb::dict radio(const OpenModel& open, const Texts& songs, const nb::dict& given) {
  Keywords keywords(given);
  const auto job = job_of<RadioJob>(keywords);
  return made([&] {
    const model::Model& model = *open.model();
    const Seeds seeds = seeds_of(model, songs);
    const recommend::FindNear find_near = [&](std::span<const float> query, std::size_t k) {
      return model.index().search(query, k, {{}, nullptr});
    };
    recommend::Radio radio =
        recommend::are_history(seeds)
            ? recommend::Radio(model, find_near, recommend::songs_of(seeds), job.options, job.list)
            : recommend::Radio(model, find_near, recommend::seeds_of(seeds), job.options, job.list);
    std::vector<recommend::RadioSong> list;
    while (list.size() < job.options.length) {
      const std::optional<recommend::RadioSong> next = radio.next();
      if (!next) break;
      list.push_back(*next);
    }
    return MadeDocument{.items = json_of(recommend::radio_song_replies(model.songs(), list)),
                        .taken_as = taken_as(model, seeds),
                        .title = recommend::radio_title(model.songs(), seeds.front())};
  });
}

nb::dict journey(const OpenModel& open, const std::string& from, const std::string& to, const nb::dict& given) {
  Keywords keywords(given);
  const auto job = job_of<JourneyJob>(keywords);
  return made([&] {
    const model::Model& model = *open.model();
    const Seeds ends = seeds_of(model, {from, to});
    const auto list =
        recommend::find_journey(model, ends[0].seed.songs.front().song, ends[1].seed.songs.front().song, job.options);
    return MadeDocument{.items = json_of(recommend::journey_song_replies(model.songs(), list)),
                        .taken_as = taken_as(model, ends),
                        .title = recommend::journey_title(model.songs(), list.front().song, list.back().song)};
  });
}

}  // namespace

void bind_lists(nb::module_& m) {
  m.def("similar", &similar, nb::arg("model"), nb::arg("plus"), nb::arg("minus"), nb::arg("options"));
  m.def("recommend", &recommend_one, nb::arg("model"), nb::arg("songs"), nb::arg("user").none(),
        nb::arg("dataset").none(), nb::arg("options"));
  m.def("radio", &radio, nb::arg("model"), nb::arg("songs"), nb::arg("options"));
  m.def("journey", &journey, nb::arg("model"), nb::arg("source"), nb::arg("target"), nb::arg("options"));
}

}  // namespace segue::python
