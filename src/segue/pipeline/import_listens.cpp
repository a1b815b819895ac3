#include "segue/pipeline/import_listens.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/data/text/text.h"

namespace segue::pipeline {

namespace {

constexpr std::int64_t kMicrosPerMs = 1000;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::size_t kStoredAtOnce = 1000;

class StoreSink final : public data::LogSink {
 public:
  StoreSink(store::ListenStore& store, std::int64_t min_played_ms, ImportReport& report)
      : store_(store), min_played_ms_(min_played_ms), report_(report) {}

  std::vector<std::size_t> add(std::span<const data::Listen> listens) override {
    std::vector<std::size_t> without_song;
    for (std::size_t i = 0; i < listens.size(); ++i) {
      const data::Listen& listen = listens[i];
      if (listen.song.id.empty() && (listen.song.artist.empty() || listen.song.title.empty())) {
        without_song.push_back(i);
      } else if (listen.skipped || (listen.played_ms >= 0 && listen.played_ms < min_played_ms_)) {
        ++report_.skipped;
      } else {
        waiting_.push_back(stored(listen));
        if (waiting_.size() == kStoredAtOnce) store();
      }
    }
    return without_song;
  }

  std::optional<data::Reason> add(const data::ListedPlaylist&) override {
    ++report_.playlists;
    return std::nullopt;
  }

  void describe(const data::SongDescription&) override {}

  void store() {
    if (waiting_.empty()) return;
    const store::AddedListens added = store_.add(waiting_);
    report_.added += added.added;
    report_.known += added.known;
    for (store::StoredListen& listen : waiting_) report_.users.insert(std::move(listen.user));
    waiting_.clear();
  }

 private:
  static store::StoredListen stored(const data::Listen& listen) {
    store::StoredListen stored;
    stored.user = listen.user;
    const std::int64_t length = listen.time_is_end ? std::max<std::int64_t>(listen.played_ms, 0) : 0;
    stored.listened_at = (listen.time - length * kMicrosPerMs) / kMicrosPerSecond;
    stored.artist = listen.song.artist;
    stored.title = listen.song.title;
    stored.release = listen.song.album;
    (data::is_uuid(listen.song.id) ? stored.recording_mbid : stored.song_id) = listen.song.id;
    stored.msid = store::msid_of(stored);
    return stored;
  }

  store::ListenStore& store_;
  const std::int64_t min_played_ms_;
  ImportReport& report_;
  std::vector<store::StoredListen> waiting_;
};

}  // namespace

ImportReport import_listens(std::span<const std::string> logs, const data::IngestOptions& options,
                            store::ListenStore& store, Progress& progress, const std::stop_token& stop) {
  ImportReport report;
  StoreSink sink(store, options.min_played.count(), report);
  report.read = data::read_logs(logs, options, sink, progress, stop);
  sink.store();
  if (report.added + report.known > 0) return report;
  std::vector<std::string> why;
  if (report.playlists > 0) {
    why.push_back(fmt::format("{} playlists, which nobody listened to", with_commas(report.playlists)));
  }
  if (report.skipped > 0) why.push_back(fmt::format("{} skips", with_commas(report.skipped)));
  if (report.read.dropped.total() > 0) why.push_back(report.read.dropped.text());
  fail(ErrorCode::bad_input, "expected listens, found none in {} rows{}{}", with_commas(report.read.rows),
       why.empty() ? "" : ": ", fmt::join(why, ", "));
}

}  // namespace segue::pipeline
