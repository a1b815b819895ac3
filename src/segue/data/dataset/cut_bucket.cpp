#include "segue/data/dataset/cut_bucket.h"

#include <algorithm>

namespace segue::data {

namespace {

constexpr std::size_t kPieceItems = 512;

}  // namespace

void CutBucket::spill(SpillFile& file) {
  file_ = &file;
  entry_count_ = queues.entries().size();
  skip_count_ = skips.size();
  entries_at_ = append_items(file, std::span(queues.entries()));
  songs_at_ = append_items(file, queues.all_songs());
  skips_at_ = append_items(file, std::span<const SkipCount>(skips));
  queues = QueueStore();
  skips = std::vector<SkipCount>();
}

const QueueStore::Entry* SessionReader::next() {
  if (bucket_->file_ == nullptr) {
    const std::vector<QueueStore::Entry>& entries = bucket_->queues.entries();
    if (at_ == entries.size()) return nullptr;
    songs_ = bucket_->queues.songs(entries[at_]);
    return &entries[at_++];
  }
  if (at_ == bucket_->entry_count_) return nullptr;
  if (used_ == piece_.size()) read_piece();
  const QueueStore::Entry& entry = piece_[used_++];
  const std::uint64_t first = piece_.front().begin_and_timed / 2;
  songs_ = std::span(songs_of_piece_).subspan(entry.begin_and_timed / 2 - first, entry.length);
  ++at_;
  return &entry;
}

void SessionReader::read_piece() {
  piece_.resize(std::min(kPieceItems, bucket_->entry_count_ - at_));
  read_items(*bucket_->file_, bucket_->entries_at_ + at_ * sizeof(QueueStore::Entry), std::span(piece_));
  std::size_t songs = 0;
  for (const QueueStore::Entry& entry : piece_) songs += entry.length;
  songs_of_piece_.resize(songs);
  const std::uint64_t first = piece_.front().begin_and_timed / 2;
  read_items(*bucket_->file_, bucket_->songs_at_ + first * sizeof(std::uint32_t), std::span(songs_of_piece_));
  used_ = 0;
}

const SkipCount* SkipReader::next() {
  if (bucket_->file_ == nullptr) return at_ == bucket_->skips.size() ? nullptr : &bucket_->skips[at_++];
  if (at_ == bucket_->skip_count_) return nullptr;
  if (used_ == piece_.size()) {
    piece_.resize(std::min(kPieceItems, bucket_->skip_count_ - at_));
    read_items(*bucket_->file_, bucket_->skips_at_ + at_ * sizeof(SkipCount), std::span(piece_));
    used_ = 0;
  }
  ++at_;
  return &piece_[used_++];
}

}  // namespace segue::data
