// segue info PATH: prints the manifest of a dataset, model or checkpoint.
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/manifest.h"
#include "segue/base/words.h"
#include "segue/data/dataset/dataset.h"
#include "segue/model/model.h"
#include "segue/model/verify.h"
#include "segue/train/checkpoint_folder.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"

namespace segue {
namespace cli {

struct InfoOptions {
  bool verify = false;
};

}  // namespace cli

template <>
struct OptionsOf<cli::InfoOptions> {
  static constexpr std::string_view section = "info";
  static constexpr std::array rows = {
      option<&cli::InfoOptions::verify>("verify", "Read every byte and compare it with the manifest"),
  };
};
SEGUE_CHECK_OPTIONS(cli::InfoOptions);

namespace cli {

namespace {

std::string value_text(const json::value& value) {
  const bool nothing = (value.is_string() && value.get_string().empty()) ||
                       (value.is_array() && value.get_array().empty()) ||
                       (value.is_object() && value.get_object().empty());
  if (nothing) return "-";
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_uint64()) return with_commas(value.get_uint64());
  if (value.is_int64() && value.get_int64() >= 0) return with_commas(static_cast<std::uint64_t>(value.get_int64()));
  if (value.is_double()) return fmt::format("{:.6g}", value.get_double());
  if (value.is_array() && value.get_array().front().is_array()) {
    return fmt::format("{} rows of {}", value.get_array().size(), value.get_array().front().get_array().size());
  }
  return json::serialize(value);
}

bool is_list_of_objects(const json::value& value) {
  if (!value.is_array() || value.get_array().empty()) return false;
  for (const json::value& item : value.get_array()) {
    if (!item.is_object()) return false;
  }
  return true;
}

// A list of records as columns, named by the first record's keys.
std::string records_text(const json::array& records) {
  std::vector<std::string> headers;
  for (const auto& member : records.front().get_object()) headers.push_back(fmt::format(">{}", member.key()));
  Table table(headers);
  for (const json::value& record : records) {
    std::vector<std::string> cells;
    for (const auto& member : records.front().get_object()) {
      const json::value* cell = record.get_object().if_contains(member.key());
      // A fixed number of digits, so that decimal points line up.
      const bool real = cell != nullptr && cell->is_double();
      cells.push_back(cell == nullptr ? "" : real ? fmt::format("{:.4f}", cell->get_double()) : value_text(*cell));
    }
    table.add(std::move(cells));
  }
  return table.text();
}

// The manifest in readable form: single values first, then a block for each group, in the manifest's order. No field is
// known by name, so that fields added to a format later are shown as well.
std::string manifest_text(const std::string& path, const Manifest& manifest) {
  Table head({"", ""});
  head.add({"path", path});
  std::string blocks;
  for (const auto& field : manifest.fields) {
    if (field.value().is_object() && !field.value().get_object().empty()) {
      Table block({"", ""});
      for (const auto& member : field.value().get_object()) {
        // Files come with a size and a digest; the size is enough to read.
        const json::object* file = field.key() == "files" ? member.value().if_object() : nullptr;
        const json::value* bytes = file == nullptr ? nullptr : file->if_contains("bytes");
        std::string text = bytes == nullptr ? value_text(member.value()) : value_text(*bytes) + " bytes";
        // Options are shown as they are typed: a seed has no commas.
        if (field.key() == "options" && member.value().is_number()) text = pretty(member.value());
        block.add({fmt::format("  {}", std::string_view(member.key())), std::move(text)});
      }
      blocks += fmt::format("\n{}\n{}", std::string_view(field.key()), block.text());
    } else if (is_list_of_objects(field.value())) {
      blocks += fmt::format("\n{}\n{}", std::string_view(field.key()), records_text(field.value().get_array()));
    } else {
      head.add({std::string(field.key()), value_text(field.value())});
    }
  }
  head.add({"digest", manifest.digest});
  return head.text() + blocks;
}

class InfoCommand final : public Command {
 public:
  std::string_view name() const override { return "info"; }
  std::string_view summary() const override { return "Describe and verify a dataset, model or checkpoint"; }
  std::string_view example() const override { return "  segue info model --verify"; }

  void declare(Arguments& arguments) override {
    arguments.positional("PATH", "A dataset, model or checkpoint folder", path_);
    arguments.options(options_);
  }

  void run(Terminal& terminal) override {
    const FormatVersion& format = find_format();
    const Manifest manifest = open_manifest(path_, format);
    if (options_.verify) verify(format, manifest, terminal.progress());
    if (terminal.json()) {
      json::object document = manifest.fields;
      document["digest"] = manifest.digest;
      document["path"] = path_;
      document["verified"] = options_.verify;
      terminal.print(document);
    } else {
      const std::string_view verdict = "\nverified: every byte is as it was written\n";
      terminal.print(manifest_text(path_, manifest) + std::string(options_.verify ? verdict : ""));
    }
  }

 private:
  const FormatVersion& find_format() const {
    const std::string found = format_of(path_);
    for (const FormatVersion* format : {&data::kDatasetFormat, &model::kModelFormat, &train::kCheckpointFormat}) {
      if (found == format->name) return *format;
    }
    fail(ErrorCode::unsupported, "{}: expected a {}, {} or {} folder, found \"{}\"", path_, data::kDatasetFormat.name,
         model::kModelFormat.name, train::kCheckpointFormat.name, found);
  }

  void verify(const FormatVersion& format, const Manifest& manifest, Progress& progress) const {
    if (format.name == model::kModelFormat.name) {
      model::verify_model(path_, progress);
      return;
    }
    verify_files(path_, manifest, progress);
    if (format.name == data::kDatasetFormat.name) (void)data::open_dataset(path_);
    if (format.name == train::kCheckpointFormat.name) (void)train::Checkpoint(path_);
  }

  std::string path_;
  InfoOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_info_command() {
  return std::make_unique<InfoCommand>();
}

}  // namespace cli
}  // namespace segue
