// Lists in pages: a reply says in `next` how its list continues, and the next request sends that as `cursor`.
//
// A server keeps nothing about the lists it makes, and replicas share nothing but the store. So the cursor itself says
// what the next page needs; to clients it is opaque. It names no listener and is not signed: whoever may send one could
// as well ask for the same songs.
//
//   version (1) · digest of the request (8) · for each model that made the page: its training (8), how many notes, and
//   these (varints), as the route left them; sealed (base/sealed_text.h)
//
// Songs are noted by row where training knew them, which a version with other new songs does not change, and by a hash
// of their id otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/serve/api/routes.h"

namespace segue::serve {

// A list of songs can be continued up to so many; search by words further.
inline constexpr std::size_t kMostInPages = 1000;
inline constexpr std::size_t kMostSearchedInPages = 10'000;
inline constexpr std::size_t kMostCursorLetters = 8000;  // so that it fits into an address

// The parameter `cursor`, and its schema for a body.
Parameter cursor_parameter();
json::object cursor_schema();
// Whether a route makes pages, by its parameters and its body.
bool has_pages(const Route& route);

// What the page before left of one model.
struct PageNotes {
  std::uint64_t model = 0;  // model_mark() of the model; 0: of no model
  std::vector<std::uint64_t> notes;
};

std::uint64_t model_mark(const ServedModel& served);
// Songs as notes, and back: without those that the model no longer has. Throws wrong_use for a row it never had.
std::vector<std::uint64_t> noted_songs(const ServedModel& served, std::span<const data::SongRow> rows);
std::vector<data::SongRow> songs_noted(const ServedModel& served, std::span<const std::uint64_t> notes);

// 410: the list has to begin again.
Reply expired_reply();

// Which model may continue a list: the one that serves now, or also the one it replaced, which a server keeps.
enum class ContinuedBy { served_model, kept_model };

// What a body says of a page: its cursor, "" for none, and a digest of the rest, without the option `size`.
struct BodyPage {
  std::string cursor;
  std::uint64_t digest = 0;
};
BodyPage page_of_body(const json::object& body, std::string_view size);

// Which page a request asks for.
class PageRequest {
 public:
  // `size`: the option that says how long a page is; it and the cursor may differ from page to page, the rest of the
  // request may not. `body`: of a request whose cursor is there, or nullptr. Throws wrong_use for a text that is no
  // cursor, or one of another request.
  PageRequest(const Exchange& exchange, std::string_view size, const BodyPage* body = nullptr);

  bool is_first() const { return !cursor_; }
  // The model to make this page with, given the one that serves the request now; nullptr if another training made the
  // page before: the answer is expired_reply() then.
  ModelPointer model(const ServiceParts& parts, const ModelPointer& served,
                     ContinuedBy by = ContinuedBy::kept_model) const;
  // What the page before noted for this model, or for none; empty on the first page.
  std::span<const std::uint64_t> notes(const ServedModel* served) const;
  // Of the next page; nothing if it would be too long for an address.
  std::optional<std::string> next(const std::vector<PageNotes>& notes) const;
  // Adds the header Link: the address of the next page, relative to that of this one.
  void add_link(Reply& reply, const std::optional<std::string>& next) const;

 private:
  const Exchange& exchange_;
  std::uint64_t request_;
  std::optional<std::vector<PageNotes>> cursor_;
};

}  // namespace segue::serve
