// segue ingest: turns logs into a dataset.

#include "segue/data/dataset/ingest.h"

#include <chrono>

#include "segue/base/words.h"
#include "segue/data/text/text.h"

#include "app/cli/commands.h"

namespace segue::cli {

namespace {

// A reason, explained to the user.
std::string_view explained(data::Reason reason) {
  switch (reason) {
    case data::Reason::wrong_number_of_fields:
      return "rows with more or fewer fields than the header";
    case data::Reason::malformed_json:
      return "lines that are not a JSON object";
    case data::Reason::field_too_long:
      return "rows with an id over 1,024 bytes or a text over 65,536";
    case data::Reason::invalid_utf8:
      return "rows that are not UTF-8";
    case data::Reason::nul_byte:
      return "rows with a zero byte";
    case data::Reason::empty_row:
      return "rows with nothing in them, such as empty lines";
    case data::Reason::missing_user:
      return "rows without a user";
    case data::Reason::missing_song:
      return "rows without a song";
    case data::Reason::bad_time:
      return "rows with no time that is understood";
    case data::Reason::ambiguous_date:
      return "rows whose date may be day/month or month/day (--date-format)";
    case data::Reason::impossible_time:
      return "listens before --earliest or after --latest";
    case data::Reason::not_a_listen:
      return "rows of other events than listens";
    case data::Reason::same_listen:
      return "listens said before: the same user, time and song";
    case data::Reason::bad_played_ms:
      return "rows whose length played is not a number";
    case data::Reason::too_short_play:
      return "plays shorter than --min-played, kept as skips";
    case data::Reason::skipped_play:
      return "plays marked as skipped, kept as skips";
    case data::Reason::repeat:
      return "plays of the song just played";
    case data::Reason::short_session:
      return "plays in sessions under --min-session songs";
    case data::Reason::short_playlist:
      return "playlists under --min-session songs";
  }
  return "";
}

template <class List>
json::array texts(const List& list) {
  json::array array;
  for (const auto& text : list) array.push_back(json::string(text));
  return array;
}

json::array to_json(const std::vector<data::PassedOver>& files) {
  json::array array;
  for (const data::PassedOver& file : files) array.push_back({{"file", file.file}, {"why", file.why}});
  return array;
}

json::object to_json(const data::IngestReport& report, const std::string& output, double seconds) {
  const data::DatasetCounts& counts = report.counts;
  json::array merged;
  for (const data::MergedSong& song : report.merged) {
    merged.push_back({{"title", song.title}, {"artist", song.artist}, {"ids", texts(song.ids)}});
  }
  json::object document{{"dataset", output}, {"digest", report.digest}};
  for (const auto& count : data::to_json(counts)) document.insert(count);
  document["largest_users"] = data::to_json(counts.largest_users);
  document["songs_by_id"] = counts.songs_by_id;
  document["songs_by_name"] = counts.songs_by_name;
  document["songs_met"] = counts.songs_met;
  document["versions_merged"] = counts.versions_merged;
  document["merged"] = std::move(merged);
  document["sources"] = texts(report.sources);
  document["notes"] = texts(report.notes);
  document["passed_over"] = to_json(report.passed_over);
  document["logs"] = report.logs;
  document["rows"] = report.rows;
  document["song_rows"] = report.song_rows;
  document["dropped"] = report.dropped.to_json();
  document["dropped_song_rows"] = report.dropped_song_rows.to_json();
  document["seconds"] = seconds;
  if (counts.first_listen) {
    document["first_listen"] = data::time_for_people(*counts.first_listen);
    document["last_listen"] = data::time_for_people(*counts.last_listen);
  }
  return document;
}

void add_dropped(Table& table, const data::RejectLog& dropped, std::string_view prefix) {
  for (std::size_t i = 0; i < data::kReasonNames.size(); ++i) {
    const auto reason = static_cast<data::Reason>(i);
    if (dropped[reason] == 0) continue;
    table.add({fmt::format("{}{}", prefix, data::kReasonNames[i]), with_commas(dropped[reason]),
               std::string(explained(reason))});
  }
}

// "u1 62 %, u2 38 %" of few users; of many the share of the largest.
std::string user_shares(const data::DatasetCounts& counts) {
  const auto share = [&](const data::UserPlays& user) {
    std::uint64_t plays = 0;
    for (const data::UserPlays& other : counts.largest_users) plays += other.plays;
    const std::uint64_t all = counts.users > counts.largest_users.size() ? std::max(plays, counts.plays) : plays;
    return fmt::format("{:.0f} %", 100.0 * static_cast<double>(user.plays) / static_cast<double>(all));
  };
  if (counts.users < 2 || counts.largest_users.empty()) return "";
  if (counts.users > 3) return fmt::format("the largest has {} of the plays", share(counts.largest_users.front()));
  std::string text;
  for (const data::UserPlays& user : counts.largest_users) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", data::printable(user.user, 40), share(user));
  }
  return text;
}

std::string identities(const data::DatasetCounts& counts) {
  std::string text = fmt::format("{} with a title", with_commas(counts.titled_songs));
  if (counts.songs_by_name > 0 && counts.songs_by_id > 0) {
    text += fmt::format("; {} known by id, {} by artist and title", with_commas(counts.songs_by_id),
                        with_commas(counts.songs_by_name));
  }
  if (counts.songs_met > 0) text += fmt::format("; {} met by name", with_commas(counts.songs_met));
  if (counts.versions_merged > 0) text += fmt::format("; {} versions merged", with_commas(counts.versions_merged));
  return text;
}

double share_in_base(const data::DatasetCounts& counts) {
  return 100.0 * static_cast<double>(counts.plays_in_base) / static_cast<double>(counts.plays);
}

std::string tables(const data::IngestReport& report) {
  const data::DatasetCounts& counts = report.counts;
  Table kept({"kept", ">", ""});
  if (counts.users > 0) kept.add({"users", with_commas(counts.users), user_shares(counts)});
  if (counts.sessions > 0) {
    kept.add({"sessions", with_commas(counts.sessions),
              fmt::format("{} to {}", data::date_for_people(*counts.first_listen),
                          data::date_for_people(*counts.last_listen))});
  }
  if (counts.playlists > 0) kept.add({"playlists", with_commas(counts.playlists), ""});
  const double queues = static_cast<double>(counts.sessions + counts.playlists);
  kept.add(
      {"plays", with_commas(counts.plays), fmt::format("{:.1f} a queue", static_cast<double>(counts.plays) / queues)});
  if (counts.base_queues > 0) {
    kept.add({"base", with_commas(counts.base_plays),
              fmt::format("plays of others in {} queues; {:.0f} % of the plays above "
                          "are of songs that are there too",
                          with_commas(counts.base_queues), share_in_base(counts))});
  }
  kept.add({"songs", with_commas(counts.songs), identities(counts)});
  if (counts.skips > 0) kept.add({"skips", with_commas(counts.skips), "of these songs, beside the plays"});
  std::string text = kept.text();
  if (report.dropped.total() + report.dropped_song_rows.total() > 0) {
    Table dropped({"dropped", ">", ""});
    add_dropped(dropped, report.dropped, "");
    add_dropped(dropped, report.dropped_song_rows, "songs: ");
    text += "\n" + dropped.text();
  }
  return text;
}

// What was recognised, and what a reader of the table would not expect.
std::string remarks(const data::IngestReport& report) {
  constexpr std::size_t kMostShown = 5;
  std::string text;
  for (const std::string& source : report.sources) text += fmt::format("recognised: {}\n", source);
  const auto list = [&](std::size_t count, auto&& line) {
    for (std::size_t i = 0; i < std::min(count, kMostShown); ++i) text += line(i) + "\n";
    if (count > kMostShown) text += fmt::format("... and {} more\n", count - kMostShown);
  };
  list(report.notes.size(), [&](std::size_t i) { return report.notes[i]; });
  list(report.passed_over.size(), [&](std::size_t i) { return "passed over: " + report.passed_over[i].why; });
  list(report.merged.size(), [&](std::size_t i) {
    const data::MergedSong& song = report.merged[i];
    return fmt::format("merged {} ids: {} - {}", song.ids.size(), data::printable(song.artist, 80),
                       data::printable(song.title, 80));
  });
  return text;
}

class IngestCommand final : public Command {
 public:
  std::string_view name() const override { return "ingest"; }
  std::string_view summary() const override { return "Turn listening logs and playlists into a dataset"; }
  std::string_view example() const override {
    return "  segue ingest listens.tsv.gz -o dataset\n"
           "  segue ingest my_spotify_data.zip -o dataset\n"
           "  segue ingest my_spotify_data.zip --base others -o dataset\n"
           "  segue ingest playlists.parquet --songs songs.csv -o dataset\n"
           "  segue ingest lists.tsv --columns playlist,time,name,songs -o dataset";
  }

  void declare(Arguments& arguments) override {
    arguments.positional(
        "INPUT", "Logs, or folders and archives of them, in any of the known forms; - is standard input; also URIs",
        inputs_);
    arguments.options(options_, {"output"});
  }

  void run(Terminal& terminal) override {
    const auto start = std::chrono::steady_clock::now();
    const data::IngestReport report = data::ingest(inputs_, options_, terminal.progress(), terminal.stop());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (terminal.json()) {
      terminal.print(to_json(report, options_.output, seconds.count()));
      return;
    }
    terminal.report(fmt::format("{} rows of {} {} in {}\n{}\n{}\ndataset written to {}\n", with_commas(report.rows),
                                report.logs, report.logs == 1 ? "file" : "files", duration_for_people(seconds),
                                remarks(report), tables(report), options_.output));
  }

 private:
  std::vector<std::string> inputs_;
  data::IngestOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_ingest_command() {
  return std::make_unique<IngestCommand>();
}

}  // namespace segue::cli
