#include "segue/serve/lists/artist_groups.h"

#include "segue/data/text/text.h"

namespace segue::serve {

std::optional<std::uint32_t> find_group(const recommend::SongGroups& groups, std::string_view name) {
  const std::vector<std::uint32_t> found = groups.find(name);
  if (found.empty()) return std::nullopt;
  const bool is_whole = data::compared_name(groups.group(found.front()).name) == data::compared_name(name);
  return is_whole ? std::optional(found.front()) : std::nullopt;
}

std::shared_ptr<const recommend::SongGroups> ArtistGroups::of(const ModelPointer& served, recommend::GroupKind kind) {
  const std::scoped_lock lock(mutex_);  // held while grouping: requests that arrive meanwhile need the result too
  OfModel& known = models_[{kind, served->name}];
  if (known.groups == nullptr || known.model.lock() != served) {
    known.groups = nullptr;
    known.groups = std::make_shared<const recommend::SongGroups>(served->model, kind, nullptr);
    known.model = served;
  }
  return known.groups;
}

}  // namespace segue::serve
