#include "segue/serve/audiomuse/item_ids.h"

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/serve/api/parameters.h"

namespace segue::serve {

namespace {

class CatalogueItemIds final : public ItemIds {
 public:
  explicit CatalogueItemIds(const ServedModel& served) : served_(served) {}

  std::optional<data::SongRow> find(std::string_view item_id) const override {
    store::StoredListen listen;
    listen.song_id = item_id;
    return served_.matcher.find(listen);
  }
  std::optional<data::SongRow> find(std::string_view artist, std::string_view title) const override {
    store::StoredListen listen;
    listen.artist = artist;
    listen.title = title;
    return served_.matcher.find(listen);
  }
  std::string id_of(data::SongRow row) const override {
    const std::string_view whole = served_.model.songs().id(row);
    const std::string_view last = search::last_part(whole);
    return std::string(find(last) == row ? last : whole);
  }
  std::optional<std::string> artist_of(std::string_view) const override { return std::nullopt; }

 private:
  const ServedModel& served_;
};

class LibraryItemIds final : public ItemIds {
 public:
  explicit LibraryItemIds(const ServedModel& served) : library_(*served.library), catalogue_(served) {}

  std::optional<data::SongRow> find(std::string_view item_id) const override {
    const std::optional<data::SongRow> row = library_.row_of(item_id);
    return row ? row : catalogue_.find(item_id);
  }
  std::optional<data::SongRow> find(std::string_view artist, std::string_view title) const override {
    return catalogue_.find(artist, title);
  }
  std::string id_of(data::SongRow row) const override {
    const std::optional<library::LibraryItemView> item = library_.item_of(row);
    return item && !item->id.empty() ? std::string(item->id) : catalogue_.id_of(row);
  }
  std::optional<std::string> artist_of(std::string_view artist_id) const override {
    const std::optional<std::string_view> name = library_.artist_of(artist_id);
    return name ? std::optional(std::string(*name)) : std::nullopt;
  }

 private:
  const library::Library& library_;
  CatalogueItemIds catalogue_;
};

}  // namespace

std::unique_ptr<ItemIds> item_ids(const ServedModel& served) {
  if (served.library) return std::make_unique<LibraryItemIds>(served);
  return std::make_unique<CatalogueItemIds>(served);
}

data::SongRow item_row(const ServedModel& served, const ItemIds& items, std::string_view parameter,
                       std::string_view item_id, std::string_view artist, std::string_view title) {
  const auto shown = [](std::string_view text) { return data::printable(text, kShownBytes); };
  std::optional<data::SongRow> row;
  if (!item_id.empty()) {
    row = items.find(item_id);
    if (!row) fail(ErrorCode::not_found, "{} {}: the model has no song with this id", parameter, shown(item_id));
  } else if (!artist.empty() && !title.empty()) {
    row = items.find(artist, title);
    if (!row) fail(ErrorCode::not_found, "the model has no song {} by {}", shown(title), shown(artist));
  } else {
    fail(ErrorCode::wrong_use, "{}: expected the id of a song, found none", parameter);
  }
  if (served.model.inverse_norms()[*row] > 0) return *row;
  fail(ErrorCode::not_found, "{}: the model has no vector for this song, which was played too rarely",
       shown(served.model.songs().song(*row).display()));
}

}  // namespace segue::serve
