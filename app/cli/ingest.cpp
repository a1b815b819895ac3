// segue ingest: turns logs into a dataset.

#include "segue/data/dataset/ingest.h"

#include <chrono>

#include "segue/base/words.h"

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
    case data::Reason::bad_played_ms:
      return "rows whose length played is not a number";
    case data::Reason::too_short_play:
      return "plays shorter than --min-played";
    case data::Reason::repeat:
      return "plays of the song just played";
    case data::Reason::short_session:
      return "plays in sessions under --min-session songs";
    case data::Reason::short_playlist:
      return "playlists under --min-session songs";
  }
  return "";
}

json::object to_json(const data::IngestReport& report, const std::string& output, double seconds) {
  return {
      {"dataset", output},
      {"digest", report.digest},
      {"users", report.users},
      {"sessions", report.sessions},
      {"playlists", report.playlists},
      {"queues", report.sessions + report.playlists},
      {"plays", report.plays},
      {"songs", report.songs},
      {"titled_songs", report.titled_songs},
      {"rows", report.rows},
      {"song_rows", report.song_rows},
      {"dropped", report.dropped.to_json()},
      {"dropped_song_rows", report.dropped_song_rows.to_json()},
      {"seconds", seconds},
  };
}

void add_dropped(Table& table, const data::RejectLog& dropped, std::string_view prefix) {
  for (std::size_t i = 0; i < data::kReasonNames.size(); ++i) {
    const auto reason = static_cast<data::Reason>(i);
    if (dropped[reason] == 0) continue;
    table.add({fmt::format("{}{}", prefix, data::kReasonNames[i]), with_commas(dropped[reason]),
               std::string(explained(reason))});
  }
}

std::string tables(const data::IngestReport& report) {
  Table kept({"kept", ">", ""});
  if (report.users > 0) kept.add({"users", with_commas(report.users), ""});
  if (report.sessions > 0) kept.add({"sessions", with_commas(report.sessions), ""});
  if (report.playlists > 0) kept.add({"playlists", with_commas(report.playlists), ""});
  const double queues = static_cast<double>(report.sessions + report.playlists);
  kept.add(
      {"plays", with_commas(report.plays), fmt::format("{:.1f} a queue", static_cast<double>(report.plays) / queues)});
  kept.add({"songs", with_commas(report.songs), fmt::format("{} with a title", with_commas(report.titled_songs))});
  std::string text = kept.text();
  if (report.dropped.total() + report.dropped_song_rows.total() > 0) {
    Table dropped({"dropped", ">", ""});
    add_dropped(dropped, report.dropped, "");
    add_dropped(dropped, report.dropped_song_rows, "songs: ");
    text += "\n" + dropped.text();
  }
  return text;
}

class IngestCommand final : public Command {
 public:
  std::string_view name() const override { return "ingest"; }
  std::string_view summary() const override { return "Turn listening logs and playlists into a dataset"; }
  std::string_view example() const override {
    return "  segue ingest listens.tsv.gz -o dataset\n"
           "  segue ingest playlists.parquet --songs songs.csv -o dataset\n"
           "  segue ingest lists.tsv --columns playlist,time,name,songs -o dataset";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("INPUT", "Files, or folders of files: CSV, TSV, JSON Lines, Parquet; plain, gzip or zstd",
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
    terminal.report(fmt::format("{} rows of {} {} in {}\n\n{}\ndataset written to {}\n", with_commas(report.rows),
                                report.inputs.size(), report.inputs.size() == 1 ? "file" : "files",
                                duration_for_people(seconds), tables(report), options_.output));
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
