#include "segue/serve/api/pages.h"

#include <algorithm>
#include <cctype>
#include <unordered_map>
#include <utility>

#include "segue/base/error.h"
#include "segue/base/sealed_text.h"
#include "segue/data/text/text.h"
#include "segue/serve/api/parameters.h"

namespace segue::serve {

namespace {

constexpr std::string_view kCursor = "cursor";
constexpr unsigned char kCursorVersion = 1;
constexpr std::size_t kDigestBytes = 8;
constexpr std::uint64_t kIsHash = std::uint64_t{1} << 63;  // of the id of a song that came after training

constexpr std::string_view kCursorHelp =
    "To continue a list: `next` of the page before, with the same request otherwise; only the length of a page may "
    "differ";

// Names and values in any order. The length of each text is part of it, so that none runs into another.
std::uint64_t digest_of(std::vector<std::pair<std::string, std::string>> said, std::string_view size) {
  std::erase_if(said, [&](const auto& one) { return one.first == kCursor || one.first == size; });
  std::ranges::sort(said);
  std::string all;
  for (const auto& [name, value] : said) all += fmt::format("{} {} {} {} ", name.size(), name, value.size(), value);
  return stable_hash(all);
}

std::uint64_t digest_of(const Exchange& exchange, std::string_view size, const BodyPage* body) {
  const std::uint64_t of_body = body == nullptr ? 0 : body->digest;
  return stable_hash(fmt::format("{} {} {}", exchange.request.path, digest_of(exchange.query, size), of_body));
}

std::vector<PageNotes> parse_notes(ByteReader& bytes) {
  std::vector<PageNotes> all;
  while (!bytes.at_end()) {
    PageNotes& one = all.emplace_back();
    one.model = bytes.number(kDigestBytes);
    for (std::uint64_t left = bytes.varint(); left > 0 && !bytes.at_end(); --left) one.notes.push_back(bytes.varint());
  }
  return all;
}

[[noreturn]] void refuse_cursor(std::string_view text) {
  fail(ErrorCode::wrong_use, "cursor: expected `next` of a reply of this route, found \"{}\"",
       data::printable(text, kShownBytes));
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (std::isalnum(byte) != 0 || letter == '-' || letter == '.' || letter == '_' || letter == '~') {
      encoded += letter;
    } else {
      encoded += fmt::format("%{:02X}", byte);
    }
  }
  return encoded;
}

std::uint64_t hash_of_id(std::string_view id) {
  return stable_hash(id) | kIsHash;
}

}  // namespace

Reply expired_reply() {
  return error_reply(410, "expired",
                     "cursor: expected one of a list that the model still served began, found one of a model that was "
                     "replaced since; ask again without it");
}

json::object cursor_schema() {
  json::object schema = text_schema(kMostCursorLetters);
  schema["description"] = kCursorHelp;
  return schema;
}

Parameter cursor_parameter() {
  return {std::string(kCursor), std::string(kCursorHelp), cursor_schema(), false};
}

bool has_pages(const Route& route) {
  if (std::ranges::find(route.query, kCursor, &Parameter::name) != route.query.end()) return true;
  const json::value* const properties = route.body.if_contains("properties");
  return properties != nullptr && properties->as_object().contains(kCursor);
}

std::uint64_t model_mark(const ServedModel& served) {
  return stable_hash(served.source_digest) | 1;  // never 0
}

std::vector<std::uint64_t> noted_songs(const ServedModel& served, std::span<const data::SongRow> rows) {
  const data::Catalogue& songs = served.model.songs();
  const data::SongRow first_new = songs.size() - served.model.new_songs();
  std::vector<std::uint64_t> notes;
  for (const data::SongRow row : rows) notes.push_back(row < first_new ? row : hash_of_id(songs.id(row)));
  return notes;
}

std::vector<data::SongRow> songs_noted(const ServedModel& served, std::span<const std::uint64_t> notes) {
  const data::Catalogue& songs = served.model.songs();
  const data::SongRow first_new = songs.size() - served.model.new_songs();
  const auto is_hash = [](std::uint64_t note) { return (note & kIsHash) != 0; };
  std::unordered_map<std::uint64_t, data::SongRow> new_songs;
  if (std::ranges::any_of(notes, is_hash)) {
    for (data::SongRow row = first_new; row < songs.size(); ++row) new_songs.emplace(hash_of_id(songs.id(row)), row);
  }
  std::vector<data::SongRow> rows;
  for (const std::uint64_t note : notes) {
    if (is_hash(note)) {
      if (const auto found = new_songs.find(note); found != new_songs.end()) rows.push_back(found->second);
      continue;
    }
    if (note >= first_new) fail(ErrorCode::wrong_use, "cursor: expected rows below {}, found {}", first_new, note);
    rows.push_back(static_cast<data::SongRow>(note));
  }
  return rows;
}

BodyPage page_of_body(const json::object& body, std::string_view size) {
  std::vector<std::pair<std::string, std::string>> said;
  for (const auto& member : body) said.emplace_back(member.key(), json::serialize(member.value()));
  const json::value* const cursor = body.if_contains(kCursor);
  const bool is_sent = cursor != nullptr && cursor->is_string();
  return {is_sent ? std::string(cursor->get_string()) : std::string(), digest_of(std::move(said), size)};
}

PageRequest::PageRequest(const Exchange& exchange, std::string_view size, const BodyPage* body)
    : exchange_(exchange), request_(digest_of(exchange, size, body)) {
  const std::string* const sent = exchange.find(kCursor);
  const std::string text = body != nullptr ? body->cursor : sent == nullptr ? std::string() : *sent;
  if (text.empty()) return;
  const std::optional<std::string> opened = opened_text(text);
  if (!opened) refuse_cursor(text);
  ByteReader bytes(*opened);
  if (bytes.number(1) != kCursorVersion) refuse_cursor(text);
  if (bytes.number(kDigestBytes) != request_) {
    fail(ErrorCode::wrong_use,
         "cursor: expected one of the same request, where only {} may differ, found one of another request", size);
  }
  cursor_ = parse_notes(bytes);
  if (!bytes.ended_well()) refuse_cursor(text);
}

ModelPointer PageRequest::model(const ServiceParts& parts, const ModelPointer& served, ContinuedBy by) const {
  if (is_first()) return served;
  const auto made_by = [&](const ModelPointer& model) {
    return model != nullptr && std::ranges::find(*cursor_, model_mark(*model), &PageNotes::model) != cursor_->end();
  };
  if (made_by(served)) return served;
  const ModelPointer kept = by == ContinuedBy::kept_model ? parts.models.replaced(served->name) : nullptr;
  return made_by(kept) ? kept : nullptr;
}

std::span<const std::uint64_t> PageRequest::notes(const ServedModel* served) const {
  if (is_first()) return {};
  const auto found = std::ranges::find(*cursor_, served == nullptr ? 0 : model_mark(*served), &PageNotes::model);
  return found == cursor_->end() ? std::span<const std::uint64_t>() : std::span<const std::uint64_t>(found->notes);
}

std::optional<std::string> PageRequest::next(const std::vector<PageNotes>& notes) const {
  std::string bytes(1, static_cast<char>(kCursorVersion));
  append_number(bytes, request_, kDigestBytes);
  for (const PageNotes& one : notes) {
    append_number(bytes, one.model, kDigestBytes);
    append_varint(bytes, one.notes.size());
    for (const std::uint64_t note : one.notes) append_varint(bytes, note);
  }
  std::string text = sealed_text(std::move(bytes));
  if (text.size() > kMostCursorLetters) return std::nullopt;
  return text;
}

void PageRequest::add_link(Reply& reply, const std::optional<std::string>& next) const {
  if (!next) return;
  std::string link = "<?";
  for (const auto& [name, value] : exchange_.query) {
    if (name != kCursor) link += fmt::format("{}={}&", percent_encoded(name), percent_encoded(value));
  }
  reply.headers.push_back({"Link", fmt::format("{}{}={}>; rel=\"next\"", link, kCursor, *next)});
}

}  // namespace segue::serve
