// The artists and tags of each served model, grouped when they are first asked for: that takes a pass over the
// catalogue.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "segue/recommend/similar.h"
#include "segue/serve/models.h"

namespace segue::serve {

// The group of exactly this name but for case, accents and punctuation: a part of a name is none.
std::optional<std::uint32_t> find_group(const recommend::SongGroups& groups, std::string_view name);

// Thread safe.
class ArtistGroups {
 public:
  // The artists of this model, or its tags, which the caller may use as long as it holds the model.
  std::shared_ptr<const recommend::SongGroups> of(const ModelPointer& served,
                                                  recommend::GroupKind kind = recommend::GroupKind::artist);

 private:
  struct OfModel {
    std::weak_ptr<const ServedModel> model;
    std::shared_ptr<const recommend::SongGroups> groups;
  };

  std::mutex mutex_;
  // By kind and name: a reloaded model replaces the one before.
  std::map<std::pair<recommend::GroupKind, std::string>, OfModel> models_;
};

}  // namespace segue::serve
