#include "segue/data/dataset/catalogue.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <functional>
#include <limits>
#include <mutex>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "segue/base/error.h"
#include "segue/base/large_pages.h"
#include "segue/base/random.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/arrow/table_file.h"

namespace segue::data {

namespace fs = std::filesystem;

namespace {

enum Column { kId, kTitle, kArtist, kAlbum, kTags, kPlays };

// Songs whose memory is requested before the first of them is read.
constexpr std::size_t kAhead = 64;

std::shared_ptr<arrow::Schema> songs_schema() {
  return arrow::schema({
      arrow::field("id", arrow::utf8(), false),
      arrow::field("title", arrow::utf8(), false),
      arrow::field("artist", arrow::utf8(), false),
      arrow::field("album", arrow::utf8(), false),
      arrow::field("tags", arrow::list(arrow::utf8()), false),
      arrow::field("plays", arrow::uint64(), false),
  });
}

struct Batch {
  std::uint32_t first_row = 0;
  std::shared_ptr<arrow::RecordBatch> owner;
  const arrow::StringArray* texts[4] = {};
  const arrow::ListArray* tags = nullptr;
  const arrow::StringArray* tag_texts = nullptr;
  const std::uint64_t* plays = nullptr;

  Song song(SongRow row) const {
    const std::int64_t i = row - first_row;
    return {texts[kId]->GetView(i), texts[kTitle]->GetView(i), texts[kArtist]->GetView(i), texts[kAlbum]->GetView(i),
            plays[i]};
  }

  void prefetch_offsets(SongRow row) const {
    const std::size_t i = row - first_row;
    for (int column = kId; column <= kAlbum; ++column) __builtin_prefetch(texts[column]->raw_value_offsets() + i);
    __builtin_prefetch(plays + i);
  }
};

// Ids to rows: open addressing with linear probing, at most half full.
class IdTable {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  static std::size_t hash(std::string_view id) { return mix64(std::hash<std::string_view>{}(id)); }

  void fill(const Catalogue& songs) {
    rows_.assign(std::bit_ceil(std::size_t{songs.size()} * 2 + 1), kNone);
    for (std::uint32_t row = 0; row < songs.size(); ++row) {
      std::size_t slot = slot_of(songs.id(row));
      while (rows_[slot] != kNone) slot = (slot + 1) & (rows_.size() - 1);
      rows_[slot] = row;
    }
  }

  std::size_t slot_of(std::string_view id) const { return hash(id) & (rows_.size() - 1); }
  void prefetch(std::size_t slot) const { __builtin_prefetch(&rows_[slot]); }
  std::uint32_t row_at(std::size_t slot) const { return rows_[slot]; }

  std::optional<SongRow> find(const Catalogue& songs, std::string_view id) const {
    for (std::size_t slot = slot_of(id); rows_[slot] != kNone; slot = (slot + 1) & (rows_.size() - 1)) {
      if (songs.id(rows_[slot]) == id) return rows_[slot];
    }
    return std::nullopt;
  }

 private:
  std::vector<std::uint32_t> rows_;
};

// The keys computed so far. Threads may compute those of one song at the same time: they get the same numbers.
class KnownKeys {
 public:
  explicit KnownKeys(std::uint32_t songs = 0) : keys_(songs) {}

  template <class Make>
  SongKeys get(std::uint32_t row, const Make& make) {
    const std::atomic_ref<std::uint64_t> artist(keys_[row].artist);
    const std::atomic_ref<std::uint64_t> recording(keys_[row].recording);
    SongKeys known{artist.load(std::memory_order_relaxed), recording.load(std::memory_order_relaxed)};
    if (known.artist == 0 || known.recording == 0) {
      known = make();
      artist.store(known.artist, std::memory_order_relaxed);
      recording.store(known.recording, std::memory_order_relaxed);
    }
    return known;
  }

  void prefetch(std::uint32_t row) const { __builtin_prefetch(&keys_[row]); }

 private:
  LargeArray<SongKeys> keys_;
};

}  // namespace

std::string Song::display() const {
  if (artist.empty() && title.empty()) return std::string(id);
  if (artist.empty()) return std::string(title);
  if (title.empty()) return std::string(artist);
  return fmt::format("{} – {}", artist, title);
}

struct Catalogue::State {
  MappedTable table;
  std::vector<Batch> batches;
  std::uint32_t size = 0;
  std::once_flag hashed;
  IdTable ids;
  KnownKeys keys;

  const IdTable& hashed_ids(const Catalogue& songs) {
    std::call_once(hashed, [&] { ids.fill(songs); });
    return ids;
  }

  const Batch& batch_of(std::uint32_t row) const {
    if (batches.size() == 1) return batches.front();
    return *(std::ranges::upper_bound(batches, row, {}, &Batch::first_row) - 1);
  }
};

Catalogue::Catalogue() : state_(std::make_unique<State>()) {}
Catalogue::Catalogue(Catalogue&&) noexcept = default;
Catalogue& Catalogue::operator=(Catalogue&&) noexcept = default;
Catalogue::~Catalogue() = default;

Catalogue::Catalogue(const fs::path& songs_arrow) : Catalogue(MappedFile(songs_arrow)) {}

Catalogue::Catalogue(const MappedFile& file) : Catalogue() {
  const fs::path& songs_arrow = file.path();
  const auto schema = songs_schema();
  state_->table = map_table(file, *schema, Offsets::copied);
  std::uint64_t rows = 0;
  for (const auto& record_batch : state_->table.batches) {
    for (int column = 0; column < schema->num_fields(); ++column) {
      refuse_nulls(songs_arrow, schema->field(column)->name(), *record_batch->column(column));
    }
    Batch batch;
    batch.first_row = static_cast<std::uint32_t>(rows);
    batch.owner = record_batch;
    for (int column = kId; column <= kAlbum; ++column) {
      batch.texts[column] = static_cast<const arrow::StringArray*>(record_batch->column(column).get());
    }
    batch.tags = static_cast<const arrow::ListArray*>(record_batch->column(kTags).get());
    batch.tag_texts = static_cast<const arrow::StringArray*>(batch.tags->values().get());
    batch.plays = static_cast<const arrow::UInt64Array*>(record_batch->column(kPlays).get())->raw_values();
    state_->batches.push_back(std::move(batch));
    rows += static_cast<std::uint64_t>(record_batch->num_rows());
    if (rows >= IdTable::kNone) {
      fail(ErrorCode::corrupt, "{}: expected fewer than {} songs, found {} or more", songs_arrow.string(),
           IdTable::kNone, rows);
    }
  }
  state_->size = static_cast<std::uint32_t>(rows);
  state_->keys = KnownKeys(state_->size);
}

std::uint32_t Catalogue::size() const {
  return state_->size;
}

Song Catalogue::song(SongRow row) const {
  return state_->batch_of(row).song(row);
}

std::vector<std::string_view> Catalogue::tags(SongRow row) const {
  const Batch& batch = state_->batch_of(row);
  const std::int64_t i = row - batch.first_row;
  std::vector<std::string_view> tags;
  const std::int64_t end = batch.tags->value_offset(i + 1);
  for (std::int64_t tag = batch.tags->value_offset(i); tag < end; ++tag) tags.push_back(batch.tag_texts->GetView(tag));
  return tags;
}

std::string_view Catalogue::id(SongRow row) const {
  const Batch& batch = state_->batch_of(row);
  return batch.texts[kId]->GetView(row - batch.first_row);
}

std::uint64_t Catalogue::plays(SongRow row) const {
  const Batch& batch = state_->batch_of(row);
  return batch.plays[row - batch.first_row];
}

void Catalogue::for_each(std::span<const SongRow> rows, const Body& body) const {
  std::array<Song, kAhead> songs;
  for (std::size_t begin = 0; begin < rows.size(); begin += kAhead) {
    const std::span<const SongRow> block = rows.subspan(begin, std::min(kAhead, rows.size() - begin));
    // The offsets of the texts first; once they are there, the texts.
    for (const SongRow row : block) state_->batch_of(row).prefetch_offsets(row);
    for (std::size_t i = 0; i < block.size(); ++i) {
      songs[i] = song(block[i]);
      for (const std::string_view text : {songs[i].id, songs[i].title, songs[i].artist, songs[i].album}) {
        if (!text.empty()) __builtin_prefetch(text.data());
      }
    }
    for (std::size_t i = 0; i < block.size(); ++i) body(begin + i, songs[i]);
  }
}

SongKeys Catalogue::keys(SongRow row) const {
  return state_->keys.get(row, [&] {
    const Batch& batch = state_->batch_of(row);
    const std::int64_t i = row - batch.first_row;
    return song_keys(batch.texts[kArtist]->GetView(i), batch.texts[kTitle]->GetView(i), row);
  });
}

std::vector<SongKeys> Catalogue::keys(std::span<const SongRow> rows) const {
  for (const SongRow row : rows) state_->keys.prefetch(row);
  std::vector<SongKeys> all;
  all.reserve(rows.size());
  for (const SongRow row : rows) all.push_back(keys(row));
  return all;
}

std::optional<SongRow> Catalogue::find(std::string_view id) const {
  return state_->hashed_ids(*this).find(*this, id);
}

std::vector<std::optional<SongRow>> Catalogue::find_all(std::span<const std::string> ids) const {
  const IdTable& table = state_->hashed_ids(*this);
  // Three steps, each for all ids at once: the slot of the table, the offset of the id there, its text. Most ids are
  // in their first slot.
  std::vector<std::size_t> slots;
  slots.reserve(ids.size());
  for (const std::string& id : ids) table.prefetch(slots.emplace_back(table.slot_of(id)));
  std::vector<std::uint32_t> rows;
  rows.reserve(ids.size());
  for (const std::size_t slot : slots) {
    const std::uint32_t row = table.row_at(slot);
    if (row == IdTable::kNone) continue;
    const Batch& batch = state_->batch_of(row);
    __builtin_prefetch(batch.texts[kId]->raw_value_offsets() + (row - batch.first_row));
    rows.push_back(row);
  }
  for (const std::uint32_t row : rows) __builtin_prefetch(this->id(row).data());
  std::vector<std::optional<SongRow>> found;
  found.reserve(ids.size());
  for (const std::string& id : ids) found.push_back(table.find(*this, id));
  return found;
}

struct CatalogueWriter::State {
  // Small, as a batch is in memory until it is written.
  static constexpr std::int64_t kMostRows = 1 << 18;
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20;

  explicit State(const fs::path& songs_arrow)
      : path(songs_arrow.string()),
        file(songs_arrow, songs_schema()),
        tag_texts(std::make_shared<arrow::StringBuilder>()),
        tags(arrow::default_memory_pool(), tag_texts) {}

  void check(const arrow::Status& status) const { check_arrow(ErrorCode::io_failed, path, status); }

  void end_batch() {
    file.write(plays.length(), {&texts[0], &texts[1], &texts[2], &texts[3], &tags, &plays});
    bytes = 0;
  }

  std::string path;
  TableWriter file;
  arrow::StringBuilder texts[4];
  std::shared_ptr<arrow::StringBuilder> tag_texts;
  arrow::ListBuilder tags;
  arrow::UInt64Builder plays;
  std::size_t bytes = 0;
};

CatalogueWriter::CatalogueWriter(const fs::path& songs_arrow) : state_(std::make_unique<State>(songs_arrow)) {}
CatalogueWriter::~CatalogueWriter() = default;

void CatalogueWriter::add(const Song& song, std::span<const std::string_view> tags) {
  State& state = *state_;
  const std::string_view texts[] = {song.id, song.title, song.artist, song.album};
  for (std::size_t column = 0; column < std::size(texts); ++column) {
    state.check(state.texts[column].Append(texts[column]));
    state.bytes += texts[column].size();
  }
  state.check(state.tags.Append());
  for (const std::string_view tag : tags) {
    state.check(state.tag_texts->Append(tag));
    state.bytes += tag.size();
  }
  state.check(state.plays.Append(song.plays));
  if (state.plays.length() >= State::kMostRows || state.bytes >= State::kMostBytes) state.end_batch();
}

void CatalogueWriter::close() {
  if (state_->plays.length() > 0) state_->end_batch();
  state_->file.close();
}

}  // namespace segue::data
